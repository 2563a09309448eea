//! Logs why a token was refused: two bytes for the error on the wire, its name on the host.
#![no_std]
#![no_main]

use cortex_m as _;
use defmt_semihosting as _;

use jose_verify::{Check, Clock, HS256, Key, oidc, verify_in_place};
use semihosting::process;

#[cortex_m_rt::entry]
fn main() -> ! {
    let mut token = *b"eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let policy = oidc::jwt(Check::NotChecked, Check::NotChecked);
    let refused = Key::from_secret(b"a secret of at least 32 bytes, for HS256", &[&HS256])
        .and_then(|key| verify_in_place(&mut token, &key, &policy, Clock::Absent).map(|_| ()));
    match refused {
        Ok(()) => process::exit(1),
        Err(error) => defmt::error!("refused: {} ({})", error, error.code()),
    }
    process::exit(0)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    process::exit(2)
}
