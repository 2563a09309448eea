//! Words of a string: what stands between its spaces.

use crate::json::string::JsonStr;

impl<'a> JsonStr<'a> {
    /// What stands between spaces, however these are written; never empty.
    pub(crate) const fn words(&self) -> Words<'a> {
        Words { rest: *self }
    }
}

/// The words of a [`JsonStr`].
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    rest: JsonStr<'a>,
}

impl<'a> Iterator for Words<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        // Each round passes a space at least.
        while let Some((word, rest)) = self.rest.split_once(' ') {
            self.rest = rest;
            if !word.is_empty() {
                return Some(word);
            }
        }
        let last = self.rest;
        self.rest = JsonStr::EMPTY;
        (!last.is_empty()).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use crate::json::cursor::Cursor;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn between_spaces() {
        for (text, want) in [
            (r#""""#, &[][..]),
            (r#"" ""#, &[]),
            (r#""a""#, &["a"]),
            (r#""openid email""#, &["openid", "email"]),
            (r#""  a  b ""#, &["a", "b"]),
            (r#""a\u0020b\u0063 \u0020""#, &["a", "bc"]),
            (r#""\u0061\t b\/c""#, &["a\t", "b/c"]),
            (r#""\\u0020 é""#, &["\\u0020", "é"]),
        ] {
            let string = Cursor::at(text, 1).rest_of_string().unwrap();
            let words: Vec<_> = string.words().map(|word| word.to_string()).collect();
            assert_eq!(words, want, "{text}");
        }
    }
}
