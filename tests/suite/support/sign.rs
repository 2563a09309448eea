//! Tokens signed with HS256 during the test, mostly for tests of the checks after the signature.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jose_verify::alg::{HS256, KeyParameters};
use sha2::Sha256;

use super::Keyring;

pub(crate) const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

pub(crate) fn base64url(bytes: &[u8]) -> String {
    let mut text = vec![0; bytes.len() * 2 + 4];
    let text = Base64UrlUnpadded::encode(bytes, &mut text).unwrap();
    text.to_owned()
}

/// Returns the key that verifies the tokens of [`token`].
pub(crate) fn key() -> Keyring {
    Keyring::from_parameters(&KeyParameters::oct(SECRET), &[&HS256]).unwrap()
}

/// Returns a token with these bytes as its header and payload.
pub(crate) fn token_with_header(header: &[u8], payload: &[u8]) -> String {
    token_with_secret(SECRET, header, payload)
}

/// Returns a token with these bytes as its header and payload, signed with this secret.
pub(crate) fn token_with_secret(secret: &[u8], header: &[u8], payload: &[u8]) -> String {
    token_signed_by(header, payload, |signing_input| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(signing_input);
        mac.finalize().into_bytes().to_vec()
    })
}

/// Returns a token with these bytes as its header and payload, signed by `sign`.
pub(crate) fn token_signed_by(
    header: &[u8],
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let signing_input = format!("{}.{}", base64url(header), base64url(payload));
    let signature = sign(signing_input.as_bytes());
    format!("{signing_input}.{}", base64url(&signature))
}

/// Returns a token with these claims.
pub(crate) fn token(claims: &str) -> String {
    token_with_header(br#"{"alg":"HS256"}"#, claims.as_bytes())
}
