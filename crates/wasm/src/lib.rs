//! Verifies access tokens and other JWTs signed with ES256 or RS256 in a WebAssembly module that
//! imports nothing: no clock, no allocator, no JavaScript glue. `verify.mjs` shows how it is
//! called.
#![no_std]

use core::cell::UnsafeCell;
use core::str;
use core::time::Duration;

use jose_verify::alg::{ES256, RS256};
use jose_verify::{Audience, Check, Error, KeySet, Limit, NumericDate, Policy, Verifier};

/// Bytes of the buffer for a JWK Set, a token, an issuer and an audience together.
const INPUT_LEN: usize = 64 * 1024;

/// What JavaScript and this module share.
struct Shared {
    input: UnsafeCell<[u8; INPUT_LEN]>,
    /// Where in the input the claims begin, and how long they are.
    claims: UnsafeCell<(usize, usize)>,
}

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    input: UnsafeCell::new([0; INPUT_LEN]),
    claims: UnsafeCell::new((0, 0)),
};

/// The address of the input buffer.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *mut u8 {
    SHARED.input.get().cast()
}

/// Bytes that the input buffer holds.
#[unsafe(no_mangle)]
pub extern "C" fn input_len() -> usize {
    INPUT_LEN
}

/// Verifies a JWT that must have `exp`, one issuer and one audience, at a time in seconds since the
/// epoch. The input buffer holds a JWK Set, the token, the issuer and the audience one after the
/// other. 0, or the number of the error.
#[unsafe(no_mangle)]
pub extern "C" fn verify(
    jwks_len: usize,
    token_len: usize,
    issuer_len: usize,
    audience_len: usize,
    now: f64,
) -> u32 {
    // SAFETY: the only other reference to it ended when the last call did.
    let input = unsafe { &mut *SHARED.input.get() };
    let lens = [jwks_len, token_len, issuer_len, audience_len];
    let (code, claims) = match verified(input, lens, now) {
        Ok(claims) => (0, claims),
        Err(error) => (error.code().into(), (0, 0)),
    };
    // SAFETY: nobody holds a reference to it.
    unsafe { *SHARED.claims.get() = claims };
    code
}

/// The address of the claims of the token that was verified last: JSON in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn claims() -> *const u8 {
    // SAFETY: nobody holds a reference to it, and the place lies within the input.
    unsafe { input().add((*SHARED.claims.get()).0) }
}

/// Bytes of these claims; 0 after an error.
#[unsafe(no_mangle)]
pub extern "C" fn claims_len() -> usize {
    // SAFETY: nobody holds a reference to it.
    unsafe { (*SHARED.claims.get()).1 }
}

/// Where the claims stand in the input, and how long they are.
fn verified(input: &mut [u8], lens: [usize; 4], now: f64) -> Result<(usize, usize), Error> {
    let start = input.as_ptr().addr();
    let [jwks_len, token_len, issuer_len, audience_len] = lens;
    let (jwks, rest) = split(input, jwks_len)?;
    let (token, rest) = split(rest, token_len)?;
    let (issuer, rest) = split(rest, issuer_len)?;
    let (audience, _) = split(rest, audience_len)?;
    let (issuers, audiences) = ([text(issuer)?], [text(audience)?]);

    let keys = KeySet::<16>::from_jwks(jwks, &[&ES256, &RS256])?;
    let policy = Policy {
        expires_at: Check::Required(Duration::ZERO),
        ..Policy::jwt(
            Check::Required(&issuers),
            Check::Required(Audience::AnyOf(&audiences)),
        )
    };
    // JavaScript counts in floats, which hold such numbers exactly; `as` saturates beyond them.
    let now = NumericDate::from_seconds(now as i64);
    let jwt = Verifier::new(&keys, &policy).verify_in_place(token, now)?;
    let claims = jwt.claims().as_raw();
    Ok((claims.as_ptr().addr() - start, claims.len()))
}

fn split(buffer: &mut [u8], len: usize) -> Result<(&mut [u8], &mut [u8]), Error> {
    buffer
        .split_at_mut_checked(len)
        .ok_or(Error::Limit(Limit::TokenLen))
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|_| Error::MalformedJson)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
