//! Verification of tokens.

use jose_verify::{Clock, NumericDate, Policy, Verified};

use crate::claims::jv_claims;
use crate::code::{Code, JV_TIME_OUT_OF_RANGE, jv_error, number};
use crate::expected::{Expected, check_strings_disjoint};
use crate::ffi_ptr::{Region, array, bytes_mut, reference, sized_reference, zeroed_bytes};
use crate::key_set::jv_key_set;
use crate::policy::jv_policy;

/// The time of a device without a clock. Time claims must still be numbers, but they are not
/// compared, so expired tokens are accepted. Compensate with a nonce or a version.
pub const JV_NO_CLOCK: i64 = -0x7FFF_FFFF_FFFF_FFFF;

/// Nanoseconds in a second.
const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Returns the bytes of scratch that suffice for any token of this length.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_scratch_len(token_len: usize) -> usize {
    jose_verify::scratch_len(token_len)
}

/// Verifies the signature of a JWT with `keys`, then checks its claims against `policy`.
///
/// `now` is the time in whole seconds since 1970-01-01T00:00:00Z, or `JV_NO_CLOCK`. `exp` is
/// compared with the start of this second, and times that must not be in the future with its end.
/// Every other negative time is an error (`JV_TIME_OUT_OF_RANGE`). An example is `(time_t)-1`, with
/// which `time` reports a failure.
///
/// `claims` receives the result. It borrows from `scratch`, so do not modify `scratch` while you
/// read claims. After an error `claims` is empty.
///
/// # Safety
///
/// `token` is `token_len` bytes, and `scratch` is `scratch_len` bytes that nothing else uses.
/// `keys` is a key set, `policy` is a policy whose strings are valid, and `claims` is a `jv_claims`
/// that begins with its size. Each pointer may be NULL.
#[must_use]
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
    let call = Call {
        keys,
        policy,
        clock: whole_seconds(now),
        claims,
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { call.verify(token, token_len, scratch, scratch_len) })
}

/// Verifies like `jv_verify`, at a time with fractions of a second. `seconds` since
/// 1970-01-01T00:00:00Z must not be negative, and `nanoseconds` must be less than 1,000,000,000.
///
/// # Safety
///
/// As for `jv_verify`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_verify_at(
    token: *const u8,
    token_len: usize,
    keys: *const jv_key_set,
    policy: *const jv_policy,
    seconds: i64,
    nanoseconds: u32,
    scratch: *mut u8,
    scratch_len: usize,
    claims: *mut jv_claims,
) -> jv_error {
    let call = Call {
        keys,
        policy,
        clock: fractions(seconds, nanoseconds),
        claims,
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { call.verify(token, token_len, scratch, scratch_len) })
}

/// Verifies like `jv_verify`, but without a scratch buffer. `token` is overwritten, even on
/// error, and `claims` borrows from it.
///
/// # Safety
///
/// As for `jv_verify`; nothing else uses the token's bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_verify_in_place(
    token: *mut u8,
    token_len: usize,
    keys: *const jv_key_set,
    policy: *const jv_policy,
    now: i64,
    claims: *mut jv_claims,
) -> jv_error {
    let call = Call {
        keys,
        policy,
        clock: whole_seconds(now),
        claims,
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { call.verify_in_place(token, token_len) })
}

/// Verifies like `jv_verify_in_place`, at a time as for `jv_verify_at`.
///
/// # Safety
///
/// As for `jv_verify_in_place`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_verify_in_place_at(
    token: *mut u8,
    token_len: usize,
    keys: *const jv_key_set,
    policy: *const jv_policy,
    seconds: i64,
    nanoseconds: u32,
    claims: *mut jv_claims,
) -> jv_error {
    let call = Call {
        keys,
        policy,
        clock: fractions(seconds, nanoseconds),
        claims,
    };
    // SAFETY: guaranteed by the caller.
    number(unsafe { call.verify_in_place(token, token_len) })
}

/// Converts the time of `jv_verify`.
///
/// # Errors
///
/// `JV_TIME_OUT_OF_RANGE` if the time is negative and not `JV_NO_CLOCK`.
fn whole_seconds(now: i64) -> Result<Clock, Code> {
    match now {
        JV_NO_CLOCK => Ok(Clock::Absent),
        0.. => Ok(Clock::Second(now)),
        _ => Err(Code(JV_TIME_OUT_OF_RANGE)),
    }
}

