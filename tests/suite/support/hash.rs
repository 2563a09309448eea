//! The hash of an algorithm, by the algorithm's name, and constructions on top of it.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// Hashes with SHA-256, SHA-384 or SHA-512, according to the last three digits of the name.
pub(crate) fn digest(alg: &str, parts: &[&[u8]]) -> Vec<u8> {
    let message = parts.concat();
    match &alg[2..] {
        "256" => Sha256::digest(message).to_vec(),
        "384" => Sha384::digest(message).to_vec(),
        "512" => Sha512::digest(message).to_vec(),
        other => panic!("hash {other}"),
    }
}

/// Returns the bytes before the digest in an RSASSA-PKCS1-v1_5 signature (RFC 8017 §9.2): a
/// SEQUENCE with the hash's identifier and NULL parameters, and the head of an OCTET STRING.
pub(crate) fn digest_info(alg: &str) -> Vec<u8> {
    let (last_arc, len) = match &alg[2..] {
        "256" => (1, 32),
        "384" => (2, 48),
        "512" => (3, 64),
        other => panic!("hash {other}"),
    };
    let oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last_arc];
    let identifier = [&[0x30, 0x0d, 0x06, 0x09], &oid[..], &[0x05, 0x00]].concat();
    [&[0x30, 0x11 + len], &identifier[..], &[0x04, len]].concat()
}

/// RFC 2104 §2: H(K ⊕ opad ‖ H(K ⊕ ipad ‖ text)), where K has the length of the hash's block.
pub(crate) fn hmac(alg: &str, secret: &[u8], text: &[u8]) -> Vec<u8> {
    let block_len = if alg.ends_with("256") { 64 } else { 128 };
    let mut key = secret.to_vec();
    if key.len() > block_len {
        key = digest(alg, &[secret]);
    }
    key.resize(block_len, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    digest(alg, &[&pad(0x5c), &digest(alg, &[&pad(0x36), text])])
}
