//! Peer: ECDSA of the crate p256. Verifies the signature of the same token, without parsing it.
#![no_std]
#![no_main]

use core::hint::black_box;

use jose_verify::alg::ParameterSource;
use jose_verify_firmware::vectors::RFC7515_A3_PARTS as PARTS;
use jose_verify_firmware::{entry, exit, fail, measure};
use p256::Sec1Point;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

#[entry]
fn main() -> ! {
    let (Ok(x), Ok(y)) = (PARTS.key.bytes("x", &mut []), PARTS.key.bytes("y", &mut [])) else {
        fail("another key")
    };
    let (x, y, message, signature) = black_box((x, y, PARTS.message, PARTS.signature));
    let key = measure("peer-p256", "load", || {
        let (x, y) = (x.try_into().ok()?, y.try_into().ok()?);
        VerifyingKey::from_sec1_point(&Sec1Point::from_affine_coordinates(x, y, false)).ok()
    });
    let Some(key) = key else {
        fail("the key is refused")
    };
    let holds = measure("peer-p256", "verify", || {
        Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
    });
    if holds { exit() } else { fail("it is refused") }
}
