//! What every program here shares: inputs that the compiler cannot see through, and a panic handler.
#![no_std]

use core::hint::black_box;

use jose_verify::{Algorithm, Check, Clock, KeySet, oidc, verify};

/// Verifies a token of unknown content with a key set of unknown content.
pub fn verify_unknown(algorithms: &'static [&'static dyn Algorithm]) -> u16 {
    let (jwks, token): (&[u8], &[u8]) = black_box((&[], &[]));
    let policy = oidc::id_token(&["https://issuer.example.com"], &["client"], Check::NotChecked);
    let mut scratch = [0; 1024];
    let result = KeySet::<1>::from_jwks(jwks, algorithms)
        .and_then(|keys| verify(token, &keys, &policy, Clock::Absent, &mut scratch).map(|_| ()));
    match result {
        Ok(()) => 0,
        Err(error) => error.code(),
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
