//! Every check of a policy: what it accepts, what it refuses, and where exactly the boundary lies.

use jose_verify::{Audience, Check, Clock, Error, NumericDate, Policy, oauth, oidc};

use super::support::judge::verdict_at;
use super::support::sign::{key, token, token_with_header};

pub(super) const NOW: i64 = 1_700_000_000;

/// A policy that checks nothing, to be narrowed by one check at a time.
pub(super) const NOTHING: Policy<'static> = Policy {
    expires_at: Check::NotChecked,
    not_before: Check::NotChecked,
    issued_at: Check::NotChecked,
    ..Policy::jwt(Check::NotChecked, Check::NotChecked)
};

pub(super) fn check_token(
    token: &str,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    verdict_at(token, &key(), policy, clock)
}

pub(super) fn check(claims: &str, policy: &Policy<'_>) -> Result<(), Error> {
    check_at(claims, policy, NumericDate::from_seconds(NOW))
}

pub(super) fn check_at(
    claims: &str,
    policy: &Policy<'_>,
    clock: impl Into<Clock>,
) -> Result<(), Error> {
    check_token(&token(claims), policy, clock)
}

/// One claim in each demand: missing, fitting, not fitting.
pub(super) fn assert_demands<'p, T: Copy>(
    set: impl Fn(Check<T>) -> Policy<'p>,
    expected: T,
    fitting: &str,
    other: &str,
    missing: Error,
    mismatch: Error,
) {
    let check = |claims: &str, demand| check(claims, &set(demand));
    assert_eq!(
        check(fitting, Check::Required(expected)),
        Ok(()),
        "{fitting}"
    );
    assert_eq!(
        check(other, Check::Required(expected)),
        Err(mismatch),
        "{other}"
    );
    assert_eq!(
        check("{}", Check::Required(expected)),
        Err(missing),
        "{fitting}"
    );
    assert_eq!(
        check(fitting, Check::IfPresent(expected)),
        Ok(()),
        "{fitting}"
    );
    assert_eq!(
        check(other, Check::IfPresent(expected)),
        Err(mismatch),
        "{other}"
    );
    assert_eq!(check("{}", Check::IfPresent(expected)), Ok(()), "{fitting}");
    assert_eq!(check(other, Check::Present), Ok(()), "{other}");
    assert_eq!(check("{}", Check::Present), Err(missing), "{fitting}");
    assert_eq!(check(other, Check::NotChecked), Ok(()), "{other}");
    assert_eq!(check("{}", Check::NotChecked), Ok(()), "{fitting}");
}

