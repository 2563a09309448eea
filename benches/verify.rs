//! The hot path: a whole token with issuer, audience and times, for each algorithm; and tokens that are refused.
//!
//! `cargo bench`, or `cargo bench -- ES256` for some of them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark insists on its inputs, and criterion's macros make functions without documentation"
)]

use std::fs;
use std::hint::black_box;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jose_verify::{
    Audience, Check, Error, Key, MACS, NumericDate, Policy, SIGNATURES, oidc, scratch_len, verify,
};
use serde_json::Value;

const ALGORITHMS: [&str; 12] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512",
];

const POLICY: Policy<'static> = oidc::jwt(
    Check::Required(&["https://issuer.example.com"]),
    Check::Required(Audience::AnyOf(&["client-7f3a"])),
);

/// A token with plain claims, and the key that verifies it.
fn token_and_key(alg: &str) -> (String, Key) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/pyjwt/signed.json");
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

fn verdict(token: &str, key: &Key, now: i64, scratch: &mut [u8]) -> Result<(), Error> {
    let now = NumericDate::from_seconds(now);
    let jwt = verify(black_box(token.as_bytes()), key, &POLICY, now, scratch)?;
    black_box(jwt.claims());
    Ok(())
}

fn accepted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("accepted");
    for alg in ALGORITHMS {
        let (token, key) = token_and_key(alg);
        let mut scratch = vec![0; scratch_len(token.len())];
        group.bench_function(BenchmarkId::from_parameter(alg), |bencher| {
            bencher.iter(|| verdict(&token, &key, 1_750_000_000, &mut scratch).unwrap());
        });
    }
    group.finish();
}

fn refused(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("refused");
    let (token, key) = token_and_key("HS256");
    let mut scratch = vec![0; scratch_len(token.len())];
    for (name, token, now) in [
        ("expired", token.clone(), i64::MAX),
        // Well-formed, and longer than any MAC is.
        ("bad signature", format!("{token}AA"), 0),
        ("malformed", token.replace('.', ""), 0),
    ] {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| verdict(&token, &key, now, &mut scratch).unwrap_err());
        });
    }
    group.finish();
}

criterion_group!(benches, accepted, refused);
criterion_main!(benches);
