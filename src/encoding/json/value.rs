//! Values that were checked and borrow from the text.

use core::fmt;

use crate::encoding::json::number::JsonNumber;
use crate::encoding::json::span::{Span, ValueKind};
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

impl Span {
    /// The value that stands there.
    pub(crate) fn value(self, text: &[u8]) -> Option<Value<'_>> {
        let raw = self.raw(text)?;
        Some(match self.kind() {
            ValueKind::PLAIN_STRING => Value::String(JsonStr::plain(raw)),
            ValueKind::ESCAPED_STRING => Value::String(JsonStr::escaped(raw)),
            ValueKind::NUMBER | ValueKind::SHORT_NUMBER => {
                Value::Number(JsonNumber::assume_valid(raw))
            }
            ValueKind::ARRAY => Value::Array(Array::assume_valid(raw)),
            ValueKind::OBJECT => Value::Object(Object::assume_valid(raw)),
            ValueKind::TRUE => Value::Bool(true),
            ValueKind::FALSE => Value::Bool(false),
            ValueKind::NULL => Value::Null,
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
    /// Checks nothing: the cursor must have accepted the text as one array.
    pub(super) const fn assume_valid(text: Utf8<'a>) -> Self {
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
    /// Checks nothing: the cursor must accept the text as one object before the value is used.
    pub(super) const fn assume_valid(text: Utf8<'a>) -> Self {
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
