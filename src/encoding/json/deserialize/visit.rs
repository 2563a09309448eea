//! The deserializer of JSON text. A value of a type that serde does not expect is an error.

use serde::de::{Deserializer, Visitor};

use crate::encoding::json::deserialize::access::{Elements, Members, UnitVariant, Variant};
use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::reader::{RawString, Reader};
use crate::encoding::json::deserialize::unescape_buf::UnescapeBuf;

/// Passes a string to the visitor, borrowed if it has no escapes.
#[inline]
pub(super) fn visit_str<'a, V: Visitor<'a>>(
    string: RawString<'a>,
    buf: &mut UnescapeBuf<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    if string.escaped {
        return buf.visit_str(string.unescaped(), visitor);
    }
    visitor.visit_borrowed_str(string.raw)
}

/// Passes a string's bytes to the visitor, borrowed if it has no escapes.
#[inline]
pub(super) fn visit_bytes<'a, V: Visitor<'a>>(
    string: RawString<'a>,
    buf: &mut UnescapeBuf<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    if string.escaped {
        return buf.visit_bytes(string.unescaped(), visitor);
    }
    visitor.visit_borrowed_bytes(string.raw.as_bytes())
}

impl<'a> Reader<'a, '_> {
    /// Passes an array to the visitor.
    #[inline]
    fn visit_seq<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.pass();
        let value = visitor.visit_seq(Elements::new(self))?;
        self.expect(b']')?;
        Ok(value)
    }

    /// Passes an object to the visitor.
    #[inline]
    fn visit_map<V: Visitor<'a>>(
        &mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.pass();
        let value = visitor.visit_map(Members::new(self, fields))?;
        self.expect(b'}')?;
        Ok(value)
    }
}

/// Defines methods that all delegate to the same one.
macro_rules! each {
    ($same:ident: $($method:ident)+) => {
        $(#[inline]
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
            self.$same(visitor)
        })+
    };
}
pub(super) use each;

impl<'a> Deserializer<'a> for &mut Reader<'a, '_> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.peek() {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.visit_map(&[], visitor),
            b'[' => self.visit_seq(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            _ => self.visit_number(visitor),
        }
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.peek() {
            b't' => {
                self.pass_bytes("true".len());
                visitor.visit_bool(true)
            }
            b'f' => {
                self.pass_bytes("false".len());
                visitor.visit_bool(false)
            }
            _ => Err(DeserializeError::WRONG_TYPE),
        }
    }

    each!(visit_integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    each!(visit_i128: deserialize_i128);
    each!(visit_u128: deserialize_u128);
    each!(visit_single: deserialize_f32);
    each!(visit_number: deserialize_f64);
    each!(deserialize_str: deserialize_char deserialize_string deserialize_identifier);

    #[inline]
    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        let string = self.string()?;
        visit_str(string, &mut self.buf, visitor)
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.peek() == b'[' {
            return self.visit_seq(visitor);
        }
        let string = self.string()?;
        visit_bytes(string, &mut self.buf, visitor)
    }

    each!(deserialize_bytes: deserialize_byte_buf);

    #[inline]
    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.peek() == b'n' {
            self.pass_bytes("null".len());
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.peek() != b'n' {
            return Err(DeserializeError::WRONG_TYPE);
        }
        self.pass_bytes("null".len());
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.peek() == b'[' {
            self.visit_seq(visitor)
        } else {
            Err(DeserializeError::WRONG_TYPE)
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'a>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.peek() == b'{' {
            self.visit_map(&[], visitor)
        } else {
            Err(DeserializeError::WRONG_TYPE)
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match self.peek() {
            b'{' => self.visit_map(fields, visitor),
            b'[' => self.visit_seq(visitor),
            _ => Err(DeserializeError::WRONG_TYPE),
        }
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        if self.peek() != b'{' {
            let name = self.string()?;
            return visitor.visit_enum(UnitVariant::new(name, &mut self.buf));
        }
        self.pass();
        let value = visitor.visit_enum(Variant::new(self))?;
        self.expect(b'}')?;
        Ok(value)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'a>>(
        self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.pass_value()?;
        visitor.visit_unit()
    }
}
