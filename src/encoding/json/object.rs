//! The parser for one object, in which every name may appear only once.

use crate::encoding::json::cursor::Cursor;
use crate::encoding::json::name::Name;
use crate::encoding::json::names::{Filter, Names};
use crate::encoding::json::span::Span;
use crate::encoding::json::string::JsonStr;
use crate::encoding::json::utf8::Utf8;
use crate::encoding::json::value::{Object, Value};
use crate::error::{Error, Limit};
use crate::limits::MAX_JSON_LEN;

/// Parses a text that is one object. Calls `each` with its members in order; a duplicate name is an
/// error.
///
/// The text is not accepted until this returns `Ok`. Before that, `each` may be called with members
/// of a malformed text.
// Not generic, so that all callers whose speed does not matter share one copy.
#[inline(never)]
pub(crate) fn read_object<'a>(
    text: &'a [u8],
    each: &mut dyn FnMut(JsonStr<'a>, Value<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    parse_spans(text, |name, value| {
        let member = name.span().as_str(text).zip(value.value(text));
        let (name, value) = member.ok_or(Error::MalformedJson)?;
        each(name, value)
    })
    .map(|_| ())
}

/// Returns whether a text is an object, provided that it is JSON.
#[inline]
pub(crate) fn is_object(text: &[u8]) -> bool {
    Cursor::at(text, 0).peek() == Some(b'{')
}

/// Does the same as [`read_object`], but yields spans, and returns the object.
// Headers and claims are parsed with this. Inlined, it keeps its state in registers.
#[inline]
pub(crate) fn parse_spans<'a>(
    text: &'a [u8],
    mut each: impl FnMut(Name<'a>, Span) -> Result<(), Error>,
) -> Result<Object<'a>, Error> {
    if text.len() > MAX_JSON_LEN {
        return Err(Error::Limit(Limit::JsonLen));
    }
    let object = Object::assume_valid(Utf8::assume_valid(text));
    let mut cursor = Cursor::at(text, 0);
    let (mut names, mut filter) = (Names::new(), Filter::default());
    cursor.expect(b'{')?;
    if cursor.eat(b'}') {
        return cursor.end().map(|()| object);
    }
    loop {
        cursor.expect(b'"')?;
        let name = cursor.rest_of_name().ok_or(Error::MalformedJson)?;
        if filter.may_have(name.hash) {
            names.compare(text, name.span(), name.hash)?;
        }
        names.add(&name)?;
        cursor.expect(b':')?;
        each(name, cursor.span()?)?;
        if !cursor.eat(b',') {
            cursor.expect(b'}')?;
            return cursor.end().map(|()| object);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn read(text: &[u8]) -> Result<usize, Error> {
        let mut names = std::vec::Vec::new();
        read_object(text, &mut |name, _| {
            names.push(name);
            Ok(())
        })?;
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
            // The bytes that follow a name in the same word do not matter.
            r#"{"a":"é","a":1}"#,
            r#"{"ab":"éé","c":0,"ab":"\n"}"#,
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
        assert_eq!(
            read(nested(33).as_bytes()),
            Err(Error::Limit(Limit::JsonDepth))
        );
        assert_eq!(
            read(nested(10_000).as_bytes()),
            Err(Error::Limit(Limit::JsonDepth))
        );

        let wide = |members: usize| {
            let members: std::vec::Vec<String> =
                (0..members).map(|i| std::format!("\"{i}\":0")).collect();
            std::format!("{{{}}}", members.join(","))
        };
        assert_eq!(read(wide(128).as_bytes()), Ok(128));
        assert_eq!(
            read(wide(129).as_bytes()),
            Err(Error::Limit(Limit::Members))
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "allocates a quarter of a gigabyte")]
    fn longest_text() {
        let mut text = std::vec![b' '; MAX_JSON_LEN + 1];
        text[0] = b'{';
        text[MAX_JSON_LEN - 1] = b'}';
        assert_eq!(read(&text[..MAX_JSON_LEN]), Ok(0));
        assert_eq!(read(&text), Err(Error::Limit(Limit::JsonLen)));
    }

    #[test]
    fn debug_output_omits_content() {
        let text = br#"{"a":["\n",1.5,{"b":2}]}"#;
        let mut shown = std::vec::Vec::new();
        read_object(text, &mut |_, value| {
            let elements = value.as_array().unwrap().iter();
            shown.push(std::format!("{elements:?}"));
            shown.extend(elements.map(|element| std::format!("{element:?}")));
            Ok(())
        })
        .unwrap();
        let want = [
            "Elements { cursor: .. }",
            "String(..)",
            "Number(..)",
            "Object(..)",
        ];
        assert_eq!(shown, want);
        let mut spans = std::vec::Vec::new();
        let each = |_: Name<'_>, value| {
            spans.push(std::format!("{value:?}"));
            Ok(())
        };
        parse_spans(text, each).unwrap();
        assert_eq!(spans, ["5..23"]);
    }

    #[test]
    fn colliding_names_are_limited() {
        // Pairs of different names with the same hash, found by trial.
        #[cfg(target_pointer_width = "64")]
        let pairs = [
            ("86e", "107ba1"),
            ("86f", "108ba1"),
            ("87c", "115ba1"),
            ("89f", "138ba1"),
            ("903a", "13e07f"),
            ("11d", "140bc3"),
            ("910b", "14b17f"),
            ("910c", "14b27f"),
            ("923e", "15e47f"),
        ];
        #[cfg(target_pointer_width = "32")]
        let pairs = [
            ("c006", "11754"),
            ("cfcf", "14397"),
            ("9cca", "1c48b"),
            ("5622", "2c0d5"),
            ("5624", "2c0f5"),
            ("56d3", "2cbe1"),
            ("5893", "2e7e1"),
            ("3e98", "30a35"),
            ("24e6", "326d5"),
        ];
        let pairs = pairs.map(|(one, other)| std::format!("\"{one}\":0,\"{other}\":0"));
        let object = |pairs: &[String]| std::format!("{{{}}}", pairs.join(","));
        assert_eq!(read(object(&pairs[..8]).as_bytes()), Ok(16));
        assert_eq!(
            read(object(&pairs).as_bytes()),
            Err(Error::Limit(Limit::NameCollisions))
        );
    }

    #[test]
    fn a_member_is_found_in_a_nested_object() {
        let mut value = None;
        let text = br#"{"a":{"b":[1,2],"b\u0063":true,"d":1,"d":2}}"#;
        read_object(text, &mut |_, a| {
            value = Some(a);
            Ok(())
        })
        .unwrap();
        let object = value.unwrap().as_object().unwrap();
        let array = object.get("b").unwrap().unwrap().as_array().unwrap();
        let numbers: std::vec::Vec<_> = array.iter().map(|v| v.as_i64().unwrap()).collect();
        assert_eq!((numbers, array.as_raw()), (std::vec![1, 2], "[1,2]"));
        assert_eq!(object.get("bc").unwrap().unwrap().as_bool(), Some(true));
        assert!(object.get("x").unwrap().is_none());
        assert!(matches!(object.get("d"), Err(Error::DuplicateMember)));
    }
}
