//! Deserialization into the caller's own types, with serde.
//!
//! The text was checked before, so nothing is validated again, and members that the type does not
//! read are skipped. Unchecked text results in an error or a wrong value, but never in a panic.
//! Invariant: arrays and objects nest no deeper than in the checked text, which bounds the
//! recursion of serde's visitors.

mod access;
mod error;
mod number;
mod reader;
mod text;
mod unescape_buf;
mod visit;

use serde::Deserialize;

use crate::encoding::json::deserialize::reader::{RawString, Reader};
use crate::encoding::json::deserialize::text::Text;
use crate::encoding::json::deserialize::unescape_buf::UnescapeBuf;
use crate::encoding::json::value::{Object, Value};

pub use error::{DeserializeError, DeserializeErrorKind};

impl<'a> Value<'a> {
    /// Deserializes the value as [`Claims::deserialize_in`](crate::Claims::deserialize_in) does.
    ///
    /// Requires the feature `serde`.
    ///
    /// # Errors
    ///
    /// The value does not fit the type, or an unescaped string does not fit the buffer.
    pub fn deserialize_in<T: Deserialize<'a>>(
        &self,
        buffer: &mut [u8],
    ) -> Result<T, DeserializeError> {
        self.deserialize_with(UnescapeBuf::Buffer(buffer))
    }

    /// Deserializes the value as [`Claims::deserialize`](crate::Claims::deserialize) does.
    ///
    /// Requires the features `serde` and `alloc`.
    ///
    /// ```
    /// # use jose_verify::{Claims, json::DeserializeError};
    /// # fn read(claims: &Claims<'_>) -> Result<(), DeserializeError> {
    /// if let Some(groups) = claims.get("groups") {
    ///     let groups: Vec<String> = groups.deserialize()?;
    /// #   let _ = groups;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The value does not fit the type.
    #[cfg(feature = "alloc")]
    pub fn deserialize<T: Deserialize<'a>>(&self) -> Result<T, DeserializeError> {
        self.deserialize_with(UnescapeBuf::Heap)
    }

    fn deserialize_with<T: Deserialize<'a>>(
        &self,
        mut buf: UnescapeBuf<'_>,
    ) -> Result<T, DeserializeError> {
        let text = match self {
            Self::String(string) => {
                let string = RawString::from(*string);
                return T::deserialize(Text::value(string, &mut buf));
            }
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(number) => number.as_raw(),
            Self::Array(array) => array.as_raw(),
            Self::Object(object) => object.as_raw(),
        };
        read(text, buf)
    }
}

impl<'a> Object<'a> {
    /// Deserializes the object, and unescapes one string at a time in `buffer`.
    pub(crate) fn deserialize_in<T: Deserialize<'a>>(
        self,
        buffer: &mut [u8],
    ) -> Result<T, DeserializeError> {
        read(self.as_raw(), UnescapeBuf::Buffer(buffer))
    }

    /// Deserializes the object, and unescapes strings on the heap.
    #[cfg(feature = "alloc")]
    pub(crate) fn deserialize<T: Deserialize<'a>>(self) -> Result<T, DeserializeError> {
        read(self.as_raw(), UnescapeBuf::Heap)
    }
}

/// Deserializes a checked text, which is one value.
fn read<'a, T: Deserialize<'a>>(
    text: &'a str,
    buf: UnescapeBuf<'_>,
) -> Result<T, DeserializeError> {
    let mut reader = Reader::new(text, buf);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IgnoredAny;
    use std::collections::BTreeMap;
    use std::string::String;
    use std::vec::Vec;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "deserialized but never read")]
    struct Everything<'a> {
        #[serde(borrow)]
        text: Option<&'a str>,
        owned: Option<String>,
        numbers: Option<Vec<f64>>,
        map: Option<BTreeMap<i8, Option<bool>>>,
        shape: Option<Shape>,
        pair: Option<(u64, char)>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "deserialized but never read")]
    enum Shape {
        Unit,
        Fields { a: i128 },
    }

    const TEXT: &str = r#"{"text":"é", "owned":"\u00e9\ud83d\ude00","numbers":[1,-0.5e1],
        "map":{"1":null,"-2":true},"shape":{"Fields":{"a":7}},"pair":[1,"\n"],"x":[{"y":"]"},[]]}"#;

    /// Deserializes the text into each type, and returns which of them succeed. None may panic.
    fn read_all(text: &str) -> [bool; 4] {
        let mut buffer = [0; 16];
        [
            read::<Everything<'_>>(text, UnescapeBuf::Buffer(&mut buffer)).is_ok(),
            read::<serde_json::Value>(text, UnescapeBuf::Buffer(&mut buffer)).is_ok(),
            read::<IgnoredAny>(text, UnescapeBuf::Buffer(&mut [])).is_ok(),
            read::<Shape>(text, UnescapeBuf::Buffer(&mut buffer)).is_ok(),
        ]
    }

    #[test]
    fn unchecked_text_does_not_panic() {
        assert_eq!(read_all(TEXT), [true, true, true, false]);
        let positions = TEXT.char_indices().map(|(at, _)| at);
        for at in positions.filter(|at| !cfg!(miri) || at % 128 == 0) {
            let (before, after) = TEXT.split_at(at);
            assert_eq!(read_all(before), [false; 4], "{before}");
            read_all(after);
            let after: String = after.chars().skip(1).collect();
            for other in [
                "", "\"", "\\", "{", "}", "[", "]", ",", ":", "7", "-", "n", " ", "é",
            ] {
                read_all(&[before, other, &after].concat());
            }
        }
    }
}
