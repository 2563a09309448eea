//! Keys whose source lies, and sources that make the choice of a key costly.

use std::time::Instant;

use jose_verify::{
    Algorithm, AlgorithmKind, ES256, Error, InvalidSignature, JwsVerifier, Key, KeyParameters,
    KeyRef, KeySet, KeyType, Keys, P256_TABLES, SHA256, Word, jwk_thumbprint, scratch_len,
};
use num_bigint::BigUint;
use serde_json::json;

use crate::support::curve::curve;
use crate::support::judge::signature_verdict;
use crate::support::sign::{base64url, token_signed_by};

/// A token that the owner of that private key has signed.
fn es256(d: u64) -> String {
    let curve = curve("ES256");
    token_signed_by(br#"{"alg":"ES256"}"#, b"{}", |input| {
        curve.sign(&BigUint::from(d), &BigUint::from(77_u8), input)
    })
}

/// A JWK names its point by `x` and `y` (RFC 7518 §6.2.1). Whatever else it calls `point` is a member that nobody reads:
/// else its thumbprint would be that of one key, and its signatures those of another.
#[test]
fn a_jwk_with_a_point_beside_its_coordinates() {
    let curve = curve("ES256");
    let (ours, theirs) = (BigUint::from(11_u8), BigUint::from(12_u8));
    let jwk = curve.jwk(&curve.point(&ours));
    let (x, y) = curve.point(&theirs);
    let parity = 2 + u8::try_from(&y % 2_u8).unwrap();
    let x = x.to_bytes_be();
    for point in [
        [vec![parity], x.clone()].concat(),
        [vec![4], curve.octets(&curve.point(&theirs).0, &y)].concat(),
    ] {
        for name in ["point", "point as one string"] {
            let mut evil = jwk.clone();
            evil[name] = json!(base64url(&point));
            let text = evil.to_string();
            let plain = jwk.to_string();
            let (mut one, mut other) = ([0; 64], [0; 64]);
            assert_eq!(
                jwk_thumbprint(text.as_bytes(), &SHA256, &mut one),
                jwk_thumbprint(plain.as_bytes(), &SHA256, &mut other)
            );
            let set = KeySet::<1>::from_jwk(text.as_bytes(), &[&ES256]).unwrap();
            let key = Key::from_jwk(ES256, text.as_bytes()).unwrap();
            let sources: [&dyn Keys; 2] = [&set, &key];
            for keys in sources {
                assert_eq!(signature_verdict(&es256(11), keys), Ok(()));
                let forged = signature_verdict(&es256(12), keys);
                assert_eq!(forged, Err(Error::BadSignature), "{name}");
            }
            // Nor is it a key by itself.
            let alone = json!({"kty": "EC", "crv": "P-256", name: base64url(&point)});
            let alone = alone.to_string();
            let key = Key::from_jwk(ES256, alone.as_bytes());
            assert_eq!(key.err(), Some(Error::MalformedKey));
        }
    }
}

/// ES256 that refuses every signature, with the key type of this crate's own.
#[derive(Debug, Clone, Copy)]
struct Never;

impl Algorithm for Never {
    fn name(&self) -> &'static str {
        ES256.name()
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        ES256.key_type()
    }

    fn verify(&self, _: &[Word], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Err(InvalidSignature)
    }
}

/// Tables make an algorithm faster, and take the place of no other one.
#[test]
fn tables_do_not_replace_an_algorithm_of_somebody_else() {
    let curve = curve("ES256");
    let jwk = curve.jwk(&curve.point(&BigUint::from(11_u8))).to_string();
    let load = |list: &[&'static dyn Algorithm]| KeySet::<1>::from_jwk(jwk.as_bytes(), list);
    let prepared = load(&[&Never]).unwrap();
    let prepared = prepared.prepare(&[&P256_TABLES], vec![0; 4096]);
    assert_eq!(prepared.tables().count(), 0);
    let refused = signature_verdict(&es256(11), &prepared);
    assert_eq!(refused, Err(Error::BadSignature));
    let ours = load(&[&ES256]).unwrap();
    let ours = ours.prepare(&[&P256_TABLES], vec![0; 4096]);
    assert_eq!(ours.tables().count(), 2);
    assert_eq!(signature_verdict(&es256(11), &ours), Ok(()));
}

/// A source without end, of keys that fit nothing.
struct Endless(Key<'static, jose_verify::Hs256>);

impl Keys for Endless {
    fn key(&self, _: usize) -> Option<KeyRef<'_>> {
        self.0.key(0)
    }
}

/// The search for a key is linear in the number of keys, also in slices of slices, and ends in a source that does not.
#[test]
fn sources_within_sources() {
    let secret = KeyParameters::oct(&[7; 32]);
    let key = Key::new(jose_verify::HS256, &secret).unwrap();
    let inner = vec![key.with_key_id("1"); 100];
    let middle: Vec<&[Key<'_, _>]> = vec![&inner; 100];
    let outer: Vec<&[&[Key<'_, _>]]> = vec![&middle; 10];
    let token = token_signed_by(br#"{"alg":"HS256","kid":"2"}"#, b"{}", |_| vec![0; 32]);
    let mut scratch = vec![0; scratch_len(token.len())];
    let start = Instant::now();
    let verdict = JwsVerifier::new(outer.as_slice()).verify(token.as_bytes(), &mut scratch);
    assert_eq!(verdict.err(), Some(Error::NoKey));
    // A hundred thousand keys: quadratic work would take minutes.
    assert!(start.elapsed().as_secs() < 5);
    assert!(outer.as_slice().key(99_999).is_some() && outer.as_slice().key(100_000).is_none());

    let endless = Endless(key);
    let token = token_signed_by(br#"{"alg":"ES256"}"#, b"{}", |_| vec![0; 64]);
    assert_eq!(
        signature_verdict(&token, &endless),
        Err(Error::AlgorithmNotAccepted)
    );
}
