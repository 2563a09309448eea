//! Which keys of a set a token is verified with.

use jose_verify::alg::{HS256, KeyParameters, MACS};
use jose_verify::{Error, JwsVerifier, Key, KeySet, Keys, Limit, Options, RotatingKeys};
use serde_json::json;

use crate::support::sign::base64url;
use crate::support::verdict::signature_verdict;

use super::{set_of, signed_by, strict_verdict};

#[test]
fn key_lookup_in_a_set() {
    let keys = set_of(&[(Some("a"), 1), (Some("b"), 2), (None, 3), (Some("b"), 4)]);
    for (signer, header, want) in [
        (1, r#"{"alg":"HS256","kid":"a"}"#, Ok(())),
        (1, r#"{"alg":"HS256","kid":"\u0061"}"#, Ok(())),
        (2, r#"{"alg":"HS256","kid":"b"}"#, Ok(())),
        (4, r#"{"alg":"HS256","kid":"b"}"#, Ok(())),
        (2, r#"{"alg":"HS256","kid":"a"}"#, Err(Error::BadSignature)),
        (3, r#"{"alg":"HS256","kid":"a"}"#, Err(Error::BadSignature)),
        (1, r#"{"alg":"HS256","kid":"c"}"#, Err(Error::NoKey)),
        (3, r#"{"alg":"HS256","kid":""}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256","kid":"A"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256","kid":"a\u0000"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256"}"#, Ok(())),
        (3, r#"{"alg":"HS256"}"#, Ok(())),
        (4, r#"{"alg":"HS256"}"#, Ok(())),
        (9, r#"{"alg":"HS256"}"#, Err(Error::BadSignature)),
        (1, r#"{"alg":"HS512","kid":"a"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS512"}"#, Err(Error::NoKey)),
        (
            1,
            r#"{"alg":"RS256","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
        (
            1,
            r#"{"alg":"HS2560","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
        (
            1,
            r#"{"alg":"hs256","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
    ] {
        assert_eq!(
            signature_verdict(&signed_by(signer, header), &keys),
            want,
            "{signer} {header}"
        );
    }
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(10_000));
    assert_eq!(
        signature_verdict(&signed_by(1, &long), &keys),
        Err(Error::NoKey)
    );
    let long = format!(r#"{{"alg":"{}"}}"#, "H".repeat(10_000));
    assert_eq!(
        signature_verdict(&signed_by(1, &long), &keys),
        Err(Error::AlgorithmNotAccepted)
    );
    let empty = KeySet::<4>::new();
    let verdict = signature_verdict(&signed_by(1, r#"{"alg":"HS256"}"#), &empty);
    assert_eq!(verdict, Err(Error::NoKey));
}

#[test]
fn ambiguous_tokens_can_be_rejected() {
    let keys = set_of(&[(Some("a"), 1), (Some("b"), 2)]);
    let unnamed = signed_by(2, r#"{"alg":"HS256"}"#);
    assert_eq!(strict_verdict(&unnamed, &keys), Err(Error::AmbiguousKey));
    assert_eq!(
        strict_verdict(&signed_by(2, r#"{"alg":"HS256","kid":"b"}"#), &keys),
        Ok(())
    );
    let alone = set_of(&[(Some("b"), 2)]);
    assert_eq!(strict_verdict(&unnamed, &alone), Ok(()));
    // Two keys with the same `kid`: the token cannot be more specific.
    let same_kid = set_of(&[(Some("b"), 1), (Some("b"), 2)]);
    let named = signed_by(2, r#"{"alg":"HS256","kid":"b"}"#);
    assert_eq!(strict_verdict(&named, &same_kid), Ok(()));
    // The token is also ambiguous if the keys are in several sets.
    let several = [set_of(&[(Some("a"), 1)]), alone];
    let several = several.as_slice();
    let verifier = JwsVerifier::new(several).with_options(Options::new().refuse_ambiguity());
    let rejected = verifier.verify(unnamed.as_bytes(), &mut [0; 256]).err();
    assert_eq!(rejected, Some(Error::AmbiguousKey));
}

#[test]
fn single_key() {
    let key = Key::new(HS256, &KeyParameters::oct(&[1; 32])).unwrap();
    let named = key.with_key_id("a");
    for (header, unnamed_key, named_key) in [
        (r#"{"alg":"HS256"}"#, Ok(()), Ok(())),
        (r#"{"alg":"HS256","kid":"a"}"#, Ok(()), Ok(())),
        (r#"{"alg":"HS256","kid":"b"}"#, Ok(()), Err(Error::NoKey)),
        (
            r#"{"alg":"HS512","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
            Err(Error::AlgorithmNotAccepted),
        ),
    ] {
        let token = signed_by(1, header);
        assert_eq!(signature_verdict(&token, &key), unnamed_key, "{header}");
        assert_eq!(signature_verdict(&token, &named), named_key, "{header}");
        // A reference to a key is a key too.
        assert_eq!(signature_verdict(&token, &&key), unnamed_key, "{header}");
        assert_eq!(signature_verdict(&token, &&named), named_key, "{header}");
    }
}

#[test]
fn the_longest_kid() {
    let secret = KeyParameters::oct(&[1; 32]);
    let (kid, shorter) = ("k".repeat(256), "k".repeat(255));
    let longer = format!("{kid}k");
    let header = |kid: &str| json!({"alg": "HS256", "kid": kid}).to_string();
    let mut set = KeySet::<8>::new();
    set.accept(&[&HS256]).unwrap();
    set.add(&secret, Some(&kid)).unwrap();
    let key = Key::new(HS256, &secret).unwrap();
    let named = key.with_key_id(&kid);
    let both: [&dyn Keys; 2] = [&set, &named];
    for keys in both {
        assert_eq!(
            signature_verdict(&signed_by(1, &header(&kid)), keys),
            Ok(())
        );
        for other in [&longer, &shorter] {
            let rejected = signature_verdict(&signed_by(1, &header(other)), keys);
            assert_eq!(rejected, Err(Error::NoKey));
        }
    }
    assert_eq!(
        set.add(&secret, Some(&longer)),
        Err(Error::Limit(Limit::KeyIdLen))
    );
}

/// A `kid` that is too long matches no key, whatever it begins with, both in place and with a
/// scratch buffer.
#[test]
fn a_kid_that_is_too_long_matches_no_key() {
    let key = Key::new(HS256, &KeyParameters::oct(&[1; 32])).unwrap();
    let mut wrong = Vec::new();
    for (written, character) in [("k", "k"), ("\\u006b", "k"), ("\\u0000", "\0")] {
        let kid = written.repeat(300);
        let token = signed_by(1, &format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
        for len in [255, 256, 257, 258, 299, 300, 301, 600] {
            let kid = character.repeat(len);
            let named = key.with_key_id(&kid);
            let verifier = JwsVerifier::new(&named);
            let verdict = signature_verdict(&token, &named);
            let mut copy = token.clone().into_bytes();
            let in_place = verifier.verify_in_place(&mut copy).map(|_| ());
            if (verdict, in_place) != (Err(Error::NoKey), Err(Error::NoKey)) {
                wrong.push((written, len, verdict, in_place));
            }
        }
    }
    assert_eq!(wrong, []);
}

/// `kid`s with characters that JSON escapes are compared after unescaping, and match nothing else.
#[test]
fn kids_with_escaped_characters() {
    let names = [
        "A",
        "\\u0041",
        "DOMAIN\\key",
        "DOMAIN\\\\key",
        "a\"b",
        "a\\\"b",
        "\\",
        "\\\\",
        "\\n",
        "\n",
        "\u{1}",
        "é",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\u{1f600}",
        "\\x",
        "/",
        "\\/",
    ];
    let secret = KeyParameters::oct(&[1; 32]);
    for kid in names {
        let jwk = json!({"kty": "oct", "k": base64url(&[1; 32]), "kid": kid});
        let jwks = json!({ "keys": [jwk] }).to_string();
        let (jwk, published) = (
            jwk.to_string(),
            KeySet::<1>::from_jwks(jwks.as_bytes(), MACS),
        );
        let mut added = KeySet::<1>::new();
        added.accept(MACS).unwrap();
        added.add(&secret, Some(kid)).unwrap();
        let key = Key::new(HS256, &secret).unwrap().with_key_id(kid);
        let from_jwk = Key::from_jwk(HS256, jwk.as_bytes()).unwrap();
        let kinds: [(&str, &dyn Keys); 4] = [
            ("published", &published.unwrap()),
            ("added", &added),
            ("named", &key),
            ("as JWK", &from_jwk),
        ];
        for (kind, keys) in kinds {
            let shown = keys.key(0).unwrap().key_id().unwrap().to_string();
            assert_eq!(shown, kid, "{kind}");
            for other in names {
                let plain = json!({"alg": "HS256", "kid": other}).to_string();
                let escape = |unit: u16| format!("\\u{unit:04x}");
                let escaped: String = other.encode_utf16().map(escape).collect();
                let escaped = format!(r#"{{"alg":"HS256","kid":"{escaped}"}}"#);
                for header in [plain, escaped] {
                    let token = signed_by(1, &header);
                    let want = if kid == other {
                        Ok(())
                    } else {
                        Err(Error::NoKey)
                    };
                    assert_eq!(
                        signature_verdict(&token, keys),
                        want,
                        "{kind} {kid} {header}"
                    );
                }
            }
        }
    }
}

/// Which tokens a key fits, depending on its `kid` and on where the key comes from.
#[test]
fn kid_matching_depends_on_the_source_of_the_key() {
    let secret = KeyParameters::oct(&[1; 32]);
    let jwk = |kid: Option<&str>| {
        let mut jwk = json!({"kty": "oct", "k": base64url(&[1; 32])});
        if let Some(kid) = kid {
            jwk["kid"] = json!(kid);
        }
        jwk.to_string()
    };
    let published = |kid| {
        let jwks = format!(r#"{{"keys":[{}]}}"#, jwk(kid));
        KeySet::<1>::from_jwks(jwks.as_bytes(), MACS).unwrap()
    };
    let from_jwk = |kid| KeySet::<1>::from_jwk(jwk(kid).as_bytes(), MACS).unwrap();
    let added = |kid| {
        let mut set = KeySet::<1>::new();
        set.accept(MACS).unwrap();
        set.add(&secret, kid).unwrap();
        set
    };
    let (with, without) = (jwk(Some("a")), jwk(None));
    let single = Key::new(HS256, &secret).unwrap();
    let rotating = |kid| RotatingKeys::from(published(kid));
    // A token with that `kid`, with another `kid`, and without `kid`.
    let cases: [(&str, &dyn Keys, [bool; 3]); 14] = [
        (
            "published with kid",
            &published(Some("a")),
            [true, false, true],
        ),
        (
            "published without kid",
            &published(None),
            [false, false, true],
        ),
        (
            "single JWK with kid",
            &from_jwk(Some("a")),
            [true, false, true],
        ),
        (
            "single JWK without kid",
            &from_jwk(None),
            [true, true, true],
        ),
        ("added with kid", &added(Some("a")), [true, false, true]),
        ("added without kid", &added(None), [true, true, true]),
        (
            "added with empty kid",
            &added(Some("")),
            [false, false, true],
        ),
        ("key without kid", &single, [true, true, true]),
        (
            "key with kid",
            &single.with_key_id("a"),
            [true, false, true],
        ),
        (
            "key from JWK with kid",
            &Key::from_jwk(HS256, with.as_bytes()).unwrap(),
            [true, false, true],
        ),
        (
            "key from JWK without kid",
            &Key::from_jwk(HS256, without.as_bytes()).unwrap(),
            [true, true, true],
        ),
        (
            "rotating with kid",
            &rotating(Some("a")),
            [true, false, true],
        ),
        (
            "rotating without kid",
            &rotating(None),
            [false, false, true],
        ),
        (
            "prepared without kid",
            &published(None).prepare(&[], []),
            [false, false, true],
        ),
    ];
    for (what, keys, want) in cases {
        for (header, fits) in [
            r#"{"alg":"HS256","kid":"a"}"#,
            r#"{"alg":"HS256","kid":"b"}"#,
            r#"{"alg":"HS256"}"#,
        ]
        .into_iter()
        .zip(want)
        {
            let want = if fits { Ok(()) } else { Err(Error::NoKey) };
            assert_eq!(
                signature_verdict(&signed_by(1, header), keys),
                want,
                "{what} {header}"
            );
        }
    }
}