/// Converts the time of `jv_verify_at`.
///
/// # Errors
///
/// `JV_TIME_OUT_OF_RANGE` if the seconds are negative, or the nanoseconds are a second or more.
fn fractions(seconds: i64, nanoseconds: u32) -> Result<Clock, Code> {
    if seconds < 0 || nanoseconds >= NANOS_PER_SECOND {
        return Err(Code(JV_TIME_OUT_OF_RANGE));
    }
    Ok(NumericDate::new(seconds, nanoseconds).into())
}

/// Verifies a token with keys, a policy and a time.
type Work<'w, 'b> = dyn Fn(&jv_key_set, &Policy<'_>, Clock) -> Result<Verified<'b>, Code> + 'w;

/// What C passes to every function that verifies, apart from the token.
struct Call {
    keys: *const jv_key_set,
    policy: *const jv_policy,
    clock: Result<Clock, Code>,
    claims: *mut jv_claims,
}

impl Call {
    /// Verifies a token with a scratch buffer.
    ///
    /// # Safety
    ///
    /// As for `jv_verify`.
    unsafe fn verify(
        &self,
        token: *const u8,
        token_len: usize,
        scratch: *mut u8,
        scratch_len: usize,
    ) -> Result<(), Code> {
        let (read, written) = (
            Region::new(token, token_len),
            Region::new(scratch, scratch_len),
        );
        let work = |keys: &jv_key_set, policy: &Policy<'_>, clock| {
            read.check_disjoint(written)?;
            // SAFETY: guaranteed by the caller.
            let token = unsafe { array(token, token_len) }?;
            let needed = jose_verify::scratch_len(token_len);
            // SAFETY: guaranteed by the caller, and disjoint from everything else that this call
            // uses.
            let scratch = unsafe { zeroed_bytes(scratch, scratch_len, needed) }?;
            Ok(keys.verifier(policy).verify(token, clock, scratch)?)
        };
        // SAFETY: guaranteed by the caller.
        unsafe { self.run(read, written, &work) }
    }

    /// Verifies a token in place.
    ///
    /// # Safety
    ///
    /// As for `jv_verify_in_place`.
    unsafe fn verify_in_place(&self, token: *mut u8, token_len: usize) -> Result<(), Code> {
        let region = Region::new(token, token_len);
        let work = |keys: &jv_key_set, policy: &Policy<'_>, clock| {
            // SAFETY: guaranteed by the caller, and disjoint from everything else that this call
            // uses.
            let token = unsafe { bytes_mut(token, token_len) }?;
            Ok(keys.verifier(policy).verify_in_place(token, clock)?)
        };
        // SAFETY: guaranteed by the caller.
        unsafe { self.run(region, region, &work) }
    }

    /// Empties the claims, runs `work` with the keys, the policy and the time, and stores its
    /// result. `work` reads the memory `read` and overwrites `written`.
    ///
    /// # Safety
    ///
    /// As for `jv_verify`; the result of `work` borrows from buffers that C does not modify while
    /// it reads claims.
    // Not generic, so that programs that call several functions link it once.
    unsafe fn run(&self, read: Region, written: Region, work: &Work<'_, '_>) -> Result<(), Code> {
        // SAFETY: guaranteed by the caller.
        unsafe { jv_claims::check(self.claims) }?;
        let claims = Region::of(self.claims);
        // SAFETY: guaranteed by the caller.
        let keys = unsafe { reference(self.keys) };
        if let Ok(keys) = keys {
            // Before the first write, which would change the keys.
            keys.check_disjoint_from(claims)?;
        }
        // Before all other checks, so that no claims of an earlier token remain after an error.
        // SAFETY: checked above, and nothing else uses the claims.
        unsafe { jv_claims::clear(self.claims) };
        let clock = self.clock?;
        let policy = Region::of(self.policy);
        for (a, b) in [
            (read, claims),
            (written, claims),
            (written, policy),
            (claims, policy),
        ] {
            a.check_disjoint(b)?;
        }
        let keys = keys?;
        // SAFETY: guaranteed by the caller.
        let policy = unsafe { sized_reference(self.policy) }?;
        // SAFETY: guaranteed by the caller.
        let expected = unsafe { Expected::new(policy) }?;
        let policy = expected.policy();
        check_strings_disjoint(&policy, written)?;
        keys.check_disjoint_from(written)?;
        let verified = work(keys, &policy, clock)?;
        // SAFETY: checked above; the caller guarantees the rest.
        unsafe { jv_claims::set(self.claims, &verified) };
        Ok(())
    }
}
