//! Makes signed.json and odd.json with jsonwebtoken (on aws-lc-rs). See README.md.

use std::cell::RefCell;
use std::collections::HashMap;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};

#[path = "../../common.rs"]
mod common;
use common::{Head, Maker, Material, Payload, VectorFile};

#[derive(Default)]
struct Jsonwebtoken {
    keys: RefCell<HashMap<String, EncodingKey>>,
}

impl Jsonwebtoken {
    fn key(&self, alg: &str, bits: u32) -> EncodingKey {
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

fn generate(alg: &str, bits: u32) -> EncodingKey {
    let rng = SystemRandom::new();
    let ec = |curve| {
        EncodingKey::from_ec_der(EcdsaKeyPair::generate_pkcs8(curve, &rng).unwrap().as_ref())
    };
    let secret = |len| {
        let mut secret = vec![0; len];
        rng.fill(&mut secret).unwrap();
        EncodingKey::from_secret(&secret)
    };
    match alg {
        "HS256" => secret(32),
        "HS384" => secret(48),
        "HS512" => secret(64),
        "ES256" => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
        "ES384" => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => {
            let size = match bits {
                2048 => KeySize::Rsa2048,
                3072 => KeySize::Rsa3072,
                _ => KeySize::Rsa4096,
            };
            let der = AsDer::<Pkcs8V1Der>::as_der(&KeyPair::generate(size).unwrap()).unwrap();
            let body = STANDARD.encode(der.as_ref());
            let lines: Vec<&str> = body
                .as_bytes()
                .chunks(64)
                .map(|l| std::str::from_utf8(l).unwrap())
                .collect();
            let label = "PRIVATE KEY";
            let pem = format!(
                "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
                lines.join("\n")
            );
            EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
        }
    }
}

impl Maker for Jsonwebtoken {
    const ALGS: &'static [&'static str] = &[
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384",
    ];
    const BYTES: bool = true;

    fn material(&self, alg: &str, bits: u32) -> Material {
        let key = self.key(alg, bits);
        if alg.starts_with("HS") {
            return Material::Secret(key.as_bytes().to_vec());
        }
        let jwk = Jwk::from_encoding_key(&key, alg.parse().unwrap()).unwrap();
        Material::Jwk(serde_json::to_value(jwk).unwrap())
    }

    fn sign(&self, alg: &str, bits: u32, head: Head<'_>, payload: Payload<'_>) -> String {
        let (key, algorithm) = (self.key(alg, bits), alg.parse::<Algorithm>().unwrap());
        let mut header = Header::new(algorithm);
        header.typ = head.typ.map(str::to_string);
        header.kid = head.kid.map(str::to_string);
        match payload {
            Payload::Claims(claims) => jsonwebtoken::encode(&header, claims, &key).unwrap(),
            // The crate only signs the bytes, so header and payload are encoded here.
            Payload::Bytes(bytes) => {
                let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap());
                let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(bytes));
                let signature =
                    jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
                format!("{message}.{signature}")
            }
        }
    }
}

fn main() {
    let (maker, lock) = (Jsonwebtoken::default(), include_str!("../Cargo.lock"));
    let mut f = VectorFile::new("crate-jsonwebtoken", "jsonwebtoken", lock);
    common::signed(&mut f, &maker);
    f.write("signed.json");
    let mut f = VectorFile::new("crate-jsonwebtoken", "jsonwebtoken", lock);
    common::odd(&mut f, &maker);
    f.write("odd.json");
}
