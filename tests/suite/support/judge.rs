//! The answer to a token, got in every way there is.

use jose_verify::{
    Check, Clock, Error, Keys, NumericDate, Policy, Verified, VerifiedJws, oidc, scratch_len,
    verify, verify_in_place, verify_jws, verify_jws_in_place,
};

/// A policy that checks nothing but the types of the claims.
pub(crate) const NOTHING: Policy<'static> = Policy {
    expires_at: Check::NotChecked,
    not_before: Check::NotChecked,
    issued_at: Check::NotChecked,
    ..oidc::jwt(Check::NotChecked, Check::NotChecked)
};

/// What [`verify`] and [`verify_in_place`] say, which must be the same.
pub(crate) fn verdict_at(
    token: &str,
    keys: &impl Keys,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    let clock = clock.into();
    let done = |_: Verified<'_>| ();
    let mut scratch = vec![0; scratch_len(token.len())];
    let answer = verify(token.as_bytes(), keys, policy, clock, &mut scratch).map(done);
    let mut copy = token.as_bytes().to_vec();
    let in_place = verify_in_place(&mut copy, keys, policy, clock).map(done);
    assert_eq!(answer, in_place, "{token}");
    answer
}

/// When the tokens of these tests are verified.
pub(crate) const NOW: i64 = 1_750_000_000;

/// [`verdict_at`] a fixed time.
pub(crate) fn verdict(token: &str, keys: &impl Keys, policy: &Policy<'_>) -> Result<(), Error> {
    verdict_at(token, keys, policy, NumericDate::from_seconds(NOW))
}

/// What [`verify_jws`] and [`verify_jws_in_place`] say, which must be the same: the signature, and all before it.
pub(crate) fn signature_verdict(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let done = |_: VerifiedJws<'_>| ();
    let mut scratch = vec![0; scratch_len(token.len())];
    let answer = verify_jws(token.as_bytes(), keys, &mut scratch).map(done);
    let mut copy = token.as_bytes().to_vec();
    assert_eq!(
        answer,
        verify_jws_in_place(&mut copy, keys).map(done),
        "{token}"
    );
    answer
}
