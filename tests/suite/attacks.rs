//! Attacks that have succeeded on others, one test each: what is sent, and how exactly it is
//! refused.

mod algorithm;
mod claims;
mod header;
mod json;
mod keys;
mod padding;
mod signature;
mod sources;
mod text;

use std::sync::LazyLock;

use jose_verify::KeySet;
use jose_verify::alg::Algorithm;
use serde_json::{Value, json};

use crate::support::report::report;
use crate::support::rsa::RsaKey;
use crate::support::sign::token_signed_by;

/// The key whose public half is trusted.
static OURS: LazyLock<RsaKey> = LazyLock::new(RsaKey::usual);

/// A key of the forger's.
static THEIRS: LazyLock<RsaKey> = LazyLock::new(|| RsaKey::new(2, 3, 65_537));

/// Good claims; they expire after the tests' present.
const CLAIMS: &[u8] = br#"{"iss":"https://issuer.example.com","sub":"u","exp":1750003600}"#;

/// A token with [`CLAIMS`], signed with RSA by the algorithm that its header names.
fn rsa_token(key: &RsaKey, header: &Value) -> String {
    let alg = header["alg"].as_str().unwrap().to_owned();
    let header = header.to_string();
    token_signed_by(header.as_bytes(), CLAIMS, |input| key.sign(&alg, input))
}

/// A JWK Set with these keys. In a box, for it is large.
fn set(keys: &[Value], list: &[&'static dyn Algorithm]) -> Box<KeySet<8>> {
    let jwks = json!({ "keys": keys }).to_string();
    Box::new(KeySet::from_jwks(jwks.as_bytes(), list).unwrap())
}

/// The same JWK with other members.
fn with(jwk: &Value, members: &Value) -> Value {
    let mut changed = jwk.clone();
    let target = changed.as_object_mut().unwrap();
    target.extend(members.as_object().unwrap().clone());
    changed
}

/// Forty kinds of attack are known; each has its test in one of the modules.
#[test]
fn every_row_has_its_test() {
    let sources = [
        include_str!("attacks/algorithm.rs"),
        include_str!("attacks/claims.rs"),
        include_str!("attacks/header.rs"),
        include_str!("attacks/json.rs"),
        include_str!("attacks/keys.rs"),
        include_str!("attacks/padding.rs"),
        include_str!("attacks/signature.rs"),
        include_str!("attacks/text.rs"),
    ]
    .concat();
    for row in 1..=40 {
        let start = format!("\n#[test]\nfn row_{row:02}_");
        assert_eq!(sources.matches(&start).count(), 1, "row {row}");
    }
    report(format_args!(
        "attacks: 40 cases, each a test with a table of its own"
    ));
}
