//! RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2, RFC 7518 §3.3).

use core::marker::PhantomData;

use super::hash::{RsaHash, digest};
use super::public_key::{MAX_MODULUS_LEN, Message};
use super::scheme::Scheme;

/// RSASSA-PKCS1-v1_5 with one hash function.
#[derive(Debug)]
pub(in crate::alg) struct Pkcs1<D>(PhantomData<fn() -> D>);

impl<D: RsaHash> Scheme for Pkcs1<D> {
    // Not inlined, so that its buffer is not on the stack while the message is recovered.
    #[inline(never)]
    fn is_encoding(message: &Message, _: usize, signing_input: &[u8]) -> bool {
        let mut buffer = [0; MAX_MODULUS_LEN];
        let hash = digest::<D>(&[signing_input]);
        verify_encoded::<D>(&hash, message.encode(&mut buffer)).is_some()
    }
}

/// Checks that the message is the EMSA-PKCS1-v1_5 encoding (RFC 8017 §9.2) of a digest: 0x00 0x01,
/// the padding, 0x00, `DigestInfo`.
///
/// Every byte is compared with the only value that is valid at its position, and positions depend
/// only on lengths. Nothing from the signature is parsed, so no other encoding of the digest can
/// pass.
fn verify_encoded<D: RsaHash>(hash: &[u8], encoded: &[u8]) -> Option<()> {
    let encoded = encoded.strip_suffix(hash)?;
    let encoded = encoded.strip_suffix(D::DIGEST_INFO_PREFIX)?;
    let encoded = encoded.strip_suffix(&[0])?;
    // RFC 8017 §9.2 requires at least eight bytes. The shortest modulus leaves far more.
    let padding = encoded.strip_prefix(&[0, 1])?;
    padding.iter().all(|b| *b == 0xff).then_some(())
}
