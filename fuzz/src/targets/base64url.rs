//! Each segment decodes to the same bytes as with the crate `base64`, or both reject it.

use jose_verify::{Error, Options, scratch_len};

use crate::any_signature::AnySignature;
use crate::{pipeline, token};

/// Decodes `text` as a payload, as a signature, and as a header.
pub fn check(text: &[u8]) {
    // A dot would split it into several segments.
    let text: Vec<u8> = text.iter().copied().filter(|b| *b != b'.').collect();
    let strict = token::decode(&text).ok_or(Error::MalformedBase64url);
    let header = token::encode(token::HEADER);

    let key = AnySignature::default();
    let token = [header.as_bytes(), &text, b""].join(&b'.');
    let payload = pipeline::jws(&token, &key, Options::new()).map(|jws| jws.payload);
    assert_eq!(payload, strict, "payload");

    let token = [header.as_bytes(), b"", &text].join(&b'.');
    let signature = pipeline::jws(&token, &key, Options::new()).map(|_| key.last().signature);
    assert_eq!(signature, strict, "signature");

    let token = [&text[..], b"", b""].join(&b'.');
    let mut scratch = vec![0; scratch_len(token.len())];
    let error = Options::new()
        .peek_header_untrusted(&token, &mut scratch)
        .err();
    let malformed = error == Some(Error::MalformedBase64url);
    assert_eq!(malformed, strict.is_err(), "header");
}
