//! Key sources that lie, and sources that make the key lookup expensive.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::support::secs;
use jose_verify::alg::{
    Algorithm, AlgorithmKind, ES256, InvalidSignature, KeyParameters, KeyType, P256_TABLES,
    P384_TABLES, ParameterSource, Precomputation, RS256, SHA256, Tables, Word,
};
use jose_verify::keys::{KeyRef, jwk_thumbprint};
use jose_verify::{Error, JwsVerifier, Key, KeySet, Keys, RotatingKeys, scratch_len};
use num_bigint::BigUint;
use serde_json::json;

use crate::support::curve::curve;
use crate::support::sign::{base64url, token_signed_by};
use crate::support::verdict::signature_verdict;

/// Returns a token signed with this private key.
fn es256(d: u64) -> String {
    let curve = curve("ES256");
    token_signed_by(br#"{"alg":"ES256"}"#, b"{}", |input| {
        curve.sign(&BigUint::from(d), &BigUint::from(77_u8), input)
    })
}

/// A JWK names its point by `x` and `y` (RFC 7518 §6.2.1). A member called `point` is never read.
/// Otherwise a JWK could have the thumbprint of one key and verify the signatures of another.
#[test]
fn jwk_with_a_point_beside_x_and_y_rfc_7518_6_2_1() {
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
            // A point without `x` and `y` is not a key either.
            let alone = json!({"kty": "EC", "crv": "P-256", name: base64url(&point)});
            let alone = alone.to_string();
            let key = Key::from_jwk(ES256, alone.as_bytes());
            assert_eq!(key.err(), Some(Error::MalformedKey));
        }
    }
}

/// ES256 with this crate's key type. It rejects every signature.
#[derive(Debug, Clone, Copy)]
struct RejectAll;

