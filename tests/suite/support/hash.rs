//! The hash of an algorithm, by the algorithm's name.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// SHA-256, SHA-384 or SHA-512 as the name's last three digits say.
pub(crate) fn digest(alg: &str, parts: &[&[u8]]) -> Vec<u8> {
    let message = parts.concat();
    match &alg[2..] {
        "256" => Sha256::digest(message).to_vec(),
        "384" => Sha384::digest(message).to_vec(),
        "512" => Sha512::digest(message).to_vec(),
        other => panic!("hash {other}"),
    }
}

/// What stands before the digest in a signature of RSASSA-PKCS1-v1_5 (RFC 8017 §9.2): a SEQUENCE of the hash's
/// identifier, with NULL for its parameters, and the head of an OCTET STRING.
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
