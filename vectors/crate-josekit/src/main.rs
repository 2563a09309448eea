//! Makes signed.json and odd.json with josekit (on OpenSSL). See README.md.

use std::cell::RefCell;
use std::collections::HashMap;

use josekit::jwk::alg::ec::EcKeyPair;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::{Jwk, KeyPair};
use josekit::jws::{
    ES256, ES384, ES512, HS256, HS384, HS512, JwsHeader, JwsSigner, PS256, PS384, PS512, RS256,
    RS384, RS512,
};
use josekit::jwt::JwtPayload;
use serde_json::Value;

#[path = "../../common.rs"]
mod common;
use common::{Head, Maker, Material, Payload, VectorFile};

#[derive(Default)]
struct Josekit {
    keys: RefCell<HashMap<String, Jwk>>,
}

impl Josekit {
    /// Returns the private JWK, without `alg`.
    fn key(&self, alg: &str, bits: u32) -> Jwk {
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

fn generate(alg: &str, bits: u32) -> Jwk {
    use josekit::jwk::alg::ec::EcCurve::{P256, P384, P521};
    match alg {
        "HS256" => Jwk::generate_oct_key(32).unwrap(),
        "HS384" => Jwk::generate_oct_key(48).unwrap(),
        "HS512" => Jwk::generate_oct_key(64).unwrap(),
        "ES256" => Jwk::generate_ec_key(P256).unwrap(),
        "ES384" => Jwk::generate_ec_key(P384).unwrap(),
        "ES512" => Jwk::generate_ec_key(P521).unwrap(),
        _ => Jwk::generate_rsa_key(bits).unwrap(),
    }
}

fn signer(alg: &str, key: &Jwk) -> Box<dyn JwsSigner> {
    match alg {
        "HS256" => Box::new(HS256.signer_from_jwk(key).unwrap()),
        "HS384" => Box::new(HS384.signer_from_jwk(key).unwrap()),
        "HS512" => Box::new(HS512.signer_from_jwk(key).unwrap()),
        "RS256" => Box::new(RS256.signer_from_jwk(key).unwrap()),
        "RS384" => Box::new(RS384.signer_from_jwk(key).unwrap()),
        "RS512" => Box::new(RS512.signer_from_jwk(key).unwrap()),
        "PS256" => Box::new(PS256.signer_from_jwk(key).unwrap()),
        "PS384" => Box::new(PS384.signer_from_jwk(key).unwrap()),
        "PS512" => Box::new(PS512.signer_from_jwk(key).unwrap()),
        "ES256" => Box::new(ES256.signer_from_jwk(key).unwrap()),
        "ES384" => Box::new(ES384.signer_from_jwk(key).unwrap()),
        "ES512" => Box::new(ES512.signer_from_jwk(key).unwrap()),
        _ => unreachable!("{alg}"),
    }
}

impl Maker for Josekit {
    const ALGS: &'static [&'static str] = &[
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384", "ES512",
    ];
    const BYTES: bool = true;

    fn material(&self, alg: &str, bits: u32) -> Material {
        let key = self.key(alg, bits);
        let public = match key.key_type() {
            "oct" => return Material::Secret(key.key_value().unwrap()),
            "EC" => EcKeyPair::from_jwk(&key).unwrap().to_jwk_public_key(),
            _ => RsaKeyPair::from_jwk(&key).unwrap().to_jwk_public_key(),
        };
        Material::Jwk(Value::Object(public.into()))
    }

    fn sign(&self, alg: &str, bits: u32, head: Head<'_>, payload: Payload<'_>) -> String {
        let signer = signer(alg, &self.key(alg, bits));
        let mut header = JwsHeader::new();
        if let Some(typ) = head.typ {
            header.set_token_type(typ);
        }
        if let Some(kid) = head.kid {
            header.set_key_id(kid);
        }
        match payload {
            Payload::Claims(claims) => {
                // josekit accepts only whole seconds for exp, nbf and iat.
                match JwtPayload::from_map(claims.as_object().unwrap().clone()) {
                    Ok(payload) => {
                        josekit::jwt::encode_with_signer(&payload, &header, &*signer).unwrap()
                    }
                    Err(_) => {
                        let bytes = serde_json::to_vec(claims).unwrap();
                        josekit::jws::serialize_compact(&bytes, &header, &*signer).unwrap()
                    }
                }
            }
            Payload::Bytes(bytes) => {
                josekit::jws::serialize_compact(bytes, &header, &*signer).unwrap()
            }
        }
    }
}

fn main() {
    let (maker, lock) = (Josekit::default(), include_str!("../Cargo.lock"));
    let mut f = VectorFile::new("crate-josekit", "josekit", lock);
    common::signed(&mut f, &maker);
    f.write("signed.json");
    let mut f = VectorFile::new("crate-josekit", "josekit", lock);
    common::odd(&mut f, &maker);
    f.write("odd.json");
}
