//! Claims that have the wrong type, match only in part, or are out of range.

use core::time::Duration;
use std::marker::PhantomData;

use jose_verify::oidc::Nonce;
use jose_verify::{
    Audience, Check, Claim, Clock, Error, MaxAge, NumericDate, Policy, Problem, StringList, oidc,
};

use crate::support::sign::{key, token, token_with_header};
use crate::support::verdict::{NOW, UNCHECKED, verdict, verdict_at};

/// A policy that requires every claim that it can.
const EVERYTHING: Policy<'static> = Policy {
    issuer: Check::Required(&["https://good"]),
    subject: Check::Present,
    audience: Check::Required(Audience::AnyOf(&["me"])),
    authorized_party: Check::Present,
    expires_at: Check::Required(Duration::ZERO),
    not_before: Check::Required(Duration::ZERO),
    issued_at: Check::Required(Duration::ZERO),
    nonce: Check::Required("n"),
    auth_time: Check::Required(MaxAge {
        age: Duration::from_secs(60),
        leeway: Duration::ZERO,
    }),
    acr: Check::Present,
    amr: Check::Present,
    jwt_id: Check::Present,
    client_id: Check::Present,
    ..UNCHECKED
};

fn check(claims: &str, policy: &Policy<'_>) -> Result<(), Error> {
    verdict(&token(claims), &key(), policy)
}

/// Returns the wrong-type error for this claim.
fn wrong_type(name: &str) -> Error {
    let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
    Error::Claim(*claim.unwrap(), Problem::WrongType)
}

/// The claims whose types are checked only if the policy checks the claim.
const CHECKED_BY_POLICY: [&str; 3] = ["auth_time", "acr", "amr"];

