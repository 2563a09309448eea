//! Every check of a policy: what it accepts, what it rejects, and the exact boundaries.

use core::time::Duration;
use jose_verify::oidc::Nonce;
use jose_verify::{
    Audience, Check, Claim, Clock, Error, MaxAge, Member, NumericDate, Policy, Problem, StringList,
    Verifier, oauth, oidc,
};

use super::support::sign::{key, token, token_with_header};
use super::support::verdict::{UNCHECKED, verdict_at, with_verified};

/// The time at which these tests verify their tokens: in November 2023, before the tests' usual
/// `NOW`.
pub(super) const NOW_2023: i64 = 1_700_000_000;

pub(super) fn check_token(
    token: &str,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    verdict_at(token, &key(), policy, clock)
}

pub(super) fn check(claims: &str, policy: &Policy<'_>) -> Result<(), Error> {
    check_at(claims, policy, NumericDate::from_seconds(NOW_2023))
}

pub(super) fn check_at(
    claims: &str,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    check_token(&token(claims), policy, clock)
}

/// Coerces a list to the type that a policy takes.
fn any_of(list: &dyn StringList) -> &dyn StringList {
    list
}

/// Checks one claim with each variant of [`Check`]: missing, valid, and with a different value.
pub(super) fn assert_every_check<'p, T: Copy>(
    set: impl Fn(Check<T>) -> Policy<'p>,
    expected: T,
    valid: &str,
    other: &str,
    missing: Error,
    mismatch: Error,
) {
    let check = |claims: &str, wanted| check(claims, &set(wanted));
    assert_eq!(check(valid, Check::Required(expected)), Ok(()), "{valid}");
    assert_eq!(
        check(other, Check::Required(expected)),
        Err(mismatch),
        "{other}"
    );
    assert_eq!(
        check("{}", Check::Required(expected)),
        Err(missing),
        "{valid}"
    );
    assert_eq!(check(valid, Check::IfPresent(expected)), Ok(()), "{valid}");
    assert_eq!(
        check(other, Check::IfPresent(expected)),
        Err(mismatch),
        "{other}"
    );
    assert_eq!(check("{}", Check::IfPresent(expected)), Ok(()), "{valid}");
    assert_eq!(check(other, Check::Present), Ok(()), "{other}");
    assert_eq!(check("{}", Check::Present), Err(missing), "{valid}");
    assert_eq!(check(other, Check::NotChecked), Ok(()), "{other}");
    assert_eq!(check("{}", Check::NotChecked), Ok(()), "{valid}");
    let prohibited = match missing {
        Error::Claim(claim, _) => Error::Claim(claim, Problem::Prohibited),
        Error::Header(member, _) => Error::Header(member, Problem::Prohibited),
        other => panic!("{other:?}"),
    };
    assert_eq!(check("{}", Check::Absent), Ok(()), "{valid}");
    assert_eq!(check(valid, Check::Absent), Err(prohibited), "{valid}");
    assert_eq!(check(other, Check::Absent), Err(prohibited), "{other}");
}

