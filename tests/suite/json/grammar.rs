//! RFC 8259, production by production: what is accepted as the value of a claim, and what is
//! rejected.

use jose_verify::Error;
use jose_verify::json::Value;

use super::read;

/// Returns the type of a value if it is accepted.
fn type_of(text: &str) -> Result<&'static str, Error> {
    let claims = format!(r#"{{"v":{text}}}"#);
    read(claims.as_bytes(), |jwt| {
        match jwt.claims().get("v").unwrap() {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    })
}

fn assert_production(expected: &str, accepted: &[&str], rejected: &[&str]) {
    for text in accepted {
        assert_eq!(type_of(text), Ok(expected), "{text:?}");
        assert_eq!(
            type_of(&format!(" \t\r\n{text} \t\r\n")),
            Ok(expected),
            "{text:?}"
        );
        assert_eq!(
            type_of(&format!("[{text},{text}]")),
            Ok("array"),
            "{text:?}"
        );
        assert_eq!(
            type_of(&format!(r#"{{"a":{text},"b":{text}}}"#)),
            Ok("object"),
            "{text:?}"
        );
    }
    for text in rejected {
        for text in [
            (*text).to_owned(),
            format!("[0,{text}]"),
            format!(r#"{{"a":{text}}}"#),
        ] {
            assert_eq!(type_of(&text), Err(Error::MalformedJson), "{text:?}");
        }
    }
}

/// §2: `JSON-text = ws value ws`; a claims set is an object.
#[test]
fn json_text() {
    let verdict = |text: &str| read(text.as_bytes(), |_| ()).err();
    for text in [
        "{}",
        " {}",
        "{} ",
        "\t\r\n {\t\r\n }\t\r\n ",
        r#"{"a":1}"#,
        "{}\n",
    ] {
        assert_eq!(verdict(text), None, "{text:?}");
    }
    for text in [
        "",
        " ",
        "[]",
        "0",
        "null",
        "true",
        r#""{}""#,
        "a",
        "\u{feff}{}",
        "\u{a0}{}",
        "}",
        ",{}",
    ] {
        assert_eq!(verdict(text), Some(Error::MalformedClaims), "{text:?}");
    }
    for text in [
        "{",
        "{}}",
        "{}{}",
        "{},",
        "{}x",
        "{} null",
        "{}\0",
        "{}\u{a0}",
        "{}\u{feff}",
        "{}\u{c}",
        "{]",
    ] {
        assert_eq!(verdict(text), Some(Error::MalformedJson), "{text:?}");
    }
}

/// §2: white space is space, tab, line feed and carriage return, and nothing else.
#[test]
fn white_space() {
    assert_production(
        "number",
        &["0", " 0", "0 ", "\t0\t", "\n0\n", "\r0\r", " \t\n\r0"],
        &[
            "\u{b}0",
            "\u{c}0",
            "\u{85}0",
            "\u{a0}0",
            "\u{2028}0",
            "\u{3000}0",
            "\u{feff}0",
            "\u{200b}0",
            "\u{8}0",
        ],
    );
}

/// §3: `false null true`, in lower case.
#[test]
fn literals() {
    assert_production(
        "bool",
        &["true", "false"],
        &[
            "True", "FALSE", "tru", "truee", "t", "fals", "falsE", "true1", "true\"\"", "yes",
        ],
    );
    assert_production(
        "null",
        &["null"],
        &["Null", "nul", "nulll", "nil", "none", "undefined", "void"],
    );
}

/// §4: `object = begin-object [ member *( value-separator member ) ] end-object`.
#[test]
fn objects() {
    assert_production(
        "object",
        &[
            "{}",
            "{ }",
            r#"{"a":1}"#,
            r#"{ "a" : 1 , "b" : 2 }"#,
            r#"{"":0}"#,
            r#"{"a":{"a":{"a":{}}}}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"\u0061\n":1}"#,
            r#"{"a":[],"b":{},"c":"","d":0,"e":null}"#,
        ],
        &[
            "{",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r"{:1}",
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":1,,"b":2}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":1;"b":2}"#,
            r#"{"a"::1}"#,
            r#"{"a" "b":1}"#,
            r#"{"a":1:2}"#,
            r#"{"a",1}"#,
            r#"{"a":1]"#,
            "{a:1}",
            "{1:1}",
            "{null:1}",
            "{[]:1}",
            "{'a':1}",
            r#"{"a":1"#,
            r#"{"a"#,
        ],
    );
}

/// §5: `array = begin-array [ value *( value-separator value ) ] end-array`.
#[test]
fn arrays() {
    assert_production(
        "array",
        &[
            "[]",
            "[ ]",
            "[0]",
            "[ 0 , 1 ]",
            "[[],[[]]]",
            r#"["a",1,true,null,{},[]]"#,
            "[[[[]]]]",
        ],
        &[
            "[",
            "[,]",
            "[0,]",
            "[,0]",
            "[0,,1]",
            "[0 1]",
            "[0;1]",
            "[0",
            "[0}",
            "[0:1]",
            "[\"a\":1]",
            "[]]",
        ],
    );
}

/// §6: `number = [ minus ] int [ frac ] [ exp ]`.
#[test]
fn numbers() {
    assert_production(
        "number",
        &[
            "0",
            "-0",
            "1",
            "-1",
            "10",
            "1234567890",
            "0.0",
            "-0.5",
            "1.50",
            "0e0",
            "0E+0",
            "1e5",
            "1E5",
            "1e+5",
            "1e-05",
            "1.5e300",
            "1e99999",
            "123456789012345678901234567890.123456789012345678901234567890e-1234567890123",
        ],
        &[
            "-",
            "+1",
            "--1",
            "01",
            "-01",
            "00",
            "0.",
            ".5",
            "-.5",
            "1.",
            "1.e5",
            "1.5.5",
            "1e",
            "1e+",
            "1e+-5",
            "1e5.5",
            "1E",
            "e5",
            "1 e5",
            "1e 5",
            "0x1",
            "1_0",
            "1f",
            "١",
            "½",
            "Infinity",
            "-Infinity",
            "NaN",
            "1,5e",
            "- 1",
            "1-",
            "\u{2212}1",
        ],
    );
}

/// §7: `string = quotation-mark *char quotation-mark`.
#[test]
fn strings() {
    assert_production(
        "string",
        &[
            r#""""#,
            r#""a""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0000\u001f\u0020\uFFFF\uabCD""#,
            r#""\ud83d\ude00\uD83D\uDE00""#,
            "\"\u{7f}\u{80}\u{2028}\u{ffff}\u{10ffff}\"",
            "\"' // /* */ # ,:{}[]\"",
            "\" \"",
        ],
        &[
            r#"""#,
            r#""a"#,
            r#""\""#,
            r#""\"#,
            r#""a""b""#,
            "'a'",
            "\u{201c}a\u{201d}",
            "\"\0\"",
            "\"\t\"",
            "\"\n\"",
            "\"\u{1f}\"",
            r#""\a""#,
            r#""\v""#,
            r#""\0""#,
            r#""\'""#,
            r#""\ ""#,
            "\"\\\n\"",
            r#""\x41""#,
            r#""\U0041""#,
            r#""\u""#,
            r#""\u1""#,
            r#""\u12""#,
            r#""\u123""#,
            r#""\u{41}""#,
            r#""\u 123""#,
            r#""\u+123""#,
            r#""\u-123""#,
            r#""\u12G4""#,
            r#""\u１234""#,
            // Unpaired surrogates are rejected: stricter than §7, as §8.2 advises.
            r#""\ud800""#,
            r#""\udbff""#,
            r#""\udc00""#,
            r#""\udfff""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\ud83d""#,
            r#""\ude00\ud83d""#,
        ],
    );
}

/// §7: every character as a `\uXXXX` escape, or as two for characters beyond the basic plane.
#[test]
fn every_character_escaped() {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    for chars in all.chunks(2_000) {
        let mut units = [0; 2];
        let text: String = chars
            .iter()
            .flat_map(|c| {
                c.encode_utf16(&mut units)
                    .iter()
                    .map(|u| format!("\\u{u:04x}"))
                    .collect::<Vec<_>>()
            })
            .collect();
        let claims = format!(r#"{{"v":"{text}"}}"#);
        read(claims.as_bytes(), |jwt| {
            let ours = jwt.claims().get("v").unwrap().as_str().unwrap();
            assert!(ours.chars().eq(chars.iter().copied()), "{:?}", chars[0]);
        })
        .unwrap();
    }
}

/// §8.1: only valid UTF-8.
#[test]
fn utf_8() {
    let read_string = |bytes: &[u8]| read(&[b"{\"v\":\"", bytes, b"\"}"].concat(), |_| ()).err();
    for good in [
        &b"\x7f"[..],
        b"\xc2\x80",
        b"\xdf\xbf",
        b"\xe0\xa0\x80",
        b"\xed\x9f\xbf",
        b"\xef\xbf\xbf",
        b"\xf0\x90\x80\x80",
        b"\xf4\x8f\xbf\xbf",
    ] {
        assert_eq!(read_string(good), None, "{good:x?}");
    }
    for bad in [
        &b"\x80"[..],
        b"\xbf",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xc2",
        b"\xc2\x41",
        b"\xe0\x9f\xbf",
        b"\xe0\xa0",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf0\x8f\xbf\xbf",
        b"\xf0\x90\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xfe",
        b"\xff",
    ] {
        assert_eq!(read_string(bad), Some(Error::MalformedJson), "{bad:x?}");
    }
}
