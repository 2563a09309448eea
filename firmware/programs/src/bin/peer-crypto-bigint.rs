//! Peer: RSA with 2048 bits on the integers of crypto-bigint. Verifies the signature of the same
//! token, without parsing it. Squares and multiplies explicitly, because its `pow_vartime` takes
//! nearly twice as long for the usual exponent.
#![no_std]
#![no_main]

use core::hint::black_box;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U2048};
use jose_verify::alg::ParameterSource;
use jose_verify_firmware::vectors::RFC7515_A2_PARTS as PARTS;
use jose_verify_firmware::{entry, exit, fail, measure};
use sha2::{Digest, Sha256};

/// The DER encoding of `DigestInfo` up to the digest (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

#[entry]
fn main() -> ! {
    let Ok(n) = PARTS.key.bytes("n", &mut []) else {
        fail("another key")
    };
    let (n, message, signature) = black_box((n, PARTS.message, PARTS.signature));
    let modulus = measure("peer-crypto-bigint", "load", || {
        let odd = Option::<Odd<U2048>>::from(Odd::new(U2048::from_be_slice(n)));
        odd.map(FixedMontyParams::new_vartime)
    });
    let Some(modulus) = modulus else {
        fail("the key is refused")
    };
    let holds = measure("peer-crypto-bigint", "verify", || {
        let base = FixedMontyForm::new(&U2048::from_be_slice(signature), &modulus);
        let mut power = base.clone();
        // 65537 = 2^16 + 1
        for _ in 0..16 {
            power = power.square();
        }
        power.mul(&base).retrieve() == encoded(message)
    });
    if holds { exit() } else { fail("it is refused") }
}

/// Returns the encoded message (EMSA-PKCS1-v1_5, RFC 8017 §9.2).
fn encoded(message: &[u8]) -> U2048 {
    let mut text = [0xff; 256];
    let (padding, rest) = text.split_at_mut(256 - DIGEST_INFO.len() - 32);
    let (info, digest) = rest.split_at_mut(DIGEST_INFO.len());
    padding[0] = 0;
    padding[1] = 1;
    padding[padding.len() - 1] = 0;
    info.copy_from_slice(&DIGEST_INFO);
    digest.copy_from_slice(&Sha256::digest(message));
    U2048::from_be_slice(&text)
}
