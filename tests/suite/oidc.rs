//! OpenID Connect and OAuth 2.0 around a token.

mod hash_claims;
mod logout_token;
mod provider;
mod replay;
mod scopes;
mod user_info;

use core::time::Duration;
use jose_verify::{Claim, Clock, Error, NumericDate, Policy, Problem, Verified, Verifier, oidc};

use crate::support::verdict::{NOW, UNCHECKED};
use crate::support::sign::{key, token};

/// Verifies a token with these claims and hands it on.
fn verified<T>(claims: &str, read: impl FnOnce(&Verified<'_>) -> T) -> T {
    verified_by(&UNCHECKED, claims, Clock::Absent, read).unwrap()
}

/// The same, if the policy lets it pass.
fn verified_by<T>(
    policy: &Policy<'_>,
    claims: &str,
    clock: impl Into<Clock>,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    let mut token = token(claims).into_bytes();
    let key = key();
    let verifier = Verifier::new(&key, policy);
    verifier
        .verify_in_place(&mut token, clock)
        .map(|jwt| read(&jwt))
}

#[test]
fn a_later_id_token_is_about_the_same_user() {
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
fn a_session_is_due_at_an_age() {
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
