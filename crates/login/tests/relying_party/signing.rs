//! Keys that sign, as a provider or a client does.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

/// A key that signs with ES256, or a secret that signs with HS256.
#[derive(Clone)]
pub(crate) enum TestKey {
    Ec(Box<SigningKey>),
    Secret(Vec<u8>),
}

impl TestKey {
    pub(crate) fn new(number: u16) -> Self {
        let bytes = [number.to_be_bytes(); 16].concat();
        Self::Ec(Box::new(SigningKey::from_slice(&bytes).unwrap()))
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Secret(_) => "HS256",
        }
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let Self::Ec(key) = self else {
            panic!("a secret is not published");
        };
        let point = key.verifying_key().to_sec1_point(false);
        let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..]);
        json!({
            "kty": "EC", "crv": "P-256", "kid": kid,
            "x": Base64UrlUnpadded::encode_string(x), "y": Base64UrlUnpadded::encode_string(y),
        })
    }

    pub(crate) fn sign_bytes(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Ec(key) => {
                let signature: Signature = key.sign(text);
                signature.to_bytes().to_vec()
            }
            Self::Secret(secret) => hmac(secret, text),
        }
    }

    /// Signs a JWT whose header names this key as `kid`.
    pub(crate) fn sign(&self, kid: &str, claims: &Value) -> String {
        self.sign_with_header(&json!({ "alg": self.alg(), "kid": kid }), claims)
    }

    pub(crate) fn sign_with_header(&self, header: &Value, claims: &Value) -> String {
        let text = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
        let signed = format!("{}.{}", text(header), text(claims));
        let signature = Base64UrlUnpadded::encode_string(&self.sign_bytes(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// HMAC with SHA-256 (RFC 2104), for keys of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> {
        let padded = key.iter().chain(std::iter::repeat(&0)).take(64);
        padded.map(|k| k ^ byte).collect()
    };
    let inner = sha256(&[&pad(0x36), text]);
    sha256(&[&pad(0x5c), &inner])
}

pub(crate) fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let mut buffer = [0; MAX_DIGEST_LEN];
    SHA256.digest(parts, &mut buffer).to_vec()
}

/// The value of `at_hash` and `c_hash` for ES256 and HS256 (OpenID Connect Core §3.1.3.6).
pub(crate) fn left_half(text: &str) -> String {
    Base64UrlUnpadded::encode_string(&sha256(&[text.as_bytes()])[..16])
}
