//! Random values: state, nonce, code verifier, and the identifiers of client assertions.

use base64ct::{Base64UrlUnpadded, Encoding};

/// Returns 256 random bits in base64url, as RFC 7636 §4.1 recommends for a code verifier.
pub(crate) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}
