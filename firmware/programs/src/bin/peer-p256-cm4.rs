//! Peer: ECDSA of the crate p256-cm4, in assembly for Cortex-M4. Verifies the signature of the same
//! token, without parsing it.
#![no_std]
#![no_main]

use core::hint::black_box;

use jose_verify::alg::ParameterSource;
use jose_verify_firmware::vectors::RFC7515_A3_PARTS as PARTS;
use jose_verify_firmware::{entry, exit, fail, measure};
use sha2::{Digest, Sha256};

#[entry]
fn main() -> ! {
    let (Ok(x), Ok(y)) = (PARTS.key.bytes("x", &mut []), PARTS.key.bytes("y", &mut [])) else {
        fail("another key")
    };
    let (x, y, message, signature) = black_box((x, y, PARTS.message, PARTS.signature));
    let (x, y) = (words(x), words(y));
    let holds = measure("peer-p256-cm4", "verify", || {
        let (r, s) = signature.split_at(32);
        p256_cm4::verify(&x, &y, &Sha256::digest(message), &words(r), &words(s))
    });
    if holds { exit() } else { fail("it is refused") }
}

/// Converts a big-endian number to words, the least significant first.
fn words(bytes: &[u8]) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(4)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    words
}
