//! Sets, single keys, foreign keys and your own types as sources of keys.

use std::sync::Arc;

use jose_verify::alg::{
    Algorithm, ES256, ES384, HS256, HS384, HS512, Hs256, InvalidSignature, KeyParameters, MACS,
    RS256,
};
use jose_verify::json::JsonStr;
use jose_verify::keys::{ForeignKey, KeyRef};
use jose_verify::{Error, JwsVerifier, Key, KeySet, Keys, scratch_len};
use serde_json::{Value, json};

use crate::keys::{public_key, secret_key, serves};
use crate::support::Keyring;
use crate::support::sign::{base64url, token_with_header};
use crate::support::verdict::signature_verdict;

use super::{signed_by, strict_verdict};

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
