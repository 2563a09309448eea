//! Logs why a token was rejected. The error takes two bytes on the wire, and the host prints its
//! name.
#![no_std]
#![no_main]

use cortex_m as _;
use defmt_semihosting as _;

use jose_verify::alg::{HS256, KeyParameters};
use jose_verify::{Check, Clock, Key, Policy, Verifier};
use semihosting::process;

#[cortex_m_rt::entry]
fn main() -> ! {
    let mut token = *b"eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let secret = KeyParameters::oct(b"a secret of at least 32 bytes, for HS256");
    let verified = Key::new(HS256, &secret).and_then(|key| {
        let verifier = Verifier::new(&key, &policy);
        verifier
            .verify_in_place(&mut token, Clock::Absent)
            .map(|_| ())
    });
    match verified {
        Ok(()) => process::exit(1),
        Err(error) => defmt::error!("rejected: {} ({})", error, error.code()),
    }
    process::exit(0)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    process::exit(2)
}
