//! Peer: HMAC-SHA-256 of RustCrypto. Verifies the MAC of the same token, without parsing it.
#![no_std]
#![no_main]

use core::hint::black_box;

use hmac::{Hmac, KeyInit, Mac};
use jose_verify::alg::ParameterSource;
use jose_verify_firmware::vectors::RFC7515_A1_PARTS as PARTS;
use jose_verify_firmware::{entry, exit, fail, measure};
use sha2::Sha256;

#[entry]
fn main() -> ! {
    let Ok(k) = PARTS.key.bytes("k", &mut []) else {
        fail("another key")
    };
    let (secret, message, tag) = black_box((k, PARTS.message, PARTS.signature));
    let holds = measure("peer-hmac", "verify", || {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
            return false;
        };
        mac.update(message);
        mac.verify_slice(tag).is_ok()
    });
    if holds { exit() } else { fail("it is refused") }
}
