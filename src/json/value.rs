//! Values that were checked and borrow from the text.

use crate::json::number::JsonNumber;
use crate::json::string::JsonStr;

/// Any JSON value.
#[derive(Debug, Clone, Copy)]
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

/// A JSON array.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    text: &'a str,
}

impl<'a> Array<'a> {
    /// From text that the tokenizer has accepted as one array.
    pub(crate) const fn checked(text: &'a str) -> Self {
        Self { text }
    }

    /// The array as it is written.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text
    }
}

/// A JSON object.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    text: &'a str,
}

impl<'a> Object<'a> {
    /// From text that the tokenizer has accepted as one object.
    pub(crate) const fn checked(text: &'a str) -> Self {
        Self { text }
    }

    /// The object as it is written.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text
    }
}
