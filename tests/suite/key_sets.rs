//! Which key verifies a token.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use jose_verify::alg::{
    Algorithm, Algorithms, ES256, ES384, HS256, HS384, HS512, Hs256, InvalidSignature,
    KeyParameters, MACS, RS256, RS512, Rs256, SIGNATURES, Word,
};
use jose_verify::json::JsonStr;
use jose_verify::keys::{ForeignKey, Inline, KeyRef, PreparedKey, PreparedKeySet, VerifiedBy};
use jose_verify::{
    Claim, Error, GrowingKeySet, JwsVerifier, Key, KeySet, Keys, Limit, Options, Problem,
    RotatingKeys, scratch_len,
};
use serde_json::{Value, json};

use super::keys::{public_key, secret_key, serves};
use super::support::Keyring;
use super::support::hash::hmac;
use super::support::sign::{base64url, token_signed_by, token_with_header, token_with_secret};
use super::support::verdict::{signature_verdict, signature_verdict_with};

/// Returns a set of secrets with these `kid`s. Every byte of a secret is its number.
fn set_of(keys: &[(Option<&str>, u8)]) -> KeySet<4> {
    let jwk = |(kid, number): &(Option<&str>, u8)| {
        let mut jwk = json!({"kty": "oct", "k": base64url(&[*number; 32])});
        if let Some(kid) = kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    };
    let keys: Vec<Value> = keys.iter().map(jwk).collect();
    let jwks = json!({ "keys": keys }).to_string();
    KeySet::from_jwks(jwks.as_bytes(), MACS).unwrap()
}

fn signed_by(number: u8, header: &str) -> String {
    token_with_secret(&[number; 32], header.as_bytes(), b"{}")
}

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

/// Verifies the signature with a verifier that rejects tokens without `kid` that several keys fit.
fn strict_verdict(token: &str, keys: &dyn Keys) -> Result<(), Error> {
    signature_verdict_with(token, keys, Options::new().refuse_ambiguity())
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
    assert_eq!(set.add(&secret, Some(&longer)), Err(Error::KeyTooLarge));
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

#[test]
fn alg_of_the_jwk_restricts_the_key() {
    let (mut jwk, token) = public_key("RS256");
    let set = |jwk: &Value, list| {
        let jwks = json!({ "keys": [jwk] }).to_string();
        KeySet::<1>::from_jwks(jwks.as_bytes(), list).unwrap()
    };
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Ok(())
    );
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS512])),
        Err(Error::AlgorithmNotAccepted)
    );
    jwk["alg"] = json!("RS512");
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Err(Error::NoKey)
    );
}

#[test]
fn bad_entries_are_skipped() {
    let (good, token) = public_key("RS256");
    let with = |member: &str, value: Value| {
        let mut jwk = good.clone();
        jwk[member] = value;
        jwk
    };
    let jwks = json!({"extra": [1], "keys": [
        {}, 5, null, "x", [],
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "oct", "k": base64url(&[1; 64])},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        with("use", json!("enc")),
        with("alg", json!("RSA-OAEP")),
        with("n", json!("A".repeat(3000))),
        with("n", json!("not base64url!")),
        good, with("kid", json!("second")), with("kid", json!("third")),
    ]});
    // A duplicate member, which `json!` cannot write.
    let jwks = jwks
        .to_string()
        .replacen("{}", r#"{"kty":"RSA","kty":"EC"}"#, 1);
    let mut keys = KeySet::<2>::new();
    let mut skipped = Vec::new();
    let report = keys
        .load(jwks.as_bytes(), &[&RS256, &ES256], |entry| {
            let key_id = entry.key_id.map(|kid| kid.to_string());
            skipped.push((entry.position, key_id, entry.reason));
        })
        .unwrap();
    assert_eq!((report.kept(), keys.len()), (2, 2));
    let positions: Vec<_> = skipped.iter().map(|(position, ..)| *position).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14]);
    let last = (14, Some("third".to_owned()), Error::KeySetFull);
    assert_eq!(skipped.last(), Some(&last));
    for (reason, count) in report.reasons() {
        let reported = skipped.iter().filter(|(.., r)| *r == reason).count();
        assert_eq!(reported, count, "{reason:?}");
    }
    for (reason, count) in [
        (Error::MalformedKey, 6),
        (Error::WeakKey, 1),
        (Error::UnsupportedKey, 2),
        (Error::WrongKeyUse, 1),
        (Error::AlgorithmNotAccepted, 1),
        (Error::KeyTooLarge, 1),
        (Error::KeySetFull, 1),
        (Error::Claim(Claim::Exp, Problem::Expired), 0),
    ] {
        assert_eq!(report.skipped(reason), count, "{reason:?}");
    }
    assert_eq!(report.reasons().map(|(_, count)| count).sum::<usize>(), 13);
    assert_eq!(signature_verdict(&token, &keys), Ok(()));
}