#[test]
fn issuer() {
    let set = |issuer| Policy {
        issuer,
        ..UNCHECKED
    };
    assert_every_check(
        set,
        any_of(&["https://a", "https://b"]),
        r#"{"iss":"https:\/\/b"}"#,
        r#"{"iss":"https://c"}"#,
        Error::Claim(Claim::Iss, Problem::Missing),
        Error::Claim(Claim::Iss, Problem::Mismatch),
    );
    for other in [
        "https://a/",
        "https://",
        "https://A",
        "ttps://a",
        "",
        "https://a\\u0000",
    ] {
        let claims = format!(r#"{{"iss":"{other}"}}"#);
        let policy = set(Check::Required(&["https://a"]));
        assert_eq!(
            check(&claims, &policy),
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
            "{other}"
        );
    }
    let empty = set(Check::Required(&[""; 0]));
    assert_eq!(
        check(r#"{"iss":""}"#, &empty),
        Err(Error::Claim(Claim::Iss, Problem::NothingExpected))
    );
}

#[test]
fn strings_are_compared_exactly() {
    assert_every_check(
        |subject| Policy {
            subject,
            ..UNCHECKED
        },
        any_of(&["é"]),
        r#"{"sub":"\u00e9"}"#,
        r#"{"sub":"e"}"#,
        Error::Claim(Claim::Sub, Problem::Missing),
        Error::Claim(Claim::Sub, Problem::Mismatch),
    );
    assert_every_check(
        |authorized_party| Policy {
            authorized_party,
            ..UNCHECKED
        },
        any_of(&["us", "me"]),
        r#"{"azp":"us"}"#,
        r#"{"azp":"them"}"#,
        Error::Claim(Claim::Azp, Problem::Missing),
        Error::Claim(Claim::Azp, Problem::Mismatch),
    );
    assert_every_check(
        |nonce| Policy { nonce, ..UNCHECKED },
        "n",
        r#"{"nonce":"n"}"#,
        r#"{"nonce":"N"}"#,
        Error::Claim(Claim::Nonce, Problem::Missing),
        Error::Claim(Claim::Nonce, Problem::Mismatch),
    );
    assert_every_check(
        |jwt_id| Policy {
            jwt_id,
            ..UNCHECKED
        },
        "1",
        r#"{"jti":"1"}"#,
        r#"{"jti":"2"}"#,
        Error::Claim(Claim::Jti, Problem::Missing),
        Error::Claim(Claim::Jti, Problem::Mismatch),
    );
    assert_every_check(
        |client_id| Policy {
            client_id,
            ..UNCHECKED
        },
        any_of(&["b", "c"]),
        r#"{"client_id":"c"}"#,
        r#"{"client_id":"d"}"#,
        Error::Claim(Claim::ClientId, Problem::Missing),
        Error::Claim(Claim::ClientId, Problem::Mismatch),
    );
}

#[test]
fn authentication_context() {
    assert_every_check(
        |acr| Policy { acr, ..UNCHECKED },
        any_of(&["silver", "gold"]),
        r#"{"acr":"gold"}"#,
        r#"{"acr":"bronze"}"#,
        Error::Claim(Claim::Acr, Problem::Missing),
        Error::Claim(Claim::Acr, Problem::Mismatch),
    );
    assert_every_check(
        |amr| Policy { amr, ..UNCHECKED },
        "otp",
        r#"{"amr":["pwd","otp"]}"#,
        r#"{"amr":["pwd"]}"#,
        Error::Claim(Claim::Amr, Problem::Missing),
        Error::Claim(Claim::Amr, Problem::Mismatch),
    );
}

#[test]
fn audience() {
    let set = |audience| Policy {
        audience,
        ..UNCHECKED
    };
    for valid in [
        r#"{"aud":"us"}"#,
        r#"{"aud":["them","us"]}"#,
        r#"{"aud":["u\u0073"]}"#,
    ] {
        assert_every_check(
            set,
            Audience::AnyOf(&["us", "we"]),
            valid,
            r#"{"aud":["them","US"]}"#,
            Error::Claim(Claim::Aud, Problem::Missing),
            Error::Claim(Claim::Aud, Problem::Mismatch),
        );
    }
    let client = set(Check::Required(Audience::Client {
        client_ids: &["us"],
        trusted: &["friend"],
    }));
    for (claims, want) in [
        (r#"{"aud":"us"}"#, Ok(())),
        (r#"{"aud":["us"]}"#, Ok(())),
        (r#"{"aud":["us","us"]}"#, Ok(())),
        (r#"{"aud":["friend","us"]}"#, Ok(())),
        (r#"{"aud":["us","them"],"azp":"us"}"#, Ok(())),
        (
            r#"{"aud":["us","them"]}"#,
            Err(Error::Claim(Claim::Aud, Problem::Untrusted)),
        ),
        (
            r#"{"aud":["us","them"],"azp":"them"}"#,
            Err(Error::Claim(Claim::Aud, Problem::Untrusted)),
        ),
        (
            r#"{"aud":"friend"}"#,
            Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
        ),
        (
            r#"{"aud":"them","azp":"us"}"#,
            Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
        ),
        ("{}", Err(Error::Claim(Claim::Aud, Problem::Missing))),
    ] {
        assert_eq!(check(claims, &client), want, "{claims}");
    }
}

#[test]
fn type_of_the_token() {
    let mismatch = Err(Error::Header(Member::Typ, Problem::Mismatch));
    for (typ, expected, want) in [
        ("at+jwt", "at+jwt", Ok(())),
        ("AT+JWT", "at+jwt", Ok(())),
        ("application/at+jwt", "at+jwt", Ok(())),
        ("Application/AT+jwt", "at+jwt", Ok(())),
        (r"application\/at+jwt", "at+jwt", Ok(())),
        ("at+jwt", "application/at+jwt", Ok(())),
        ("JWT", "at+jwt", mismatch),
        ("at+jw", "at+jwt", mismatch),
        ("at+jwt2", "at+jwt", mismatch),
        ("application/", "at+jwt", mismatch),
        ("application/application/at+jwt", "at+jwt", mismatch),
        ("text/at+jwt", "at+jwt", mismatch),
        ("application/text/at+jwt", "text/at+jwt", mismatch),
        ("application/at+jwt", "application/at+jwt", Ok(())),
        ("", "at+jwt", mismatch),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#);
        let token = token_with_header(header.as_bytes(), b"{}");
        let typ_policy = Policy {
            typ: Check::Required(expected),
            ..UNCHECKED
        };
        let now = NumericDate::from_seconds(NOW_2023);
        assert_eq!(
            check_token(&token, &typ_policy, now),
            want,
            "{typ} {expected}"
        );
    }
    let typ = Check::Required("at+jwt");
    assert_eq!(
        check("{}", &Policy { typ, ..UNCHECKED }),
        Err(Error::Header(Member::Typ, Problem::Missing))
    );
}

#[test]
fn id_token() {
    let policy = oidc::id_token(&["https://op"], &["us"], Nonce::Sent("n"));
    let fields = [
        (
            "iss",
            r#""https:\/\/op""#,
            Error::Claim(Claim::Iss, Problem::Missing),
        ),
        (
            "sub",
            r#""24400320""#,
            Error::Claim(Claim::Sub, Problem::Missing),
        ),
        ("aud", r#""us""#, Error::Claim(Claim::Aud, Problem::Missing)),
        (
            "exp",
            "1700000001",
            Error::Claim(Claim::Exp, Problem::Missing),
        ),
        (
            "iat",
            "1700000000",
            Error::Claim(Claim::Iat, Problem::Missing),
        ),
        (
            "nonce",
            r#""n""#,
            Error::Claim(Claim::Nonce, Problem::Missing),
        ),
    ];
    let claims = |leave_out: Option<usize>| {
        let fields = fields
            .iter()
            .enumerate()
            .filter(|(i, _)| Some(*i) != leave_out);
        let members: Vec<String> = fields
            .map(|(_, (n, v, _))| format!("\"{n}\":{v}"))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(check(&claims(None), &policy), Ok(()));
    for (i, (_, _, missing)) in fields.iter().enumerate() {
        assert_eq!(check(&claims(Some(i)), &policy), Err(*missing));
    }
    for (typ, want) in [
        ("JWT", Ok(())),
        ("application/jwt", Ok(())),
        ("at+jwt", Err(Error::Header(Member::Typ, Problem::Mismatch))),
        (
            "logout+jwt",
            Err(Error::Header(Member::Typ, Problem::Mismatch)),
        ),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#);
        let token = token_with_header(header.as_bytes(), claims(None).as_bytes());
        assert_eq!(
            check_token(&token, &policy, NumericDate::from_seconds(NOW_2023)),
            want,
            "{typ}"
        );
    }
    let with = |more: &str| claims(None).replace('}', &format!(",{more}}}"));
    assert_eq!(check(&with(r#""azp":"us""#), &policy), Ok(()));
    let other = check(&with(r#""azp":"them""#), &policy);
    assert_eq!(other, Err(Error::Claim(Claim::Azp, Problem::Mismatch)));
    assert_eq!(
        check(&with(r#""nbf":1700000001"#), &policy),
        Err(Error::Claim(Claim::Nbf, Problem::NotYetValid))
    );
}

#[test]
fn access_token() {
    let policy = oauth::access_token(&["https://op"], &["https://api", "api"]);
    let claims = concat!(
        r#"{"iss":"https://op","exp":1700000001,"aud":["api","other"],"sub":"s","#,
        r#""client_id":"c","iat":1700000000,"jti":"1"}"#
    );
    let check = |typ: &str, claims: &str| {
        let header = format!(r#"{{"alg":"HS256"{typ}}}"#);
        let token = token_with_header(header.as_bytes(), claims.as_bytes());
        check_token(&token, &policy, NumericDate::from_seconds(NOW_2023))
    };
    let typ = r#","typ":"at+jwt""#;
    assert_eq!(check(typ, claims), Ok(()));
    assert_eq!(
        check("", claims),
        Err(Error::Header(Member::Typ, Problem::Missing))
    );
    assert_eq!(
        check(r#","typ":"JWT""#, claims),
        Err(Error::Header(Member::Typ, Problem::Mismatch))
    );
    for (name, missing) in [
        ("iss", Error::Claim(Claim::Iss, Problem::Missing)),
        ("exp", Error::Claim(Claim::Exp, Problem::Missing)),
        ("aud", Error::Claim(Claim::Aud, Problem::Missing)),
        ("sub", Error::Claim(Claim::Sub, Problem::Missing)),
        ("client_id", Error::Claim(Claim::ClientId, Problem::Missing)),
        ("iat", Error::Claim(Claim::Iat, Problem::Missing)),
        ("jti", Error::Claim(Claim::Jti, Problem::Missing)),
    ] {
        let without = claims.replace(&format!("\"{name}\""), &format!("\"x{name}\""));
        assert_eq!(check(typ, &without), Err(missing), "{name}");
    }
}

/// Some providers write `amr` as a string, or `auth_time` as text. The token is rejected only if
/// the policy checks the claim. The error then names the type, never a missing claim.
#[test]
fn side_claims_of_the_wrong_type() {
    let (method, level, age) = (
        "pwd",
        &"gold",
        MaxAge {
            age: Duration::from_secs(300),
            leeway: Duration::from_secs(0),
        },
    );
    let amr = |amr| Policy { amr, ..UNCHECKED };
    let acr = |acr| Policy { acr, ..UNCHECKED };
    let auth_time = |auth_time| Policy {
        auth_time,
        ..UNCHECKED
    };
    let policies = [
        ("amr", amr(Check::Required(method))),
        ("amr", amr(Check::Present)),
        ("amr", amr(Check::IfPresent(method))),
        ("amr", amr(Check::Absent)),
        ("acr", acr(Check::Required(level))),
        ("acr", acr(Check::Present)),
        ("acr", acr(Check::IfPresent(level))),
        ("acr", acr(Check::Absent)),
        ("auth_time", auth_time(Check::Required(age))),
        ("auth_time", auth_time(Check::Present)),
        ("auth_time", auth_time(Check::IfPresent(age))),
        ("auth_time", auth_time(Check::Absent)),
    ];
    let everything = Policy {
        acr: Check::Absent,
        auth_time: Check::Absent,
        ..amr(Check::Absent)
    };
    let (wrong, range) = (Problem::WrongType, Problem::OutOfRange);
    let late = Clock::Second(NOW_2023 + 60);
    for (name, value, problem) in [
        ("amr", r#""pwd""#, wrong),
        ("amr", r#"["pwd",5]"#, wrong),
        ("amr", r#"["pwd",null]"#, wrong),
        ("amr", r#"[["pwd"]]"#, wrong),
        ("amr", r#"{"pwd":true}"#, wrong),
        ("amr", "5", wrong),
        ("acr", "0", wrong),
        ("acr", "true", wrong),
        ("acr", r#"["gold"]"#, wrong),
        ("acr", r#"{"gold":"gold"}"#, wrong),
        ("auth_time", r#""1750000000""#, wrong),
        ("auth_time", r#""2025-06-15T15:06:40Z""#, wrong),
        ("auth_time", "[1750000000]", wrong),
        ("auth_time", "false", wrong),
        ("auth_time", "1e300", range),
        ("auth_time", "9223372036854775808", range),
    ] {
        let text = format!(r#"{{"sub":"u","{name}":{value},"exp":{}}}"#, NOW_2023 + 60);
        let token = token(&text);
        with_verified(token.clone(), &UNCHECKED, Clock::Absent, |jwt| {
            let claims = jwt.claims();
            assert!(claims.amr().is_none() && claims.acr().is_none(), "{text}");
            assert_eq!(claims.auth_time(), None, "{text}");
            assert!(claims.get(name).is_some() && claims.subject().unwrap() == "u");
        })
        .unwrap();
        let claim = Claim::ALL
            .iter()
            .find(|claim| claim.name() == name)
            .unwrap();
        let rejected = Err(Error::Claim(*claim, problem));
        for (_, policy) in policies.iter().filter(|(checked, _)| *checked == name) {
            assert_eq!(
                check_at(&text, policy, Clock::Absent),
                rejected,
                "{text} {policy:?}"
            );
        }
        // The wrong type is reported even if the token fails other checks, and nothing else is
        // reported.
        let expired = Policy {
            expires_at: Check::Required(Duration::from_secs(0)),
            ..everything
        };
        assert_eq!(check_at(&text, &expired, late), rejected, "{text}");
        let (key, mut scratch) = (key(), vec![0; token.len()]);
        let verifier = Verifier::new(&key, &expired);
        let explained = verifier.explain(token.as_bytes(), late, &mut scratch, |report| {
            panic!("{report:?}")
        });
        assert_eq!(explained.map(|_| ()), rejected, "{text}");
    }
}
