//! Verification of tokens.

use core::ptr;

use jose_verify::{Clock, NumericDate, Policy, Verified, scratch_len};

use crate::claims::jv_claims;
use crate::code::{Code, jv_error, number};
use crate::expected::{Expected, check_strings_disjoint};
use crate::ffi_ptr::{
    array, bytes_mut, check_disjoint, reference, sized_reference, sized_reference_mut,
};
use crate::key_set::jv_key_set;
use crate::policy::jv_policy;

/// The time of a device without a clock. Time claims must still be numbers, but they are not
/// compared, so expired tokens are accepted. Compensate with a nonce or a version.
pub const JV_NO_CLOCK: i64 = -0x7FFF_FFFF_FFFF_FFFF;

/// Returns the bytes of scratch that suffice for any token of this length.
#[unsafe(no_mangle)]
pub extern "C" fn jv_scratch_len(token_len: usize) -> usize {
    scratch_len(token_len)
}

/// Verifies the signature of a JWT with `keys`, then checks its claims against `policy`.
///
/// `now` is the time in seconds since 1970-01-01T00:00:00Z, or `JV_NO_CLOCK`.
///
/// `claims` receives the result. It borrows from `scratch`, so do not modify `scratch` while you
/// read claims. After an error `claims` is empty.
///
/// # Safety
///
/// `token` is `token_len` bytes, and `scratch` is `scratch_len` bytes that nothing else uses.
/// `keys` is a key set, `policy` is a policy whose strings are valid, and `claims` is a `jv_claims`
/// that begins with its size. Each pointer may be NULL.
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
        check_strings_disjoint(policy, scratch, scratch_len)?;
        keys.check_disjoint_from(scratch, scratch_len)?;
        // SAFETY: guaranteed by the caller.
        let token = unsafe { array(token, token_len) }?;
        // SAFETY: guaranteed by the caller, and disjoint from everything else that this call uses.
        let scratch = unsafe { bytes_mut(scratch, scratch_len) }?;
        Ok(keys.verifier(policy).verify(token, clock(now), scratch)?)
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { verify_into(keys, policy, claims, work) })
}

/// Verifies like `jv_verify`, but without a scratch buffer. `token` is overwritten, even on
/// error, and `claims` borrows from it.
///
/// # Safety
///
/// As for `jv_verify`; nothing else uses the token's bytes.
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
        check_strings_disjoint(policy, token, token_len)?;
        keys.check_disjoint_from(token, token_len)?;
        // SAFETY: guaranteed by the caller, and disjoint from everything else that this call uses.
        let token = unsafe { bytes_mut(token, token_len) }?;
        Ok(keys.verifier(policy).verify_in_place(token, clock(now))?)
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { verify_into(keys, policy, claims, work) })
}

/// Runs `work` with the keys and the policy, and stores its result in `claims`.
///
/// # Safety
///
/// As for `jv_verify`; the result of `work` borrows from buffers that C does not modify while it
/// reads claims.
unsafe fn verify_into<'b>(
    keys: *const jv_key_set,
    policy: *const jv_policy,
    claims: *mut jv_claims,
    work: impl FnOnce(&jv_key_set, &Policy<'_>) -> Result<Verified<'b>, Code>,
) -> Result<(), Code> {
    // SAFETY: guaranteed by the caller.
    let claims = unsafe { sized_reference_mut(claims) }?;
    // First, so that no claims of an earlier token remain after an error.
    claims.clear();
    let (claims_len, policy_len) = (size_of::<jv_claims>(), size_of::<jv_policy>());
    check_disjoint(
        ptr::from_ref(claims).cast(),
        claims_len,
        policy.cast(),
        policy_len,
    )?;
    // SAFETY: guaranteed by the caller.
    let keys = unsafe { reference(keys) }?;
    // SAFETY: guaranteed by the caller.
    let policy = unsafe { sized_reference(policy) }?;
    // SAFETY: guaranteed by the caller.
    let expected = unsafe { Expected::new(policy) }?;
    let verified = work(keys, &expected.policy())?;
    // SAFETY: guaranteed by the caller.
    unsafe { claims.set(&verified) };
    Ok(())
}

fn clock(now: i64) -> Clock {
    match now {
        JV_NO_CLOCK => Clock::Absent,
        seconds => Clock::Now(NumericDate::from_seconds(seconds)),
    }
}
