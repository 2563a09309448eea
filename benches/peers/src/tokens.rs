//! Whole tokens: signature, issuer, audience and times, and the claims in the caller's own type.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use jose_verify::alg::{MACS, P256_TABLES, P384_TABLES, P521_TABLES, SIGNATURES, Word};
use jose_verify::{Audience, Check, KeySet, Keys, NumericDate, Policy, Verifier, scratch_len};
use josekit::jws::{self, JwsVerifier};
use josekit::jwt::JwtPayloadValidator;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use jwt_simple::algorithms::{
    ECDSAP256PublicKeyLike, ECDSAP384PublicKeyLike, ES256PublicKey, ES384PublicKey, HS256Key,
    HS384Key, HS512Key, MACLike, PS256PublicKey, RS256PublicKey, RSAPublicKeyLike,
};
use jwt_simple::common::VerificationOptions;
use serde::Deserialize;

use crate::material::{AUDIENCE, ISSUER, Material, Public};
use crate::measure::Contender;

/// The claims that the caller reads, owned.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only deserialized here")]
struct Owned {
    email: String,
    scope: String,
    level: u32,
    admin: bool,
}

/// The same claims, borrowed.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only deserialized here")]
struct Borrowed<'a> {
    email: &'a str,
    scope: &'a str,
    level: u32,
    admin: bool,
}

const POLICY: Policy<'static> = Policy::jwt(
    Check::Required(&[ISSUER]),
    Check::Required(Audience::AnyOf(&[AUDIENCE])),
);

pub fn contenders(material: &Material) -> Vec<Contender> {
    let mut contenders = vec![ours("jose-verify", material, key(material))];
    if let Public::Ec(_) = material.key {
        // Half of the memory is for the table that all keys of the algorithm share.
        let memory = vec![0; 2 * 64 * 1024 / size_of::<Word>()];
        let tables = [&P256_TABLES as _, &P384_TABLES as _, &P521_TABLES as _];
        let prepared = key(material).prepare(&tables, memory);
        contenders.push(ours("jose-verify, 64 KB", material, prepared));
    }
    if material.alg != "ES512" {
        contenders.push(jsonwebtoken("jsonwebtoken, aws_lc_rs", material, true));
        contenders.push(jsonwebtoken("jsonwebtoken, rust_crypto", material, false));
        contenders.push(jwt_simple(material));
    }
    contenders.push(josekit(material));
    contenders
}

/// Loads the key into a set that can hold even the longest.
fn key(material: &Material) -> KeySet<2> {
    let algorithms = if material.alg.starts_with("HS") {
        MACS
    } else {
        SIGNATURES
    };
    KeySet::from_jwk(material.jwk.as_bytes(), algorithms).unwrap()
}

fn ours(name: &str, material: &Material, keys: impl Keys + 'static) -> Contender {
    let token = material.token();
    let mut scratch = vec![0; scratch_len(token.len())];
    let mut unescaped = [0; 256];
    Contender::new(name, move || {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let now = NumericDate::from_seconds(now.as_secs().try_into().unwrap());
        let verifier = Verifier::new(&keys, &POLICY);
        let jwt = verifier
            .verify(token.as_bytes(), now, &mut scratch)
            .unwrap();
        let claims: Borrowed<'_> = jwt.claims().deserialize_in(&mut unescaped).unwrap();
        assert!(!claims.admin);
    })
}

/// Which backend jsonwebtoken uses now. A process can install only one provider, so that provider
/// chooses the backend.
static ON_AWS_LC: AtomicBool = AtomicBool::new(true);

static EITHER: CryptoProvider = CryptoProvider {
    signer_factory: aws_lc::DEFAULT_PROVIDER.signer_factory,
    verifier_factory: |algorithm, key| {
        let provider = if ON_AWS_LC.load(Ordering::Relaxed) {
            &aws_lc::DEFAULT_PROVIDER
        } else {
            &rust_crypto::DEFAULT_PROVIDER
        };
        (provider.verifier_factory)(algorithm, key)
    },
    key_utils: jsonwebtoken::crypto::KeyUtils::new_unimplemented(),
};

fn jsonwebtoken(name: &str, material: &Material, on_aws_lc: bool) -> Contender {
    // Fails after the first call, because the provider is already installed.
    let _ = EITHER.install_default();
    let token = material.token();
    let key = DecodingKey::from_jwk(&serde_json::from_str(&material.jwk).unwrap()).unwrap();
    let mut validation = Validation::new(material.alg.parse::<Algorithm>().unwrap());
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_nbf = true;
    Contender::new(name, move || {
        ON_AWS_LC.store(on_aws_lc, Ordering::Relaxed);
        let token = jsonwebtoken::decode::<Owned>(&token, &key, &validation).unwrap();
        assert!(!token.claims.admin);
    })
}

fn jwt_simple(material: &Material) -> Contender {
    let (token, jwk) = (material.token(), &material.jwk);
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_owned()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_owned()])),
        ..VerificationOptions::default()
    };
    let name = "jwt-simple, Rust";
    macro_rules! with {
        ($key:expr) => {{
            let key = $key;
            Contender::new(name, move || {
                let claims = key
                    .verify_token::<Owned>(&token, Some(options.clone()))
                    .unwrap();
                assert!(!claims.custom.admin);
            })
        }};
    }
    match (material.alg, &material.key) {
        ("HS256", Public::Secret(secret)) => with!(HS256Key::from_bytes(secret)),
        ("HS384", Public::Secret(secret)) => with!(HS384Key::from_bytes(secret)),
        ("HS512", Public::Secret(secret)) => with!(HS512Key::from_bytes(secret)),
        ("RS256", _) => with!(RS256PublicKey::from_jwk(jwk).unwrap()),
        ("PS256", _) => with!(PS256PublicKey::from_jwk(jwk).unwrap()),
        ("ES256", _) => with!(ES256PublicKey::from_jwk(jwk).unwrap()),
        _ => with!(ES384PublicKey::from_jwk(jwk).unwrap()),
    }
}

fn josekit(material: &Material) -> Contender {
    let (token, jwk) = (
        material.token(),
        josekit::jwk::Jwk::from_bytes(&material.jwk).unwrap(),
    );
    let verifier: Box<dyn JwsVerifier> = match material.alg {
        "HS256" => Box::new(jws::HS256.verifier_from_jwk(&jwk).unwrap()),
        "HS384" => Box::new(jws::HS384.verifier_from_jwk(&jwk).unwrap()),
        "HS512" => Box::new(jws::HS512.verifier_from_jwk(&jwk).unwrap()),
        "RS256" => Box::new(jws::RS256.verifier_from_jwk(&jwk).unwrap()),
        "PS256" => Box::new(jws::PS256.verifier_from_jwk(&jwk).unwrap()),
        "ES256" => Box::new(jws::ES256.verifier_from_jwk(&jwk).unwrap()),
        "ES384" => Box::new(jws::ES384.verifier_from_jwk(&jwk).unwrap()),
        _ => Box::new(jws::ES512.verifier_from_jwk(&jwk).unwrap()),
    };
    Contender::new("josekit, OpenSSL", move || {
        let (payload, _) = josekit::jwt::decode_with_verifier(&token, &*verifier).unwrap();
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(ISSUER);
        validator.set_audience(AUDIENCE);
        validator.set_base_time(SystemTime::now());
        validator.validate(&payload).unwrap();
        let claims = serde_json::Value::Object(payload.as_ref().clone());
        let claims: Owned = serde_json::from_value(claims).unwrap();
        assert!(!claims.admin);
    })
}
