//! The deserializer of a single string: a member's name, or a value.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::encoding::json::deserialize::access::UnitVariant;
use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::reader::{RawString, Reader};
use crate::encoding::json::deserialize::unescape_buf::UnescapeBuf;
use crate::encoding::json::deserialize::visit::{each, visit_bytes, visit_str};
use crate::encoding::json::number::scan_number;

/// A string that is being deserialized.
pub(super) struct Text<'r, 'a, 'b> {
    string: RawString<'a>,
    buf: &'r mut UnescapeBuf<'b>,
    is_name: bool,
}

impl<'r, 'a, 'b> Text<'r, 'a, 'b> {
    /// Creates a deserializer of a value.
    #[inline]
    pub(super) const fn value(string: RawString<'a>, buf: &'r mut UnescapeBuf<'b>) -> Self {
        Self {
            string,
            buf,
            is_name: false,
        }
    }

    /// Creates a deserializer of a member's name. It may represent a number or Boolean, because the
    /// keys of maps are always strings in JSON.
    #[inline]
    pub(super) const fn name(string: RawString<'a>, buf: &'r mut UnescapeBuf<'b>) -> Self {
        Self {
            string,
            buf,
            is_name: true,
        }
    }

    /// Returns a reader of the number that the name represents.
    fn number(self) -> Result<Reader<'a, 'static>, DeserializeError> {
        let text = self.string.raw;
        let number = scan_number(text.as_bytes(), 0);
        if self.is_name && number.is_some_and(|number| number.end() == text.len()) {
            Ok(Reader::new(text, UnescapeBuf::Buffer(&mut [])))
        } else {
            Err(DeserializeError::WRONG_TYPE)
        }
    }

    fn visit_integer<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.number()?.visit_integer(visitor)
    }

    fn visit_i128<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.number()?.visit_i128(visitor)
    }

    fn visit_u128<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.number()?.visit_u128(visitor)
    }

    fn visit_number<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.number()?.visit_number(visitor)
    }

    /// Passes a name to a type that expects something other than a string, as `serde_json` does. A
    /// value of the wrong type is an error.
    fn visit_name<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.is_name {
            visit_str(self.string, self.buf, visitor)
        } else {
            Err(DeserializeError::WRONG_TYPE)
        }
    }

    fn visit_single<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.number()?.visit_single(visitor)
    }
}

impl<'a> Deserializer<'a> for Text<'_, 'a, '_> {
    type Error = DeserializeError;

    #[inline]
    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visit_str(self.string, self.buf, visitor)
    }

    each!(visit_integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    each!(visit_i128: deserialize_i128);
    each!(visit_u128: deserialize_u128);
    each!(visit_single: deserialize_f32);
    each!(visit_number: deserialize_f64);

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.string.raw {
            "true" if self.is_name => visitor.visit_bool(true),
            "false" if self.is_name => visitor.visit_bool(false),
            _ => Err(DeserializeError::WRONG_TYPE),
        }
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visit_bytes(self.string, self.buf, visitor)
    }

    each!(deserialize_bytes: deserialize_byte_buf);

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_enum(UnitVariant::new(self.string, self.buf))
    }

    each!(visit_name: deserialize_seq deserialize_map deserialize_unit);

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.visit_name(visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.visit_name(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.visit_name(visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.visit_name(visitor)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        char str string identifier ignored_any
    }
}
