//! The report of every check of a policy.

use core::time::Duration;

use jose_verify::checks::{MaxLifetime, SoleAudience};
use jose_verify::{
    Check, Claim, ClaimCheck, Clock, Error, MaxAge, Member, NumericDate, Outcome, Policy, Problem,
    Verifier,
};

use crate::support::secs;
use crate::support::sign::{key, token};
use crate::support::verdict::{NOW, UNCHECKED};

const SECRET: &str = "hunter2";

const POLICY: Policy<'static> = Policy {
    typ: Check::Required("at+jwt"),
    issuer: Check::Required(&"https://issuer.example.com"),
    subject: Check::Present,
    expires_at: Check::Required(Duration::ZERO),
    nonce: Check::Absent,
    acr: Check::IfPresent(&"gold"),
    ..UNCHECKED
};

/// Returns the reports about a token with these claims, and the result.
fn explained(
    claims: &str,
    checks: &[&dyn ClaimCheck],
    clock: impl Into<Clock>,
) -> (Vec<(String, Outcome)>, Result<(), Error>) {
    let (key, token, clock) = (key(), token(claims), clock.into());
    let mut scratch = vec![0; token.len()];
    let mut reports = Vec::new();
    let verifier = Verifier::new(&key, &POLICY).with_checks(checks);
    let result = verifier.explain(token.as_bytes(), clock, &mut scratch, |report| {
        assert!(!format!("{report:?}").contains(SECRET), "{report:?}");
        reports.push((report.name.to_owned(), report.outcome));
    });
    let result = result.map(|_| ());
    let without_report = verifier.verify(token.as_bytes(), clock, &mut scratch);
    assert_eq!(result, without_report.map(|_| ()), "{claims}");
    (reports, result)
}

const NAMES: [&str; 15] = [
    "typ",
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "nbf",
    "iat",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "jti",
    "client_id",
    "events",
];

#[test]
fn every_check_is_reported() {
    let claims = format!(
        concat!(
            r#"{{"iss":"{SECRET}","sub":"{SECRET}","aud":["{SECRET}","b"],"#,
            r#""exp":{NOW},"iat":1,"nonce":"{SECRET}"}}"#
        ),
        SECRET = SECRET,
        NOW = NOW,
    );
    let lifetime = MaxLifetime(secs(10));
    let (reports, result) = explained(
        &claims,
        &[&lifetime, &SoleAudience],
        NumericDate::from_seconds(NOW),
    );
    let typ = Error::Header(Member::Typ, Problem::Missing);
    let claim = |claim, problem| Outcome::Failed(Error::Claim(claim, problem));
    let want = [
        ("typ", Outcome::Failed(typ)),
        ("iss", claim(Claim::Iss, Problem::Mismatch)),
        ("sub", Outcome::Passed),
        ("aud", Outcome::NotMade),
        ("azp", Outcome::NotMade),
        ("exp", claim(Claim::Exp, Problem::Expired)),
        ("nbf", Outcome::NotMade),
        ("iat", Outcome::NotMade),
        ("nonce", claim(Claim::Nonce, Problem::Prohibited)),
        ("auth_time", Outcome::NotMade),
        ("acr", Outcome::NotMade),
        ("amr", Outcome::NotMade),
        ("jti", Outcome::NotMade),
        ("client_id", Outcome::NotMade),
        ("events", Outcome::NotMade),
        ("exp", claim(Claim::Exp, Problem::TooLong)),
        ("aud", claim(Claim::Aud, Problem::Untrusted)),
    ];
    let want = want.map(|(name, outcome)| (name.to_owned(), outcome));
    assert_eq!(reports, want);
    assert_eq!(result, Err(typ));
}

#[test]
fn checks_that_cannot_be_made() {
    let claims =
        format!(r#"{{"iss":"https://issuer.example.com","sub":"","exp":{NOW},"acr":"gold"}}"#);
    for (clock, exp) in [
        (Clock::Absent, Outcome::NotMade),
        (
            Clock::AtLeast(NumericDate::from_seconds(NOW - 1)),
            Outcome::Passed,
        ),
        (
            Clock::Now(NumericDate::from_seconds(NOW - 1)),
            Outcome::Passed,
        ),
        (
            Clock::AtLeast(NumericDate::from_seconds(NOW)),
            Outcome::Failed(Error::Claim(Claim::Exp, Problem::Expired)),
        ),
    ] {
        let (reports, _) = explained(&claims, &[], clock);
        let names: Vec<_> = reports.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, NAMES);
        let of = |name| reports.iter().find(|(this, _)| this == name).unwrap().1;
        assert_eq!(of("exp"), exp, "{clock:?}");
        assert_eq!((of("nonce"), of("acr")), (Outcome::Passed, Outcome::Passed));
    }
}

/// A lower bound on the time can show that a token is too old, but not that it is from the future.
/// The check still counts as made.
#[test]
fn a_lower_bound_makes_half_of_the_check() {
    let policy = Policy {
        auth_time: Check::Required(MaxAge {
            age: secs(10),
            leeway: secs(0),
        }),
        ..UNCHECKED
    };
    let too_old = Outcome::Failed(Error::Claim(Claim::AuthTime, Problem::TooOld));
    let in_future = Outcome::Failed(Error::Claim(Claim::AuthTime, Problem::InFuture));
    let at = |seconds| NumericDate::from_seconds(NOW + seconds);
    for (clock, want) in [
        (Clock::AtLeast(at(10)), Outcome::Passed),
        (Clock::AtLeast(at(11)), too_old),
        (Clock::AtLeast(at(-1)), Outcome::Passed),
        (Clock::Now(at(0)), Outcome::Passed),
        (Clock::Now(at(-1)), in_future),
        (Clock::Absent, Outcome::NotMade),
    ] {
        let (key, token) = (key(), token(&format!(r#"{{"auth_time":{NOW}}}"#)));
        let mut scratch = vec![0; token.len()];
        let mut found = None;
        let verifier = Verifier::new(&key, &policy);
        let _ = verifier.explain(token.as_bytes(), clock, &mut scratch, |report| {
            if report.name == "auth_time" {
                found = Some(report.outcome);
            }
        });
        assert_eq!(found, Some(want), "{clock:?}");
    }
}

#[test]
fn a_forgery_is_not_reported() {
    let (key, mut token) = (key(), token("{}"));
    token.replace_range(token.len() - 10..token.len() - 9, "_");
    let mut scratch = vec![0; token.len()];
    let verifier = Verifier::new(&key, &POLICY);
    let result = verifier.explain(token.as_bytes(), Clock::Absent, &mut scratch, |report| {
        panic!("{report:?}")
    });
    assert_eq!(result.err(), Some(Error::BadSignature));
}
