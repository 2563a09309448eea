//! Additional checks, which are not fields of a policy, and the less common checks of a policy
//! itself: both outcomes of each, and the exact boundaries.

use core::time::Duration;

use jose_verify::checks::{IssuerTemplate, MaxLifetime, MaxTokenAge, SoleAudience, SubjectPrefix};
use jose_verify::oauth::{self, RequiredScopes};
use jose_verify::oidc::{self, Nonce};
use jose_verify::{
    Audience, Candidate, Check, Claim, ClaimCheck, Clock, Error, Member, NumericDate, Policy,
    PolicyBuf, Problem, StringList, Tenant, Verifier,
};

use crate::support::secs;
use crate::support::sign::{key, token};
use crate::support::verdict::{NOW, UNCHECKED};

const fn error(claim: Claim, problem: Problem) -> Result<(), Error> {
    Err(Error::Claim(claim, problem))
}

/// Verifies a token with these claims, with [`UNCHECKED`] and this check, with a scratch buffer and
/// in place. Both results must be equal.
fn check_at(check: &dyn ClaimCheck, claims: &str, clock: impl Into<Clock>) -> Result<(), Error> {
    let (clock, key) = (clock.into(), key());
    let mut token = token(claims).into_bytes();
    let checks = [check];
    let verifier = Verifier::new(&key, &UNCHECKED).with_checks(&checks);
    let mut scratch = vec![0; token.len()];
    let result = verifier.verify(&token, clock, &mut scratch).map(|_| ());
    let in_place = verifier.verify_in_place(&mut token, clock).map(|_| ());
    assert_eq!(result, in_place, "{claims}");
    result
}

fn check(check: &dyn ClaimCheck, claims: &str) -> Result<(), Error> {
    check_at(check, claims, NumericDate::from_seconds(NOW))
}

/// Reports of `explain` show these names.
#[test]
fn each_check_has_the_name_of_its_claim() {
    let age = MaxTokenAge {
        age: Duration::ZERO,
        leeway: Duration::ZERO,
    };
    let scopes = RequiredScopes {
        claim: "scp",
        scopes: &"read",
    };
    let checks: [(&dyn ClaimCheck, &str); 5] = [
        (&age, "iat"),
        (&MaxLifetime(Duration::ZERO), "exp"),
        (&SubjectPrefix("device-"), "sub"),
        (&SoleAudience, "aud"),
        (&scopes, "scp"),
    ];
    for (check, name) in checks {
        assert_eq!(check.name(), name);
    }
}

