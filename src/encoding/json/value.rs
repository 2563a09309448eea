//! Values that were validated and borrow from the text.

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
    /// Returns the string, if the value is one.
    #[must_use]
    pub const fn as_str(&self) -> Option<JsonStr<'a>> {
        match self {
            Self::String(string) => Some(*string),
            _ => None,
        }
    }

    /// Returns the integer, if the value is a number that is written as an integer and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// Returns the number, if the value is one.
    #[must_use]
    pub const fn as_number(&self) -> Option<JsonNumber<'a>> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the boolean, if the value is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the array, if the value is one.
    #[must_use]
    pub const fn as_array(&self) -> Option<Array<'a>> {
        match self {
            Self::Array(array) => Some(*array),
            _ => None,
        }
    }

    /// Returns the object, if the value is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<Object<'a>> {
        match self {
            Self::Object(object) => Some(*object),
            _ => None,
        }
    }
}

impl Span {
    /// Returns the value at this position.
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

    /// Returns the array as it is written. O(n): revalidates the text as UTF-8.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text.as_str()
    }

    /// Returns the bytes of [`as_raw`](Self::as_raw), in constant time.
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

    /// Returns the object as it is written. O(n): revalidates the text as UTF-8.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text.as_str()
    }

    /// Returns the bytes of [`as_raw`](Self::as_raw), in constant time.
    pub(crate) const fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }
}