#[test]
fn issuer() {
    let set = |issuer| Policy { issuer, ..NOTHING };
    assert_demands(
        set,
        &["https://a", "https://b"][..],
        r#"{"iss":"https:\/\/b"}"#,
        r#"{"iss":"https://c"}"#,
        Error::MissingIssuer,
        Error::IssuerMismatch,
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
            Err(Error::IssuerMismatch),
            "{other}"
        );
    }
    let nobody = set(Check::Required(&[]));
    assert_eq!(check(r#"{"iss":""}"#, &nobody), Err(Error::IssuerMismatch));
}

#[test]
fn strings_compared_exactly() {
    assert_demands(
        |subject| Policy { subject, ..NOTHING },
        "é",
        r#"{"sub":"\u00e9"}"#,
        r#"{"sub":"e"}"#,
        Error::MissingSubject,
        Error::SubjectMismatch,
    );
    assert_demands(
        |authorized_party| Policy {
            authorized_party,
            ..NOTHING
        },
        &["us", "me"][..],
        r#"{"azp":"us"}"#,
        r#"{"azp":"them"}"#,
        Error::MissingAuthorizedParty,
        Error::AuthorizedPartyMismatch,
    );
    assert_demands(
        |nonce| Policy { nonce, ..NOTHING },
        "n",
        r#"{"nonce":"n"}"#,
        r#"{"nonce":"N"}"#,
        Error::MissingNonce,
        Error::NonceMismatch,
    );
    assert_demands(
        |jwt_id| Policy { jwt_id, ..NOTHING },
        "1",
        r#"{"jti":"1"}"#,
        r#"{"jti":"2"}"#,
        Error::MissingJwtId,
        Error::JwtIdMismatch,
    );
    assert_demands(
        |client_id| Policy {
            client_id,
            ..NOTHING
        },
        "c",
        r#"{"client_id":"c"}"#,
        r#"{"client_id":"d"}"#,
        Error::MissingClientId,
        Error::ClientIdMismatch,
    );
}

#[test]
fn authentication_context() {
    assert_demands(
        |acr| Policy { acr, ..NOTHING },
        &["silver", "gold"][..],
        r#"{"acr":"gold"}"#,
        r#"{"acr":"bronze"}"#,
        Error::MissingAcr,
        Error::AcrMismatch,
    );
    assert_demands(
        |amr| Policy { amr, ..NOTHING },
        "otp",
        r#"{"amr":["pwd","otp"]}"#,
        r#"{"amr":["pwd"]}"#,
        Error::MissingAmr,
        Error::AmrMismatch,
    );
}

#[test]
fn audience() {
    let set = |audience| Policy {
        audience,
        ..NOTHING
    };
    for fitting in [
        r#"{"aud":"us"}"#,
        r#"{"aud":["them","us"]}"#,
        r#"{"aud":["u\u0073"]}"#,
    ] {
        assert_demands(
            set,
            Audience::AnyOf(&["us", "we"]),
            fitting,
            r#"{"aud":["them","US"]}"#,
            Error::MissingAudience,
            Error::AudienceMismatch,
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
        (r#"{"aud":["us","them"]}"#, Err(Error::UntrustedAudience)),
        (
            r#"{"aud":["us","them"],"azp":"them"}"#,
            Err(Error::UntrustedAudience),
        ),
        (r#"{"aud":"friend"}"#, Err(Error::AudienceMismatch)),
        (r#"{"aud":"them","azp":"us"}"#, Err(Error::AudienceMismatch)),
        ("{}", Err(Error::MissingAudience)),
    ] {
        assert_eq!(check(claims, &client), want, "{claims}");
    }
}

#[test]
fn type_of_the_token() {
    let refused = Err(Error::TypeMismatch);
    for (typ, expected, want) in [
        ("at+jwt", "at+jwt", Ok(())),
        ("AT+JWT", "at+jwt", Ok(())),
        ("application/at+jwt", "at+jwt", Ok(())),
        ("Application/AT+jwt", "at+jwt", Ok(())),
        (r"application\/at+jwt", "at+jwt", Ok(())),
        ("at+jwt", "application/at+jwt", Ok(())),
        ("JWT", "at+jwt", refused),
        ("at+jw", "at+jwt", refused),
        ("at+jwt2", "at+jwt", refused),
        ("application/", "at+jwt", refused),
        ("application/application/at+jwt", "at+jwt", refused),
        ("text/at+jwt", "at+jwt", refused),
        ("application/text/at+jwt", "text/at+jwt", refused),
        ("application/at+jwt", "application/at+jwt", Ok(())),
        ("", "at+jwt", refused),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#);
        let token = token_with_header(header.as_bytes(), b"{}");
        let typ_policy = Policy {
            typ: Check::Required(expected),
            ..NOTHING
        };
        let now = NumericDate::from_seconds(NOW);
        assert_eq!(
            check_token(&token, &typ_policy, now),
            want,
            "{typ} {expected}"
        );
    }
    let typ = Check::Required("at+jwt");
    assert_eq!(
        check("{}", &Policy { typ, ..NOTHING }),
        Err(Error::MissingType)
    );
}

#[test]
fn id_token() {
    let policy = oidc::id_token(&["https://op"], &["us"], Check::Required("n"));
    let fields = [
        ("iss", r#""https:\/\/op""#, Error::MissingIssuer),
        ("sub", r#""24400320""#, Error::MissingSubject),
        ("aud", r#""us""#, Error::MissingAudience),
        ("exp", "1700000001", Error::MissingExpiry),
        ("iat", "1700000000", Error::MissingIssuedAt),
        ("nonce", r#""n""#, Error::MissingNonce),
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
        ("at+jwt", Err(Error::TypeMismatch)),
        ("logout+jwt", Err(Error::TypeMismatch)),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#);
        let token = token_with_header(header.as_bytes(), claims(None).as_bytes());
        assert_eq!(
            check_token(&token, &policy, NumericDate::from_seconds(NOW)),
            want,
            "{typ}"
        );
    }
    let with = |more: &str| claims(None).replace('}', &format!(",{more}}}"));
    assert_eq!(check(&with(r#""azp":"us""#), &policy), Ok(()));
    let other = check(&with(r#""azp":"them""#), &policy);
    assert_eq!(other, Err(Error::AuthorizedPartyMismatch));
    assert_eq!(
        check(&with(r#""nbf":1700000001"#), &policy),
        Err(Error::NotYetValid)
    );
}

#[test]
fn access_token() {
    let policy = oauth::access_token(&["https://op"], &["https://api", "api"]);
    let claims = r#"{"iss":"https://op","exp":1700000001,"aud":["api","other"],"sub":"s","client_id":"c","iat":1700000000,"jti":"1"}"#;
    let check = |typ: &str, claims: &str| {
        let header = format!(r#"{{"alg":"HS256"{typ}}}"#);
        let token = token_with_header(header.as_bytes(), claims.as_bytes());
        check_token(&token, &policy, NumericDate::from_seconds(NOW))
    };
    let typ = r#","typ":"at+jwt""#;
    assert_eq!(check(typ, claims), Ok(()));
    assert_eq!(check("", claims), Err(Error::MissingType));
    assert_eq!(check(r#","typ":"JWT""#, claims), Err(Error::TypeMismatch));
    for (name, missing) in [
        ("iss", Error::MissingIssuer),
        ("exp", Error::MissingExpiry),
        ("aud", Error::MissingAudience),
        ("sub", Error::MissingSubject),
        ("client_id", Error::MissingClientId),
        ("iat", Error::MissingIssuedAt),
        ("jti", Error::MissingJwtId),
    ] {
        let without = claims.replace(&format!("\"{name}\""), &format!("\"x{name}\""));
        assert_eq!(check(typ, &without), Err(missing), "{name}");
    }
}
