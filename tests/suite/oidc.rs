//! OpenID Connect and OAuth 2.0 beyond the token itself.

mod hash_claims;
mod logout_token;
mod provider;
mod replay;
mod scopes;
mod user_info;

use core::time::Duration;
use jose_verify::{Claim, Clock, Error, NumericDate, Policy, Problem, Verified, oidc};

use crate::support::sign::token;
use crate::support::verdict::{NOW, UNCHECKED, with_verified};

/// Verifies a token with these claims without checks, and reads it.
fn verified<T>(claims: &str, read: impl FnOnce(&Verified<'_>) -> T) -> T {
    verified_by(&UNCHECKED, claims, Clock::Absent, read).unwrap()
}

/// Verifies a token with these claims and reads it.
fn verified_by<T>(
    policy: &Policy<'_>,
    claims: &str,
    clock: impl Into<Clock>,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    with_verified(token(claims), policy, clock, read)
}

#[test]
fn check_same_user() {
    let check = |later: &str, earlier: &str| {
        let later =
            |earlier: &Verified<'_>| verified(later, |later| oidc::check_same_user(later, earlier));
        verified(earlier, later)
    };
    let first = r#"{"iss":"https://op","sub":"a","iat":1}"#;
    for (other, want) in [
        (r#"{"iss":"https:\/\/op","sub":"\u0061","iat":2}"#, Ok(())),
        (
            r#"{"iss":"https://op","sub":"b"}"#,
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            r#"{"iss":"https://op2","sub":"a"}"#,
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            r#"{"sub":"a"}"#,
            Err(Error::Claim(Claim::Iss, Problem::Missing)),
        ),
        (
            r#"{"iss":"https://op"}"#,
            Err(Error::Claim(Claim::Sub, Problem::Missing)),
        ),
    ] {
        assert_eq!(check(other, first), want, "{other}");
        assert_eq!(check(first, other), want, "{other}");
    }
}

#[test]
fn is_refresh_due() {
    let at = |seconds, nanos| NumericDate::new(NOW + seconds, nanos);
    let due = |claims: &str, now| {
        verified(claims, |jwt| {
            oidc::is_refresh_due(jwt.claims(), Duration::from_secs(600), now)
        })
    };
    let claims = format!(r#"{{"iat":{NOW}.5,"exp":{}}}"#, NOW + 10);
    assert_eq!(due(&claims, at(-1000, 0)), Ok(false));
    assert_eq!(due(&claims, at(0, 0)), Ok(false));
    assert_eq!(due(&claims, at(600, 499_999_999)), Ok(false));
    assert_eq!(due(&claims, at(600, 500_000_000)), Ok(true));
    assert_eq!(due(&claims, at(6000, 0)), Ok(true));
    assert_eq!(
        due("{}", at(0, 0)),
        Err(Error::Claim(Claim::Iat, Problem::Missing))
    );
    let last = r#"{"iat":9223372036854775807}"#;
    assert_eq!(due(last, at(0, 0)), Ok(false), "no overflow");
}
