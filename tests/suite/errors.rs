//! Errors name the claim and say who has to act.

use core::time::Duration;

use jose_verify::{
    Audience, Category, Check, Claim, Error, Limit, MaxAge, Member, Policy, Problem,
};

use crate::support::sign::{key, token};
use crate::support::verdict::{UNCHECKED, verdict};

/// A policy that requires a specific value of each registered claim.
const EVERYTHING: Policy<'static> = Policy {
    issuer: Check::Required(&"expected"),
    subject: Check::Required(&"expected"),
    audience: Check::Required(Audience::AnyOf(&"expected")),
    authorized_party: Check::Required(&"expected"),
    expires_at: Check::Required(Duration::ZERO),
    not_before: Check::Required(Duration::ZERO),
    issued_at: Check::Required(Duration::ZERO),
    nonce: Check::Required("expected"),
    auth_time: Check::Required(MaxAge {
        age: Duration::ZERO,
        leeway: Duration::ZERO,
    }),
    acr: Check::Required(&"expected"),
    amr: Check::Required("expected"),
    jwt_id: Check::Required("expected"),
    client_id: Check::Required(&"expected"),
    events: Check::Required("expected"),
    ..UNCHECKED
};

/// For each registered claim: a value that passes, a value of the wrong type, a value that fails,
/// and the problem with it.
const CLAIMS: [(Claim, &str, &str, &str, Problem); 14] = [
    (
        Claim::Iss,
        r#""expected""#,
        "1",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::Sub,
        r#""expected""#,
        "[]",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::Aud,
        r#""expected""#,
        "[]",
        r#"["other"]"#,
        Problem::Mismatch,
    ),
    (
        Claim::Azp,
        r#""expected""#,
        "{}",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::Exp,
        "1750000001",
        r#""1750000001""#,
        "1750000000",
        Problem::Expired,
    ),
    (
        Claim::Nbf,
        "1750000000",
        "null",
        "1750000001",
        Problem::NotYetValid,
    ),
    (
        Claim::Iat,
        "1750000000",
        "true",
        "1750000001",
        Problem::InFuture,
    ),
    (
        Claim::Nonce,
        r#""expected""#,
        "null",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::AuthTime,
        "1750000000",
        "[]",
        "1749999999",
        Problem::TooOld,
    ),
    (
        Claim::Acr,
        r#""expected""#,
        "0",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::Amr,
        r#"["expected"]"#,
        r#""expected""#,
        "[]",
        Problem::Mismatch,
    ),
    (
        Claim::Jti,
        r#""expected""#,
        "7",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::ClientId,
        r#""expected""#,
        "7",
        r#""other""#,
        Problem::Mismatch,
    ),
    (
        Claim::Events,
        r#"{"expected":{}}"#,
        "[]",
        "{}",
        Problem::Mismatch,
    ),
];

