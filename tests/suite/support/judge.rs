//! The answer to a token, got in every way there is.

use jose_verify::{
    Check, Clock, Error, JwsVerifier, Keys, NumericDate, Options, Policy, Verified, VerifiedJws,
    Verifier, scratch_len,
};

/// A policy that checks nothing but the types of the claims.
pub(crate) const UNCHECKED: Policy<'static> = Policy {
    expires_at: Check::NotChecked,
    not_before: Check::NotChecked,
    issued_at: Check::NotChecked,
    ..Policy::jwt(Check::NotChecked, Check::NotChecked)
};

/// What a [`Verifier`] with these options says with a scratch buffer and in place, which must be
/// the same.
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

/// [`verdict_with`] strict options.
pub(crate) fn verdict_at(
    token: &str,
    keys: &(impl Keys + ?Sized),
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    verdict_with(token, keys, policy, clock, Options::new())
}

/// When the tokens of these tests are verified.
pub(crate) const NOW: i64 = 1_750_000_000;

/// [`verdict_at`] a fixed time.
pub(crate) fn verdict(
    token: &str,
    keys: &(impl Keys + ?Sized),
    policy: &Policy<'_>,
) -> Result<(), Error> {
    verdict_at(token, keys, policy, NumericDate::from_seconds(NOW))
}

/// What a [`JwsVerifier`] with these options says with a scratch buffer and in place, which must be
/// the same: the signature, and all before it.
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

/// [`signature_verdict_with`] strict options.
pub(crate) fn signature_verdict(token: &str, keys: &(impl Keys + ?Sized)) -> Result<(), Error> {
    signature_verdict_with(token, keys, Options::new())
}