/// Asserts that a claim of the wrong type is an error, whether or not the policy requires it. It is
/// never treated as absent. [`CHECKED_BY_POLICY`] may have any type but `null` if the policy does
/// not check them.
fn assert_wrong_type(name: &str, values: &[&str]) {
    for value in values {
        for claims in [
            format!(r#"{{"{name}":{value}}}"#),
            format!(r#"{{"x":1,"{name}":{value},"y":2}}"#),
        ] {
            let rejected = Err(wrong_type(name));
            assert_eq!(check(&claims, &EVERYTHING), rejected, "{claims}");
            let is_read = !CHECKED_BY_POLICY.contains(&name) || *value == "null";
            let want = if is_read { rejected } else { Ok(()) };
            assert_eq!(check(&claims, &UNCHECKED), want, "{claims}");
        }
    }
}

/// A time that is not a number (CVE-2026-25537). Other implementations treat it as absent, as zero,
/// or as far in the future.
#[test]
fn numeric_dates_of_the_wrong_type_cve_2026_25537() {
    for name in ["exp", "nbf", "iat", "auth_time"] {
        let values = [
            r#""1750003600""#,
            r#""""#,
            r#""9999-12-31T23:59:59Z""#,
            r#""NaN""#,
            "true",
            "false",
            "null",
            "[]",
            "[1750003600]",
            "{}",
            r#"{"$gt":0}"#,
        ];
        assert_wrong_type(name, &values);
    }
}

/// A string claim that is not a string, or an audience array with a member that is not a string.
#[test]
fn string_claims_of_the_wrong_type() {
    for name in ["iss", "sub", "azp", "nonce", "acr", "jti", "client_id"] {
        assert_wrong_type(
            name,
            &["5", "0", "true", "null", "{}", "[]", r#"["https://good"]"#],
        );
    }
    let audiences = [
        "{}",
        "5",
        "true",
        "null",
        "[]",
        r#"[1,"me"]"#,
        r#"["me",1]"#,
        r#"["me",null]"#,
        r#"[["me"]]"#,
    ];
    assert_wrong_type("aud", &audiences);
    assert_wrong_type("aud", &[r#"{"me":"me"}"#, r#"["me",{"0":"me"}]"#]);
    assert_wrong_type("amr", &[r#""pwd""#, "5", "null", "{}", r#"["pwd",5]"#]);
}

/// Several issuers in an array, one of them trusted (CVE-2025-30144, CVE-2026-75509).
#[test]
fn iss_as_array_cve_2025_30144() {
    let policy = Policy {
        issuer: Check::Required(&["https://good"]),
        ..UNCHECKED
    };
    for iss in [
        r#"["https://evil","https://good"]"#,
        r#"["https://good","https://evil"]"#,
        r#"["https://good"]"#,
        r#"[["https://good"]]"#,
        r#"{"0":"https://good"}"#,
        "[]",
    ] {
        let claims = format!(r#"{{"iss":{iss}}}"#);
        assert_eq!(
            check(&claims, &policy),
            Err(Error::Claim(Claim::Iss, Problem::WrongType)),
            "{iss}"
        );
    }
}

/// An issuer that matches a trusted one in part, or only after normalization (CVE-2024-53861).
#[test]
fn iss_partial_match_cve_2024_53861() {
    let trusted = ["https://good.example.com/tenant", "https://other"];
    let policy = Policy {
        issuer: Check::Required(&trusted),
        ..UNCHECKED
    };
    for (iss, want) in [
        ("https://good.example.com/tenant", Ok(())),
        (r"https:\/\/good.example.com\/tenant", Ok(())),
        (
            "https://good.example.com",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/tenan",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/tenant/",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/tenant2",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/tenant.evil.com",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://evil.com/?https://good.example.com/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "ttps://good.example.com/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        ("https", Err(Error::Claim(Claim::Iss, Problem::Mismatch))),
        ("", Err(Error::Claim(Claim::Iss, Problem::Mismatch))),
        (
            "https://GOOD.example.com/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "HTTPS://good.example.com/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com:443/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/%74enant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/./tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            " https://good.example.com/tenant",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            r"https://good.example.com/tenant\n",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            "https://good.example.com/tenant,https://other",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
    ] {
        assert_eq!(
            check(&format!(r#"{{"iss":"{iss}"}}"#), &policy),
            want,
            "{iss}"
        );
    }
}

/// A payload that is JSON but not an object (CVE-2026-107723).
#[test]
fn payload_not_an_object_cve_2026_107723() {
    for payload in [
        "",
        " ",
        "[]",
        r#"[{"exp":9999999999}]"#,
        r#"["iss","https://good"]"#,
        r#""x""#,
        r#""{}""#,
        "1",
        "0",
        "-1.5e3",
        "true",
        "false",
        "null",
        "\u{feff}{}",
        "x{}",
    ] {
        for policy in [UNCHECKED, EVERYTHING] {
            assert_eq!(
                check(payload, &policy),
                Err(Error::MalformedClaims),
                "{payload:?}"
            );
        }
    }
    assert_eq!(check(" {} ", &UNCHECKED), Ok(()));
}

/// A token for this client and for other audiences, which could pass it on.
#[test]
fn untrusted_additional_audiences() {
    let claims = |aud: &str, azp: &str| {
        format!(r#"{{"iss":"i","sub":"s","exp":9999999999,"iat":1,"nonce":"n","aud":{aud}{azp}}}"#)
    };
    let base = oidc::id_token(&["i"], &["us"], Nonce::Sent("n"));
    let trusting = Policy {
        audience: Check::Required(Audience::Client {
            client_ids: &["us"],
            trusted: &["friend"],
        }),
        ..base
    };
    let (untrusted, other) = (
        Err(Error::Claim(Claim::Aud, Problem::Untrusted)),
        Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
    );
    let azp_mismatch = Err(Error::Claim(Claim::Azp, Problem::Mismatch));
    for (aud, azp, want, want_trusting) in [
        (r#""us""#, "", Ok(()), Ok(())),
        (r#"["us"]"#, "", Ok(()), Ok(())),
        (r#"["us","us"]"#, "", Ok(()), Ok(())),
        (r#"["us","evil"]"#, "", untrusted, untrusted),
        (r#"["evil","us"]"#, "", untrusted, untrusted),
        (r#"["us","evil"]"#, r#","azp":"us""#, Ok(()), Ok(())),
        (r#"["us","evil"]"#, r#","azp":"evil""#, untrusted, untrusted),
        (r#"["us","friend"]"#, "", untrusted, Ok(())),
        (
            r#"["us","friend"]"#,
            r#","azp":"friend""#,
            untrusted,
            azp_mismatch,
        ),
        (r#"["us","friend","evil"]"#, "", untrusted, untrusted),
        (r#"["us",""]"#, "", untrusted, untrusted),
        (r#""us""#, r#","azp":"evil""#, azp_mismatch, azp_mismatch),
        (r#""us""#, r#","azp":"""#, azp_mismatch, azp_mismatch),
        (r#""friend""#, "", other, other),
        (r#"["friend","evil"]"#, r#","azp":"us""#, other, other),
        (r#""us evil""#, "", other, other),
        (r#""US""#, "", other, other),
    ] {
        let claims = claims(aud, azp);
        assert_eq!(check(&claims, &base), want, "{claims}");
        assert_eq!(check(&claims, &trusting), want_trusting, "{claims}");
    }
}

/// Times at the limits of integers and beyond those of floats, and a current time less than the
/// leeway.
#[test]
fn numeric_date_extremes() {
    let too_early = Err(Error::Claim(Claim::Nbf, Problem::NotYetValid));
    let leeway = Duration::from_secs(60);
    let policy = Policy {
        expires_at: Check::Required(leeway),
        ..UNCHECKED
    };
    let at = |claims: &str, now: i64| {
        verdict_at(
            &token(claims),
            &key(),
            &policy,
            NumericDate::from_seconds(now),
        )
    };
    let (late, out_of_range) = (
        Err(Error::Claim(Claim::Exp, Problem::Expired)),
        Err(Error::Claim(Claim::Exp, Problem::OutOfRange)),
    );
    for (exp, now, want) in [
        ("9223372036854775807", NOW, Ok(())),
        // The leeway reaches past the last representable second.
        ("9223372036854775807", i64::MAX, Ok(())),
        ("9223372036854775807.999999999", i64::MAX, Ok(())),
        ("9223372036854775808", NOW, out_of_range),
        ("18446744073709551615", NOW, out_of_range),
        ("18446744073709551616", NOW, out_of_range),
        ("340282366920938463463374607431768211456", NOW, out_of_range),
        ("1e18", NOW, Ok(())),
        ("1e19", NOW, out_of_range),
        ("1e300", NOW, out_of_range),
        ("1e400", NOW, out_of_range),
        ("1e9999999999999999999999", NOW, out_of_range),
        ("-1e300", NOW, out_of_range),
        ("-9223372036854775808", NOW, late),
        ("-9223372036854775809", NOW, out_of_range),
        ("-9223372036854775808", i64::MIN, Ok(())),
        ("1e-400", NOW, late),
        ("1e-400", 59, Ok(())),
        ("1e-400", 60, late),
        ("1e-9999999999999999999999", 60, late),
        ("0e9999999999999999999999", 59, Ok(())),
        ("-1", NOW, late),
        ("-1", 58, Ok(())),
        ("-1", 59, late),
        ("-0", 59, Ok(())),
        ("-0", 60, late),
        ("-0.0", 60, late),
        // A float would round this to 9007199254740992.
        ("9007199254740993", 9_007_199_254_740_993 + 59, Ok(())),
        ("9007199254740993", 9_007_199_254_740_993 + 60, late),
        // The current time is less than the leeway, or before 1970.
        ("0", 5, Ok(())),
        ("0", -5, Ok(())),
        ("0", i64::MIN, Ok(())),
    ] {
        assert_eq!(
            at(&format!(r#"{{"exp":{exp}}}"#), now),
            want,
            "exp {exp}, now {now}"
        );
    }
    let policy = Policy {
        not_before: Check::Required(leeway),
        issued_at: Check::Required(leeway),
        ..UNCHECKED
    };
    for (time, now, want) in [
        ("9223372036854775807", i64::MAX, Ok(())),
        ("9223372036854775807", i64::MAX - 60, Ok(())),
        ("9223372036854775807", i64::MAX - 61, too_early),
        (
            "9223372036854775808",
            i64::MAX,
            Err(Error::Claim(Claim::Nbf, Problem::OutOfRange)),
        ),
        ("-9223372036854775808", i64::MIN, Ok(())),
        ("0", -60, Ok(())),
        ("0", -61, too_early),
        ("9007199254740993", 9_007_199_254_740_933, Ok(())),
        ("9007199254740993", 9_007_199_254_740_932, too_early),
    ] {
        let claims = token(&format!(r#"{{"nbf":{time},"iat":{time}}}"#));
        let verdict = verdict_at(&claims, &key(), &policy, NumericDate::from_seconds(now));
        assert_eq!(verdict, want, "nbf {time}, now {now}");
    }
    // An out-of-range time is rejected even if it is not checked, except for `auth_time`.
    for name in ["exp", "nbf", "iat", "auth_time"] {
        let claims = token(&format!(r#"{{"{name}":1e300}}"#));
        let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
        let out_of_range = Error::Claim(*claim.unwrap(), Problem::OutOfRange);
        let is_read = !CHECKED_BY_POLICY.contains(&name);
        let want = if is_read { Err(out_of_range) } else { Ok(()) };
        let verdict = verdict_at(&claims, &key(), &UNCHECKED, Clock::Absent);
        assert_eq!(verdict, want, "{name}");
        let checked = Policy {
            auth_time: Check::Present,
            ..UNCHECKED
        };
        let verdict = verdict_at(&claims, &key(), &checked, Clock::Absent);
        assert_eq!(verdict, Err(out_of_range), "{name}");
    }
}

/// Determines at compile time whether a type implements `Default`: the inherent constant exists
/// only for types that do.
struct HasDefault<T>(PhantomData<T>);

trait NoDefault {
    const ANSWER: bool = false;
}

impl<T> NoDefault for HasDefault<T> {}

impl<T: Default> HasDefault<T> {
    const ANSWER: bool = true;
}

/// A nonce that was sent but is not checked (CVE-2026-42206). The profile takes the decision as an
/// argument and has no default. The example of `oidc::id_token` shows that it does not compile
/// without that argument.
#[test]
fn nonce_not_checked_cve_2026_42206() {
    let profile: fn(
        &'static dyn StringList,
        &'static dyn StringList,
        Nonce<'static>,
    ) -> Policy<'static> = oidc::id_token;
    const { assert!(HasDefault::<u8>::ANSWER) };
    const { assert!(!HasDefault::<Policy<'_>>::ANSWER) };
    const { assert!(!HasDefault::<Nonce<'_>>::ANSWER) };

    let claims = |nonce: &str| {
        format!(r#"{{"iss":"i","sub":"s","aud":"us","exp":9999999999,"iat":1{nonce}}}"#)
    };
    let required = profile(&["i"], &["us"], Nonce::Sent("n-0S6_WzA2Mj"));
    for (nonce, want) in [
        (r#","nonce":"n-0S6_WzA2Mj""#, Ok(())),
        (r#","nonce":"n-0S6\u005fWzA2Mj""#, Ok(())),
        ("", Err(Error::Claim(Claim::Nonce, Problem::Missing))),
        (
            r#","nonce":"""#,
            Err(Error::Claim(Claim::Nonce, Problem::Mismatch)),
        ),
        (
            r#","nonce":"n-0S6_WzA2M""#,
            Err(Error::Claim(Claim::Nonce, Problem::Mismatch)),
        ),
        (
            r#","nonce":"n-0S6_WzA2Mj ""#,
            Err(Error::Claim(Claim::Nonce, Problem::Mismatch)),
        ),
        (
            r#","nonce":"N-0s6_wZa2mJ""#,
            Err(Error::Claim(Claim::Nonce, Problem::Mismatch)),
        ),
        (
            r#","nonce":null"#,
            Err(Error::Claim(Claim::Nonce, Problem::WrongType)),
        ),
        (
            r#","Nonce":"n-0S6_WzA2Mj""#,
            Err(Error::Claim(Claim::Nonce, Problem::Missing)),
        ),
    ] {
        assert_eq!(check(&claims(nonce), &required), want, "{nonce}");
    }
    let unchecked = profile(&["i"], &["us"], Nonce::NotSent);
    assert_eq!(
        check(&claims(r#","nonce":"whatever""#), &unchecked),
        Ok(()),
        "the caller chose not to check the nonce"
    );
    // A nonce in the header is not a claim.
    let header = br#"{"alg":"HS256","nonce":"n-0S6_WzA2Mj"}"#;
    let in_header = token_with_header(header, claims("").as_bytes());
    assert_eq!(
        verdict(&in_header, &key(), &required),
        Err(Error::Claim(Claim::Nonce, Problem::Missing))
    );
    assert!(key().algorithms().iter().any(|a| a.name() == "HS256"));
}
