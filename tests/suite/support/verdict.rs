//! The result for a token, from every entry point.

use jose_verify::{
    Check, Clock, Error, JwsVerifier, Keys, NumericDate, Options, Policy, Verified, VerifiedJws,
    Verifier, scratch_len,
};

use super::sign::key;

/// A policy that checks only the types of the claims.
pub(crate) const UNCHECKED: Policy<'static> = Policy {
    expires_at: Check::NotChecked,
    not_before: Check::NotChecked,
    issued_at: Check::NotChecked,
    ..Policy::jwt(Check::NotChecked, Check::NotChecked)
};

/// Verifies with a [`Verifier`] and these options, with a scratch buffer and in place. Both results
/// must be equal.
pub(crate) fn verdict_with(
    token: &str,
    keys: &(impl Keys + ?Sized),
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
    options: Options<'_>,
) -> Result<(), Error> {
    let clock = clock.into();
    let done = |_: Verified<'_>| ();
    let mut scratch = vec![0; scratch_len(token.len())];
    let verifier = Verifier::new(keys, policy).with_options(options);
    let answer = verifier.verify(token.as_bytes(), clock, &mut scratch);
    let answer = answer.map(done);
    let mut copy = token.as_bytes().to_vec();
    let in_place = verifier.verify_in_place(&mut copy, clock).map(done);
    assert_eq!(answer, in_place, "{token}");
    answer
}

/// Like [`verdict_with`], with the default options.
pub(crate) fn verdict_at(
    token: &str,
    keys: &(impl Keys + ?Sized),
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    verdict_with(token, keys, policy, clock, Options::new())
}

/// The time at which these tests verify their tokens.
pub(crate) const NOW: i64 = 1_750_000_000;

/// Like [`verdict_at`], at [`NOW`].
pub(crate) fn verdict(
    token: &str,
    keys: &(impl Keys + ?Sized),
    policy: &Policy<'_>,
) -> Result<(), Error> {
    verdict_at(token, keys, policy, NumericDate::from_seconds(NOW))
}

/// Verifies a token signed with [`key`] in place and reads it.
pub(crate) fn with_verified<T>(
    token: String,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    let mut token = token.into_bytes();
    let key = key();
    let verifier = Verifier::new(&key, policy);
    let jwt = verifier.verify_in_place(&mut token, clock)?;
    Ok(read(&jwt))
}

/// Verifies only the signature, with a [`JwsVerifier`] and these options, with a scratch buffer and
/// in place. Both results must be equal.
pub(crate) fn signature_verdict_with(
    token: &str,
    keys: &(impl Keys + ?Sized),
    options: Options<'_>,
) -> Result<(), Error> {
    let done = |_: VerifiedJws<'_>| ();
    let mut scratch = vec![0; scratch_len(token.len())];
    let verifier = JwsVerifier::new(keys).with_options(options);
    let answer = verifier.verify(token.as_bytes(), &mut scratch).map(done);
    let mut copy = token.as_bytes().to_vec();
    let in_place = verifier.verify_in_place(&mut copy).map(done);
    assert_eq!(answer, in_place, "{token}");
    answer
}

/// Like [`signature_verdict_with`], with the default options.
pub(crate) fn signature_verdict(token: &str, keys: &(impl Keys + ?Sized)) -> Result<(), Error> {
    signature_verdict_with(token, keys, Options::new())
}
