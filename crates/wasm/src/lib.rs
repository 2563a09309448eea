//! Verifies access tokens and other JWTs signed with ES256 or RS256 in a WebAssembly module that
//! imports nothing: no clock, no allocator, no JavaScript glue. `verify.mjs` shows how to call it.
#![no_std]

use core::cell::UnsafeCell;
use core::str;
use core::time::Duration;

use jose_verify::alg::{ES256, RS256};
use jose_verify::{Audience, Check, Clock, Error, KeySet, Limit, NumericDate, Policy, Verifier};

/// Size of the input buffer, which holds a JWK Set, a token, an issuer and an audience.
const INPUT_LEN: usize = 64 * 1024;

/// The number of the error for a `now` that is not a time, as in C.
const TIME_OUT_OF_RANGE: u32 = 1010;

/// The buffers that JavaScript accesses through their addresses.
struct Shared {
    input: UnsafeCell<[u8; INPUT_LEN]>,
    /// Offset and length of the claims in the input.
    claims: UnsafeCell<(usize, usize)>,
}

// SAFETY: the module is built without the threads feature, so it has a single thread.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    input: UnsafeCell::new([0; INPUT_LEN]),
    claims: UnsafeCell::new((0, 0)),
};

/// Returns the address of the input buffer.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *mut u8 {
    SHARED.input.get().cast()
}

/// Returns the size of the input buffer in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn input_len() -> usize {
    INPUT_LEN
}

/// Verifies a JWT, which must contain `exp`, the issuer and the audience.
///
/// The input buffer contains a JWK Set, the token, the issuer and the audience, in this order and
/// without separators. Returns 0, or the number of the error.
///
/// `now` is in seconds since the epoch, with or without a fraction. Without one, it stands for the
/// whole second that begins then. Everything else is error 1010: NaN, to which JavaScript converts
/// `undefined` and most strings; 0, to which it converts `null` and the empty string; and numbers
/// that are negative, infinite, or too large for 64 bits.
#[unsafe(no_mangle)]
pub extern "C" fn verify(
    jwks_len: usize,
    token_len: usize,
    issuer_len: usize,
    audience_len: usize,
    now: f64,
) -> u32 {
    // SAFETY: no reference to the input outlives the call that created it.
    let input = unsafe { &mut *SHARED.input.get() };
    let lens = [jwks_len, token_len, issuer_len, audience_len];
    let (code, claims) = match claims_range(input, lens, now) {
        Ok(claims) => (0, claims),
        Err(code) => (code, (0, 0)),
    };
    // SAFETY: no reference to `SHARED.claims` exists.
    unsafe { *SHARED.claims.get() = claims };
    code
}

/// Returns the address of the claims of the last verified token: JSON in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn claims() -> *const u8 {
    // SAFETY: no reference to `SHARED.claims` exists, and the offset is within the input.
    unsafe { input().add((*SHARED.claims.get()).0) }
}

/// Returns the length of the claims in bytes, or 0 if the last call to `verify` failed.
#[unsafe(no_mangle)]
pub extern "C" fn claims_len() -> usize {
    // SAFETY: no reference to `SHARED.claims` exists.
    unsafe { (*SHARED.claims.get()).1 }
}

/// Verifies the token. Returns the offset and length of its claims in the input, or the number of
/// the error.
fn claims_range(input: &mut [u8], lens: [usize; 4], now: f64) -> Result<(usize, usize), u32> {
    let start = input.as_ptr().addr();
    let parts = split_all(input, lens).map_err(number)?;
    let clock = clock(now).ok_or(TIME_OUT_OF_RANGE)?;
    let claims = verify_parts(parts, clock).map_err(number)?;
    Ok((claims.as_ptr().addr() - start, claims.len()))
}

/// Returns what is known about the time, or `None` if the number is not a time.
fn clock(now: f64) -> Option<Clock> {
    // Also false for NaN. The smallest float beyond `i64::MAX` is 2^63.
    if !(now > 0.0 && now < 9_223_372_036_854_775_808.0) {
        return None;
    }
    // `as` truncates.
    let seconds = now as i64;
    let fraction = now - seconds as f64;
    if fraction == 0.0 {
        return Some(Clock::Second(seconds));
    }
    // Rounded to microseconds. Floats near the current time are a quarter of a microsecond apart,
    // so a token with the same decimal time would otherwise appear to be from the future.
    let micros = (fraction * 1e6 + 0.5) as u32;
    Some(NumericDate::new(seconds, micros * 1000).into())
}

fn number(error: Error) -> u32 {
    error.code().into()
}

/// Splits the input into the JWK Set, the token, the issuer and the audience.
fn split_all(input: &mut [u8], lens: [usize; 4]) -> Result<[&mut [u8]; 4], Error> {
    let [jwks_len, token_len, issuer_len, audience_len] = lens;
    let (jwks, rest) = split(input, jwks_len)?;
    let (token, rest) = split(rest, token_len)?;
    let (issuer, rest) = split(rest, issuer_len)?;
    let (audience, _) = split(rest, audience_len)?;
    Ok([jwks, token, issuer, audience])
}

/// Verifies the token and returns its claims.
fn verify_parts(parts: [&mut [u8]; 4], clock: Clock) -> Result<&str, Error> {
    let [jwks, token, issuer, audience] = parts;
    let (issuers, audiences) = ([text(issuer)?], [text(audience)?]);

    let keys = KeySet::<16>::from_jwks(jwks, &[&ES256, &RS256])?;
    let policy = Policy {
        expires_at: Check::Required(Duration::ZERO),
        ..Policy::jwt(
            Check::Required(&issuers),
            Check::Required(Audience::AnyOf(&audiences)),
        )
    };
    let jwt = Verifier::new(&keys, &policy).verify_in_place(token, clock)?;
    Ok(jwt.claims().as_raw())
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
