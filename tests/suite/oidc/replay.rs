//! The replay guard.

use core::time::Duration;
use jose_verify::limits::MAX_JWT_ID_LEN;
use jose_verify::oauth::ReplayGuard;
use jose_verify::{Claim, Error, Limit, NumericDate, Problem};

use super::verified;
use crate::support::verdict::NOW;

const LEEWAY: Duration = Duration::from_secs(10);

fn at(seconds: i64) -> NumericDate {
    NumericDate::from_seconds(NOW + seconds)
}

/// Presents a token with this `jti` that expires this many seconds after [`NOW`].
fn admit<const N: usize>(
    guard: &mut ReplayGuard<N>,
    jti: &str,
    exp: i64,
    now: i64,
) -> Result<(), Error> {
    let claims = format!(r#"{{"jti":"{jti}","exp":{}}}"#, NOW + exp);
    verified(&claims, |jwt| guard.admit(jwt, LEEWAY, at(now)))
}

#[test]
fn a_token_is_admitted_once() {
    let mut guard = ReplayGuard::<4>::new();
    assert!(guard.is_empty());
    assert_eq!(admit(&mut guard, "a", 60, 0), Ok(()));
    assert_eq!(admit(&mut guard, "b", 60, 0), Ok(()));
    for now in [0, 1, 60, 69] {
        assert_eq!(admit(&mut guard, "a", 60, now), Err(Error::Replayed));
        assert_eq!(admit(&mut guard, r"\u0061", 60, now), Err(Error::Replayed));
    }
    assert_eq!(guard.len(), 2, "a replay takes no entry");
    assert!(!guard.is_empty());
    assert_eq!(admit(&mut guard, "A", 60, 0), Ok(()));
    // A `jti` is accepted again when no policy accepts the old token any more.
    assert_eq!(admit(&mut guard, "a", 160, 70), Ok(()));
    assert_eq!(guard.len(), 1, "expired entries are removed");
}

#[test]
fn expired_tokens_are_rejected() {
    let mut guard = ReplayGuard::<4>::new();
    for now in [70, 71, 1_000] {
        // A policy with more leeway, or without a check of `exp`, may have accepted the token.
        assert_eq!(
            admit(&mut guard, "a", 60, now),
            Err(Error::Claim(Claim::Exp, Problem::Expired))
        );
    }
    assert!(guard.is_empty());
    assert_eq!(admit(&mut guard, "a", 60, 69), Ok(()));
}

#[test]
fn a_full_guard_rejects() {
    let mut guard = ReplayGuard::<2>::new();
    assert_eq!(admit(&mut guard, "a", 60, 0), Ok(()));
    assert_eq!(admit(&mut guard, "b", 20, 0), Ok(()));
    let full = Err(Error::ReplayGuardFull);
    assert_eq!(admit(&mut guard, "c", 60, 0), full);
    assert_eq!(admit(&mut guard, "c", 60, 29), full);
    assert_eq!(admit(&mut guard, "a", 60, 29), Err(Error::Replayed));
    assert_eq!(admit(&mut guard, "c", 60, 30), Ok(()), "b has expired");
    assert_eq!(admit(&mut guard, "d", 60, 30), full);
}

#[test]
fn tokens_without_jti_or_exp_are_rejected() {
    let mut guard = ReplayGuard::<2>::default();
    let mut admit_claims =
        |claims: &str| verified(claims, |jwt| guard.admit(jwt, Duration::ZERO, at(0)));
    assert_eq!(
        admit_claims(r#"{"exp":1}"#),
        Err(Error::Claim(Claim::Jti, Problem::Missing))
    );
    assert_eq!(
        admit_claims(r#"{"jti":"a"}"#),
        Err(Error::Claim(Claim::Exp, Problem::Missing))
    );
    let with_len = |len: usize| format!(r#"{{"jti":"{}","exp":{}}}"#, "é".repeat(len / 2), NOW + 1);
    let (longest, longer) = (with_len(MAX_JWT_ID_LEN), with_len(MAX_JWT_ID_LEN + 2));
    assert_eq!(admit_claims(&longest), Ok(()));
    assert_eq!(admit_claims(&longer), Err(Error::Limit(Limit::JwtIdLen)));
    let shown = format!("{guard:?}");
    assert_eq!(shown, "ReplayGuard { len: 1, .. }");
}
