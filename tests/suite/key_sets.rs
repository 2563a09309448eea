//! Which key a token is verified with.

use jose_verify::{
    ES256, Error, HS256, HS512, InvalidSignature, Key, KeyQuery, KeySet, Keys, MACS, RS256, RS512,
    VerificationKey,
};
use serde_json::{Value, json};

use super::keys::{public_key, verdict};
use super::support::sign::{base64url, token_with_header, token_with_secret};

/// A set of secrets under these identifiers; the secret repeats its number.
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
fn selection_in_a_set() {
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
            verdict(&signed_by(signer, header), &keys),
            want,
            "{signer} {header}"
        );
    }
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(10_000));
    assert_eq!(verdict(&signed_by(1, &long), &keys), Err(Error::NoKey));
    let long = format!(r#"{{"alg":"{}"}}"#, "H".repeat(10_000));
    assert_eq!(
        verdict(&signed_by(1, &long), &keys),
        Err(Error::AlgorithmNotAccepted)
    );
    let empty = KeySet::<4>::new();
    let verdict = verdict(&signed_by(1, r#"{"alg":"HS256"}"#), &empty);
    assert_eq!(verdict, Err(Error::NoKey));
}

#[test]
fn ambiguity_can_be_refused() {
    let keys = set_of(&[(Some("a"), 1), (Some("b"), 2)]).refusing_ambiguity();
    let unnamed = signed_by(2, r#"{"alg":"HS256"}"#);
    assert_eq!(verdict(&unnamed, &keys), Err(Error::AmbiguousKey));
    assert_eq!(
        verdict(&signed_by(2, r#"{"alg":"HS256","kid":"b"}"#), &keys),
        Ok(())
    );
    let alone = set_of(&[(Some("b"), 2)]).refusing_ambiguity();
    assert_eq!(verdict(&unnamed, &alone), Ok(()));
}

#[test]
fn one_key_alone() {
    let key = Key::from_secret(&[1; 32], &[&HS256]).unwrap();
    let named = key.clone().with_key_id("a").unwrap();
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
        assert_eq!(verdict(&token, &key), unnamed_key, "{header}");
        assert_eq!(verdict(&token, &named), named_key, "{header}");
        // A borrowed key is a key.
        assert_eq!(verdict(&token, &&key), unnamed_key, "{header}");
        assert_eq!(verdict(&token, &&named), named_key, "{header}");
    }
}

#[test]
fn the_longest_kid() {
    let key = Key::from_secret(&[1; 32], &[&HS256]).unwrap();
    let kid = "k".repeat(128);
    let named = key.clone().with_key_id(&kid).unwrap();
    let header = |kid: &str| json!({"alg": "HS256", "kid": kid}).to_string();
    assert_eq!(verdict(&signed_by(1, &header(&kid)), &named), Ok(()));
    let longer = kid + "k";
    assert_eq!(
        verdict(&signed_by(1, &header(&longer)), &named),
        Err(Error::NoKey)
    );
    assert_eq!(key.with_key_id(&longer).err(), Some(Error::KeyTooLarge));
}

#[test]
fn alg_of_the_jwk_binds() {
    let (mut jwk, token) = public_key("RS256");
    let set = |jwk: &Value, list| {
        let jwks = json!({ "keys": [jwk] }).to_string();
        KeySet::<1>::from_jwks(jwks.as_bytes(), list).unwrap()
    };
    assert_eq!(verdict(&token, &set(&jwk, &[&RS256, &RS512])), Ok(()));
    assert_eq!(
        verdict(&token, &set(&jwk, &[&RS512])),
        Err(Error::AlgorithmNotAccepted)
    );
    jwk["alg"] = json!("RS512");
    assert_eq!(
        verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Err(Error::NoKey)
    );
}

#[test]
fn a_bad_entry_never_spoils_the_set() {
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
    let report = keys.load(jwks.as_bytes(), &[&RS256, &ES256]).unwrap();
    assert_eq!((report.kept(), keys.keys().len()), (2, 2));
    for (reason, count) in [
        (Error::MalformedKey, 6),
        (Error::WeakKey, 1),
        (Error::UnsupportedKey, 2),
        (Error::WrongKeyUse, 1),
        (Error::AlgorithmNotAccepted, 1),
        (Error::KeyTooLarge, 1),
        (Error::KeySetFull, 1),
        (Error::Expired, 0),
    ] {
        assert_eq!(report.skipped(reason), count, "{reason:?}");
    }
    assert_eq!(report.reasons().map(|(_, count)| count).sum::<usize>(), 13);
    assert_eq!(verdict(&token, &keys), Ok(()));
}

#[test]
fn a_set_without_a_usable_key() {
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
            r#"{"keys":[{"kty":"OKP"},{"kty":"AKP"}]}"#,
            Error::UnsupportedKey,
        ),
        (r#"{"keys":[{"kty":"OKP"},{}]}"#, Error::NoUsableKey),
        (r#"{"keys":"x"}"#, Error::MalformedKeySet),
        ("{}", Error::MalformedKeySet),
        ("[]", Error::MalformedJson),
        ("", Error::MalformedJson),
    ] {
        keys.load(good.as_bytes(), &[&RS256]).unwrap();
        assert_eq!(verdict(&token, &keys), Ok(()));
        let error = keys.load(jwks.as_bytes(), &[&RS256]).err();
        assert_eq!(error, Some(want), "{jwks}");
        // Another set replaces the keys, though nothing in it can be used; what is no set changes nothing.
        let is_a_set = jwks.contains('[');
        let left = if is_a_set && jwks != "[]" {
            Err(Error::NoKey)
        } else {
            Ok(())
        };
        assert_eq!(verdict(&token, &keys), left, "{jwks}");
    }
    let large = format!(r#"{{"keys":[{}]}}"#, " ".repeat(1 << 20));
    assert_eq!(
        keys.load(large.as_bytes(), &[&RS256]).err(),
        Some(Error::LimitExceeded)
    );
}

/// Keys of another kind, which say no more than they must.
struct Two(Key, Key);

impl Keys for Two {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        algorithm == "HS256"
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        [&self.0, &self.1]
            .into_iter()
            .filter(|key| query.allows(key.key_id()))
    }
}

#[test]
fn every_candidate_is_tried_unless_the_keys_say_otherwise() {
    let key = |number| Key::from_secret(&[number; 32], &[&HS256]).unwrap();
    let keys = Two(key(1), key(2));
    for (signer, want) in [(1, Ok(())), (2, Ok(())), (3, Err(Error::BadSignature))] {
        let token = signed_by(signer, r#"{"alg":"HS256"}"#);
        assert_eq!(verdict(&token, &keys), want, "{signer}");
    }
}

/// A key held somewhere else: it knows its algorithm, and accepts one signature.
struct HardwareKey;

impl VerificationKey for HardwareKey {
    fn key_id(&self) -> Option<&str> {
        Some("slot-7")
    }

    fn accepts(&self, algorithm: &str) -> bool {
        algorithm == "HS256"
    }

    fn verify(&self, _: &str, _: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if signature.len() == 32 {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

#[test]
fn hardware_can_be_the_key() {
    let token = |kid: &str| {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        token_with_header(header.as_bytes(), b"{}")
    };
    assert_eq!(verdict(&token("slot-7"), &HardwareKey), Ok(()));
    assert_eq!(verdict(&token("slot-8"), &HardwareKey), Err(Error::NoKey));
    let cut = token("slot-7");
    let cut = &cut[..=cut.rfind('.').unwrap()];
    assert_eq!(verdict(cut, &HardwareKey), Err(Error::BadSignature));
    let by_reference: &dyn VerificationKey = &HardwareKey;
    assert!(by_reference.accepts("HS256"));
}

#[test]
fn pinned_keys_can_make_a_set() {
    let key = |number, kid: &str| {
        let key = Key::from_secret(&[number; 32], &[&HS256]).unwrap();
        key.with_key_id(kid).unwrap()
    };
    let mut keys = KeySet::<2>::new();
    keys.push(key(1, "now")).unwrap();
    let other = Key::from_secret(&[7; 64], &[&HS512]).unwrap();
    assert_eq!(keys.push(other), Err(Error::UnusableAlgorithmList));
    keys.push(key(2, "next")).unwrap();
    assert_eq!(keys.push(key(3, "more")), Err(Error::KeySetFull));
    for (signer, kid, want) in [
        (1, "now", Ok(())),
        (2, "next", Ok(())),
        (1, "next", Err(Error::BadSignature)),
        (3, "more", Err(Error::NoKey)),
    ] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        assert_eq!(verdict(&signed_by(signer, &header), &keys), want, "{kid}");
    }
}

#[test]
fn dyn_keys_are_keys() {
    let key: &dyn VerificationKey = &HardwareKey;
    let token = token_with_header(br#"{"alg":"HS256"}"#, b"{}");
    assert_eq!(verdict(&token, &key), Ok(()));
    let unsigned = &token[..=token.rfind('.').unwrap()];
    assert_eq!(verdict(unsigned, &key), Err(Error::BadSignature));
}
