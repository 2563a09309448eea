//! Every check of a policy: what it accepts, what it refuses, and where exactly the boundary lies.

use jose_verify::{
    Audience, Check, Clock, Error, Leeway, MaxAge, NumericDate, Policy, Verified, oidc,
    scratch_len, verify, verify_in_place,
};

use super::support::sign::{key, token, token_with_header};

const NOW: i64 = 1_700_000_000;

/// A policy that checks nothing, to be narrowed by one check at a time.
const NOTHING: Policy<'static> = Policy {
    expires_at: Check::NotChecked,
    not_before: Check::NotChecked,
    issued_at: Check::NotChecked,
    ..oidc::jwt(Check::NotChecked, Check::NotChecked)
};

fn check_token(token: &str, policy: &Policy<'_>, clock: impl Into<Clock>) -> Result<(), Error> {
    let clock = clock.into();
    let mut scratch = vec![0; scratch_len(token.len())];
    let done = |_: Verified<'_>| ();
    let result = verify(token.as_bytes(), &key(), policy, clock, &mut scratch).map(done);
    let mut copy = token.as_bytes().to_vec();
    let in_place = verify_in_place(&mut copy, &key(), policy, clock).map(done);
    assert_eq!(result, in_place);
    result
}

fn check(claims: &str, policy: &Policy<'_>) -> Result<(), Error> {
    check_at(claims, policy, NumericDate::from_seconds(NOW))
}

fn check_at(claims: &str, policy: &Policy<'_>, clock: impl Into<Clock>) -> Result<(), Error> {
    check_token(&token(claims), policy, clock)
}

/// One claim in each demand: missing, fitting, not fitting.
fn assert_demands<'p, T: Copy>(
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

/// Puts a demand on one time into a policy.
type Set<'a> = &'a dyn Fn(Check<Leeway>) -> Policy<'static>;

