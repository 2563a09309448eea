//! Comparison with `serde_json`: it accepts the same texts, except for the documented stricter
//! rules, and reads the same values.

use jose_verify::{Error, Problem};
use proptest::prelude::*;

use super::read;
use super::reference::{Json, claims_set, stricter};
use super::texts::{claims, edited, edits, nested, registered_claim, token_soup, wide};
use crate::support::random::{bytes, cases};

/// Compares the result with the reference. Returns whether the text was accepted.
fn agreed(text: &[u8]) -> bool {
    let reference = claims_set(text);
    let shown = text.escape_ascii();
    let same = |members: &[(String, Json)]| {
        read(text, |jwt| {
            members
                .iter()
                .all(|(name, value)| jwt.claims().get(name).is_some_and(|v| value.equals(v)))
        })
    };
    match reference {
        None => {
            let error = read(text, |_| ()).expect_err(&format!("accepted: {shown}"));
            // An error that precedes the malformed part may be reported first.
            let known = matches!(
                error,
                Error::MalformedJson
                    | Error::MalformedClaims
                    | Error::DuplicateMember
                    | Error::Limit(_)
                    | Error::Claim(_, Problem::WrongType | Problem::OutOfRange)
            );
            assert!(known, "{error:?}: {shown}");
            false
        }
        Some(members) => {
            let reasons = stricter(&members);
            match same(&members) {
                Ok(same) => {
                    assert!(reasons.is_empty(), "accepted despite {reasons:?}: {shown}");
                    assert!(same, "different value: {shown}");
                    true
                }
                Err(error) => {
                    assert!(
                        reasons.contains(&error),
                        "{error:?}, not {reasons:?}: {shown}"
                    );
                    false
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn json_in_every_spelling(text in claims()) {
        agreed(text.as_bytes());
        prop_assert!(claims_set(text.as_bytes()).is_some(), "the generator produces valid JSON");
    }

    #[test]
    fn json_with_edits(text in claims(), edits in edits()) {
        agreed(&edited(&text, &edits));
    }

    #[test]
    fn shuffled_pieces_of_json(text in token_soup()) {
        agreed(text.as_bytes());
    }

    #[test]
    fn registered_claims(text in registered_claim()) {
        agreed(text.as_bytes());
    }

    #[test]
    fn any_bytes(text in bytes(40)) {
        agreed(&text);
        agreed(&[b"{\"v\":\"", &text[..], b"\"}"].concat());
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn depth_around_the_bound(text in nested(), edits in edits()) {
        agreed(text.as_bytes());
        agreed(&edited(&text, &edits));
    }

    #[test]
    fn width_around_the_bound(text in wide()) {
        agreed(text.as_bytes());
    }
}

/// Fixed examples of both results, and of every stricter rule except the limit on members.
#[test]
fn both_results_and_every_stricter_rule() {
    for (text, accepted) in [
        (r#"{"a":1}"#, true),
        (r#"{"a":1,"a":1}"#, false),
        (r#"{"a":{"b":1,"b":1}}"#, true),
        (r#"{"a":"\ud800"}"#, false),
        (r#"{"a":["\udc00"]}"#, false),
        (r#"{"a":{"\ud800":1}}"#, false),
        (r#"{"a":1e400}"#, true),
        (r#"{"exp":1e400}"#, false),
        (r#"{"iss":5}"#, false),
        (r#"{"acr":5,"amr":"a","auth_time":1e400}"#, true),
        (r#"{"acr":null}"#, false),
        (r#"{"aud":[]}"#, false),
        ("[]", false),
    ] {
        assert_eq!(agreed(text.as_bytes()), accepted, "{text}");
    }
    for depth in [31, 32, 33, 34, 100] {
        let text = format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(agreed(text.as_bytes()), depth <= 32, "{depth}");
    }
}