#[test]
fn max_token_age() {
    let age = |age, leeway| MaxTokenAge { age, leeway };
    let (minute, lenient) = (age(secs(60), Duration::ZERO), age(secs(60), secs(5)));
    let zero = age(Duration::ZERO, Duration::ZERO);
    let at = |seconds, nanos| Clock::Now(NumericDate::new(NOW + seconds, nanos));
    let at_least = |seconds| Clock::AtLeast(NumericDate::from_seconds(NOW + seconds));
    let too_old = error(Claim::Iat, Problem::TooOld);
    let in_future = error(Claim::Iat, Problem::InFuture);
    let claims = format!(r#"{{"iat":{NOW}}}"#);
    let fraction = format!(r#"{{"iat":{NOW}.5}}"#);
    for (case, rule, claims, clock, want) in [
        ("at the limit", minute, &claims, at(60, 0), Ok(())),
        ("a nanosecond later", minute, &claims, at(60, 1), too_old),
        ("with leeway", lenient, &claims, at(65, 0), Ok(())),
        ("beyond the leeway", lenient, &claims, at(65, 1), too_old),
        (
            "at the limit, fractional iat",
            minute,
            &fraction,
            at(60, 500_000_000),
            Ok(()),
        ),
        (
            "a nanosecond later, fractional iat",
            minute,
            &fraction,
            at(60, 500_000_001),
            too_old,
        ),
        (
            "issued in the future",
            minute,
            &claims,
            at(-1, 0),
            in_future,
        ),
        (
            "in the future within the leeway",
            lenient,
            &claims,
            at(-5, 0),
            Ok(()),
        ),
        (
            "in the future beyond the leeway",
            lenient,
            &claims,
            at(-6, 0),
            in_future,
        ),
        ("age zero", zero, &claims, at(0, 0), Ok(())),
        (
            "age zero, a nanosecond later",
            zero,
            &claims,
            at(0, 1),
            too_old,
        ),
        (
            "unlimited",
            age(Duration::MAX, Duration::MAX),
            &claims,
            at(1 << 40, 0),
            Ok(()),
        ),
        (
            "too old at the lower bound",
            minute,
            &claims,
            at_least(61),
            too_old,
        ),
        (
            "not too old at the lower bound",
            minute,
            &claims,
            at_least(60),
            Ok(()),
        ),
        ("no clock", minute, &claims, Clock::Absent, Ok(())),
    ] {
        assert_eq!(check_at(&rule, claims, clock), want, "{case}");
    }
    let rule = minute;
    for clock in [at(0, 0), Clock::Absent] {
        assert_eq!(
            check_at(&rule, "{}", clock),
            error(Claim::Iat, Problem::Missing)
        );
    }
}

#[test]
fn max_lifetime() {
    let hour = MaxLifetime(secs(3600));
    let too_long = error(Claim::Exp, Problem::TooLong);
    for (claims, want) in [
        (r#"{"iat":100,"exp":3700}"#, Ok(())),
        (r#"{"iat":100,"exp":3701}"#, too_long),
        (r#"{"iat":100,"exp":3700.000000001}"#, too_long),
        (r#"{"iat":100.5,"exp":3700.5}"#, Ok(())),
        (r#"{"iat":100.5,"exp":3700.6}"#, too_long),
        (r#"{"iat":-1800,"exp":1800}"#, Ok(())),
        (r#"{"iat":-1801,"exp":1800}"#, too_long),
        // `exp` before `iat`: the lifetime is not too long. The check of `exp` rejects the token.
        (r#"{"iat":3701,"exp":100}"#, Ok(())),
        (
            r#"{"iat":-9223372036854775808,"exp":9223372036854775807}"#,
            too_long,
        ),
        (r#"{"exp":3700}"#, error(Claim::Iat, Problem::Missing)),
        (r#"{"iat":100}"#, error(Claim::Exp, Problem::Missing)),
    ] {
        assert_eq!(check_at(&hour, claims, Clock::Absent), want, "{claims}");
    }
    let zero = MaxLifetime(Duration::ZERO);
    assert_eq!(check(&zero, r#"{"iat":5,"exp":5}"#), Ok(()));
    assert_eq!(check(&zero, r#"{"iat":5,"exp":6}"#), too_long);
    let unlimited = MaxLifetime(Duration::MAX);
    assert_eq!(
        check(
            &unlimited,
            r#"{"iat":-9223372036854775808,"exp":9223372036854775807}"#
        ),
        Ok(())
    );
}

#[test]
fn subject_prefix() {
    let mismatch = error(Claim::Sub, Problem::Mismatch);
    for (prefix, claims, want) in [
        ("repo:octo-org/", r#"{"sub":"repo:octo-org/app"}"#, Ok(())),
        ("repo:octo-org/", r#"{"sub":"repo:octo-org\/app"}"#, Ok(())),
        ("repo:octo-org/", r#"{"sub":"repo:octo-org/"}"#, Ok(())),
        ("repo:octo-org/", r#"{"sub":"repo:octo-org"}"#, mismatch),
        (
            "repo:octo-org/",
            r#"{"sub":"repo:octo-org-2/app"}"#,
            mismatch,
        ),
        ("repo:octo-org/", r#"{"sub":"Repo:octo-org/app"}"#, mismatch),
        (
            "repo:octo-org/",
            r#"{"sub":" repo:octo-org/app"}"#,
            mismatch,
        ),
        ("é", r#"{"sub":"\u00e9a"}"#, Ok(())),
        ("é", r#"{"sub":"e"}"#, mismatch),
        ("a", r#"{"sub":""}"#, mismatch),
        (
            "",
            r#"{"sub":"a"}"#,
            error(Claim::Sub, Problem::NothingExpected),
        ),
        ("a", "{}", error(Claim::Sub, Problem::Missing)),
    ] {
        assert_eq!(
            check(&SubjectPrefix(prefix), claims),
            want,
            "{prefix:?} {claims}"
        );
    }
}

#[test]
fn sole_audience() {
    for (claims, want) in [
        (r#"{"aud":"a"}"#, Ok(())),
        (r#"{"aud":["a"]}"#, Ok(())),
        (
            r#"{"aud":["a","a"]}"#,
            error(Claim::Aud, Problem::Untrusted),
        ),
        (
            r#"{"aud":["a","b"]}"#,
            error(Claim::Aud, Problem::Untrusted),
        ),
        ("{}", error(Claim::Aud, Problem::Missing)),
    ] {
        assert_eq!(check(&SoleAudience, claims), want, "{claims}");
    }
}

#[test]
fn required_scopes() {
    let both: &dyn StringList = &["read", "write"];
    let insufficient = Err(Error::InsufficientScope);
    let nothing = error(Claim::Scope, Problem::NothingExpected);
    for (claim, scopes, claims, want) in [
        ("scope", both, r#"{"scope":"write other read"}"#, Ok(())),
        ("scope", both, r#"{"scope":["write","read"]}"#, Ok(())),
        ("scope", both, r#"{"scope":"read"}"#, insufficient),
        ("scope", both, r#"{"scope":"read writer"}"#, insufficient),
        ("scope", both, r#"{"scope":["read write"]}"#, insufficient),
        ("scope", both, r#"{"scope":""}"#, insufficient),
        ("scope", both, "{}", insufficient),
        (
            "roles",
            both,
            r#"{"scope":"read write","roles":[]}"#,
            insufficient,
        ),
        ("roles", both, r#"{"roles":["read","write"]}"#, Ok(())),
        (
            "scope",
            both,
            r#"{"scope":5}"#,
            error(Claim::Scope, Problem::WrongType),
        ),
        ("scope", &[""; 0], r#"{"scope":"read"}"#, nothing),
        ("scope", &["read", ""], r#"{"scope":"read"}"#, nothing),
    ] {
        let rule = RequiredScopes { claim, scopes };
        assert_eq!(check(&rule, claims), want, "{claim} {claims}");
    }
}

/// A check that the caller implements: the claim must have one of several values.
#[derive(Debug)]
struct TenantIn<'a>(&'a [&'a str]);

impl ClaimCheck for TenantIn<'_> {
    fn name(&self) -> &'static str {
        "tenant"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        let tenant = token
            .claims()
            .get("tenant")
            .and_then(|value| value.as_str());
        let tenant = tenant.ok_or(Error::missing(Claim::Other))?;
        let is_known = self.0.iter().any(|known| tenant == *known);
        is_known
            .then_some(())
            .ok_or(Error::Claim(Claim::Other, Problem::Mismatch))
    }
}

#[test]
fn check_defined_by_the_caller() {
    let rule = TenantIn(&["north", "south"]);
    for (claims, want) in [
        (r#"{"tenant":"south"}"#, Ok(())),
        (r#"{"tenant":"s\u006futh"}"#, Ok(())),
        (
            r#"{"tenant":"west"}"#,
            error(Claim::Other, Problem::Mismatch),
        ),
        (r#"{"tenant":5}"#, error(Claim::Other, Problem::Missing)),
        ("{}", error(Claim::Other, Problem::Missing)),
    ] {
        assert_eq!(check(&rule, claims), want, "{claims}");
    }
}

#[test]
fn checks_run_after_the_policy_and_in_order() {
    let (key, claims) = (key(), r#"{"iss":"i","iat":1,"exp":9000000000}"#);
    let policy = |issuer: &'static str| Policy {
        issuer: Check::Required(if issuer == "i" { &"i" } else { &"j" }),
        ..UNCHECKED
    };
    let (age, lifetime) = (
        MaxTokenAge {
            age: secs(1),
            leeway: secs(0),
        },
        MaxLifetime(secs(1)),
    );
    let verify = |policy: &Policy<'_>, checks: &[&dyn ClaimCheck]| {
        let mut token = token(claims).into_bytes();
        let verifier = Verifier::new(&key, policy).with_checks(checks);
        let now = NumericDate::from_seconds(NOW);
        verifier.verify_in_place(&mut token, now).map(|_| ())
    };
    let (too_old, too_long) = (
        error(Claim::Iat, Problem::TooOld),
        error(Claim::Exp, Problem::TooLong),
    );
    assert_eq!(verify(&policy("i"), &[]), Ok(()));
    assert_eq!(verify(&policy("i"), &[&age, &lifetime]), too_old);
    assert_eq!(verify(&policy("i"), &[&lifetime, &age]), too_long);
    assert_eq!(
        verify(&policy("j"), &[&age]),
        error(Claim::Iss, Problem::Mismatch)
    );
}

#[test]
fn checks_of_an_issuer() {
    let (key, now) = (key(), NumericDate::from_seconds(NOW));
    let rule = TenantIn(&["north"]);
    let checks: [&dyn ClaimCheck; 1] = [&rule];
    let tenant = Tenant::new("i", &key, UNCHECKED).with_checks(&checks);
    let verifier = jose_verify::IssuerVerifier::new(|_| Some(tenant));
    for (name, want) in [
        ("north", Ok(())),
        ("south", error(Claim::Other, Problem::Mismatch)),
    ] {
        let mut token = token(&format!(r#"{{"iss":"i","tenant":"{name}"}}"#)).into_bytes();
        let mut scratch = vec![0; token.len()];
        let result = verifier.verify(&token, now, &mut scratch).map(|_| ());
        assert_eq!(result, want, "{name}");
        let in_place = verifier.verify_in_place(&mut token, now).map(|_| ());
        assert_eq!(in_place, want, "{name}");
    }
}

/// Verifies claims with a policy and with its copy in a `PolicyBuf`. Both results must be equal.
fn verify(policy: &Policy<'_>, claims: &str, clock: impl Into<Clock>) -> Result<(), Error> {
    let (key, clock) = (key(), clock.into());
    let mut token = token(claims).into_bytes();
    let result = Verifier::new(&key, policy)
        .verify_in_place(&mut token.clone(), clock)
        .map(|_| ());
    let owned = PolicyBuf::from(*policy);
    assert_eq!(format!("{owned:?}"), format!("{policy:?}"));
    let policy = owned.as_policy();
    let from_copy = Verifier::new(&key, &policy)
        .verify_in_place(&mut token, clock)
        .map(|_| ());
    assert_eq!(result, from_copy, "{claims}");
    result
}

/// For each claim that is compared with a list, returns a policy that compares it with this list.
fn policies_with(list: &dyn StringList) -> [(Claim, Policy<'_>); 7] {
    let audience = Audience::Client {
        client_ids: &"a",
        trusted: list,
    };
    [
        (
            Claim::Iss,
            Policy {
                issuer: Check::Required(list),
                ..UNCHECKED
            },
        ),
        (
            Claim::Sub,
            Policy {
                subject: Check::IfPresent(list),
                ..UNCHECKED
            },
        ),
        (
            Claim::Azp,
            Policy {
                authorized_party: Check::Required(list),
                ..UNCHECKED
            },
        ),
        (
            Claim::Acr,
            Policy {
                acr: Check::IfPresent(list),
                ..UNCHECKED
            },
        ),
        (
            Claim::ClientId,
            Policy {
                client_id: Check::Required(list),
                ..UNCHECKED
            },
        ),
        (
            Claim::Aud,
            Policy {
                audience: Check::Required(Audience::AnyOf(list)),
                ..UNCHECKED
            },
        ),
        (
            Claim::Aud,
            Policy {
                audience: Check::Required(audience),
                ..UNCHECKED
            },
        ),
    ]
}

#[test]
fn empty_expected_values_are_rejected() {
    let lists: [&dyn StringList; 4] = [&[""; 0], &"", &["a", ""], &["", "a"]];
    let claims = r#"{"iss":"a","sub":"a","azp":"a","acr":"a","client_id":"a","aud":"a","nonce":"a",
        "jti":"a","amr":["a"],"events":{"a":{}}}"#;
    let now = NumericDate::from_seconds(NOW);
    for list in lists {
        for (claim, policy) in policies_with(list) {
            // An empty list of trusted audiences is valid: no other audience is trusted.
            let is_fine = matches!(policy.audience, Check::Required(Audience::Client { .. }))
                && list.string_at(0).is_none();
            let want = if is_fine {
                Ok(())
            } else {
                error(claim, Problem::NothingExpected)
            };
            assert_eq!(policy.validate(), want, "{claim:?}");
            assert_eq!(PolicyBuf::from(policy).validate(), want, "{claim:?}");
            // The same error occurs if the token does not contain the claim.
            let without = verify(&policy, "{}", now);
            assert!(without == want || is_fine && without.is_err(), "{claim:?}");
            assert_eq!(verify(&policy, claims, now), want, "{claim:?}");
        }
    }
    for (claim, policy) in [
        (
            Claim::Nonce,
            Policy {
                nonce: Check::Required(""),
                ..UNCHECKED
            },
        ),
        (
            Claim::Jti,
            Policy {
                jwt_id: Check::IfPresent(""),
                ..UNCHECKED
            },
        ),
        (
            Claim::Amr,
            Policy {
                amr: Check::Required(""),
                ..UNCHECKED
            },
        ),
        (
            Claim::Events,
            Policy {
                events: Check::Required(""),
                ..UNCHECKED
            },
        ),
    ] {
        assert_eq!(
            verify(&policy, claims, now),
            error(claim, Problem::NothingExpected)
        );
        assert_eq!(policy.validate(), error(claim, Problem::NothingExpected));
    }
    // An empty string in the token is not a match: the expected value may be an unset variable.
    let empty = Policy {
        nonce: Check::Required(""),
        ..UNCHECKED
    };
    let nothing = error(Claim::Nonce, Problem::NothingExpected);
    assert_eq!(verify(&empty, r#"{"nonce":""}"#, now), nothing);
}

#[test]
fn clock_with_a_lower_bound() {
    let strict = Policy {
        expires_at: Check::Required(Duration::ZERO),
        not_before: Check::IfPresent(Duration::ZERO),
        issued_at: Check::IfPresent(Duration::ZERO),
        ..UNCHECKED
    };
    let built = Clock::AtLeast(NumericDate::from_seconds(NOW));
    let expired = error(Claim::Exp, Problem::Expired);
    for (claims, want) in [
        (format!(r#"{{"exp":{}}}"#, NOW - 1), expired),
        (format!(r#"{{"exp":{NOW}}}"#), expired),
        (format!(r#"{{"exp":{}}}"#, NOW + 1), Ok(())),
        (
            format!(
                r#"{{"exp":{},"nbf":{},"iat":{}}}"#,
                NOW + 9,
                NOW + 5,
                NOW + 5
            ),
            Ok(()),
        ),
        ("{}".to_owned(), error(Claim::Exp, Problem::Missing)),
        (
            r#"{"exp":"1"}"#.to_owned(),
            error(Claim::Exp, Problem::WrongType),
        ),
    ] {
        assert_eq!(verify(&strict, &claims, built), want, "{claims}");
    }
}

/// Returns a string as a list of one.
fn one<'p>(string: &'p &'p str) -> &'p dyn StringList {
    string
}

#[test]
fn azp_required_checked_if_present_or_ignored() {
    let (web, app) = (r#"{"aud":"web","azp":"app"}"#, r#"{"aud":"web"}"#);
    let for_web = Policy {
        audience: Check::Required(Audience::Client {
            client_ids: &"web",
            trusted: &[""; 0],
        }),
        ..UNCHECKED
    };
    let missing = error(Claim::Azp, Problem::Missing);
    let mismatch = error(Claim::Azp, Problem::Mismatch);
    let at = NumericDate::from_seconds(NOW);
    for (authorized_party, with_app, without) in [
        (Check::Required(one(&"app")), Ok(()), missing),
        (Check::Required(one(&"web")), mismatch, missing),
        (Check::IfPresent(one(&"app")), Ok(()), Ok(())),
        (Check::IfPresent(one(&"web")), mismatch, Ok(())),
        (Check::NotChecked, Ok(()), Ok(())),
        (
            Check::Absent,
            error(Claim::Azp, Problem::Prohibited),
            Ok(()),
        ),
    ] {
        let policy = Policy {
            authorized_party,
            ..for_web
        };
        assert_eq!(verify(&policy, web, at), with_app, "{policy:?}");
        assert_eq!(verify(&policy, app, at), without, "{policy:?}");
    }
}

#[test]
fn aud_absent_and_client_id_required() {
    let policy = Policy {
        audience: Check::Absent,
        client_id: Check::Required(&["web", "app"]),
        ..UNCHECKED
    };
    let at = NumericDate::from_seconds(NOW);
    assert_eq!(verify(&policy, r#"{"client_id":"app"}"#, at), Ok(()));
    let mismatch = error(Claim::ClientId, Problem::Mismatch);
    assert_eq!(verify(&policy, r#"{"client_id":"else"}"#, at), mismatch);
    let prohibited = error(Claim::Aud, Problem::Prohibited);
    assert_eq!(
        verify(&policy, r#"{"client_id":"app","aud":"app"}"#, at),
        prohibited
    );
}

#[test]
fn security_event_token_as_id_token_rfc_8417_2_2() {
    let claims = |more: &str| {
        let exp = NOW + 60;
        format!(r#"{{"iss":"i","sub":"s","aud":"us","exp":{exp},"iat":{NOW}{more}}}"#)
    };
    let at = NumericDate::from_seconds(NOW);
    let event = r#","events":{"https://schemas.example.com/event":{}}"#;
    let prohibited = error(Claim::Events, Problem::Prohibited);
    for (policy, with_event) in [
        (oidc::id_token(&"i", &"us", Nonce::NotSent), prohibited),
        (oidc::user_info(&"i", &"us"), prohibited),
        (Policy::jwt(Check::NotChecked, Check::NotChecked), Ok(())),
    ] {
        assert_eq!(verify(&policy, &claims(""), at), Ok(()));
        assert_eq!(
            verify(&policy, &claims(event), at),
            with_event,
            "{policy:?}"
        );
    }
    let events = |expected| Policy {
        events: Check::Required(expected),
        ..UNCHECKED
    };
    for (expected, claims, want) in [
        ("e", r#"{"events":{"e":{}}}"#, Ok(())),
        ("e", r#"{"events":{"f":{},"\u0065":{"x":1}}}"#, Ok(())),
        (
            "e",
            r#"{"events":{"f":{}}}"#,
            error(Claim::Events, Problem::Mismatch),
        ),
        (
            "e",
            r#"{"events":{"e":{},"e":{}}}"#,
            error(Claim::Events, Problem::Mismatch),
        ),
        (
            "e",
            r#"{"events":{"e":1}}"#,
            error(Claim::Events, Problem::WrongType),
        ),
        (
            "e",
            r#"{"events":["e"]}"#,
            error(Claim::Events, Problem::WrongType),
        ),
        ("e", "{}", error(Claim::Events, Problem::Missing)),
    ] {
        assert_eq!(verify(&events(expected), claims, at), want, "{claims}");
    }
}

#[test]
fn nonce_sent_or_not_sent() {
    let claims = |nonce: &str| {
        let exp = NOW + 60;
        format!(r#"{{"iss":"i","sub":"s","aud":"us","exp":{exp},"iat":{NOW}{nonce}}}"#)
    };
    let at = NumericDate::from_seconds(NOW);
    let policy = |nonce| oidc::id_token(&"i", &"us", nonce);
    for (nonce, token, want) in [
        (Nonce::Sent("n"), r#","nonce":"n""#, Ok(())),
        (
            Nonce::Sent("n"),
            r#","nonce":"m""#,
            error(Claim::Nonce, Problem::Mismatch),
        ),
        (Nonce::Sent("n"), "", error(Claim::Nonce, Problem::Missing)),
        (
            Nonce::Sent(""),
            r#","nonce":"""#,
            error(Claim::Nonce, Problem::NothingExpected),
        ),
        (Nonce::NotSent, "", Ok(())),
        (Nonce::NotSent, r#","nonce":"n""#, Ok(())),
    ] {
        assert_eq!(
            verify(&policy(nonce), &claims(token), at),
            want,
            "{nonce:?} {token}"
        );
    }
}

#[test]
fn validate_finds_unusable_policies() {
    let typ = Policy {
        typ: Check::IfPresent(""),
        ..UNCHECKED
    };
    let mistake = Error::Header(Member::Typ, Problem::NothingExpected);
    assert_eq!(typ.validate(), Err(mistake));
    let typ = Policy {
        typ: Check::Required("Application/"),
        ..UNCHECKED
    };
    assert_eq!(typ.validate(), Err(mistake));
    for policy in [
        UNCHECKED,
        oidc::id_token(&"i", &"us", Nonce::Sent("n")),
        oidc::user_info(&"i", &["us", "we"]),
        oidc::logout_token(&"i", &"us"),
        oauth::access_token(&"i", &"api"),
        Policy::jwt(Check::Present, Check::Absent),
    ] {
        assert_eq!(policy.validate(), Ok(()), "{policy:?}");
    }
}

/// String lists of every type that a policy accepts.
#[test]
fn string_lists_of_every_type() {
    let (owned, slice) = (vec!["a".to_owned(), "b".to_owned()], &["a", "b"][..]);
    let (one, empty) = ("b".to_owned(), Vec::<String>::new());
    let at = NumericDate::from_seconds(NOW);
    let lists: [(&dyn StringList, bool); 6] = [
        (&["a", "b"], true),
        (&owned, true),
        (&slice, true),
        (&one, true),
        (&"b", true),
        (&empty, false),
    ];
    for (list, fits) in lists {
        let policy = oauth::access_token(list, &"api");
        let policy = Policy {
            issuer: policy.issuer,
            ..UNCHECKED
        };
        let want = if fits {
            Ok(())
        } else {
            error(Claim::Iss, Problem::NothingExpected)
        };
        assert_eq!(verify(&policy, r#"{"iss":"b"}"#, at), want);
        let mismatch = if fits {
            error(Claim::Iss, Problem::Mismatch)
        } else {
            want
        };
        assert_eq!(verify(&policy, r#"{"iss":"c"}"#, at), mismatch);
    }
}

/// An endless list, which another crate could implement.
struct EndlessList;

impl StringList for EndlessList {
    fn string_at(&self, _: usize) -> Option<&str> {
        Some("a")
    }
}

#[test]
fn endless_string_list() {
    let policy = Policy {
        issuer: Check::Required(&EndlessList),
        ..UNCHECKED
    };
    assert_eq!(
        policy.validate(),
        error(Claim::Iss, Problem::NothingExpected)
    );
    let at = NumericDate::from_seconds(NOW);
    assert_eq!(verify(&policy, r#"{"iss":"a"}"#, at), Ok(()));
    assert_eq!(
        verify(&policy, r#"{"iss":"b"}"#, at),
        error(Claim::Iss, Problem::Mismatch)
    );
    let client = |client_ids, trusted| Audience::Client {
        client_ids,
        trusted,
    };
    for audience in [
        Audience::AnyOf(&EndlessList),
        client(&EndlessList, &["a"]),
        client(&["a"], &EndlessList),
    ] {
        let policy = Policy {
            audience: Check::Required(audience),
            ..UNCHECKED
        };
        assert_eq!(
            policy.validate(),
            error(Claim::Aud, Problem::NothingExpected)
        );
        assert_eq!(verify(&policy, r#"{"aud":"a","azp":"a"}"#, at), Ok(()));
    }
}

const TEMPLATE: &str = "https://login.example.com/{tenantid}/v2.0";

/// Verifies a token with these claims, with an [`IssuerTemplate`] as the only check.
fn check_template(template: &str, claim: &str, claims: &str) -> Result<(), Error> {
    let check = IssuerTemplate { template, claim };
    assert_eq!(ClaimCheck::name(&check), "iss");
    let (key, token) = (key(), token(claims));
    let mut scratch = vec![0; token.len()];
    let checks: [&dyn ClaimCheck; 1] = [&check];
    let verifier = Verifier::new(&key, &UNCHECKED).with_checks(&checks);
    let result = verifier.verify(token.as_bytes(), Clock::Absent, &mut scratch);
    result.map(|_| ())
}

/// Providers with many tenants write the tenant into the issuer, and publish a template of the
/// issuer.
#[test]
fn issuer_template() {
    let rejected = |claim, problem| Err(Error::Claim(claim, problem));
    let (iss, tid) = (Claim::Iss, Claim::Other);
    for (issuer, tenant, want) in [
        (
            "9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            r#""9188040d-6c67-4c5b-b112-36a304b66dad""#,
            Ok(()),
        ),
        ("a/v2.0", r#""a""#, Ok(())),
        (r"\u0061/v2.0", r#""a""#, Ok(())),
        ("a/v2.0", r#""\u0061""#, Ok(())),
        ("A.b_c~1-/v2.0", r#""A.b_c~1-""#, Ok(())),
        ("b/v2.0", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("A/v2.0", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("a/v2.0/", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("a/v2.0#", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("a/v2.0a/v2.0", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("a", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("", r#""a""#, rejected(iss, Problem::Mismatch)),
        ("/v2.0", r#""a""#, rejected(iss, Problem::Mismatch)),
        (
            "{tenantid}/v2.0",
            r#""a""#,
            rejected(iss, Problem::Mismatch),
        ),
        (
            "{tenantid}/v2.0",
            r#""{tenantid}""#,
            rejected(tid, Problem::Mismatch),
        ),
        ("/v2.0", r#""""#, rejected(tid, Problem::Mismatch)),
        ("a/b/v2.0", r#""a/b""#, rejected(tid, Problem::Mismatch)),
        ("a%2fb/v2.0", r#""a%2fb""#, rejected(tid, Problem::Mismatch)),
        ("./v2.0", r#"".""#, rejected(tid, Problem::Mismatch)),
        ("../v2.0", r#""..""#, rejected(tid, Problem::Mismatch)),
        ("a?/v2.0", r#""a?""#, rejected(tid, Problem::Mismatch)),
        ("a@b/v2.0", r#""a@b""#, rejected(tid, Problem::Mismatch)),
        ("a b/v2.0", r#""a b""#, rejected(tid, Problem::Mismatch)),
        ("é/v2.0", r#""é""#, rejected(tid, Problem::Mismatch)),
        (
            r"a\u0000/v2.0",
            r#""a\u0000""#,
            rejected(tid, Problem::Mismatch),
        ),
        ("5/v2.0", "5", rejected(tid, Problem::WrongType)),
        ("a/v2.0", r#"["a"]"#, rejected(tid, Problem::WrongType)),
        ("null/v2.0", "null", rejected(tid, Problem::WrongType)),
    ] {
        let claims = format!(r#"{{"iss":"https://login.example.com/{issuer}","tid":{tenant}}}"#);
        assert_eq!(check_template(TEMPLATE, "tid", &claims), want, "{claims}");
    }
    for (claims, want) in [
        (
            r#"{"iss":"https://login.example.com/a/v2.0"}"#,
            rejected(tid, Problem::Missing),
        ),
        (
            r#"{"iss":"https://login.example.com/a/v2.0","TID":"a"}"#,
            rejected(tid, Problem::Missing),
        ),
        (r#"{"tid":"a"}"#, rejected(iss, Problem::Missing)),
        (
            r#"{"iss":"https://evil.example.com/a/v2.0","tid":"a"}"#,
            rejected(iss, Problem::Mismatch),
        ),
        (
            r#"{"iss":"http://login.example.com/a/v2.0","tid":"a"}"#,
            rejected(iss, Problem::Mismatch),
        ),
    ] {
        assert_eq!(check_template(TEMPLATE, "tid", claims), want, "{claims}");
    }
}

/// A template without exactly one placeholder is the caller's mistake, whatever the token says.
#[test]
fn issuer_template_without_a_placeholder() {
    let good = r#"{"iss":"https://login.example.com/a/v2.0","tid":"a","":"a"}"#;
    for (template, claim) in [
        ("https://login.example.com/a/v2.0", "tid"),
        ("https://login.example.com/{a}/{b}", "tid"),
        ("https://login.example.com/{a/v2.0", "tid"),
        ("https://login.example.com/a}/v2.0", "tid"),
        ("https://login.example.com/}a{/v2.0", "tid"),
        ("https://login.example.com/{{a}}/v2.0", "tid"),
        ("https://login.example.com/{}/v2.0", "tid"),
        ("{issuer}", "iss"),
        ("", "tid"),
        (TEMPLATE, ""),
    ] {
        let mistake = Err(Error::Claim(Claim::Iss, Problem::NothingExpected));
        assert_eq!(check_template(template, claim, good), mistake, "{template}");
        assert_eq!(check_template(template, claim, "{}"), mistake, "{template}");
    }
    let suffix = r#"{"iss":"https://login.example.com/a","sub":"a"}"#;
    assert_eq!(
        check_template("https://login.example.com/{user}", "sub", suffix),
        Ok(())
    );
}
