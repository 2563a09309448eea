//! What may be said about tokens beforehand, in every way into the pipeline.

use jose_verify::alg::{HS256, KeyParameters, MACS};
use jose_verify::{
    Error, JwsVerifier, Key, KeySet, Keys, Limit, Member, Options, Problem, limits, scratch_len,
};
use serde_json::json;

use super::{Entry, Form, ISSUER, MATRIX, OTHER_SECRET, claims, read, token_in_form};
use crate::support::Keyring;
use crate::support::hash::hmac;
use crate::support::sign::{SECRET, key, token_with_header};

/// A token of exactly so many bytes is accepted, and none that is longer by one.
#[test]
fn longest_token() {
    let (key, claims) = (key(), claims(ISSUER, ""));
    for cell in MATRIX {
        let good = cell.token(SECRET, r#"{"alg":"HS256"}"#, &claims);
        let garbage = "x".repeat(good.len());
        for (limit, is_accepted) in [
            (0, false),
            (good.len() - 1, false),
            (good.len(), true),
            (good.len() + 1, true),
            (usize::MAX, true),
        ] {
            let options = Options::new().max_token_len(limit);
            let too_long = (!is_accepted).then_some(Error::Limit(Limit::TokenLen));
            let answer = cell.judge(&good, &key, options);
            assert_eq!(answer.err(), too_long, "{cell:?} {limit}");
            // Before anything else is said.
            let answer = cell.judge(&garbage, &key, options).err();
            let want = too_long.or(Some(Error::MalformedToken));
            assert_eq!(answer, want, "{cell:?} {limit}");

            let (options, mut scratch) = (cell.options(options), vec![0; good.len()]);
            let header = options.peek_header_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(header.err(), too_long, "{limit}");
            let issuer = options.peek_issuer_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(issuer.err(), too_long, "{limit}");
        }
    }
}

/// A mebibyte if nobody says otherwise.
#[test]
fn longest_token_by_default() {
    let key = key();
    for (form, payload_len) in [(Form::Strict, 786_383), (Form::Padded, 786_381)] {
        for (more, is_accepted) in [(0, true), (1, false)] {
            // The header ends where a group does, so that what is left is divided alike.
            let payload = "x".repeat(payload_len + more);
            let header = r#"{"alg":"HS256"}"#;
            let token = token_in_form(form, header, &payload, |input| hmac("HS256", SECRET, input));
            assert_eq!(
                token.len() <= limits::MAX_TOKEN_LEN,
                is_accepted,
                "{form:?}"
            );
            let want = (!is_accepted).then_some(Error::Limit(Limit::TokenLen));
            for cell in MATRIX {
                if cell.entry == Entry::Jws && cell.form == form {
                    let answer = cell.judge(&token, &key, Options::new());
                    assert_eq!(answer.err(), want, "{cell:?}");
                    let longer = Options::new().max_token_len(token.len());
                    assert_eq!(cell.judge(&token, &key, longer).err(), None, "{cell:?}");
                }
            }
        }
    }
}

/// A token without `kid` that several keys fit: each is tried, or it is refused before any is.
#[test]
fn ambiguous_tokens() {
    const LONG: &[u8] = &[0x5a; 48];
    let [a, b] = [SECRET, LONG].map(KeyParameters::oct);
    let mut named = KeySet::<4>::new();
    named.accept(MACS).unwrap();
    named.add(&a, Some("a")).unwrap();
    named.add(&b, Some("b")).unwrap();
    let single = Key::new(HS256, &a).unwrap();
    let other = Key::new(HS256, &b).unwrap();
    let slice: [&dyn Keys; 2] = [&single, &other];
    let slice = slice.as_slice();
    let keyrings: [(&dyn Keys, bool); 2] = [(&named, true), (&slice, false)];

    let claims = claims(ISSUER, "");
    let (tried, refused) = (Options::new(), Options::new().refuse_ambiguity());
    for (cell, (keys, is_named)) in MATRIX
        .iter()
        .flat_map(|cell| keyrings.map(|keys| (cell, keys)))
    {
        let judge = |token: &str, options| cell.judge(token, keys, options);
        let without_kid = |secret: &[u8]| cell.token(secret, r#"{"alg":"HS256"}"#, &claims);
        let by = |position| Ok(read(&claims, position, "HS256"));
        for (secret, want) in [
            (SECRET, by(0)),
            (LONG, by(1)),
            (OTHER_SECRET, Err(Error::BadSignature)),
        ] {
            let token = without_kid(secret);
            assert_eq!(judge(&token, tried), want, "{cell:?}");
            assert_eq!(judge(&token, refused), Err(Error::AmbiguousKey), "{cell:?}");
        }
        // One that names its key is not ambiguous; nor is one that only one key fits by its
        // algorithm.
        let with_kid = |kid: &str, secret: &[u8]| {
            let header = json!({"alg": "HS256", "kid": kid}).to_string();
            cell.token(secret, &header, &claims)
        };
        let hs384 = token_in_form(cell.form, r#"{"alg":"HS384"}"#, &claims, |input| {
            hmac("HS384", LONG, input)
        });
        for options in [tried, refused] {
            if is_named {
                assert_eq!(judge(&with_kid("a", SECRET), options), by(0), "{cell:?}");
                assert_eq!(judge(&with_kid("b", LONG), options), by(1), "{cell:?}");
                let swapped = judge(&with_kid("a", LONG), options);
                assert_eq!(swapped, Err(Error::BadSignature), "{cell:?}");
                let unknown = judge(&with_kid("c", SECRET), options);
                assert_eq!(unknown, Err(Error::NoKey), "{cell:?}");
                let only = Ok(read(&claims, 1, "HS384"));
                assert_eq!(judge(&hs384, options), only, "{cell:?}");
            } else {
                // Keys without a name fit whatever a token names.
                assert_eq!(judge(&with_kid("c", SECRET), options), by(0), "{cell:?}");
                assert_eq!(judge(&with_kid("c", LONG), options), by(1), "{cell:?}");
                let unknown = judge(&hs384, options);
                assert_eq!(unknown, Err(Error::AlgorithmNotAccepted), "{cell:?}");
            }
        }
    }
    // One key alone leaves nothing open.
    for cell in MATRIX {
        let token = cell.token(SECRET, r#"{"alg":"HS256"}"#, &claims);
        let answer = cell.judge(&token, &single, refused);
        assert_eq!(answer, Ok(read(&claims, 0, "HS256")), "{cell:?}");
    }
}

/// What a token calls critical has to be understood, all of it.
#[test]
fn critical_parameters() {
    let (key, claims) = (key(), claims(ISSUER, ""));
    let unsupported = Some(Error::Header(Member::Crit, Problem::Unsupported));
    for (members, understood, want) in [
        (r#""crit":["x-a"],"x-a":1"#, &["x-a"][..], None),
        (r#""crit":["x-a"],"x-a":1"#, &["x-b", "x-a"], None),
        (
            r#""crit":["x-a","x-b"],"x-a":1,"x-b":null"#,
            &["x-b", "x-a"],
            None,
        ),
        (r#""x-\u0061":1,"crit":["\u0078-a"]"#, &["x-a"], None),
        (r#""crit":["x-a"],"x-a":1"#, &[], unsupported),
        (r#""crit":["x-a"],"x-a":1"#, &["x-b"], unsupported),
        (
            r#""crit":["x-a"],"x-a":1"#,
            &["X-A", "x", "x-a "],
            unsupported,
        ),
        (
            r#""crit":["x-a","x-b"],"x-a":1,"x-b":1"#,
            &["x-a"],
            unsupported,
        ),
        (
            r#""crit":["x-b","x-a"],"x-a":1,"x-b":1"#,
            &["x-a"],
            unsupported,
        ),
        // Not there, twice, none, or nothing that can be critical.
        (r#""crit":["x-a"]"#, &["x-a"], unsupported),
        (r#""crit":["x-a","x-a"],"x-a":1"#, &["x-a"], unsupported),
        (r#""crit":[],"x-a":1"#, &["x-a"], unsupported),
        (r#""crit":"x-a","x-a":1"#, &["x-a"], unsupported),
        (r#""crit":["alg"]"#, &["alg"], unsupported),
        (r#""crit":["kid"],"kid":"1""#, &["kid"], unsupported),
        // Whatever the caller says of it.
        (
            r#""crit":["b64"],"b64":false"#,
            &["b64"],
            Some(Error::Header(Member::B64, Problem::Unsupported)),
        ),
        (
            r#""crit":["b64"],"b64":true"#,
            &["b64"],
            Some(Error::Header(Member::B64, Problem::Unsupported)),
        ),
        // To understand something is not to ask for it.
        (r#""x-a":1"#, &["x-a"], None),
        (r#""typ":"JWT""#, &["x-a"], None),
    ] {
        let header = format!(r#"{{"alg":"HS256",{members}}}"#);
        let options = Options::new().understand(understood);
        for cell in MATRIX {
            let good = cell.token(SECRET, &header, &claims);
            let answer = cell.judge(&good, &key, options);
            assert_eq!(answer.err(), want, "{cell:?} {header} {understood:?}");
            let forged = cell.token(OTHER_SECRET, &header, &claims);
            let answer = cell.judge(&forged, &key, options).err();
            let bad = want.or(Some(Error::BadSignature));
            assert_eq!(answer, bad, "{cell:?} {header} {understood:?}");

            let mut scratch = vec![0; good.len()];
            let options = cell.options(options);
            let peeked = options.peek_header_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(peeked.err(), want, "{header} {understood:?}");
        }
    }
    // The caller reads from the verified header what it has to do.
    let text = token_with_header(br#"{"alg":"HS256","crit":["x-a"],"x-a":"deny"}"#, b"{}");
    let mut scratch = vec![0; scratch_len(text.len())];
    let verifier = JwsVerifier::new(&key).with_options(Options::new().understand(&["x-a"]));
    let jws = verifier.verify(text.as_bytes(), &mut scratch).unwrap();
    assert!(jws.header().get("x-a").unwrap().as_str().unwrap() == "deny");
}

/// Options do not undo one another, in whatever order they are named.
#[test]
fn options_together() {
    let mut keys = Keyring::new();
    keys.accept(&[&HS256]).unwrap();
    for name in ["a", "b"] {
        keys.add(&KeyParameters::oct(SECRET), Some(name)).unwrap();
    }
    let make = |form, header: &str| {
        let sign = |input: &[u8]| hmac("HS256", SECRET, input);
        token_in_form(form, header, &claims(ISSUER, ""), sign)
    };
    let named = r#"{"alg":"HS256","kid":"b","crit":["x"],"x":1}"#;
    let good = make(Form::Padded, named);
    let len = good.len();
    let new = Options::new;
    let orders = [
        new()
            .padded()
            .refuse_ambiguity()
            .max_token_len(len)
            .understand(&["x"]),
        new()
            .understand(&["x"])
            .max_token_len(len)
            .refuse_ambiguity()
            .padded(),
        new()
            .max_token_len(len)
            .padded()
            .understand(&["x"])
            .refuse_ambiguity(),
    ];
    let unnamed = r#"{"alg":"HS256","crit":["x"],"x":1}"#;
    let other = r#"{"alg":"HS256","kid":"b","crit":["y"],"y":1}"#;
    // In the cells of that form padding is named once more, which changes nothing.
    for cell in MATRIX {
        for options in orders {
            for (token, want) in [
                (good.clone(), None),
                (make(Form::Strict, named), Some(Error::MalformedBase64url)),
                (make(Form::Padded, unnamed), Some(Error::AmbiguousKey)),
                (
                    make(Form::Padded, other),
                    Some(Error::Header(Member::Crit, Problem::Unsupported)),
                ),
                (good.clone() + "=", Some(Error::Limit(Limit::TokenLen))),
            ] {
                let answer = cell.judge(&token, &keys, options);
                assert_eq!(answer.err(), want, "{cell:?} {token}");
            }
        }
        // None of them is there by itself.
        for options in [new(), Options::default()] {
            let strict = make(Form::Strict, r#"{"alg":"HS256"}"#);
            if cell.form == Form::Strict {
                assert!(cell.judge(&strict, &keys, options).is_ok(), "{cell:?}");
                let refused = cell.judge(&good, &keys, options).err();
                assert_eq!(refused, Some(Error::MalformedBase64url), "{cell:?}");
            }
            let refused = cell.judge(&make(cell.form, named), &keys, options).err();
            assert_eq!(
                refused,
                Some(Error::Header(Member::Crit, Problem::Unsupported)),
                "{cell:?}"
            );
        }
    }
}
