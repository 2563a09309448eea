//! JSON that is deeply nested, ambiguous or malformed.

use std::thread;

use jose_verify::alg::SIGNATURES;
use jose_verify::{Check, Claim, Error, Key, KeySet, Limit, Policy, Problem, limits};

use super::CLAIMS;
use crate::support::sign::{key, token, token_with_header};
use crate::support::verdict::{UNCHECKED, signature_verdict, verdict};

const HS256: &[u8] = br#"{"alg":"HS256"}"#;

/// Deeply nested JSON (CVE-2025-53864), read with a stack of 128 KiB.
#[test]
fn deeply_nested_json_cve_2025_53864() {
    let small_stack = thread::Builder::new().stack_size(1 << 17);
    small_stack
        .spawn(assert_depth_is_bounded)
        .unwrap()
        .join()
        .unwrap();
}

fn assert_depth_is_bounded() {
    let too_deep = Err(Error::Limit(Limit::JsonDepth));
    // The deepest inputs are also longer than the limits on tokens and keys.
    for depth in [33, 100, 10_000, 150_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
            let (opened, closed) = (open.repeat(depth), close.repeat(depth));
            let whole = format!("{opened}0{closed}");
            for nested in [&whole, &opened] {
                let member = format!(r#"{{"alg":"HS256","kty":"oct","x":{nested}}}"#);
                let in_claims = token(&member);
                let in_header = token_with_header(member.as_bytes(), b"{}");
                for (token, answer) in [
                    (&in_header, signature_verdict(&in_header, &key())),
                    (&in_claims, verdict(&in_claims, &key(), &UNCHECKED)),
                ] {
                    let too_long = token.len() > limits::MAX_TOKEN_LEN;
                    let want = if too_long {
                        Err(Error::Limit(Limit::TokenLen))
                    } else {
                        too_deep
                    };
                    assert_eq!(answer, want, "{depth} {open}");
                }
                let key = Key::from_jwk(jose_verify::alg::HS256, member.as_bytes());
                let too_long = member.len() > limits::MAX_KEY_SET_LEN;
                let limit = if too_long {
                    Limit::KeySetLen
                } else {
                    Limit::JsonDepth
                };
                assert_eq!(key.err(), Some(Error::Limit(limit)));
                // In a set, the depth of an entry concerns only that entry. A text that ends within
                // a value is not JSON.
                let is_json = nested == &whole;
                for (jwks, want) in [
                    (format!(r#"{{"keys":[{member}]}}"#), Error::MalformedKey),
                    (format!(r#"{{"x":{nested},"keys":[]}}"#), Error::NoUsableKey),
                ] {
                    let set = KeySet::<1>::from_jwks(jwks.as_bytes(), SIGNATURES);
                    let too_long = jwks.len() > limits::MAX_KEY_SET_LEN;
                    let want = match want {
                        _ if too_long => Error::Limit(Limit::KeySetLen),
                        _ if !is_json => Error::MalformedJson,
                        want => want,
                    };
                    assert_eq!(set.err(), Some(want), "{depth} {open}");
                }
            }
        }
    }
    let at_the_limit = format!(r#"{{"x":{}0{}}}"#, "[".repeat(32), "]".repeat(32));
    assert_eq!(verdict(&token(&at_the_limit), &key(), &UNCHECKED), Ok(()));
}

/// Text that is not valid Unicode, or that looks like other text.
#[test]
fn invalid_and_confusable_unicode() {
    let policy = Policy {
        issuer: Check::Required(&["https://good/é"]),
        ..UNCHECKED
    };
    let claims = |iss: &[u8]| [br#"{"iss":"https://good/"#, iss, br#""}"#].concat();
    for (iss, want) in [
        ("é".as_bytes(), None),
        (br"\u00e9", None),
        (br"\u00E9", None),
        (
            b"e\xcc\x81",
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ), // looks the same
        (
            br"\u0065\u0301",
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            br"\u00e9\u0000",
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            br"\u00e9\u2028",
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "é\u{2028}".as_bytes(),
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "é\u{feff}".as_bytes(),
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "é\u{202e}".as_bytes(),
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            br"\ud83d\ude00",
            Some(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (br"\ud83d", Some(Error::MalformedJson)),
        (br"\ude00", Some(Error::MalformedJson)),
        (br"\ud83d\u0041", Some(Error::MalformedJson)),
        (br"\ud83d\ud83d", Some(Error::MalformedJson)),
        (br"\ude00\ud83d", Some(Error::MalformedJson)),
        (br"\u00g9", Some(Error::MalformedJson)),
        (b"\0", Some(Error::MalformedJson)),
        (b"\x1f", Some(Error::MalformedJson)),
        (b"\xe9", Some(Error::MalformedJson)), // Latin-1
        (b"\xc0\xaf", Some(Error::MalformedJson)),
        (b"\xe0\x80\xaf", Some(Error::MalformedJson)),
        (b"\xc1\xa9", Some(Error::MalformedJson)),
        (b"\xed\xa0\xbd\xed\xb8\x80", Some(Error::MalformedJson)),
        (b"\xed\xa0\x80", Some(Error::MalformedJson)),
        (b"\xf4\x90\x80\x80", Some(Error::MalformedJson)),
        (b"\xf8\x88\x80\x80\x80", Some(Error::MalformedJson)),
        (b"\xc3", Some(Error::MalformedJson)),
        (b"\xff", Some(Error::MalformedJson)),
    ] {
        let token = token_with_header(HS256, &claims(iss));
        let shown = iss.escape_ascii();
        assert_eq!(verdict(&token, &key(), &policy).err(), want, "{shown}");
        // In the header, only validity matters: `kid` is not checked against the policy.
        let header = [br#"{"alg":"HS256","kid":""#, iss, br#""}"#].concat();
        let token = token_with_header(&header, b"{}");
        let want = want.filter(|want| *want == Error::MalformedJson);
        assert_eq!(verdict(&token, &key(), &UNCHECKED).err(), want, "{shown}");
    }
    let text = r#"{"alg":"HS256"}"#;
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        format!("\u{feff}{text}").into_bytes(),
        utf16,
        text.replace('"', "\u{201c}").into(),
    ] {
        let in_header = token_with_header(&bytes, b"{}");
        assert_eq!(
            verdict(&in_header, &key(), &UNCHECKED),
            Err(Error::MalformedJson)
        );
        let in_claims = verdict(&token_with_header(HS256, &bytes), &key(), &UNCHECKED);
        let object = bytes.starts_with(b"{");
        let want = if object {
            Error::MalformedJson
        } else {
            Error::MalformedClaims
        };
        assert_eq!(in_claims, Err(want), "{bytes:?}");
    }
}

/// Text that lenient JSON parsers accept and RFC 8259 does not.
#[test]
fn lenient_json_rfc_8259() {
    for value in [
        "1 // comment",
        "1 /* comment */",
        "/**/1",
        "# comment\n1",
        "[1,]",
        r#"{"a":1,}"#,
        "[,1]",
        "[1,,2]",
        "'x'",
        "`x`",
        "x",
        "undefined",
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "01",
        "-01",
        "00",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "0x10",
        "0b1",
        "0o7",
        "1_000",
        "1,000",
        "True",
        "TRUE",
        "nil",
        "None",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"a\u{0}b\"",
        r#""\x41""#,
        r#""\'""#,
        r#""\v""#,
        r#""\0""#,
        r#""\u41""#,
        r#""\u{41}""#,
        "\"a\" \"b\"",
        "\"a\" + \"b\"",
        "[1 2]",
        r#"{"a" 1}"#,
        r#"{"a"=1}"#,
        "{a:1}",
        r"{'a':1}",
        r"{1:1}",
        "(1)",
        "\u{a0}1",
        "1\u{b}",
        "",
    ] {
        for text in [
            format!(r#"{{"alg":"HS256","z":{value}}}"#),
            format!(r#"{{"z":{value},"alg":"HS256"}}"#),
            format!(r#"{{"alg":"HS256","z":[{{"y":[{value}]}}]}}"#),
        ] {
            // `[]` is a valid array, so the empty value is not an error there.
            if value.is_empty() && text.contains("[]") {
                continue;
            }
            assert_malformed(&text);
        }
    }
    let object = r#"{"alg":"HS256"}"#;
    for text in [
        format!("{object},"),
        format!("{object};"),
        format!("{object}{object}"),
        format!("{object}\n{object}"),
        format!("{object} x"),
        format!("{object}\0"),
        format!("{object}]"),
        format!("{object}// end"),
        r#"{"alg":"HS256""#.into(),
        r#"{"alg":"HS256","#.into(),
        r#"{"alg":"HS256",}"#.into(),
        r#"{,"alg":"HS256"}"#.into(),
        r#"{"alg":"HS256" "z":1}"#.into(),
        r#"{"alg":"HS256",,"z":1}"#.into(),
        r#"{"alg":"HS256";"z":1}"#.into(),
        r#"{"alg"::"HS256"}"#.into(),
        r#"{"alg":"HS256"]"#.into(),
        r#"{alg:"HS256"}"#.into(),
        r"{'alg':'HS256'}".into(),
        "{".into(),
    ] {
        assert_malformed(&text);
    }
}

/// Asserts that the text is malformed as a header, as claims, as a key and as a key set.
fn assert_malformed(text: &str) {
    let rejected = Err(Error::MalformedJson);
    let in_header = token_with_header(text.as_bytes(), CLAIMS);
    assert_eq!(
        verdict(&in_header, &key(), &UNCHECKED),
        rejected,
        "header {text}"
    );
    assert_eq!(
        verdict(&token(text), &key(), &UNCHECKED),
        rejected,
        "claims {text}"
    );
    let as_key = KeySet::<1>::from_jwk(text.as_bytes(), SIGNATURES).err();
    assert_eq!(as_key, rejected.err(), "key {text}");
    let as_set = KeySet::<1>::from_jwks(text.as_bytes(), SIGNATURES).err();
    assert_eq!(as_set, rejected.err(), "set {text}");
}
