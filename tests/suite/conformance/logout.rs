//! The relying-party tests of back-channel logout.

use jose_verify::alg::{HS256, KeyParameters};
use jose_verify::oidc::{self, LogoutToken};
use jose_verify::{Claim, Error, Key, NumericDate, Problem, Verifier, scratch_len};
use serde_json::{Value, json};

use super::{CLIENT, ISSUER, OP, jwk, published, with};
use crate::support::hash::hmac;
use crate::support::sign::token_signed_by;
use crate::support::verdict::NOW;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Returns valid claims.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "iat": NOW - 10, "exp": NOW + 110,
        "jti": "bWJq", "sid": "08a5019c-17e1-4977-8f42-65a12843ea02", "events": {EVENT: {}},
    })
}

/// Returns the provider's token with these changes to its claims.
fn logout_token(changes: &Value) -> String {
    let claims = with(&claims(), changes).to_string();
    let header = br#"{"alg":"RS256","kid":"rsa","typ":"logout+jwt"}"#;
    token_signed_by(header, claims.as_bytes(), |input| OP.sign("RS256", input))
}

fn verify(token: &str) -> Result<(), Error> {
    let keys = published(&json!({"keys": [jwk(&OP, "rsa")]}));
    let policy = oidc::logout_token(&[ISSUER], &[CLIENT]);
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(NOW);
    let jwt = Verifier::new(&keys, &policy).verify(token.as_bytes(), now, &mut scratch)?;
    LogoutToken::from_verified(&jwt).map(|_| ())
}

#[test]
fn a_valid_logout_token() {
    assert_eq!(verify(&logout_token(&json!({}))), Ok(()));
    let of_a_session = logout_token(&json!({"sub": null}));
    assert_eq!(verify(&of_a_session), Ok(()));
}

#[test]
fn lt_alg_none() {
    let claims = claims().to_string();
    let token = token_signed_by(br#"{"alg":"none"}"#, claims.as_bytes(), |_| vec![]);
    assert_eq!(verify(&token), Err(Error::Unsecured));
}

/// An algorithm other than the registered one, including a MAC keyed with public text.
#[test]
fn lt_wrong_alg() {
    let claims = claims().to_string();
    let secret = jwk(&OP, "rsa").to_string();
    let maced = token_signed_by(br#"{"alg":"HS256"}"#, claims.as_bytes(), |input| {
        hmac("HS256", secret.as_bytes(), input)
    });
    assert_eq!(verify(&maced), Err(Error::AlgorithmNotAccepted));
    let header = br#"{"alg":"RS384","kid":"rsa"}"#;
    let other = token_signed_by(header, claims.as_bytes(), |input| OP.sign("RS384", input));
    // `alg` of the JWK is RS256.
    assert_eq!(verify(&other), Err(Error::NoKey));
    let key = Key::new(HS256, &KeyParameters::oct(&[7; 32])).unwrap();
    let policy = oidc::logout_token(&[ISSUER], &[CLIENT]);
    let signed = logout_token(&json!({}));
    let now = NumericDate::from_seconds(NOW);
    let mut scratch = vec![0; signed.len()];
    let rejected = Verifier::new(&key, &policy).verify(signed.as_bytes(), now, &mut scratch);
    assert_eq!(rejected.err(), Some(Error::AlgorithmNotAccepted));
}

#[test]
fn lt_wrong_issuer() {
    for (iss, want) in [
        (
            json!("https://other.example.com"),
            Error::Claim(Claim::Iss, Problem::Mismatch),
        ),
        (
            json!(format!("{ISSUER}/")),
            Error::Claim(Claim::Iss, Problem::Mismatch),
        ),
        (json!(null), Error::Claim(Claim::Iss, Problem::Missing)),
    ] {
        assert_eq!(verify(&logout_token(&json!({ "iss": iss }))), Err(want));
    }
}

#[test]
fn lt_wrong_aud() {
    for (aud, want) in [
        (json!("other"), Error::Claim(Claim::Aud, Problem::Mismatch)),
        (
            json!([CLIENT, "other"]),
            Error::Claim(Claim::Aud, Problem::Untrusted),
        ),
        (json!([]), Error::Claim(Claim::Aud, Problem::WrongType)),
        (json!(null), Error::Claim(Claim::Aud, Problem::Missing)),
    ] {
        assert_eq!(verify(&logout_token(&json!({ "aud": aud }))), Err(want));
    }
}

#[test]
fn lt_no_event() {
    for (events, problem) in [
        (json!(null), Problem::Missing),
        (json!({}), Problem::Mismatch),
    ] {
        let token = logout_token(&json!({ "events": events }));
        assert_eq!(
            verify(&token),
            Err(Error::Claim(Claim::Events, problem)),
            "{events}"
        );
    }
}

#[test]
fn lt_wrong_event() {
    for (events, want) in [
        (
            json!({"http://schemas.openid.net/event/foo": {}}),
            Error::Claim(Claim::Events, Problem::Mismatch),
        ),
        (
            json!({EVENT: null}),
            Error::Claim(Claim::Events, Problem::WrongType),
        ),
        (
            json!([EVENT]),
            Error::Claim(Claim::Events, Problem::WrongType),
        ),
    ] {
        let token = logout_token(&json!({ "events": events }));
        assert_eq!(verify(&token), Err(want), "{events}");
    }
}

#[test]
fn lt_with_nonce() {
    let token = logout_token(&json!({"nonce": "n-0S6_WzA2Mj"}));
    assert_eq!(
        verify(&token),
        Err(Error::Claim(Claim::Nonce, Problem::Prohibited))
    );
}
