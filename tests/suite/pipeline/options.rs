//! The options of the pipeline, at every entry point.

use jose_verify::alg::{HS256, KeyParameters, MACS};
use jose_verify::{
    Error, JwsVerifier, Key, KeySet, Keys, Limit, Member, Options, Problem, limits, scratch_len,
};
use serde_json::json;

use super::{Api, ENTRY_POINTS, Form, ISSUER, OTHER_SECRET, claims, read, token_in_form};
use crate::support::Keyring;
use crate::support::hash::hmac;
use crate::support::sign::{SECRET, key, token_with_header};

/// A token of exactly this many bytes is accepted, and one that is a byte longer is rejected.
#[test]
fn longest_token() {
    let (key, claims) = (key(), claims(ISSUER, ""));
    for entry in ENTRY_POINTS {
        let good = entry.token(SECRET, r#"{"alg":"HS256"}"#, &claims);
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
            let result = entry.verify_token(&good, &key, options);
            assert_eq!(result.err(), too_long, "{entry:?} {limit}");
            // The limit is checked before anything else.
            let result = entry.verify_token(&garbage, &key, options).err();
            let want = too_long.or(Some(Error::MalformedToken));
            assert_eq!(result, want, "{entry:?} {limit}");

            let (options, mut scratch) = (entry.options(options), vec![0; good.len()]);
            let peeked = options.peek_header_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(peeked.err(), too_long, "{limit}");
            let issuer = options.peek_issuer_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(issuer.err(), too_long, "{limit}");
        }
    }
}

/// The default limit is a mebibyte.
#[test]
fn longest_token_by_default() {
    let key = key();
    for (form, payload_len) in [(Form::Strict, 786_383), (Form::Padded, 786_381)] {
        for (more, is_accepted) in [(0, true), (1, false)] {
            // The header ends at a base64 group, so both forms divide the remaining length alike.
            let payload = "x".repeat(payload_len + more);
            let header = r#"{"alg":"HS256"}"#;
            let token = token_in_form(form, header, &payload, |input| hmac("HS256", SECRET, input));
            assert_eq!(
                token.len() <= limits::MAX_TOKEN_LEN,
                is_accepted,
                "{form:?}"
            );
            let want = (!is_accepted).then_some(Error::Limit(Limit::TokenLen));
            for entry in ENTRY_POINTS {
                if entry.api == Api::Jws && entry.form == form {
                    let result = entry.verify_token(&token, &key, Options::new());
                    assert_eq!(result.err(), want, "{entry:?}");
                    let longer = Options::new().max_token_len(token.len());
                    assert_eq!(
                        entry.verify_token(&token, &key, longer).err(),
                        None,
                        "{entry:?}"
                    );
                }
            }
        }
    }
}

/// A token without `kid` that several keys fit: either each key is tried, or the token is rejected
/// before any is tried.
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
    let (tried, rejected) = (Options::new(), Options::new().refuse_ambiguity());
    for (entry, (keys, is_named)) in ENTRY_POINTS
        .iter()
        .flat_map(|entry| keyrings.map(|keys| (entry, keys)))
    {
        let verify_token = |token: &str, options| entry.verify_token(token, keys, options);
        let without_kid = |secret: &[u8]| entry.token(secret, r#"{"alg":"HS256"}"#, &claims);
        let by = |position| Ok(read(&claims, position, "HS256"));
        for (secret, want) in [
            (SECRET, by(0)),
            (LONG, by(1)),
            (OTHER_SECRET, Err(Error::BadSignature)),
        ] {
            let token = without_kid(secret);
            assert_eq!(verify_token(&token, tried), want, "{entry:?}");
            assert_eq!(
                verify_token(&token, rejected),
                Err(Error::AmbiguousKey),
                "{entry:?}"
            );
        }
        // A token that names its key is not ambiguous. Neither is one whose algorithm only one key
        // fits.
        let with_kid = |kid: &str, secret: &[u8]| {
            let header = json!({"alg": "HS256", "kid": kid}).to_string();
            entry.token(secret, &header, &claims)
        };
        let hs384 = token_in_form(entry.form, r#"{"alg":"HS384"}"#, &claims, |input| {
            hmac("HS384", LONG, input)
        });
        // Keys without `kid` fit every `kid` of a token.
        let named = [
            ("a", SECRET, by(0)),
            ("b", LONG, by(1)),
            ("a", LONG, Err(Error::BadSignature)),
            ("c", SECRET, Err(Error::NoKey)),
        ];
        let unnamed = [("c", SECRET, by(0)), ("c", LONG, by(1))];
        let (cases, only_one_fits) = if is_named {
            (&named[..], Ok(read(&claims, 1, "HS384")))
        } else {
            (&unnamed[..], Err(Error::AlgorithmNotAccepted))
        };
        for options in [tried, rejected] {
            for (kid, secret, want) in cases {
                let found = verify_token(&with_kid(kid, secret), options);
                assert_eq!(found, *want, "{entry:?}, kid {kid}");
            }
            assert_eq!(verify_token(&hs384, options), only_one_fits, "{entry:?}");
        }
    }
    // A single key is never ambiguous.
    for entry in ENTRY_POINTS {
        let token = entry.token(SECRET, r#"{"alg":"HS256"}"#, &claims);
        let result = entry.verify_token(&token, &single, rejected);
        assert_eq!(result, Ok(read(&claims, 0, "HS256")), "{entry:?}");
    }
}

