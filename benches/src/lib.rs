//! What the benchmarks verify: tokens from the committed vectors, and their keys.

#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark insists on its inputs"
)]

use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::{Audience, Check, Key, MACS, NumericDate, Policy, SIGNATURES, oidc};
use serde_json::Value;

/// The names of all algorithms.
pub const ALGORITHMS: [&str; 12] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512",
];

/// A time at which the tokens hold.
pub const NOW: NumericDate = NumericDate::from_seconds(1_750_000_000);

/// Issuer, audience and times.
pub const POLICY: Policy<'static> = oidc::jwt(
    Check::Required(&["https://issuer.example.com"]),
    Check::Required(Audience::AnyOf(&["client-7f3a"])),
);

/// A token with plain claims, and the key that verifies it.
#[must_use]
pub fn token_and_key(alg: &str) -> (String, Key) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/pyjwt/signed.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut cases = file["cases"].as_array().unwrap().iter();
    let case = cases.find(|case| case["expect"]["alg"] == alg).expect(alg);
    let key = match &case["secret_base64url"] {
        Value::String(text) => {
            let mut buffer = vec![0; text.len()];
            let secret = Base64UrlUnpadded::decode(text, &mut buffer).unwrap();
            Key::from_secret(secret, MACS)
        }
        _ if case["keys"]["keys"].is_array() => {
            Key::from_jwk(case["keys"]["keys"][0].to_string().as_bytes(), SIGNATURES)
        }
        _ => Key::from_jwk(case["keys"].to_string().as_bytes(), SIGNATURES),
    };
    (case["token"].as_str().unwrap().to_owned(), key.unwrap())
}