/// Verifies a token with valid claims, one of which has this value or is missing.
fn verify_with(claim: Claim, value: Option<&str>) -> Result<(), Error> {
    let members = CLAIMS.iter().filter_map(|(this, valid, ..)| {
        let value = if *this == claim { value? } else { valid };
        Some(format!(r#""{}":{value}"#, this.name()))
    });
    let members: Vec<_> = members.collect();
    verdict(
        &token(&format!("{{{}}}", members.join(","))),
        &key(),
        &EVERYTHING,
    )
}

#[test]
fn errors_name_each_registered_claim() {
    for (claim, valid, wrong_type, other, problem) in CLAIMS {
        assert_eq!(verify_with(claim, Some(valid)), Ok(()), "{claim:?}");
        for (value, problem) in [
            (None, Problem::Missing),
            (Some(wrong_type), Problem::WrongType),
            (Some(other), problem),
        ] {
            let error = Error::Claim(claim, problem);
            assert_eq!(verify_with(claim, value), Err(error), "{value:?}");
            assert_eq!(error.claim(), Some(claim));
            let name = claim.name();
            assert!(error.name().starts_with(name), "{}", error.name());
            assert!(
                error.to_string().contains(&format!("\"{name}\"")),
                "{error}"
            );
            assert_eq!(error.category(), Category::Claims);
        }
    }
}

#[test]
fn every_error_is_listed_once() {
    let mut codes: Vec<_> = Error::all().map(Error::code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!((codes.len(), count), (COUNT, COUNT));
}

/// How many errors `Error::all` lists.
const COUNT: usize = 157;

#[test]
fn categories() {
    for error in Error::all() {
        let want = match error {
            Error::Header(_, Problem::NothingExpected)
            | Error::Claim(_, Problem::NothingExpected)
            | Error::ScratchTooSmall
            | Error::BufferTooSmall
            | Error::UnusableAlgorithmList
            | Error::KeySetFull
            | Error::ReplayGuardFull
            | Error::ReplayUnknown => Category::Caller,
            Error::Limit(Limit::KeySetLen | Limit::KeyIdLen)
            | Error::MalformedKey
            | Error::WeakKey
            | Error::UnsupportedKey
            | Error::KeyTooLarge
            | Error::WrongKeyUse
            | Error::MalformedKeySet
            | Error::NoUsableKey
            | Error::PrivateKey
            | Error::DerNotPem
            | Error::SshKey
            | Error::EscapedLineBreaks
            | Error::NoLineBreaks
            | Error::NoPemBoundary
            | Error::UnsupportedPemLabel
            | Error::ShortCoordinate
            | Error::PublicKeyAsSecret => Category::Keys,
            Error::Limit(Limit::MetadataLen | Limit::TokenResponseLen)
            | Error::MalformedMetadata
            | Error::MetadataMismatch
            | Error::StaleKeys
            | Error::MalformedTokenResponse => Category::Provider,
            Error::Claim(..)
            | Error::Limit(Limit::JwtIdLen)
            | Error::MalformedClaims
            | Error::Replayed => Category::Claims,
            Error::Header(..)
            | Error::Limit(_)
            | Error::MalformedToken
            | Error::Encrypted
            | Error::MalformedBase64url
            | Error::MalformedJson
            | Error::DuplicateMember
            | Error::Unsecured
            | Error::AlgorithmNotAccepted => Category::Token,
            Error::BadSignature => Category::Signature,
            Error::NoKey | Error::AmbiguousKey => Category::UnknownKey,
            Error::InsufficientScope => Category::Scope,
            other => panic!("{other:?} has no expected category"),
        };
        assert_eq!(error.category(), want, "{error:?}");
    }
}

#[test]
fn bearer_errors_and_http_statuses() {
    for (error, want) in [
        (Error::MalformedToken, Some("invalid_token")),
        (Error::BadSignature, Some("invalid_token")),
        (Error::NoKey, Some("invalid_token")),
        (
            Error::Claim(Claim::Exp, Problem::Expired),
            Some("invalid_token"),
        ),
        (Error::InsufficientScope, Some("insufficient_scope")),
        (Error::NoUsableKey, None),
        (Error::MalformedMetadata, None),
        (Error::Claim(Claim::Nonce, Problem::NothingExpected), None),
        (Error::ScratchTooSmall, None),
    ] {
        assert_eq!(error.category().bearer_error(), want, "{error:?}");
        let status = match want {
            Some("invalid_token") => 401,
            Some(_) => 403,
            None => 500,
        };
        assert_eq!(error.category().http_status(), status, "{error:?}");
    }
}

#[test]
fn errors_are_small() {
    assert!(size_of::<Error>() <= 8);
    assert!(size_of::<Result<(), Error>>() <= 8);
}

/// A program may have stored these numbers and names. The first and the last of each kind are among
/// them.
#[test]
fn numbers_and_names_do_not_change() {
    for (error, number, name) in [
        (Error::MalformedToken, 1, "malformed_token"),
        (Error::BadSignature, 12, "bad_signature"),
        (Error::NoKey, 13, "no_key"),
        (Error::MetadataMismatch, 102, "metadata_mismatch"),
        (Error::Limit(Limit::TokenLen), 201, "limit_token_len"),
        (Error::Limit(Limit::KeyIdLen), 210, "limit_key_id_len"),
        (
            Error::Header(Member::Alg, Problem::Missing),
            2_101,
            "header_alg_missing",
        ),
        (
            Error::Header(Member::B64, Problem::Unsupported),
            2_612,
            "header_b64_unsupported",
        ),
        (
            Error::Claim(Claim::Iss, Problem::Missing),
            10_101,
            "iss_missing",
        ),
        (
            Error::Claim(Claim::Exp, Problem::Expired),
            10_505,
            "exp_expired",
        ),
        (
            Error::Claim(Claim::Other, Problem::Prohibited),
            12_010,
            "other_prohibited",
        ),
    ] {
        assert_eq!((error.code(), error.name()), (number, name));
    }
}
