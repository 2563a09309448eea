//! Splits a text into members and elements without validating their content.
//!
//! An entry of a JWK Set that nests too deeply, has too many members or contains an unpaired
//! surrogate must not affect the other entries. So the set is split by the grammar of RFC 8259
//! alone, and each entry is then parsed strictly on its own.
//!
//! The grammar is checked down to [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH). Below that,
//! only brackets are counted. UTF-8 is not checked.

use crate::encoding::json::cursor::{Cursor, Reading};
use crate::encoding::json::string::{JsonStr, scan_string};
use crate::encoding::swar;
use crate::error::Error;

/// Passes the members of an object to `each`, in order. The name is `None` if it is not a
/// well-formed string. Names can be duplicated.
///
/// # Errors
///
/// [`Error::MalformedJson`]: the text is not an object. Also returns the errors of `each`.
// Not generic, so that all callers share one copy.
#[inline(never)]
pub(crate) fn outline_members<'a>(
    text: &'a [u8],
    each: &mut dyn FnMut(Option<JsonStr<'a>>, &'a [u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut cursor = Cursor::at(text, 0);
    cursor.expect(b'{')?;
    if cursor.eat(b'}') {
        return cursor.end();
    }
    loop {
        cursor.peek();
        let start = cursor.position();
        cursor.pass_name::<Outline>().ok_or(Error::MalformedJson)?;
        each(string_at(text, start), value(&mut cursor)?)?;
        if !cursor.eat(b',') {
            cursor.expect(b'}')?;
            return cursor.end();
        }
    }
}

/// Returns the string, if the text is a well-formed one.
pub(crate) fn outline_string(text: &[u8]) -> Option<JsonStr<'_>> {
    string_at(text, 0)
}

/// Returns the string whose opening quotation mark is at `start`, if it is well-formed.
fn string_at(text: &[u8], start: usize) -> Option<JsonStr<'_>> {
    if text.get(start) != Some(&b'"') {
        return None;
    }
    scan_string(text, start.wrapping_add(1))?.as_str(text)
}

/// Consumes a value and returns its text, without the white space around it.
fn value<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Error> {
    cursor.peek();
    let start = cursor.position();
    cursor.pass_nested::<Outline>()?;
    let value = cursor.text().get(start..cursor.position());
    value.ok_or(Error::MalformedJson)
}

/// An iterator over the texts of the elements of an array.
#[derive(Debug, Clone)]
pub(crate) struct OutlineElements<'a> {
    cursor: Cursor<'a>,
}

impl<'a> OutlineElements<'a> {
    /// Iterates over an array that [`outline_members`] found. Returns `None` if it is another kind
    /// of value.
    pub(crate) fn new(array: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::at(array, 0);
        cursor.eat(b'[').then_some(Self { cursor })
    }
}

impl<'a> Iterator for OutlineElements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.cursor.eat(b']') {
            return None;
        }
        self.cursor.peek();
        let start = self.cursor.position();
        if value(&mut self.cursor).is_err() {
            // The grammar was checked within the object around the array, where the element nests
            // deeper. What was too deep there is not too deep here and may be malformed. Its
            // brackets were counted, so they delimit the element. An iterator that ended here would
            // hide the elements that follow.
            self.cursor.move_to(start);
            self.cursor.pass();
            Outline::pass_too_deep(&mut self.cursor, Error::MalformedJson).ok()?;
        }
        let element = self.cursor.text().get(start..self.cursor.position())?;
        self.cursor.eat(b',');
        Some(element)
    }
}

/// Checks the grammar only.
enum Outline {}

impl Reading for Outline {
    fn pass_string(cursor: &mut Cursor<'_>) -> Option<()> {
        let text = cursor.text();
        let mut at = cursor.position();
        loop {
            let rest = text.get(at..)?;
            at = at.wrapping_add(swar::special_in_string(rest));
            let len = match text.get(at)? {
                b'"' => break,
                ..b' ' => return None,
                b'\\' => escape_len(text.get(at..)?)?,
                _ => 1,
            };
            at = at.wrapping_add(len);
        }
        cursor.move_to(at.wrapping_add(1));
        Some(())
    }

