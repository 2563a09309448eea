//! Values that were checked and borrow from the text.

use core::fmt;

use crate::encoding::json::number::JsonNumber;
use crate::encoding::json::place::{Kind, Place};
use crate::encoding::json::string::JsonStr;
use crate::encoding::json::utf8::Utf8;

/// Any JSON value.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(JsonNumber<'a>),
    /// A string.
    String(JsonStr<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    #[must_use]
    pub const fn as_str(&self) -> Option<JsonStr<'a>> {
        match self {
            Self::String(string) => Some(*string),
            _ => None,
        }
    }

    /// The integer, if it is a number written as one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn as_number(&self) -> Option<JsonNumber<'a>> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The array, if it is one.
    #[must_use]
    pub const fn as_array(&self) -> Option<Array<'a>> {
        match self {
            Self::Array(array) => Some(*array),
            _ => None,
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<Object<'a>> {
        match self {
            Self::Object(object) => Some(*object),
            _ => None,
        }
    }
}

impl Place {
    /// The value that stands there.
    pub(crate) fn value(self, text: &[u8]) -> Option<Value<'_>> {
        let raw = self.raw(text)?;
        Some(match self.kind() {
            Kind::PLAIN_STRING => Value::String(JsonStr::plain(raw)),
            Kind::ESCAPED_STRING => Value::String(JsonStr::escaped(raw)),
            Kind::NUMBER | Kind::SHORT_NUMBER => Value::Number(JsonNumber::checked(raw)),
            Kind::ARRAY => Value::Array(Array::checked(raw)),
            Kind::OBJECT => Value::Object(Object::checked(raw)),
            Kind::TRUE => Value::Bool(true),
            Kind::FALSE => Value::Bool(false),
            Kind::NULL => Value::Null,
            _ => return None,
        })
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the value, which may be a claim.
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool(..)",
            Self::Number(_) => "Number(..)",
            Self::String(_) => "String(..)",
            Self::Array(_) => "Array(..)",
            Self::Object(_) => "Object(..)",
        })
    }
}

/// A JSON array.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    text: Utf8<'a>,
}

impl<'a> Array<'a> {
    /// From text that the cursor has accepted as one array.
    pub(super) const fn checked(text: Utf8<'a>) -> Self {
        Self { text }
    }

    /// The array as it is written. Takes a look at all of it.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text.as_str()
    }

    /// The same in bytes.
    pub(crate) const fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }
}

/// A JSON object.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    text: Utf8<'a>,
}

impl<'a> Object<'a> {
    /// From text that the cursor has accepted as one object.
    pub(super) const fn checked(text: Utf8<'a>) -> Self {
        Self { text }
    }

    /// The object as it is written. Takes a look at all of it.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text.as_str()
    }

    /// The same in bytes.
    pub(crate) const fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }
}
