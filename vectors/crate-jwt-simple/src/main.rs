//! Makes signed.json and odd.json with jwt-simple (its pure-rust feature). See README.md.

use core::time::Duration;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use jwt_simple::algorithms::*;
use jwt_simple::claims::{Audiences, Claims, JWTClaims};
use jwt_simple::prelude::{Duration, HeaderOptions};
use serde_json::{Value, json};

#[path = "../../common.rs"]
mod common;
use common::{Head, Maker, Material, NOW, Payload, VectorFile, std_request};

/// Private keys in DER, and secrets. All RSA algorithms share one key of each size.
#[derive(Default)]
struct JwtSimple {
    keys: RefCell<HashMap<String, Vec<u8>>>,
}

impl JwtSimple {
    fn key(&self, alg: &str, bits: u32) -> Vec<u8> {
        let id = if bits == 0 {
            alg.to_string()
        } else {
            format!("RSA-{bits}")
        };
        self.keys
            .borrow_mut()
            .entry(id)
            .or_insert_with(|| generate(alg, bits))
            .clone()
    }
}

fn generate(alg: &str, bits: u32) -> Vec<u8> {
    match alg {
        "HS256" => HS256Key::generate().to_bytes(),
        // The crate generates 32 bytes for every algorithm, fewer than RFC 7518 requires.
        "HS384" => [
            HS384Key::generate().to_bytes(),
            HS384Key::generate().to_bytes(),
        ]
        .concat()[..48]
            .to_vec(),
        "HS512" => [
            HS512Key::generate().to_bytes(),
            HS512Key::generate().to_bytes(),
        ]
        .concat()[..64]
            .to_vec(),
        "ES256" => ES256KeyPair::generate().to_bytes(),
        "ES384" => ES384KeyPair::generate().to_bytes(),
        _ => RS256KeyPair::generate(bits as usize)
            .unwrap()
            .to_der()
            .unwrap(),
    }
}

macro_rules! sign_with {
    ($key:expr, $method:ident, $head:expr, $claims:expr) => {{
        let mut key = $key;
        if let Some(kid) = $head.kid {
            key = key.with_key_id(kid);
        }
        let options = HeaderOptions {
            signature_type: $head.typ.map(str::to_string),
            ..Default::default()
        };
        key.$method($claims, &options).unwrap()
    }};
}

fn sign_claims<T: serde::Serialize>(
    alg: &str,
    der: &[u8],
    head: Head<'_>,
    claims: JWTClaims<T>,
) -> String {
    match alg {
        "HS256" => sign_with!(
            HS256Key::from_bytes(der),
            authenticate_with_options,
            head,
            claims
        ),
        "HS384" => sign_with!(
            HS384Key::from_bytes(der),
            authenticate_with_options,
            head,
            claims
        ),
        "HS512" => sign_with!(
            HS512Key::from_bytes(der),
            authenticate_with_options,
            head,
            claims
        ),
        "RS256" => sign_with!(
            RS256KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "RS384" => sign_with!(
            RS384KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "RS512" => sign_with!(
            RS512KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "PS256" => sign_with!(
            PS256KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "PS384" => sign_with!(
            PS384KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "PS512" => sign_with!(
            PS512KeyPair::from_der(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "ES256" => sign_with!(
            ES256KeyPair::from_bytes(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        "ES384" => sign_with!(
            ES384KeyPair::from_bytes(der).unwrap(),
            sign_with_options,
            head,
            claims
        ),
        _ => unreachable!("{alg}"),
    }
}

impl Maker for JwtSimple {
    const ALGS: &'static [&'static str] = &[
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384",
    ];
    const BYTES: bool = false;

    fn material(&self, alg: &str, bits: u32) -> Material {
        let der = self.key(alg, bits);
        let jwk = match alg {
            "RS256" => RS256KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "RS384" => RS384KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "RS512" => RS512KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "PS256" => PS256KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "PS384" => PS384KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "PS512" => PS512KeyPair::from_der(&der).unwrap().public_key().to_jwk(),
            "ES256" => ES256KeyPair::from_bytes(&der)
                .unwrap()
                .public_key()
                .to_jwk(),
            "ES384" => ES384KeyPair::from_bytes(&der)
                .unwrap()
                .public_key()
                .to_jwk(),
            _ => return Material::Secret(der),
        };
        Material::Jwk(serde_json::from_str(&jwk).unwrap())
    }

    fn sign(&self, alg: &str, bits: u32, head: Head<'_>, payload: Payload<'_>) -> String {
        let Payload::Claims(claims) = payload else {
            unreachable!("jwt-simple signs claims only")
        };
        sign_claims(alg, &self.key(alg, bits), head, all_custom(claims))
    }
}

/// Returns all claims as custom claims, so that the crate writes the values unchanged.
fn all_custom(claims: &Value) -> JWTClaims<Value> {
    JWTClaims {
        issued_at: None,
        expires_at: None,
        invalid_before: None,
        issuer: None,
        subject: None,
        audiences: None,
        jwt_id: None,
        nonce: None,
        custom: claims.clone(),
    }
}

/// Returns claims that the crate builds itself.
fn own_claims() -> JWTClaims<jwt_simple::claims::NoCustomClaims> {
    let mut claims = Claims::create(Duration::from_hours(1))
        .with_issuer("https://issuer.example.com")
        .with_subject("user-248289761001")
        .with_jwt_id("jti-0001")
        .with_nonce("n-0S6_WzA2Mj");
    claims.issued_at = Some(Duration::from_secs(NOW - 60));
    claims.invalid_before = Some(Duration::from_secs(NOW - 60));
    claims.expires_at = Some(Duration::from_secs(NOW + 3600));
    claims
}

fn main() {
    let (maker, lock) = (JwtSimple::default(), include_str!("../Cargo.lock"));
    let mut f = VectorFile::new("crate-jwt-simple", "jwt-simple", lock);
    common::signed(&mut f, &maker);
    let mut request = std_request();
    common::merge(
        &mut request,
        &json!({ "nonce": "n-0S6_WzA2Mj", "subject": "user-248289761001" }),
    );
    for alg in JwtSimple::ALGS {
        let bits = if alg.starts_with("RS") || alg.starts_with("PS") {
            2048
        } else {
            0
        };
        let (der, key) = (maker.key(alg, bits), maker.material(alg, bits));
        let one = Audiences::AsString("client-7f3a".into());
        let several = Audiences::AsSet(HashSet::from(["client-7f3a".into(), "other".into()]));
        for (name, audiences) in [("one audience", one), ("several audiences", several)] {
            let mut claims = own_claims();
            claims.audiences = Some(audiences);
            let token = sign_claims(alg, &der, Head::default(), claims);
            f.add(
                format!("{alg} claims set by jwt-simple, {name}"),
                &token,
                &key,
                &[alg],
                "jwt",
                &request,
                None,
            );
        }
    }
    f.write("signed.json");
    let mut f = VectorFile::new("crate-jwt-simple", "jwt-simple", lock);
    common::odd(&mut f, &maker);
    f.write("odd.json");
}
