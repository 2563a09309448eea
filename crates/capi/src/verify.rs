//! Verifying a token.

use core::ptr;

use jose_verify::{Clock, NumericDate, Policy, Verified, scratch_len};

use crate::claims::jv_claims;
use crate::code::{Code, jv_error, number};
use crate::ffi_ptr::{
    array, bytes_mut, check_disjoint, reference, sized_reference, sized_reference_mut,
};
use crate::key_set::jv_key_set;
use crate::policy::{Expected, jv_policy, texts_apart};

/// Instead of the time, on a device without a clock: times must still be numbers, but nothing is
/// compared with them, so expired tokens pass. Make up for it with a nonce or a version.
pub const JV_NO_CLOCK: i64 = -0x7FFF_FFFF_FFFF_FFFF;

/// Bytes of scratch that suffice for any token of this length.
#[unsafe(no_mangle)]
pub extern "C" fn jv_scratch_len(token_len: usize) -> usize {
    scratch_len(token_len)
}

/// Verifies a JWT: its signature with `keys`, then its claims against `policy` at the time `now`,
/// in seconds since 1970-01-01T00:00:00Z, or `JV_NO_CLOCK`.
///
/// `claims` receives the result and reads from `scratch`, which is therefore left alone as long as
/// claims are read. After an error the claims are empty.
///
/// # Safety
///
/// `token` is `token_len` bytes, `scratch` is `scratch_len` bytes that nobody else uses, `keys` a
/// key set, `policy` a policy whose strings are there, `claims` a `jv_claims` that begins with its
/// size. Each pointer may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_verify(
    token: *const u8,
    token_len: usize,
    keys: *const jv_key_set,
    policy: *const jv_policy,
    now: i64,
    scratch: *mut u8,
    scratch_len: usize,
    claims: *mut jv_claims,
) -> jv_error {
    let claims_len = size_of::<jv_claims>();
    let disjoint = check_disjoint(token, token_len, scratch, scratch_len)
        .and_then(|()| check_disjoint(token, token_len, claims.cast(), claims_len))
        .and_then(|()| check_disjoint(scratch, scratch_len, claims.cast(), claims_len))
        .and_then(|()| check_disjoint(scratch, scratch_len, policy.cast(), size_of::<jv_policy>()));
    let work = |keys: &jv_key_set, policy: &Policy<'_>| {
        disjoint?;
        texts_apart(policy, scratch, scratch_len)?;
        keys.apart_from(scratch, scratch_len)?;
        // SAFETY: the caller's promise.
        let token = unsafe { array(token, token_len) }?;
        // SAFETY: the caller's promise, and nothing else of this call lies there.
        let scratch = unsafe { bytes_mut(scratch, scratch_len) }?;
        Ok(keys.verifier(policy).verify(token, clock(now), scratch)?)
    };
    // SAFETY: the caller's promise.
    number(unsafe { verify_into(keys, policy, claims, work) })
}

/// [`jv_verify`] without a scratch buffer: the token is decoded over its own text, which is no
/// token afterwards, whatever comes of it. `claims` reads from there.
///
/// # Safety
///
/// As for [`jv_verify`]; nobody else uses the token's bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_verify_in_place(
    token: *mut u8,
    token_len: usize,
    keys: *const jv_key_set,
    policy: *const jv_policy,
    now: i64,
    claims: *mut jv_claims,
) -> jv_error {
    let disjoint = check_disjoint(token, token_len, claims.cast(), size_of::<jv_claims>())
        .and_then(|()| check_disjoint(token, token_len, policy.cast(), size_of::<jv_policy>()));
    let work = |keys: &jv_key_set, policy: &Policy<'_>| {
        disjoint?;
        texts_apart(policy, token, token_len)?;
        keys.apart_from(token, token_len)?;
        // SAFETY: the caller's promise, and nothing else of this call lies there.
        let token = unsafe { bytes_mut(token, token_len) }?;
        Ok(keys.verifier(policy).verify_in_place(token, clock(now))?)
    };
    // SAFETY: the caller's promise.
    number(unsafe { verify_into(keys, policy, claims, work) })
}

/// # Safety
///
/// As for [`jv_verify`]; `work` lends from buffers that C leaves alone as long as it reads claims.
unsafe fn verify_into<'b>(
    keys: *const jv_key_set,
    policy: *const jv_policy,
    claims: *mut jv_claims,
    work: impl FnOnce(&jv_key_set, &Policy<'_>) -> Result<Verified<'b>, Code>,
) -> Result<(), Code> {
    // SAFETY: the caller's promise.
    let claims = unsafe { sized_reference_mut(claims) }?;
    // First, so that there are none of an earlier token after an error.
    claims.clear();
    let (claims_len, policy_len) = (size_of::<jv_claims>(), size_of::<jv_policy>());
    check_disjoint(
        ptr::from_ref(claims).cast(),
        claims_len,
        policy.cast(),
        policy_len,
    )?;
    // SAFETY: the caller's promise.
    let keys = unsafe { reference(keys) }?;
    // SAFETY: the caller's promise.
    let policy = unsafe { sized_reference(policy) }?;
    // SAFETY: the caller's promise.
    let expected = unsafe { Expected::new(policy) }?;
    let verified = work(keys, &expected.policy())?;
    // SAFETY: the caller's promise.
    unsafe { claims.set(&verified) };
    Ok(())
}

fn clock(now: i64) -> Clock {
    match now {
        JV_NO_CLOCK => Clock::Absent,
        seconds => Clock::Now(NumericDate::from_seconds(seconds)),
    }
}
