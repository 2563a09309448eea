//! Nothing is allocated from loading a key to reading verified claims. A global allocator counts
//! the allocations.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics if an expectation fails"
)]

use core::time::Duration;
use std::fs;
use std::path::Path;

use allocation_counter::measure;
use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{Algorithm, KeyParameters, MACS, MAX_DIGEST_LEN, SHA256, SIGNATURES};
use jose_verify::keys::jwk_thumbprint;
use jose_verify::{
    Audience, Check, Error, Issuer, IssuerVerifier, KeySet, Keys, NumericDate, Policy,
    RotatingKeys, Tenant, Verifier,
};
use serde_json::{Value, json};

const ALGORITHMS: [&str; 12] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512",
];

const POLICY: Policy<'static> = Policy::jwt(
    Check::Required(&["https://issuer.example.com"]),
    Check::Required(Audience::AnyOf(&["client-7f3a"])),
);

const NOW: NumericDate = NumericDate::from_seconds(1_750_000_000);

/// Verifies with a scratch buffer and in place, and reads a claim.
fn verify_both(token: &mut [u8], keys: &impl Keys, scratch: &mut [u8]) -> Result<(), Error> {
    let verifier = Verifier::new(keys, &POLICY);
    let jwt = verifier.verify(token, NOW, scratch)?;
    let first = jwt.claims().get("sub").is_some();
    let jwt = verifier.verify_in_place(token, NOW)?;
    assert_eq!(first, jwt.claims().subject().is_some());
    Ok(())
}

/// Loads the keys and verifies the token, with a single key and with sets.
fn load_and_verify(
    jwk: &[u8],
    jwks: &[u8],
    list: &[&'static dyn Algorithm],
    token: &mut [u8],
    scratch: &mut [u8],
) -> Result<(), Error> {
    let key = KeySet::<1>::from_jwk(jwk, list)?;
    let _ = Verifier::new(&key, &POLICY).verify(token, NOW, scratch)?;
    let keys = KeySet::<2>::from_jwks(jwks, list)?;
    let tenant = Tenant::new("https://issuer.example.com", &keys, POLICY);
    let tenants = IssuerVerifier::new(|iss| (iss == tenant.issuer()).then_some(tenant));
    let _ = tenants.verify(token, NOW, scratch)?;
    let (rotating, _) =
        RotatingKeys::<2>::new().updated(jwks, list, Duration::MAX, Duration::ZERO, |_| {})?;
    let _ = Verifier::new(&rotating, &POLICY).verify(token, NOW, scratch)?;
    verify_both(token, &keys, scratch)
}

#[test]
fn nothing_is_allocated() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/pyjwt/signed.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for name in ALGORITHMS {
        let mut cases = file["cases"].as_array().unwrap().iter();
        let case = cases.find(|case| case["expect"]["alg"] == name).unwrap();
        let jwk = match &case["secret_base64url"] {
            Value::String(secret) => format!(r#"{{"kty":"oct","k":"{secret}"}}"#),
            _ if case["keys"]["keys"].is_array() => case["keys"]["keys"][0].to_string(),
            _ => case["keys"].to_string(),
        };
        let jwks = format!(r#"{{"keys":[{{"kty":"OKP"}},{jwk}]}}"#);
        let list = if name.starts_with('H') {
            MACS
        } else {
            SIGNATURES
        };
        for token in tokens(case["token"].as_str().unwrap()) {
            let mut scratch = vec![0; token.len()];
            let is_valid = token == case["token"].as_str().unwrap();
            let mut token = token.into_bytes();
            let mut outcome = Err(Error::NoKey);
            let allocated = measure(|| {
                outcome = load_and_verify(
                    jwk.as_bytes(),
                    jwks.as_bytes(),
                    list,
                    &mut token,
                    &mut scratch,
                );
            });
            assert_eq!(outcome.is_ok(), is_valid, "{name}");
            assert_eq!(allocated.count_total, 0, "{name} {outcome:?}");
        }
    }
    assert_ne!(
        measure(|| drop(std::hint::black_box(vec![0; 100]))).count_total,
        0,
        "the allocator counts an allocation"
    );
}

/// Loads keys from PEM, certificates and `x5c`, and computes their thumbprints.
#[test]
fn nothing_is_allocated_for_published_keys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/openssl/keys.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for case in file["keys"].as_array().unwrap() {
        for (form, pem) in case["forms"].as_object().unwrap() {
            if !form.ends_with("_pem") {
                continue;
            }
            let pem = pem.as_str().unwrap();
            let member = json!({ "public_key": pem }).to_string();
            let x5c = json!({"kty": case["jwk"]["kty"], "x5c": [case["forms"]["certificate_der"]]});
            let (x5c, jwk) = (x5c.to_string(), case["jwk"].to_string());
            let mut scratch = vec![0; 2 * member.len() + x5c.len()];
            let mut outcome = Err(Error::NoKey);
            let allocated = measure(|| {
                outcome = published(pem, &member, &x5c, &jwk, &mut scratch);
            });
            assert_eq!(outcome, Ok(()), "{form}");
            assert_eq!(allocated.count_total, 0, "{form}");
        }
    }
}

fn published(
    pem: &str,
    member: &str,
    x5c: &str,
    jwk: &str,
    scratch: &mut [u8],
) -> Result<(), Error> {
    let key = KeyParameters::from_pem(pem.as_bytes(), scratch)?;
    let mut keys = KeySet::<4>::from_parameters(&key, SIGNATURES)?;
    let member = KeyParameters::from_pem_member(member.as_bytes(), "public_key", scratch)?;
    keys.add(&member, Some("a"))?;
    keys.accept(SIGNATURES)?;
    keys.add_x5c(x5c.as_bytes(), scratch)?;
    jwk_thumbprint(jwk.as_bytes(), &SHA256, &mut [0; MAX_DIGEST_LEN])?;
    let truncated = pem.get(..pem.len() / 2).unwrap_or_default();
    let rejected = KeyParameters::from_pem(truncated.as_bytes(), scratch);
    assert_eq!(rejected.err(), Some(Error::NoPemBoundary));
    Ok(())
}

/// Returns a valid token and invalid variants: a wrong signature, a wrong payload, a wrong header,
/// trailing padding, and no segments.
fn tokens(valid: &str) -> Vec<String> {
    let segments: Vec<&str> = valid.split('.').collect();
    let mut buffer = vec![0; valid.len()];
    let mut signature = Base64UrlUnpadded::decode(segments[2], &mut buffer)
        .unwrap()
        .to_vec();
    signature[7] ^= 1;
    let mut text = vec![0; valid.len()];
    let signature = Base64UrlUnpadded::encode(&signature, &mut text).unwrap();
    vec![
        valid.to_owned(),
        format!("{}.{}.{signature}", segments[0], segments[1]),
        format!("{}.e30.{}", segments[0], segments[2]),
        format!("e30.{}.{}", segments[1], segments[2]),
        format!("{valid}="),
        valid.replace('.', ""),
    ]
}
