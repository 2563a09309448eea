//! The walk over one object, in which every name may appear once.

use core::str;

use crate::error::Error;
use crate::json::cursor::Cursor;
use crate::json::names::Names;
use crate::json::string::JsonStr;
use crate::json::value::Value;

/// The members of one object, read and checked as they are asked for.
///
/// The whole text has been accepted once [`next`](Self::next) has returned `None`, and not before.
pub(crate) struct Members<'a> {
    cursor: Cursor<'a>,
    names: Names,
}

impl<'a> Members<'a> {
    /// Starts to read a text that is one object.
    pub(crate) fn new(text: &'a [u8]) -> Result<Self, Error> {
        match str::from_utf8(text) {
            Ok(text) => Ok(Self::of(text)),
            Err(_) => Err(Error::MalformedJson),
        }
    }

    /// [`new`](Self::new) for a text that is known to be UTF-8.
    // Inlined, so that the table is made where it stays; it is too long to be moved.
    #[inline]
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            cursor: Cursor::at(text, 0),
            names: Names::new(),
        }
    }

    /// The next member, or `None` when the object and the text are at their end.
    pub(crate) fn next(&mut self) -> Result<Option<(JsonStr<'a>, Value<'a>)>, Error> {
        if self.cursor.position() == 0 {
            self.cursor.expect(b'{')?;
        }
        match self.cursor.peek() {
            Some(b'}') => {
                self.cursor.pass();
                return self.cursor.end().map(|()| None);
            }
            Some(b',') if !self.names.is_empty() => self.cursor.pass(),
            _ if self.names.is_empty() => {}
            _ => return Err(Error::MalformedJson),
        }
        self.cursor.expect(b'"')?;
        let name = self.names.read(&mut self.cursor)?;
        self.cursor.expect(b':')?;
        Ok(Some((name, self.cursor.value()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn read(text: &[u8]) -> Result<usize, Error> {
        let mut members = Members::new(text)?;
        let mut names = std::vec::Vec::new();
        while let Some((name, _)) = members.next()? {
            names.push(name);
        }
        Ok(names.len())
    }

    #[test]
    fn well_formed() {
        for (text, want) in [
            ("{}", 0),
            (" \t\r\n{ \t\r\n} \t\r\n", 0),
            (r#"{"a":1}"#, 1),
            (r#"{"a":[],"b":{},"c":[[],{}],"d":{"e":[{"f":null}]}}"#, 4),
            (
                r#"{ "a" : [ 1 , true , false , null , "x" ] , "b" : -0.5e1 }"#,
                2,
            ),
            (r#"{"":0,"a":0,"A":0}"#, 3),
            (r#"{"a":{"b":1,"b":2}}"#, 1),
        ] {
            assert_eq!(read(text.as_bytes()), Ok(want), "{text}");
        }
    }

    #[test]
    fn malformed() {
        for text in [
            "",
            " ",
            "[]",
            "1",
            "\"x\"",
            "null",
            "{",
            "}",
            "{]",
            "[}",
            "{}}",
            "{}{}",
            "{} x",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a" 1}"#,
            "{a:1}",
            "{'a':1}",
            r#"{"a":[1,]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1 2]}"#,
            r#"{"a":[1}"#,
            r#"{"a":{1}}"#,
            r#"{"a":{"b":1]}"#,
            r#"{"a":{"b"}}"#,
            r#"{"a":{"b":1,}}"#,
            r#"{"a":tru}"#,
            r#"{"a":True}"#,
            r#"{"a":nulll}"#,
            r#"{"a":NaN}"#,
            r#"{"a":01}"#,
            r#"{"a":+1}"#,
            r#"{"a":.5}"#,
            r#"{"a":1.}"#,
            r#"{"a":1}// x"#,
            r#"{"a":/* */1}"#,
            "{\"a\":\"\n\"}",
            "\u{feff}{}",
            "{\u{a0}}",
            "{\u{b}}",
            "{\"a\":1}\0",
        ] {
            assert_eq!(read(text.as_bytes()), Err(Error::MalformedJson), "{text}");
        }
        for text in [
            &b"{\"a\":\"\xff\"}"[..],
            b"{\"a\":\"\xc0\xaf\"}",
            b"{\"a\":\"\xed\xa0\x80\"}",
            b"{\"a\":\"\xf4\x90\x80\x80\"}",
        ] {
            assert_eq!(read(text), Err(Error::MalformedJson), "{text:?}");
        }
    }

    #[test]
    fn duplicates() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"\u0061":3}"#,
            r#"{"\u0061":1,"a":2}"#,
            r#"{"iss":1,"\u0069ss":2}"#,
            r#"{"c":0,"b":0,"d":0,"a":0,"e":0,"\u0064":0}"#,
            r#"{"\u00e9":0,"z":0,"\ud83d\ude00":0,"\uffff":0,"é":0}"#,
            r#"{"z":0,"\uffff":0,"é":0,"😀":0,"a":0,"\ud83d\ude00":0}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(read(text.as_bytes()), Err(Error::DuplicateMember), "{text}");
        }
    }

    #[test]
    fn limits() {
        let nested = |depth| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            std::format!(r#"{{"a":{open}{close}}}"#)
        };
        assert_eq!(read(nested(32).as_bytes()), Ok(1));
        assert_eq!(read(nested(33).as_bytes()), Err(Error::LimitExceeded));
        assert_eq!(read(nested(10_000).as_bytes()), Err(Error::LimitExceeded));

        let wide = |members: usize| {
            let members: std::vec::Vec<String> =
                (0..members).map(|i| std::format!("\"{i}\":0")).collect();
            std::format!("{{{}}}", members.join(","))
        };
        assert_eq!(read(wide(128).as_bytes()), Ok(128));
        assert_eq!(read(wide(129).as_bytes()), Err(Error::LimitExceeded));
    }

    #[test]
    fn names_with_one_hash() {
        // Pairs of different names, found by trying.
        let pairs = [
            ("1aa9", "25054"),
            ("1aa8", "25055"),
            ("1aa5", "25058"),
            ("1aa4", "25059"),
            ("1a19", "250e4"),
            ("1a18", "250e5"),
            ("1a15", "250e8"),
            ("1a14", "250e9"),
            ("99bc", "6d968"),
        ]
        .map(|(one, other)| std::format!("\"{one}\":0,\"{other}\":0"));
        let object = |pairs: &[String]| std::format!("{{{}}}", pairs.join(","));
        assert_eq!(read(object(&pairs[..8]).as_bytes()), Ok(16));
        assert_eq!(read(object(&pairs).as_bytes()), Err(Error::LimitExceeded));
    }

    #[test]
    fn a_member_is_found_in_a_nested_object() {
        let mut members = Members::of(r#"{"a":{"b":[1,2],"b\u0063":true,"d":1,"d":2}}"#);
        let Some((_, Value::Object(object))) = members.next().unwrap() else {
            panic!("not an object");
        };
        let array = object.get("b").unwrap().unwrap().as_array().unwrap();
        let numbers: std::vec::Vec<_> = array.iter().map(|v| v.as_i64().unwrap()).collect();
        assert_eq!((numbers, array.as_raw()), (std::vec![1, 2], "[1,2]"));
        assert_eq!(object.get("bc").unwrap().unwrap().as_bool(), Some(true));
        assert!(object.get("x").unwrap().is_none());
        assert!(matches!(object.get("d"), Err(Error::DuplicateMember)));
    }
}