#[test]
fn sets_without_a_usable_key() {
    let (good, token) = public_key("RS256");
    let mut keys = KeySet::<2>::new();
    let good = json!({ "keys": [good] }).to_string();
    for (jwks, want) in [
        (r#"{"keys":[]}"#, Error::NoUsableKey),
        (
            r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
            Error::WeakKey,
        ),
        (
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519"},{"kty":"other"}]}"#,
            Error::UnsupportedKey,
        ),
        (
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519"},{}]}"#,
            Error::NoUsableKey,
        ),
        (r#"{"keys":"x"}"#, Error::MalformedKeySet),
        ("{}", Error::MalformedKeySet),
        ("[]", Error::MalformedJson),
        ("", Error::MalformedJson),
    ] {
        keys.load(good.as_bytes(), &[&RS256], |_| {}).unwrap();
        assert_eq!(signature_verdict(&token, &keys), Ok(()));
        let error = keys.load(jwks.as_bytes(), &[&RS256], |_| {}).err();
        assert_eq!(error, Some(want), "{jwks}");
        // A valid set replaces the keys even if none of its keys is usable. Text that is not a set
        // changes nothing.
        let is_a_set = jwks.contains('[');
        let after = if is_a_set && jwks != "[]" {
            Err(Error::NoKey)
        } else {
            Ok(())
        };
        assert_eq!(signature_verdict(&token, &keys), after, "{jwks}");
    }
    let large = format!(r#"{{"keys":[{}]}}"#, " ".repeat(1 << 20));
    assert_eq!(
        keys.load(large.as_bytes(), &[&RS256], |_| {}).err(),
        Some(Error::Limit(Limit::KeySetLen))
    );
}

#[test]
fn more_keys_than_fit() {
    let (rsa, token) = public_key("RS256");
    let named = |kid: &str| {
        let mut jwk = rsa.clone();
        jwk["kid"] = json!(kid);
        jwk
    };
    let set = |keys: &[Value]| json!({ "keys": keys }).to_string().into_bytes();
    let three = set(&[named("a"), named("b"), named("c")]);
    // No key is left out silently.
    let rejected = KeySet::<2>::from_jwks(&three, &[&RS256]).err();
    assert_eq!(rejected, Some(Error::KeySetFull));
    assert_eq!(KeySet::<3>::from_jwks(&three, &[&RS256]).unwrap().len(), 3);

    // `load` reports which keys were left out.
    let without_name = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
    let mut odd_name = named("d");
    odd_name["kid"] = json!(5);
    let mixed = set(&[
        named("a"),
        json!("not an object"),
        without_name,
        odd_name,
        json!({"kty": "RSA", "kid": "enc", "use": "enc"}),
        named("b"),
        named("c\n"),
        named("e"),
    ]);
    let mut keys = KeySet::<2>::new();
    let mut skipped = Vec::new();
    let report = keys.load(&mixed, &[&RS256], |entry| {
        let key_id = entry.key_id.map(|kid| kid.to_string());
        skipped.push((entry.position, key_id, entry.reason));
    });
    let text = |kid: &str| Some(kid.to_owned());
    let want = [
        (1, None, Error::MalformedKey),
        (2, None, Error::WeakKey),
        (3, None, Error::MalformedKey),
        (4, text("enc"), Error::WrongKeyUse),
        (6, text("c\n"), Error::KeySetFull),
        (7, text("e"), Error::KeySetFull),
    ];
    assert_eq!(skipped, want);
    let report = report.unwrap();
    assert_eq!((report.kept(), keys.len()), (2, 2));
    assert_eq!(report.skipped(Error::KeySetFull), 2);
    assert_eq!(signature_verdict(&token, &keys), Ok(()));
    // If the set has no room for any key, loading fails with `KeySetFull`.
    let none = KeySet::<0>::new().load(&three, &[&RS256], |_| {}).err();
    assert_eq!(none, Some(Error::KeySetFull));
}

/// Entries that are unusable anyway do not count against the capacity.
#[test]
fn unusable_entries_after_a_full_set() {
    let (rsa, token) = public_key("RS256");
    for (useless, reason) in [
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            Error::WeakKey,
        ),
        (json!({"kty": "RSA", "e": "AQAB"}), Error::MalformedKey),
        (json!({"kty": "RSA", "use": "enc"}), Error::WrongKeyUse),
        (
            json!({"kty": "RSA", "alg": "RSA-OAEP"}),
            Error::AlgorithmNotAccepted,
        ),
        (json!(5), Error::MalformedKey),
    ] {
        let jwks = json!({ "keys": [rsa, useless] }).to_string();
        let mut keys = KeySet::<1>::new();
        let report = keys
            .load(jwks.as_bytes(), &[&RS256, &ES256], |_| {})
            .unwrap();
        assert_eq!(report.skipped(reason), 1, "{useless}");
        let keys = KeySet::<1>::from_jwks(jwks.as_bytes(), &[&RS256, &ES256]).unwrap();
        assert_eq!(signature_verdict(&token, &keys), Ok(()), "{useless}");
    }
}

#[test]
fn algorithm_list_made_at_run_time() {
    let (rsa, of_rsa) = public_key("RS256");
    let (ec, of_ec) = public_key("ES256");
    let jwks = json!({ "keys": [rsa, ec] }).to_string();
    let mut unknown = Vec::new();
    let (keys, alone) = {
        let names = ["RS256", "EdDSA", "ES256"].map(str::to_owned);
        let list = Algorithms::named(SIGNATURES, &names, |name| unknown.push(name.to_owned()));
        let list = list.unwrap();
        let by_hand: Vec<&'static dyn Algorithm> = list.iter().copied().collect();
        let keys = KeySet::<2>::from_jwks(jwks.as_bytes(), &list).unwrap();
        (
            keys,
            KeySet::<1>::from_jwk(ec.to_string().as_bytes(), &by_hand).unwrap(),
        )
    };
    assert_eq!(unknown, ["EdDSA"]);
    assert_eq!(signature_verdict(&of_rsa, &keys), Ok(()));
    assert_eq!(signature_verdict(&of_ec, &keys), Ok(()));
    assert_eq!(signature_verdict(&of_ec, &alone), Ok(()));
    let names: Vec<_> = keys.algorithms().iter().map(|a| a.name()).collect();
    assert_eq!(names, ["RS256", "ES256"]);
    assert_eq!(format!("{:?}", keys.algorithms()), r#"["RS256", "ES256"]"#);
}

#[test]
fn algorithm_lists_by_name() {
    let named = |names: &[&str]| {
        let mut unknown = Vec::new();
        let all: Vec<_> = SIGNATURES.iter().chain(MACS).copied().collect();
        let list = Algorithms::named(&all, names, |name| unknown.push(name.to_owned()));
        let list = list.map(|list| list.iter().map(|a| a.name()).collect::<Vec<_>>());
        (list, unknown)
    };
    let unusable = Error::UnusableAlgorithmList;
    for (names, want, want_unknown) in [
        (
            &["ES256", "RS256", "ES256"][..],
            Ok(vec!["ES256", "RS256"]),
            &[][..],
        ),
        (
            &["es256", "ES256", "none", "ES256 "],
            Ok(vec!["ES256"]),
            &["es256", "none", "ES256 "],
        ),
        (&["HS512", "HS256"], Ok(vec!["HS512", "HS256"]), &[]),
        (&["ES256", "HS256"], Err(unusable), &[]),
        (&["EdDSA", "EdDSA"], Err(unusable), &["EdDSA", "EdDSA"]),
        (&[], Err(unusable), &[]),
        (&[""], Err(unusable), &[""]),
    ] {
        let (list, unknown) = named(names);
        assert_eq!(list, want, "{names:?}");
        assert_eq!(unknown, want_unknown, "{names:?}");
    }
}

#[test]
fn one_secret_for_three_algorithms_is_one_entry() {
    let secret = [7; 64];
    let jwk = json!({"kty": "oct", "kid": "a", "k": base64url(&secret)});
    let published = json!({ "keys": [jwk] }).to_string();
    let published = KeySet::<1>::from_jwks(published.as_bytes(), MACS).unwrap();
    let given = KeySet::<1>::from_parameters(&KeyParameters::oct(&secret), MACS).unwrap();
    for keys in [&published, &given] {
        assert_eq!(keys.len(), 1);
        assert!(keys.key(0).is_some() && keys.key(1).is_none());
        for algorithm in ["HS256", "HS384", "HS512"] {
            let header = format!(r#"{{"alg":"{algorithm}","kid":"a"}}"#);
            let sign = |input: &[u8]| hmac(algorithm, &secret, input);
            let token = token_signed_by(header.as_bytes(), b"{}", sign);
            let mut scratch = vec![0; scratch_len(token.len())];
            let jws = JwsVerifier::new(keys).verify(token.as_bytes(), &mut scratch);
            let want = VerifiedBy {
                position: 0,
                algorithm,
            };
            assert_eq!(jws.unwrap().by(), want);
            let other = |input: &[u8]| hmac(algorithm, &[8; 64], input);
            let forged = token_signed_by(header.as_bytes(), b"{}", other);
            assert_eq!(signature_verdict(&forged, keys), Err(Error::BadSignature));
        }
    }
}

#[test]
fn keys_are_send_sync_and_unwind_safe() {
    fn assert_all<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    assert_all::<KeySet<4>>();
    assert_all::<Key<'static, Rs256>>();
    assert_all::<RotatingKeys<4>>();
    assert_all::<Algorithms>();
    assert_all::<GrowingKeySet>();
    assert_all::<PreparedKey<'static>>();
    assert_all::<PreparedKeySet<Inline<4>, Vec<Word>>>();
}

#[test]
fn containers_of_keys() {
    let (rsa, of_rsa) = public_key("RS256");
    let (ec, of_ec) = public_key("ES256");
    let set = |keys: Value, list: &[&'static dyn Algorithm]| {
        let jwks = json!({ "keys": keys }).to_string();
        KeySet::<4>::from_jwks(jwks.as_bytes(), list).unwrap()
    };
    let both = || set(json!([rsa, ec]), &[&RS256, &ES256]);
    let boxed: Box<dyn Keys> = Box::new(both());
    let shared: Arc<KeySet<4>> = Arc::new(both());
    let of_any_kind: Arc<dyn Keys + Send + Sync> = Arc::new(both());
    let plain = both();
    let by_reference: &dyn Keys = &plain;
    let secret = signed_by(1, r#"{"alg":"HS256"}"#);
    let containers: [&dyn Keys; 5] = [&boxed, &shared, &of_any_kind, by_reference, &by_reference];
    for keys in containers {
        assert!(keys.key(1).is_some() && keys.key(2).is_none());
        assert!(keys.accepts("ES256".into()) && !keys.accepts("ES384".into()));
        assert_eq!(signature_verdict(&of_rsa, keys), Ok(()));
        assert_eq!(signature_verdict(&of_ec, keys), Ok(()));
        assert_eq!(
            signature_verdict(&secret, keys),
            Err(Error::AlgorithmNotAccepted)
        );
    }
    // Owned by a vector or an array.
    let owned: Vec<Box<dyn Keys>> = vec![Box::new(both()), boxed];
    assert_eq!(signature_verdict(&of_ec, &owned), Ok(()));
    assert!(owned.key(3).is_some() && owned.key(4).is_none() && serves(&owned, "RS256"));
    let array = [both(), both()];
    assert_eq!(signature_verdict(&of_ec, &array), Ok(()));
    assert!(array.key(3).is_some() && array.key(4).is_none() && serves(&array, "RS256"));
    let boxed: Box<dyn Keys> = Box::new(both());
    // Without a cast to `&dyn Keys`.
    assert_eq!(signature_verdict(&of_rsa, &boxed), Ok(()));
    assert_eq!(signature_verdict(&of_rsa, &shared), Ok(()));
    assert_eq!(signature_verdict(&of_rsa, by_reference), Ok(()));
    assert_eq!(signature_verdict(&of_rsa, &*boxed), Ok(()));

    // A slice: the keys of each element in turn. MACs and signatures can be mixed.
    let single = Key::new(HS256, &KeyParameters::oct(&[1; 32])).unwrap();
    let two = set(json!([ec, ec]), &[&ES256]);
    let rsa_alone = Arc::new(set(json!([rsa]), &[&RS256, &ES384]));
    let empty = KeySet::<4>::from_parameters(&KeyParameters::oct(&[9; 32]), &[&HS256]).unwrap();
    let mixed: [&dyn Keys; 4] = [&two, &single, &empty, &rsa_alone];
    for (token, position) in [(&of_ec, 0), (&secret, 2), (&of_rsa, 4)] {
        let mut scratch = vec![0; scratch_len(token.len())];
        let jws = JwsVerifier::new(mixed.as_slice()).verify(token.as_bytes(), &mut scratch);
        assert_eq!(jws.unwrap().by().position, position);
    }
    assert!(mixed.as_slice().key(4).is_some() && mixed.as_slice().key(5).is_none());
    assert!(serves(&mixed.as_slice(), "HS256") && !serves(&mixed.as_slice(), "RS512"));
    let (_, of_es384) = public_key("ES384");
    assert_eq!(
        signature_verdict(&of_es384, mixed.as_slice()),
        Err(Error::NoKey)
    );
    let (_, of_es512) = public_key("ES512");
    let rejected = signature_verdict(&of_es512, mixed.as_slice());
    assert_eq!(rejected, Err(Error::AlgorithmNotAccepted));
    let none: [&dyn Keys; 0] = [];
    let rejected = signature_verdict(&of_rsa, none.as_slice());
    assert_eq!(rejected, Err(Error::AlgorithmNotAccepted));
}

/// A minimal implementation of `Keys`.
struct TwoKeys([Key<'static, Hs256>; 2]);

impl Keys for TwoKeys {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        self.0.get(position)?.key(0)
    }
}

#[test]
fn every_candidate_is_tried_unless_ambiguity_is_rejected() {
    let key = |number| Key::new(HS256, &KeyParameters::oct(&[number; 32])).unwrap();
    let keys = TwoKeys([key(1), key(2)]);
    for (signer, want) in [(1, Ok(())), (2, Ok(())), (3, Err(Error::BadSignature))] {
        let token = signed_by(signer, r#"{"alg":"HS256"}"#);
        assert_eq!(signature_verdict(&token, &keys), want, "{signer}");
        assert_eq!(strict_verdict(&token, &keys), Err(Error::AmbiguousKey));
    }
    let other = signed_by(1, r#"{"alg":"HS384"}"#);
    assert_eq!(
        signature_verdict(&other, &keys),
        Err(Error::AlgorithmNotAccepted)
    );
}

/// A key outside of the program. It has one algorithm and accepts every signature of the right
/// length.
struct HardwareKey;

impl ForeignKey for HardwareKey {
    fn key_id(&self) -> Option<&str> {
        Some("slot-7")
    }

    fn algorithms(&self) -> &[&'static str] {
        &["HS256"]
    }

    fn verify(
        &self,
        algorithm: &'static str,
        _: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        assert_eq!(algorithm, "HS256");
        if signature.len() == 32 {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

impl Keys for HardwareKey {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| KeyRef::foreign(self))
    }
}

fn token_for(alg: &str, kid: &str) -> String {
    let header = json!({"alg": alg, "kid": kid}).to_string();
    token_with_header(header.as_bytes(), b"{}")
}

#[test]
fn hardware_key() {
    let token = |kid: &str| token_for("HS256", kid);
    assert_eq!(signature_verdict(&token("slot-7"), &HardwareKey), Ok(()));
    assert_eq!(
        signature_verdict(&token("slot-8"), &HardwareKey),
        Err(Error::NoKey)
    );
    let truncated = token("slot-7");
    let truncated = &truncated[..=truncated.rfind('.').unwrap()];
    assert_eq!(
        signature_verdict(truncated, &HardwareKey),
        Err(Error::BadSignature)
    );
    let by_reference: &dyn ForeignKey = &HardwareKey;
    assert_eq!(by_reference.algorithms(), ["HS256"]);
    assert!(serves(&HardwareKey, "HS256") && !serves(&HardwareKey, "HS512"));
    let key = HardwareKey.key(0).map(|key| format!("{key:?}"));
    assert_eq!(key.unwrap(), r#"KeyRef { kid: Some("slot-7"), .. }"#);
}

/// A source that claims to accept every algorithm.
struct AcceptsEverything(Vec<Keyring>);

impl Keys for AcceptsEverything {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        match position.checked_sub(1) {
            None => Some(KeyRef::foreign(&HardwareKey)),
            Some(position) => self.0.as_slice().key(position),
        }
    }

    fn accepts(&self, _: JsonStr<'_>) -> bool {
        true
    }
}

#[test]
fn key_sources_cannot_bypass_kid_and_alg() {
    let secret = KeyParameters::oct(&[1; 32]);
    let mut named = Keyring::new();
    named.accept(&[&HS256]).unwrap();
    named.add(&secret, Some("a")).unwrap();
    let unnamed = json!({"keys": [{"kty": "oct", "k": base64url(&[2; 32])}]}).to_string();
    let unnamed = Keyring::from_jwks(unnamed.as_bytes(), MACS).unwrap();
    let keys = AcceptsEverything(vec![named, unnamed]);
    for (signer, header, want) in [
        (1, r#"{"alg":"HS256","kid":"a"}"#, Ok(())),
        // The signature is valid, but the `kid` differs.
        (1, r#"{"alg":"HS256","kid":"b"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256","kid":""}"#, Err(Error::NoKey)),
        (2, r#"{"alg":"HS256","kid":"a"}"#, Err(Error::BadSignature)),
        (2, r#"{"alg":"HS256","kid":"b"}"#, Err(Error::NoKey)),
        // The hardware key accepts any signature of the right length, but only for its `kid`.
        (3, r#"{"alg":"HS256","kid":"slot-7"}"#, Ok(())),
        (3, r#"{"alg":"HS256","kid":"slot-8"}"#, Err(Error::NoKey)),
        (3, r#"{"alg":"HS256"}"#, Ok(())),
        // Only for its algorithms, whatever the source accepts.
        (1, r#"{"alg":"HS384","kid":"a"}"#, Err(Error::NoKey)),
        (3, r#"{"alg":"RS256","kid":"slot-7"}"#, Err(Error::NoKey)),
        (3, r#"{"alg":"none","kid":"slot-7"}"#, Err(Error::Unsecured)),
    ] {
        assert_eq!(
            signature_verdict(&signed_by(signer, header), &keys),
            want,
            "{signer} {header}"
        );
    }
}

#[test]
fn sets_of_pinned_keys() {
    let secret = |number| [number; 32];
    let mut keys = KeySet::<2>::new();
    assert_eq!(
        keys.add(&KeyParameters::oct(&secret(1)), Some("now")),
        Err(Error::UnsupportedKey),
        "no algorithm is accepted yet"
    );
    keys.accept(&[&HS256]).unwrap();
    keys.add(&KeyParameters::oct(&secret(1)), Some("now"))
        .unwrap();
    assert_eq!(
        keys.accept(&[&HS256, &RS256]),
        Err(Error::UnusableAlgorithmList)
    );
    let (rsa, _) = public_key("RS256");
    let rsa = keys.add_jwk(rsa.to_string().as_bytes());
    assert_eq!(rsa, Err(Error::UnsupportedKey));
    assert_eq!(keys.len(), 1, "a rejected key changes nothing");
    keys.add(&KeyParameters::oct(&secret(2)), Some("next"))
        .unwrap();
    let full = keys.add(&KeyParameters::oct(&secret(3)), Some("more"));
    assert_eq!(full, Err(Error::KeySetFull));
    for (signer, kid, want) in [
        (1, "now", Ok(())),
        (2, "next", Ok(())),
        (1, "next", Err(Error::BadSignature)),
        (3, "more", Err(Error::NoKey)),
    ] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        assert_eq!(
            signature_verdict(&signed_by(signer, &header), &keys),
            want,
            "{kid}"
        );
    }
    keys.accept(&[&HS512]).unwrap();
    assert!(keys.is_empty(), "another list of algorithms clears the set");
    assert!(serves(
        &secret_key(&[7; 64], &[&HS384, &HS512]).unwrap(),
        "HS512"
    ));
}

#[test]
fn trait_objects_are_keys() {
    let key: &dyn Keys = &HardwareKey;
    let token = token_with_header(br#"{"alg":"HS256"}"#, b"{}");
    assert_eq!(signature_verdict(&token, key), Ok(()));
    assert_eq!(signature_verdict(&token, &key), Ok(()));
    let unsigned = &token[..=token.rfind('.').unwrap()];
    assert_eq!(signature_verdict(unsigned, &key), Err(Error::BadSignature));
}