    fn pass_too_deep(cursor: &mut Cursor<'_>, _: Error) -> Result<(), Error> {
        let mut depth = 1_usize;
        while depth > 0 {
            let byte = cursor.peek().ok_or(Error::MalformedJson)?;
            cursor.pass();
            match byte {
                b'{' | b'[' => depth = depth.saturating_add(1),
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => Self::pass_string(cursor).ok_or(Error::MalformedJson)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns the length of the escape sequence at the start of a text, if the grammar allows it. A
/// surrogate can be unpaired.
fn escape_len(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = text.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    type Members = Vec<(Option<String>, Vec<u8>)>;

    fn members(text: &[u8]) -> Result<Members, Error> {
        let mut members = Vec::new();
        outline_members(text, &mut |name, value| {
            members.push((name.map(|name| name.to_string()), value.to_vec()));
            Ok(())
        })?;
        Ok(members)
    }

    #[test]
    fn members_and_elements_are_found() {
        let text = br#" { "a" : [ 1 , {"b":"]"} ,"\ud800", [[]] ] , "a":2 , "\udc00":"x\"}" } "#;
        let found = members(text).unwrap();
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_deref()).collect();
        assert_eq!(names, [Some("a"), Some("a"), None]);
        let elements: Vec<_> = OutlineElements::new(&found[0].1).unwrap().collect();
        let want: [&[u8]; 4] = [b"1", br#"{"b":"]"}"#, br#""\ud800""#, b"[[]]"];
        assert_eq!(elements, want);
        assert_eq!(found[2].1, br#""x\"}""#);
        assert!(OutlineElements::new(b"{}").is_none());
        assert_eq!(OutlineElements::new(b"[ ]").unwrap().count(), 0);
    }

    /// At the maximum depth, the same text is checked in the set and only counted in its entry, or
    /// the other way round.
    #[test]
    fn no_element_hides_those_after_it() {
        for depth in 28..36 {
            for leaf in ["NaN", "1 2", "01", "1][", "", "1", "\"]\"", "}{", "[{]}"] {
                let element = "[".repeat(depth) + leaf + &"]".repeat(depth);
                let text = std::format!(r#"{{"keys":[{element}, {{"a":{element}}} ,7]}}"#);
                let Ok(found) = members(text.as_bytes()) else {
                    continue;
                };
                let elements: Vec<_> = OutlineElements::new(&found[0].1).unwrap().collect();
                let object = std::format!(r#"{{"a":{element}}}"#);
                let want = [element.as_bytes(), object.as_bytes(), b"7"];
                assert_eq!(elements, want, "{depth} {leaf}");
            }
        }
    }

    #[test]
    fn values_are_not_validated_but_the_grammar_is() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let long = std::format!("1{}", "0".repeat(999));
        for value in [
            r#""\ud800""#,
            r#""\udc00\ud800""#,
            &long,
            "1e999999",
            r#"{"a":1,"a":1}"#,
            &deep(32),
            &deep(33),
            &deep(10_000),
            &deep(33).replacen("[]", r#"["]"]"#, 1),
        ] {
            let text = std::format!(r#"{{"x":{value} }}"#);
            let found = members(text.as_bytes()).unwrap();
            assert_eq!(found[0].1, value.as_bytes());
        }
        assert!(members(b"{\"x\":\"\xff\"}").is_ok());
        for text in [
            "",
            "[]",
            "{",
            r#"{"x"}"#,
            r#"{"x":}"#,
            r#"{"x":1,}"#,
            r#"{"x":1}}"#,
            r#"{"x":1} y"#,
            r#"{"x":01}"#,
            r#"{"x":tru}"#,
            r#"{"x":"\u12"}"#,
            r#"{"x":"\x"}"#,
            "{\"x\":\"\n\"}",
            r#"{"x":[}]}"#,
            r#"{"x":{"y":1]}"#,
            r#"{"x":[1 2]}"#,
            &std::format!(r#"{{"x":{}}}"#, deep(40).replacen(']', "", 1)),
            &std::format!(r#"{{"x":{}"#, "[".repeat(10_000)),
        ] {
            assert_eq!(
                members(text.as_bytes()),
                Err(Error::MalformedJson),
                "{text}"
            );
        }
    }
}