/// Every parameter that a token declares critical must be understood.
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
        // Missing, duplicate, empty, or not a parameter that can be critical.
        (r#""crit":["x-a"]"#, &["x-a"], unsupported),
        (r#""crit":["x-a","x-a"],"x-a":1"#, &["x-a"], unsupported),
        (r#""crit":[],"x-a":1"#, &["x-a"], unsupported),
        (r#""crit":"x-a","x-a":1"#, &["x-a"], unsupported),
        (r#""crit":["alg"]"#, &["alg"], unsupported),
        (r#""crit":["kid"],"kid":"1""#, &["kid"], unsupported),
        // Always rejected, even if the caller claims to understand it.
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
        // An understood parameter does not have to be critical.
        (r#""x-a":1"#, &["x-a"], None),
        (r#""typ":"JWT""#, &["x-a"], None),
    ] {
        let header = format!(r#"{{"alg":"HS256",{members}}}"#);
        let options = Options::new().understand(understood);
        for entry in ENTRY_POINTS {
            let good = entry.token(SECRET, &header, &claims);
            let result = entry.verify_token(&good, &key, options);
            assert_eq!(result.err(), want, "{entry:?} {header} {understood:?}");
            let forged = entry.token(OTHER_SECRET, &header, &claims);
            let result = entry.verify_token(&forged, &key, options).err();
            let bad = want.or(Some(Error::BadSignature));
            assert_eq!(result, bad, "{entry:?} {header} {understood:?}");

            let mut scratch = vec![0; good.len()];
            let options = entry.options(options);
            let peeked = options.peek_header_untrusted(good.as_bytes(), &mut scratch);
            assert_eq!(peeked.err(), want, "{header} {understood:?}");
        }
    }
    // The caller reads the parameter from the verified header and acts on it.
    let text = token_with_header(br#"{"alg":"HS256","crit":["x-a"],"x-a":"deny"}"#, b"{}");
    let mut scratch = vec![0; scratch_len(text.len())];
    let verifier = JwsVerifier::new(&key).with_options(Options::new().understand(&["x-a"]));
    let jws = verifier.verify(text.as_bytes(), &mut scratch).unwrap();
    assert!(jws.header().get("x-a").unwrap().as_str().unwrap() == "deny");
}

/// Options do not undo one another, in whatever order they are set.
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
    // Entry points of the padded form set the option `padded` twice, which changes nothing.
    for entry in ENTRY_POINTS {
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
                let result = entry.verify_token(&token, &keys, options);
                assert_eq!(result.err(), want, "{entry:?} {token}");
            }
        }
        // No option is on by default.
        for options in [new(), Options::default()] {
            let strict = make(Form::Strict, r#"{"alg":"HS256"}"#);
            if entry.form == Form::Strict {
                assert!(
                    entry.verify_token(&strict, &keys, options).is_ok(),
                    "{entry:?}"
                );
                let rejected = entry.verify_token(&good, &keys, options).err();
                assert_eq!(rejected, Some(Error::MalformedBase64url), "{entry:?}");
            }
            let rejected = entry
                .verify_token(&make(entry.form, named), &keys, options)
                .err();
            assert_eq!(
                rejected,
                Some(Error::Header(Member::Crit, Problem::Unsupported)),
                "{entry:?}"
            );
        }
    }
}
