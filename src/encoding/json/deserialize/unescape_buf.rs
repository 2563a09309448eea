//! Memory for unescaped strings, which is the difference between `deserialize` and
//! `deserialize_in`.

#[cfg(feature = "alloc")]
use alloc::string::String;

use serde::de::Visitor;

use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::string::JsonStr;

/// Memory for strings with escapes.
pub(super) enum UnescapeBuf<'b> {
    /// The caller's buffer, for one string at a time.
    Buffer(&'b mut [u8]),
    /// A new `String` for each.
    #[cfg(feature = "alloc")]
    Heap,
}

impl UnescapeBuf<'_> {
    /// Passes the unescaped string to the visitor.
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

    /// Passes the bytes of the unescaped string to the visitor.
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