#[test]
fn times_have_exact_boundaries() {
    let at = |seconds: i64, nanos| Clock::Now(NumericDate::new(NOW + seconds, nanos));
    let leeway = Leeway::seconds(10);
    let exp = |check| Policy {
        expires_at: check,
        ..NOTHING
    };
    let nbf = |check| Policy {
        not_before: check,
        ..NOTHING
    };
    let iat = |check| Policy {
        issued_at: check,
        ..NOTHING
    };
    let none = Check::Required(Leeway::NONE);
    let ten = Check::Required(leeway);
    let (early, late) = (Err(Error::NotYetValid), Err(Error::Expired));
    let future = Err(Error::IssuedInFuture);
    for (claim, policy, clock, want) in [
        ("exp", exp(none), at(-1, 999_999_999), Ok(())),
        ("exp", exp(none), at(0, 0), late),
        ("exp", exp(ten), at(9, 999_999_999), Ok(())),
        ("exp", exp(ten), at(10, 0), late),
        ("nbf", nbf(none), at(0, 0), Ok(())),
        ("nbf", nbf(none), at(-1, 999_999_999), early),
        ("nbf", nbf(ten), at(-10, 0), Ok(())),
        ("nbf", nbf(ten), at(-11, 999_999_999), early),
        ("iat", iat(none), at(0, 0), Ok(())),
        ("iat", iat(none), at(-1, 999_999_999), future),
        ("iat", iat(ten), at(-10, 0), Ok(())),
        ("iat", iat(ten), at(-11, 999_999_999), future),
    ] {
        let claims = format!(r#"{{"{claim}":{NOW}}}"#);
        assert_eq!(check_at(&claims, &policy, clock), want, "{claim} {clock:?}");
        assert_eq!(check_at(&claims, &policy, Clock::Absent), Ok(()), "{claim}");
    }
    let sets: [(Set<'_>, Error); 3] = [
        (&exp, Error::MissingExpiry),
        (&nbf, Error::MissingNotBefore),
        (&iat, Error::MissingIssuedAt),
    ];
    for (set, missing) in sets {
        assert_eq!(check("{}", &set(ten)), Err(missing));
        assert_eq!(check("{}", &set(Check::Present)), Err(missing));
        assert_eq!(check_at("{}", &set(ten), Clock::Absent), Err(missing));
        assert_eq!(check("{}", &set(Check::IfPresent(leeway))), Ok(()));
    }
}

#[test]
fn fractions_count() {
    let policy = Policy {
        expires_at: Check::Required(Leeway::NONE),
        ..NOTHING
    };
    let claims = r#"{"exp":1643033278.467703}"#;
    let at = |nanos| NumericDate::new(1_643_033_278, nanos);
    assert_eq!(check_at(claims, &policy, at(467_702_999)), Ok(()));
    assert_eq!(
        check_at(claims, &policy, at(467_703_000)),
        Err(Error::Expired)
    );
    let claims = r#"{"exp":1.688E9}"#;
    let at = NumericDate::from_seconds;
    assert_eq!(check_at(claims, &policy, at(1_687_999_999)), Ok(()));
    assert_eq!(
        check_at(claims, &policy, at(1_688_000_000)),
        Err(Error::Expired)
    );
}

#[test]
fn max_age() {
    let policy = |leeway| Policy {
        auth_time: Check::Required(MaxAge {
            seconds: 300,
            leeway,
        }),
        ..NOTHING
    };
    let at = |seconds: i64, nanos| NumericDate::new(NOW + seconds, nanos);
    let (none, ten) = (policy(Leeway::NONE), policy(Leeway::seconds(10)));
    let (old, future) = (
        Err(Error::AuthenticationTooOld),
        Err(Error::AuthenticatedInFuture),
    );
    let claims = format!(r#"{{"auth_time":{NOW}}}"#);
    for (policy, clock, want) in [
        (none, at(0, 0), Ok(())),
        (none, at(300, 0), Ok(())),
        (none, at(300, 1), old),
        (none, at(-1, 999_999_999), future),
        (ten, at(310, 0), Ok(())),
        (ten, at(310, 1), old),
        (ten, at(-10, 0), Ok(())),
        (ten, at(-11, 999_999_999), future),
    ] {
        assert_eq!(check_at(&claims, &policy, clock), want, "{clock:?}");
        assert_eq!(check_at(&claims, &policy, Clock::Absent), Ok(()));
    }
    assert_eq!(check("{}", &none), Err(Error::MissingAuthTime));
}

#[test]
fn extremes_neither_wrap_nor_overflow() {
    let all = Leeway::seconds(u32::MAX);
    let policy = NOTHING;
    let policy = Policy {
        expires_at: Check::IfPresent(all),
        not_before: Check::IfPresent(all),
        issued_at: Check::IfPresent(all),
        auth_time: Check::IfPresent(MaxAge {
            seconds: u32::MAX,
            leeway: all,
        }),
        ..policy
    };
    let (first, last) = (
        NumericDate::from_seconds(i64::MIN),
        NumericDate::new(i64::MAX, u32::MAX),
    );
    for (claims, clock, want) in [
        (
            r#"{"exp":9223372036854775807}"#,
            NumericDate::from_seconds(NOW),
            Ok(()),
        ),
        (r#"{"exp":9223372036854775807}"#, first, Ok(())),
        (r#"{"exp":9223372036854775807}"#, last, Err(Error::Expired)),
        (r#"{"exp":-9223372036854775808}"#, first, Ok(())),
        (r#"{"exp":-1}"#, NumericDate::from_seconds(NOW), Ok(())),
        (
            r#"{"nbf":9223372036854775807}"#,
            NumericDate::from_seconds(i64::MAX - 1),
            Ok(()),
        ),
        (
            r#"{"nbf":9223372036854775807}"#,
            first,
            Err(Error::NotYetValid),
        ),
        (r#"{"iat":-9223372036854775808}"#, first, Ok(())),
        (r#"{"auth_time":9223372036854775807}"#, last, Ok(())),
        (
            r#"{"auth_time":-9223372036854775808}"#,
            last,
            Err(Error::AuthenticationTooOld),
        ),
        (
            r#"{"exp":9223372036854775808}"#,
            first,
            Err(Error::TimeOutOfRange),
        ),
        (r#"{"exp":1e300}"#, first, Err(Error::TimeOutOfRange)),
    ] {
        assert_eq!(check_at(claims, &policy, clock), want, "{claims} {clock:?}");
    }
}

#[test]
fn leeway_keeps_what_is_not_checked() {
    let policy = Policy {
        expires_at: Check::Present,
        ..NOTHING
    };
    let relaxed = policy.with_leeway(Leeway::seconds(5));
    assert_eq!(relaxed, policy);
}

#[test]
fn leeway_is_for_all_three_times() {
    let strict = oidc::jwt(Check::NotChecked, Check::NotChecked);
    let relaxed = strict.with_leeway(Leeway::seconds(5));
    for (claim, time, refused) in [
        ("exp", NOW - 4, Error::Expired),
        ("nbf", NOW + 5, Error::NotYetValid),
        ("iat", NOW + 5, Error::IssuedInFuture),
    ] {
        let claims = format!(r#"{{"{claim}":{time}}}"#);
        assert_eq!(check(&claims, &strict), Err(refused), "{claim}");
        assert_eq!(check(&claims, &relaxed), Ok(()), "{claim}");
    }
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
    let policy = oidc::access_token(&["https://op"], &["https://api", "api"]);
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
