//! Where strings are unescaped: what `deserialize` and `deserialize_in` differ in.

#[cfg(feature = "alloc")]
use alloc::string::String;

use serde::de::Visitor;

use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::string::JsonStr;

/// Memory for a string that is written with escapes.
pub(super) enum UnescapeBuf<'b> {
    /// A buffer of the caller's, for one string at a time.
    Buffer(&'b mut [u8]),
    /// A string of its own for each.
    #[cfg(feature = "alloc")]
    Heap,
}

impl UnescapeBuf<'_> {
    /// Hands the visitor a string, unescaped.
    #[cold]
    #[inline(never)]
    pub(super) fn visit_str<'a, V: Visitor<'a>>(
        &mut self,
        string: JsonStr<'_>,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match self {
            Self::Buffer(buffer) => visitor.visit_str(unescape(string, buffer)?),
            #[cfg(feature = "alloc")]
            Self::Heap => visitor.visit_string(owned(string)),
        }
    }

    /// Hands the visitor the bytes of a string, unescaped.
    #[cold]
    #[inline(never)]
    pub(super) fn visit_bytes<'a, V: Visitor<'a>>(
        &mut self,
        string: JsonStr<'_>,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match self {
            Self::Buffer(buffer) => visitor.visit_bytes(unescape(string, buffer)?.as_bytes()),
            #[cfg(feature = "alloc")]
            Self::Heap => visitor.visit_byte_buf(owned(string).into_bytes()),
        }
    }
}

fn unescape<'s>(string: JsonStr<'s>, buffer: &'s mut [u8]) -> Result<&'s str, DeserializeError> {
    let unescaped = string.unescape(buffer);
    unescaped.map_err(|_| DeserializeError::BUFFER_TOO_SMALL)
}

#[cfg(feature = "alloc")]
fn owned(string: JsonStr<'_>) -> String {
    string.chars().collect()
}
