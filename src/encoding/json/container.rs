//! Iterators over arrays and objects whose text was validated.

use crate::encoding::json::cursor::Cursor;
use crate::encoding::json::string::JsonStr;
use crate::encoding::json::value::{Array, Object, Value};
use crate::error::Error;

impl<'a> Array<'a> {
    /// Returns an iterator over the elements, in order.
    #[must_use]
    pub fn iter(&self) -> Elements<'a> {
        let mut cursor = Cursor::at(self.as_bytes(), 0);
        cursor.eat(b'[');
        Elements { cursor }
    }

    /// Returns whether the array has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<'a> IntoIterator for Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

/// An iterator over the elements of an [`Array`].
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.cursor.eat(b']') {
            return None;
        }
        // The text is valid, so this fails only at its end.
        let value = self.cursor.value().ok()?;
        self.cursor.eat(b',');
        Some(value)
    }
}

impl<'a> Object<'a> {
    /// Returns an iterator over the members, in order, for names that are not known in advance.
    ///
    /// ```
    /// # fn read(claims: &jose_verify::Claims<'_>) {
    /// // The name in every language: "name", "name#ja-Kana-JP", …
    /// let is_name = |name: &jose_verify::json::JsonStr<'_>| {
    ///     name.chars().take_while(|c| *c != '#').eq("name".chars())
    /// };
    /// let names = claims.as_object().iter().filter(|(name, _)| is_name(name));
    /// # let _ = names.count();
    /// # }
    /// ```
    #[must_use]
    pub fn iter(&self) -> ObjectMembers<'a> {
        let mut cursor = Cursor::at(self.as_bytes(), 0);
        cursor.eat(b'{');
        ObjectMembers { cursor }
    }

    /// Returns the member with this name.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateMember`]: several members have this name. Nested objects are checked for
    /// duplicates only when a member is looked up.
    pub fn get(&self, name: &str) -> Result<Option<Value<'a>>, Error> {
        let mut found = None;
        for (this, value) in self {
            if this == name && found.replace(value).is_some() {
                return Err(Error::DuplicateMember);
            }
        }
        Ok(found)
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (JsonStr<'a>, Value<'a>);
    type IntoIter = ObjectMembers<'a>;

    fn into_iter(self) -> ObjectMembers<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Object<'a> {
    type Item = (JsonStr<'a>, Value<'a>);
    type IntoIter = ObjectMembers<'a>;

    fn into_iter(self) -> ObjectMembers<'a> {
        self.iter()
    }
}

/// An iterator over the members of an [`Object`].
#[derive(Debug, Clone)]
pub struct ObjectMembers<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for ObjectMembers<'a> {
    type Item = (JsonStr<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        // The text is valid, so this fails only at its end.
        let name = self.cursor.name()?.as_str(self.cursor.text())?;
        let value = self.cursor.value().ok()?;
        self.cursor.eat(b',');
        Some((name, value))
    }
}