impl Algorithm for RejectAll {
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

/// Tables accelerate one algorithm and never replace another one.
#[test]
fn tables_do_not_replace_a_foreign_algorithm() {
    let curve = curve("ES256");
    let jwk = curve.jwk(&curve.point(&BigUint::from(11_u8))).to_string();
    let load = |list: &[&'static dyn Algorithm]| KeySet::<1>::from_jwk(jwk.as_bytes(), list);
    let prepared = load(&[&RejectAll]).unwrap();
    let prepared = prepared.prepare(&[&P256_TABLES], vec![0; 4096]);
    assert_eq!(prepared.tables().count(), 0);
    let rejected = signature_verdict(&es256(11), &prepared);
    assert_eq!(rejected, Err(Error::BadSignature));
    let ours = load(&[&ES256]).unwrap();
    let ours = ours.prepare(&[&P256_TABLES], vec![0; 4096]);
    assert_eq!(ours.tables().count(), 2);
    assert_eq!(signature_verdict(&es256(11), &ours), Ok(()));
}

/// An endless source of keys that never match.
struct Endless(Key<'static, jose_verify::alg::Hs256>);

impl Keys for Endless {
    fn key(&self, _: usize) -> Option<KeyRef<'_>> {
        self.0.key(0)
    }
}

/// The key lookup is linear in the number of keys, also for slices of slices, and terminates for an
/// endless source.
#[test]
fn nested_and_endless_key_sources() {
    let secret = KeyParameters::oct(&[7; 32]);
    let key = Key::new(jose_verify::alg::HS256, &secret).unwrap();
    let inner = vec![key.with_key_id("1"); 100];
    let middle: Vec<&[Key<'_, _>]> = vec![&inner; 100];
    let outer: Vec<&[&[Key<'_, _>]]> = vec![&middle; 10];
    let token = token_signed_by(br#"{"alg":"HS256","kid":"2"}"#, b"{}", |_| vec![0; 32]);
    let mut scratch = vec![0; scratch_len(token.len())];
    let start = Instant::now();
    let verdict = JwsVerifier::new(outer.as_slice()).verify(token.as_bytes(), &mut scratch);
    assert_eq!(verdict.err(), Some(Error::NoKey));
    // 100,000 keys: quadratic work would take minutes.
    assert!(start.elapsed().as_secs() < 5);
    assert!(outer.as_slice().key(99_999).is_some() && outer.as_slice().key(100_000).is_none());

    let endless = Endless(key);
    let token = token_signed_by(br#"{"alg":"ES256"}"#, b"{}", |_| vec![0; 64]);
    assert_eq!(
        signature_verdict(&token, &endless),
        Err(Error::AlgorithmNotAccepted)
    );
}

/// ES256 with its own key type, which loads keys like that of ES256. It accepts every signature.
#[derive(Debug, Clone, Copy)]
struct AcceptAll;

impl KeyType for AcceptAll {
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        ES256.key_type().load(key, material)
    }
}

impl Algorithm for AcceptAll {
    fn name(&self) -> &'static str {
        ES256.name()
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &AcceptAll
    }

    fn verify(&self, _: &[Word], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Ok(())
    }
}

/// Key material is read only by the key type that wrote it. An update under an algorithm with the
/// same name but another key type does not take over old keys.
#[test]
fn material_is_not_read_by_another_key_type() {
    let curve = curve("ES256");
    let jwks = |d: u8| {
        let jwk = curve.jwk(&curve.point(&BigUint::from(d)));
        json!({ "keys": [jwk] }).to_string().into_bytes()
    };
    let update = |keys: &RotatingKeys<2>, d, list: &[&'static dyn Algorithm]| {
        let updated = keys.updated(&jwks(d), list, secs(60), secs(0), |_| {});
        updated.unwrap().0
    };
    let first = update(&RotatingKeys::new(), 11, &[&ES256]);
    assert_eq!(update(&first, 12, &[&ES256]).set().len(), 2);
    assert_eq!(update(&first, 12, &[&AcceptAll]).set().len(), 1);
    // Both in one list would be a duplicate name.
    let both = KeySet::<2>::from_jwks(&jwks(11), &[&ES256, &AcceptAll]);
    assert_eq!(both.err(), Some(Error::UnusableAlgorithmList));
}

/// Tables that count how often they are used.
#[derive(Debug)]
struct Counted(AtomicUsize);

impl Precomputation for Counted {
    fn algorithm(&self) -> &'static dyn Algorithm {
        P256_TABLES.algorithm()
    }

    fn table_len(&self, available: usize) -> usize {
        P256_TABLES.table_len(available)
    }

    fn fill(&self, material: &[Word], table: &mut [Word]) {
        P256_TABLES.fill(material, table);
    }

    fn fill_shared(&self, table: &mut [Word]) {
        P256_TABLES.fill_shared(table);
    }

    fn is_intact(&self, material: &[Word], table: &[Word]) -> bool {
        P256_TABLES.is_intact(material, table)
    }

    fn is_shared_intact(&self, table: &[Word]) -> bool {
        P256_TABLES.is_shared_intact(table)
    }

    fn verify(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        assert!(self.is_intact(material, tables.key) && self.is_shared_intact(tables.shared));
        self.0.fetch_add(1, Ordering::Relaxed);
        P256_TABLES.verify(material, tables, signing_input, signature)
    }
}

/// Keys without lookup: they can only be listed by position.
struct Listed<'k>(&'k dyn Keys);

impl Keys for Listed<'_> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        self.0.key(position)
    }
}

/// Prepared keys are verified with their tables, no matter what holds the keys. Other keys are not.
#[test]
fn tables_are_used_where_they_are_attached() {
    static COUNTED: Counted = Counted(AtomicUsize::new(0));
    let used = |token: &str, keys: &dyn Keys| {
        let before = COUNTED.0.load(Ordering::Relaxed);
        let mut scratch = vec![0; scratch_len(token.len())];
        let jws = JwsVerifier::new(keys).verify(token.as_bytes(), &mut scratch);
        assert!(jws.is_ok());
        COUNTED.0.load(Ordering::Relaxed) - before
    };
    let curve = curve("ES256");
    let jwk = |d: u8| curve.jwk(&curve.point(&BigUint::from(d)));
    let text = jwk(11).to_string();
    let key = Key::from_jwk(ES256, text.as_bytes()).unwrap();
    assert_eq!(used(&es256(11), &key), 0);
    let mut memory = vec![0; 2048];
    let prepared = key.prepare(&COUNTED, &mut memory);
    assert_eq!(used(&es256(11), &prepared), 1);
    let tables = prepared.tables().unwrap();
    assert_eq!(used(&es256(11), &key.with_tables(&COUNTED, tables)), 1);
    let unchecked = key.with_tables_unchecked(&COUNTED, tables);
    assert_eq!(used(&es256(11), &unchecked), 1);
    let slice: [&dyn Keys; 2] = [&unchecked, &key];
    assert_eq!(used(&es256(11), &slice.as_slice()), 1);

    let jwks = json!({"keys": [jwk(11), jwk(12)]}).to_string();
    let set = KeySet::<2>::from_jwks(jwks.as_bytes(), &[&RS256, &ES256]).unwrap();
    assert_eq!(used(&es256(12), &set), 0);
    let set = set.prepare(&[&P384_TABLES, &COUNTED], vec![0; 8192]);
    // Both keys are tried; the first one fails.
    assert_eq!(used(&es256(12), &set), 2);
    assert_eq!(used(&es256(11), &set), 1);
    assert_eq!(used(&es256(12), &Listed(&set)), 2);
    assert_eq!(used(&es256(11), &Listed(&unchecked)), 1);
}
