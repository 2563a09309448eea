//! Assembles and splits tokens, with the crate `base64`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A valid header, so that the pipeline reads the payload.
pub const HEADER: &[u8] = br#"{"alg":"ES256"}"#;

/// Encodes as base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes strict base64url: no padding, and zero in the trailing bits.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Returns a token of these decoded parts.
pub fn join(header: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    [header, payload, signature].map(encode).join(".").into()
}

/// Returns the same token with each segment padded to a multiple of four characters.
pub fn padded(token: &[u8]) -> Vec<u8> {
    let pad = |segment: &[u8]| {
        let mut segment = segment.to_vec();
        segment.resize(segment.len().next_multiple_of(4), b'=');
        segment
    };
    let segments: Vec<_> = token.split(|b| *b == b'.').map(pad).collect();
    segments.join(&b'.')
}
