//! The inputs of the benchmarks: tokens from the committed vectors and tokens of any length, their
//! keys, and an algorithm that does nothing.

#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a benchmark panics if its inputs are unusable"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jose_verify::alg::{
    Algorithm, AlgorithmKind, HS256, InvalidSignature, KeyParameters, KeyType, MACS, P256_TABLES,
    P384_TABLES, P521_TABLES, ParameterSource, Precomputation, SIGNATURES, Word,
};
use jose_verify::{Audience, Check, Error, KeySet, NumericDate, Policy};
use serde_json::Value;
use sha2::Sha256;

/// The names that [`vector`] takes: every algorithm, for RSA with every key length.
pub const VECTORS: [&str; 16] = [
    "HS256",
    "HS384",
    "HS512",
    "RS256-2048",
    "RS256-3072",
    "RS256-4096",
    "RS384-2048",
    "RS512-2048",
    "PS256-2048",
    "PS256-3072",
    "PS256-4096",
    "PS384-2048",
    "PS512-2048",
    "ES256",
    "ES384",
    "ES512",
];

/// Lengths of the tokens of [`unsigned`] and [`hs256`].
pub const LENGTHS: [usize; 5] = [350, 1 << 10, 4 << 10, 16 << 10, 64 << 10];

/// A time at which the tokens are valid.
pub const NOW: NumericDate = NumericDate::from_seconds(1_750_000_000);

/// Checks issuer, audience and times.
pub const POLICY: Policy<'static> = Policy::jwt(
    Check::Required(&["https://issuer.example.com"]),
    Check::Required(Audience::AnyOf(&["client-7f3a"])),
);

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// The implementations that make tables for the keys of each curve.
pub const TABLES: &[&dyn Precomputation] = &[&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// A set that can hold one key, even one of the longest.
pub type OneKey = KeySet<2>;

/// Returns a token with plain claims, and the key that verifies it.
#[must_use]
pub fn vector(name: &str) -> (String, OneKey) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/pyjwt/signed.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let wanted = format!("{name} plain claims");
    let mut cases = file["cases"].as_array().unwrap().iter();
    let case = cases.find(|case| case["name"] == wanted).expect(name);
    let key = match &case["secret_base64url"] {
        Value::String(text) => {
            let mut buffer = vec![0; text.len()];
            let secret = Base64UrlUnpadded::decode(text, &mut buffer).unwrap();
            OneKey::from_parameters(&KeyParameters::oct(secret), MACS)
        }
        _ => OneKey::from_jwk(case["keys"].to_string().as_bytes(), SIGNATURES),
    };
    (case["token"].as_str().unwrap().to_owned(), key.unwrap())
}

/// Returns a token of about `len` characters under [`Unsigned`]. It names the last key of [`set`].
#[must_use]
pub fn unsigned(len: usize) -> String {
    token(UNSIGNED.name(), len, |_| vec![0; 32])
}

/// Returns a token of about `len` characters under HS256, and its key.
#[must_use]
pub fn hs256(len: usize) -> (String, OneKey) {
    let token = token("HS256", len, |text| {
        let mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
        mac.chain_update(text).finalize().into_bytes().to_vec()
    });
    let key = OneKey::from_parameters(&KeyParameters::oct(SECRET), &[&HS256]);
    (token, key.unwrap())
}

/// Returns the token with a forged signature. It has the right length and its numbers are in range,
/// so that verification does all its work.
#[must_use]
pub fn other_signature(token: &str) -> String {
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    // Sets the six highest bits to 0, or to 1 if they are 0. Both are in range for HS256, RS256
    // and ES256.
    let first = if first == "A" { "B" } else { "A" };
    format!("{signing_input}.{first}{rest}")
}

/// Returns a token with claims as an identity provider writes them. A list of groups fills it up to
/// the length.
fn token(alg: &str, len: usize, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let mut claims = String::from(concat!(
        r#"{"iss":"https://issuer.example.com","sub":"user-248289761001","aud":"client-7f3a","#,
        r#""iat":1749999940,"exp":1750003600,"groups":[""#,
    ));
    for group in 0.. {
        // Three bytes of claims are four characters of the token; the rest is header and signature.
        if claims.len() * 4 / 3 + 130 >= len {
            break;
        }
        write!(claims, "/staff/team {group:05}\",\"").unwrap();
    }
    claims.push_str("all\"]}");
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{LAST_KEY}"}}"#);
    let mut token = Base64UrlUnpadded::encode_string(header.as_bytes());
    token.push('.');
    token.push_str(&Base64UrlUnpadded::encode_string(claims.as_bytes()));
    let signature = sign(token.as_bytes());
    token.push('.');
    token.push_str(&Base64UrlUnpadded::encode_string(&signature));
    token
}

const LAST_KEY: &str = "2025-06-15";

/// Returns a set of `count` keys with the same secret. The tokens of [`unsigned`] and [`hs256`]
/// name the last one.
#[must_use]
pub fn set(count: usize, algorithm: &'static dyn Algorithm) -> Box<KeySet<16>> {
    let mut set = Box::new(KeySet::new());
    set.accept(&[algorithm]).unwrap();
    for day in 16 - count..=15 {
        let id = format!("2025-06-{day:02}");
        set.add(&KeyParameters::oct(SECRET), Some(&id)).unwrap();
    }
    set
}

/// Returns a key for [`Unsigned`].
#[must_use]
pub fn unsigned_key() -> OneKey {
    OneKey::from_parameters(&KeyParameters::oct(&[]), &[&UNSIGNED]).unwrap()
}

/// The algorithm of [`unsigned`].
pub const UNSIGNED: Unsigned = Unsigned;

/// An algorithm that accepts every signature without work, so that a benchmark measures everything
/// except the signature.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned;

impl KeyType for Unsigned {
    fn load(&self, _: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        material.first_mut().map(|_| 1).ok_or(Error::KeySetFull)
    }
}

impl Algorithm for Unsigned {
    fn name(&self) -> &'static str {
        "XX256"
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &Unsigned
    }

    fn verify(&self, _: &[Word], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Ok(())
    }
}
