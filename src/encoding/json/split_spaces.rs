//! The parts of a string that are separated by spaces.

use crate::encoding::json::string::{Chars, JsonStr};

impl<'a> JsonStr<'a> {
    /// Splits the string at spaces, which may be written as escapes. The parts are never empty.
    pub(crate) const fn split_spaces(self) -> SplitSpaces<'a> {
        SplitSpaces {
            string: self,
            rest: self.chars(),
        }
    }
}

/// An iterator over the parts of a [`JsonStr`] that are separated by spaces.
#[derive(Debug, Clone)]
pub(crate) struct SplitSpaces<'a> {
    string: JsonStr<'a>,
    rest: Chars<'a>,
}

impl<'a> Iterator for SplitSpaces<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        // Each round consumes at least one space, or returns.
        loop {
            let raw = self.rest.as_raw();
            let mut len = 0;
            let ended = loop {
                match self.rest.next() {
                    None => break true,
                    Some(' ') => break false,
                    Some(_) => len = raw.len().saturating_sub(self.rest.as_raw().len()),
                }
            };
            if len > 0 {
                return Some(self.string.part(raw.get(..len)?));
            }
            if ended {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::encoding::json::cursor::Cursor;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn splits_at_plain_and_escaped_spaces() {
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
            let string = Cursor::at(text.as_bytes(), 0)
                .value()
                .unwrap()
                .as_str()
                .unwrap();
            let words: Vec<_> = string.split_spaces().map(|word| word.to_string()).collect();
            assert_eq!(words, want, "{text}");
        }
    }
}
