//! RSASSA-PSS (RFC 8017 §8.1.2, RFC 7518 §3.5): MGF1 with the same hash function, and a salt as
//! long as the digest.

use core::marker::PhantomData;

use super::hash::{RsaHash, digest};
use super::public_key::{MAX_MODULUS_LEN, Message};
use super::scheme::Scheme;
use crate::alg::InvalidSignature;

/// The last byte of an encoded message (RFC 8017 §9.1.1).
const TRAILER: u8 = 0xbc;

/// RSASSA-PSS with one hash function.
#[derive(Debug)]
pub(in crate::alg) struct Pss<D>(PhantomData<fn() -> D>);

impl<D: RsaHash> Scheme for Pss<D> {
    // Not inlined, so that its buffer is not on the stack while the message is recovered.
    #[inline(never)]
    fn is_encoding(message: &Message, modulus_bits: usize, signing_input: &[u8]) -> bool {
        let mut buffer = [0; MAX_MODULUS_LEN];
        let encoded = message.encode(&mut buffer);
        let hash = digest::<D>(&[signing_input]);
        verify_encoded::<D>(&hash, encoded, modulus_bits.saturating_sub(1)).is_ok()
    }
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2) for an encoded message of `bits` bits, which ends at the end
/// of `encoded`. Overwrites `encoded`.
fn verify_encoded<D: RsaHash>(
    hash: &[u8],
    encoded: &mut [u8],
    bits: usize,
) -> Result<(), InvalidSignature> {
    // The encoded message has one bit less than the modulus, so it may have one byte less. The byte
    // before it must be zero (RFC 8017 §8.1.2, step 2c).
    let leading = encoded.len().saturating_sub(bits.div_ceil(8));
    let (zeros, encoded) = encoded
        .split_at_mut_checked(leading)
        .ok_or(InvalidSignature)?;
    ensure(zeros.iter().all(|b| *b == 0))?;

    // maskedDB ‖ H ‖ 0xbc
    let (trailer, encoded) = encoded.split_last_mut().ok_or(InvalidSignature)?;
    ensure(*trailer == TRAILER)?;
    let db_len = encoded
        .len()
        .checked_sub(hash.len())
        .ok_or(InvalidSignature)?;
    let (db, h) = encoded
        .split_at_mut_checked(db_len)
        .ok_or(InvalidSignature)?;

    // The unused highest bits must be zero before unmasking, and are cleared after it (RFC 8017
    // §9.1.2, steps 6 and 9).
    let unused = u32::try_from(bits.wrapping_neg() & 7).map_err(|_| InvalidSignature)?;
    let first = db.first().copied().unwrap_or(u8::MAX);
    ensure(first.leading_zeros() >= unused)?;
    unmask::<D>(h, db);
    if let Some(first) = db.first_mut() {
        *first &= u8::MAX >> unused;
    }

    // DB = zeros ‖ 0x01 ‖ salt, where the salt is as long as the digest.
    let salt_at = db.len().checked_sub(hash.len()).ok_or(InvalidSignature)?;
    let (padding, salt) = db.split_at_checked(salt_at).ok_or(InvalidSignature)?;
    let (one, zeros) = padding.split_last().ok_or(InvalidSignature)?;
    ensure(*one == 1 && zeros.iter().all(|b| *b == 0))?;

    ensure(digest::<D>(&[&[0; 8], hash, salt]).as_slice() == h)
}

/// Removes the mask that MGF1 (RFC 8017 §B.2.1) generates from `seed`, which has the length of one
/// digest.
fn unmask<D: RsaHash>(seed: &[u8], masked: &mut [u8]) {
    for (counter, chunk) in (0_u32..).zip(masked.chunks_mut(seed.len())) {
        let mask = digest::<D>(&[seed, &counter.to_be_bytes()]);
        chunk
            .iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
    }
}

fn ensure(holds: bool) -> Result<(), InvalidSignature> {
    if holds { Ok(()) } else { Err(InvalidSignature) }
}
