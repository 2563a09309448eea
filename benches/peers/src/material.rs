//! Keys, generated for each run, and tokens signed with them.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RsaEncoding};
use base64ct::{Base64UrlUnpadded, Encoding};

/// The issuer of the tokens.
pub const ISSUER: &str = "https://issuer.example.com";
/// The audience of the tokens.
pub const AUDIENCE: &str = "client-7f3a";

/// One key in the forms that the libraries take, and a token that it signed.
pub struct Material {
    pub alg: &'static str,
    pub jwk: String,
    pub key: Public,
    /// The encoded header and claims, with the dot between them.
    pub signing_input: String,
    pub signature: Vec<u8>,
}

pub enum Public {
    Secret(Vec<u8>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    Ec(Vec<u8>),
}

impl Material {
    /// Returns the whole token.
    pub fn token(&self) -> String {
        format!("{}.{}", self.signing_input, base64url(&self.signature))
    }
}

pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Returns the header and claims of a token that has about 350 characters under HS256.
fn signing_input(alg: &str, now: u64) -> String {
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
    let claims = format!(
        concat!(
            r#"{{"iss":"{iss}","sub":"user-248289761001","aud":"{aud}","#,
            r#""iat":{now},"nbf":{now},"exp":{exp},"email":"jane.doe@example.com","#,
            r#""scope":"orders:read orders:write","level":3,"admin":false}}"#
        ),
        iss = ISSUER,
        aud = AUDIENCE,
        now = now,
        exp = now + 3600
    );
    format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(claims.as_bytes())
    )
}

pub fn secret(alg: &'static str, now: u64) -> Material {
    let (algorithm, len) = match alg {
        "HS256" => (hmac::HMAC_SHA256, 32),
        "HS384" => (hmac::HMAC_SHA384, 48),
        _ => (hmac::HMAC_SHA512, 64),
    };
    let secret: Vec<u8> = (1..=len).collect();
    let signing_input = signing_input(alg, now);
    let key = hmac::Key::new(algorithm, &secret);
    Material {
        alg,
        jwk: format!(
            r#"{{"kty":"oct","alg":"{alg}","k":"{}"}}"#,
            base64url(&secret)
        ),
        signature: hmac::sign(&key, signing_input.as_bytes()).as_ref().to_vec(),
        key: Public::Secret(secret),
        signing_input,
    }
}

pub fn rsa_key(size: KeySize) -> rsa::KeyPair {
    rsa::KeyPair::generate(size).unwrap()
}

pub fn rsa(alg: &'static str, pair: &rsa::KeyPair, now: u64) -> Material {
    let encoding: &'static dyn RsaEncoding = match alg {
        "RS256" => &signature::RSA_PKCS1_SHA256,
        _ => &signature::RSA_PSS_SHA256,
    };
    let public = pair.public_key();
    let n = public.modulus().big_endian_without_leading_zero().to_vec();
    let e = public.exponent().big_endian_without_leading_zero().to_vec();
    let signing_input = signing_input(alg, now);
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(encoding, &random, signing_input.as_bytes(), &mut signature)
        .unwrap();
    Material {
        alg,
        jwk: format!(
            r#"{{"kty":"RSA","alg":"{alg}","n":"{}","e":"{}"}}"#,
            base64url(&n),
            base64url(&e)
        ),
        key: Public::Rsa { n, e },
        signing_input,
        signature,
    }
}

pub fn ec(alg: &'static str, now: u64) -> Material {
    let (crv, algorithm): (_, &'static EcdsaSigningAlgorithm) = match alg {
        "ES256" => ("P-256", &signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        "ES384" => ("P-384", &signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => ("P-521", &signature::ECDSA_P521_SHA512_FIXED_SIGNING),
    };
    let pair = EcdsaKeyPair::generate(algorithm).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    let (x, y) = point[1..].split_at(point.len() / 2);
    let signing_input = signing_input(alg, now);
    let signature = pair
        .sign(&SystemRandom::new(), signing_input.as_bytes())
        .unwrap();
    Material {
        alg,
        jwk: format!(
            r#"{{"kty":"EC","alg":"{alg}","crv":"{crv}","x":"{}","y":"{}"}}"#,
            base64url(x),
            base64url(y)
        ),
        signature: signature.as_ref().to_vec(),
        key: Public::Ec(point),
        signing_input,
    }
}
