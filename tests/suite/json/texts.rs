//! Random texts: JSON in every spelling, and text that is almost JSON.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Generates a number (RFC 8259 §6).
pub(crate) fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?"
}

/// Generates white space (RFC 8259 §2).
fn blank() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(""), 1 => select(vec![" ", "\t", "\n", "\r", "\r\n \t"])]
}

/// Generates a character of a string (RFC 8259 §7), escaped or not.
fn character() -> impl Strategy<Value = String> {
    let escaped = |c: char, upper: bool| {
        let units = c.encode_utf16(&mut [0; 2]).to_vec();
        let unit = |u: u16| {
            if upper {
                format!("\\u{u:04X}")
            } else {
                format!("\\u{u:04x}")
            }
        };
        units.into_iter().map(unit).collect::<String>()
    };
    let chars = || prop_oneof![3 => prop::char::range(' ', '~'), 1 => any::<char>()];
    let plain = chars().prop_map(move |c| match c {
        '"' | '\\' | '\0'..' ' => escaped(c, false),
        c => c.to_string(),
    });
    let short = select(vec![
        r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t",
    ]);
    prop_oneof![
        6 => plain,
        1 => (chars(), any::<bool>()).prop_map(move |(c, upper)| escaped(c, upper)),
        1 => short.prop_map(str::to_owned),
    ]
}

fn string() -> impl Strategy<Value = String> {
    let characters = prop::collection::vec(character(), 0..8);
    characters.prop_map(|characters| format!("\"{}\"", characters.concat()))
}

/// Generates a member's name. A third are from a short list, so that duplicates and claim names in
/// different spellings occur; the others are random strings.
fn name() -> impl Strategy<Value = String> {
    let few = vec![
        r#""a""#,
        r#""b""#,
        r#""c""#,
        r#""\u0061""#,
        r#""""#,
        r#""iss""#,
        r#""exp""#,
        r#""aud""#,
        r#""\u0065xp""#,
        r#""amr""#,
    ];
    prop_oneof![1 => select(few).prop_map(str::to_owned), 2 => string()]
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["true", "false", "null", "0", "\"\"", "[]", "{}"]).prop_map(str::to_owned),
        number(),
        string(),
    ]
}

/// Generates an object with these values.
fn object(values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let member = (blank(), name(), blank(), blank(), values, blank())
        .prop_map(|(a, name, b, c, value, d)| format!("{a}{name}{b}:{c}{value}{d}"));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(5, 40, 5, |inner| {
        let element = (blank(), inner.clone(), blank()).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let elements = prop::collection::vec(element, 0..5);
        let array = elements.prop_map(|elements| format!("[{}]", elements.join(",")));
        prop_oneof![array, object(inner)]
    })
}

/// Generates an object as it could occur in a token.
pub(crate) fn claims() -> impl Strategy<Value = String> {
    (blank(), object(value()), blank()).prop_map(|(a, object, b)| format!("{a}{object}{b}"))
}

/// Generates one registered claim with any value.
pub(super) fn registered_claim() -> impl Strategy<Value = String> {
    let names = vec![
        "iss",
        "sub",
        "aud",
        "azp",
        "exp",
        "nbf",
        "iat",
        "nonce",
        "auth_time",
        "acr",
        "amr",
        "jti",
        "client_id",
    ];
    let strings = prop::collection::vec(prop_oneof![8 => string(), 1 => scalar()], 0..4);
    let values = prop_oneof![
        value(),
        string(),
        number(),
        strings.prop_map(|strings| format!("[{}]", strings.join(",")))
    ];
    (select(names), values).prop_map(|(name, value)| format!(r#"{{"x":1,"{name}":{value}}}"#))
}

/// Generates nested containers with depths around the limit. The innermost holds a number.
pub(super) fn nested() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<bool>(), 28..37).prop_map(|kinds| {
        let open = kinds
            .iter()
            .map(|object| if *object { r#"{"n":"# } else { "[" });
        let close = kinds
            .iter()
            .rev()
            .map(|object| if *object { "}" } else { "]" });
        format!(
            r#"{{"x":{}7{}}}"#,
            open.collect::<String>(),
            close.collect::<String>()
        )
    })
}

/// Generates objects with member counts around the limit. Names are escaped or not.
pub(super) fn wide() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<bool>(), 124..133).prop_map(|escaped| {
        let name = |i: usize, escaped: bool| {
            if escaped {
                format!("\\u006e{i}")
            } else {
                format!("n{i}")
            }
        };
        let members = escaped
            .iter()
            .enumerate()
            .map(|(i, e)| format!("\"{}\":{i}", name(i, *e)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    })
}

/// Generates pieces of JSON in random order.
pub(super) fn token_soup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"a\"",
        "\"b\":",
        "\\",
        "\\u",
        "\\ud800",
        "\\udc00",
        "\\n",
        "/",
        "//",
        "0",
        "1",
        "-",
        "+",
        ".",
        "e",
        "E5",
        "true",
        "null",
        "tru",
        "NaN",
        " ",
        "\n",
        "\u{b}",
        "\u{a0}",
        "\u{feff}",
        "'",
        "{}",
        "[]",
        "{\"x\":1}",
        "[1]",
        "\0",
    ];
    let token_soup =
        prop::collection::vec(select(pieces), 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![
        token_soup.clone(),
        token_soup
            .clone()
            .prop_map(|token_soup| format!("{{{token_soup}}}")),
        token_soup
            .clone()
            .prop_map(|token_soup| format!(r#"{{"v":{token_soup}}}"#)),
        token_soup
            .clone()
            .prop_map(|token_soup| format!(r#"{{"v":[{token_soup}]}}"#)),
        token_soup.prop_map(|token_soup| format!(r#"{{"v":"{token_soup}"}}"#)),
    ]
}

/// One change to the bytes of a text.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    Insert(Index, u8),
    Replace(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, Index),
}

pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let significant = b"{}[]:,\"\\u/0159-+.eEtfn \t\n\x00\x1f\x7f\x80\xc0\xc3\xed\xf0\xff".to_vec();
    let byte = prop_oneof![3 => select(significant), 1 => any::<u8>()];
    let at = any::<Index>;
    let edit = prop_oneof![
        (at(), byte.clone()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        (at(), byte).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        at().prop_map(Edit::Remove),
        at().prop_map(Edit::Cut),
        (at(), at()).prop_map(|(from, to)| Edit::Repeat(from, to)),
    ];
    prop::collection::vec(edit, 1..4)
}

/// Applies edits. An empty text stays empty.
pub(super) fn edited(text: &str, edits: &[Edit]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits.iter().take_while(|_| !text.is_empty()) {
        let at = |index: &Index| index.index(text.len()).min(bytes.len().saturating_sub(1));
        match edit {
            Edit::Insert(i, byte) => bytes.insert(at(i), *byte),
            _ if bytes.is_empty() => {}
            Edit::Replace(i, byte) => {
                let i = at(i);
                bytes[i] = *byte;
            }
            Edit::Remove(i) => {
                bytes.remove(at(i));
            }
            Edit::Cut(i) => bytes.truncate(at(i)),
            Edit::Repeat(from, to) => {
                let (from, to) = (at(from).min(at(to)), at(from).max(at(to)));
                let piece = bytes[from..to].to_vec();
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}
