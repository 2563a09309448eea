//! Which key verifies a token.

mod loading;
mod lookup;
mod sources;

use jose_verify::alg::MACS;
use jose_verify::{Error, KeySet, Keys, Options};
use serde_json::{Value, json};

use super::support::sign::{base64url, token_with_secret};
use super::support::verdict::signature_verdict_with;

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

/// Verifies the signature with a verifier that rejects tokens without `kid` that several keys fit.
fn strict_verdict(token: &str, keys: &dyn Keys) -> Result<(), Error> {
    signature_verdict_with(token, keys, Options::new().refuse_ambiguity())
}
