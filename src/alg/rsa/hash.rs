//! The hash functions that RFC 7518 pairs with RSA.

use sha2::digest::{Digest, Output};
use sha2::{Sha256, Sha384, Sha512};

/// A hash function and its identifier in ASN.1.
pub(super) trait RsaHash: Digest {
    /// The DER encoding of `DigestInfo` before the digest (RFC 8017 §9.2, note 1).
    const DIGEST_INFO_PREFIX: &'static [u8];
}

impl RsaHash for Sha256 {
    const DIGEST_INFO_PREFIX: &'static [u8] = &[
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
}

impl RsaHash for Sha384 {
    const DIGEST_INFO_PREFIX: &'static [u8] = &[
        0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
        0x05, 0x00, 0x04, 0x30,
    ];
}

impl RsaHash for Sha512 {
    const DIGEST_INFO_PREFIX: &'static [u8] = &[
        0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03,
        0x05, 0x00, 0x04, 0x40,
    ];
}

/// Returns the digest of the concatenated parts.
pub(super) fn digest<D: Digest>(parts: &[&[u8]]) -> Output<D> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize()
}
