//! A string or an array of strings, as in `aud`.

use crate::encoding::json::{Array, Elements, JsonStr, Span, Value};

/// A string or an array of strings. The claim `aud` has both forms.
#[derive(Debug, Clone, Copy)]
pub struct StringOrArray<'a>(OneOrMany<'a>);

#[derive(Debug, Clone, Copy)]
enum OneOrMany<'a> {
    One(JsonStr<'a>),
    Many(Array<'a>),
}

impl<'a> StringOrArray<'a> {
    /// Converts a value that is already known to be a string or an array of strings.
    pub(super) fn new(value: Value<'a>) -> Option<Self> {
        Some(Self(match value {
            Value::Array(array) => OneOrMany::Many(array),
            one => OneOrMany::One(one.as_str()?),
        }))
    }

    /// Converts an array of strings, which can be empty. Returns `None` for any other value.
    pub(crate) fn array(value: Value<'a>) -> Option<Self> {
        let array = value.as_array()?;
        let strings = array.iter().all(|element| element.as_str().is_some());
        strings.then_some(Self(OneOrMany::Many(array)))
    }

    /// Iterates over the strings in order.
    #[must_use]
    pub fn iter(&self) -> Strings<'a> {
        match self.0 {
            OneOrMany::One(string) => Strings {
                one: Some(string),
                many: None,
            },
            OneOrMany::Many(array) => Strings {
                one: None,
                many: Some(array.iter()),
            },
        }
    }

    /// Returns whether one of the strings equals `string`.
    #[must_use]
    pub fn contains(&self, string: &str) -> bool {
        self.iter().any(|s| s == string)
    }
}

impl<'a> IntoIterator for StringOrArray<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = Strings<'a>;

    fn into_iter(self) -> Strings<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &StringOrArray<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = Strings<'a>;

    fn into_iter(self) -> Strings<'a> {
        self.iter()
    }
}

/// An iterator over the strings of a [`StringOrArray`].
#[derive(Debug, Clone)]
pub struct Strings<'a> {
    one: Option<JsonStr<'a>>,
    many: Option<Elements<'a>>,
}

impl<'a> Iterator for Strings<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        match &mut self.many {
            Some(elements) => elements.next()?.as_str(),
            None => self.one.take(),
        }
    }
}

/// Returns whether an array of strings has any elements, or `None` if the value is not an array of
/// strings.
#[inline(never)]
pub(super) fn array_of_strings(text: &[u8], value: Span) -> Option<bool> {
    let value = value.value(text)?;
    StringOrArray::array(value)?;
    Some(!value.as_array()?.is_empty())
}
