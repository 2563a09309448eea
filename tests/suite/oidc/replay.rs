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

/// A clock that jumps forward makes the guard forget tokens. When it goes back, they are still
/// valid, and must not be admitted again.
#[test]
fn a_replay_after_the_clock_jumped_forward_and_back() {
    let mut guard = ReplayGuard::<4>::new();
    assert_eq!(admit(&mut guard, "a", 60, 0), Ok(()));
    assert_eq!(admit(&mut guard, "late", 5000, 1000), Ok(()));
    assert_eq!(guard.len(), 1, "the first token is forgotten");
    let expired = Err(Error::Claim(Claim::Exp, Problem::Expired));
    for (jti, exp, now, want) in [
        ("a", 60, 1, Err(Error::ReplayUnknown)),
        ("a", 60, 69, Err(Error::ReplayUnknown)),
        ("a", 60, 70, expired),
        // The guard cannot tell a new token from one that it forgot.
        ("new", 60, 1, Err(Error::ReplayUnknown)),
        ("new", 990, 1, Err(Error::ReplayUnknown)),
        ("new", 991, 1, Ok(())),
        ("new", 991, 2, Err(Error::Replayed)),
        ("late", 5000, 2, Err(Error::Replayed)),
        ("later", 5000, 2, Ok(())),
    ] {
        assert_eq!(admit(&mut guard, jti, exp, now), want, "{jti} {exp} {now}");
    }
    // The time counts even if the token is rejected, and small steps back are harmless.
    let mut guard = ReplayGuard::<4>::new();
    assert_eq!(admit(&mut guard, "a", 60, 0), Ok(()));
    assert_eq!(admit(&mut guard, "x", 60, 80), expired);
    assert_eq!(admit(&mut guard, "a", 60, 0), Err(Error::ReplayUnknown));
    assert_eq!(admit(&mut guard, "b", 200, 80), Ok(()));
    assert_eq!(admit(&mut guard, "c", 200, 79), Ok(()));
    assert_eq!(admit(&mut guard, "b", 200, 78), Err(Error::Replayed));
}

/// A `DPoP` proof has `iat` but no `exp`. The caller says how long it accepts the proof.
#[test]
fn proofs_without_exp_are_admitted_until_a_time() {
    let mut guard = ReplayGuard::<2>::new();
    let mut admit = |claims: &str, until: i64, now: i64| {
        verified(claims, |jwt| guard.admit_until(jwt, at(until), at(now)))
    };
    let (a, b, c) = (r#"{"jti":"a"}"#, r#"{"jti":"b","exp":1}"#, r#"{"jti":"c"}"#);
    let expired = Err(Error::Claim(Claim::Exp, Problem::Expired));
    for (claims, until, now, want) in [
        (a, 60, 0, Ok(())),
        (a, 60, 59, Err(Error::Replayed)),
        (a, 90, 59, Err(Error::Replayed)),
        (b, 60, 59, Ok(())),
        (c, 60, 59, Err(Error::ReplayGuardFull)),
        (a, 60, 60, expired),
        (c, 61, 60, Ok(())),
        (c, 61, 0, Err(Error::Replayed)),
        (a, 60, 0, Err(Error::ReplayUnknown)),
        (b, 60, 59, Err(Error::ReplayUnknown)),
        (
            "{}",
            90,
            60,
            Err(Error::Claim(Claim::Jti, Problem::Missing)),
        ),
        (r#"{"jti":""}"#, 90, 60, Ok(())),
        (r#"{"jti":""}"#, 90, 60, Err(Error::Replayed)),
    ] {
        assert_eq!(admit(claims, until, now), want, "{claims} {until} {now}");
    }
}
