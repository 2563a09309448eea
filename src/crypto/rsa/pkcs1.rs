//! RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2, RFC 7518 §3.3).

use core::iter::{once, repeat_n};
use core::marker::PhantomData;

use sha2::{Sha256, Sha384, Sha512};

use super::hash::{Hash, digest};
use super::public_key::Message;
use super::scheme::{Rsa, Scheme};

/// RSASSA-PKCS1-v1_5 using SHA-256.
pub const RS256: Rsa<Pkcs1<Sha256>> = Rsa::new("RS256");

/// RSASSA-PKCS1-v1_5 using SHA-384.
pub const RS384: Rsa<Pkcs1<Sha384>> = Rsa::new("RS384");

/// RSASSA-PKCS1-v1_5 using SHA-512.
pub const RS512: Rsa<Pkcs1<Sha512>> = Rsa::new("RS512");

/// RSASSA-PKCS1-v1_5 with one hash.
#[derive(Debug, Clone, Copy)]
pub struct Pkcs1<D>(PhantomData<fn() -> D>);

impl<D: Hash> Scheme for Pkcs1<D> {
    fn is_encoding(message: &Message, _: usize, signing_input: &[u8]) -> bool {
        let hash = digest::<D>(&[signing_input]);
        encode::<D>(&hash, message.len()).eq(message.bytes())
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a digest, for a modulus of `len` bytes.
///
/// The encoding is made anew and compared whole. Nothing of what the signature holds is parsed, so there is nothing
/// in which it could differ and still pass.
fn encode<D: Hash>(hash: &[u8], len: usize) -> impl Iterator<Item = u8> {
    let fixed = D::DIGEST_INFO_PREFIX.len().saturating_add(hash.len());
    // 0x00 0x01, the padding, 0x00. The shortest modulus leaves far more than the eight bytes that are demanded.
    let padding = len.saturating_sub(fixed).saturating_sub(3);
    once(0)
        .chain(once(1))
        .chain(repeat_n(0xff, padding))
        .chain(once(0))
        .chain(D::DIGEST_INFO_PREFIX.iter().copied())
        .chain(hash.iter().copied())
}
