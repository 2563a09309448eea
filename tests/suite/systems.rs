//! The four systems whose tokens must be verified, from the published keys to the claims. The tests
//! in this file use tokens in the form of each system. The modules use everything that a system
//! publishes and returns.

mod airlock;
mod akana;
mod akeneo;
mod connect2id;

use core::time::Duration;
use std::fs;
use std::path::Path;

use jose_verify::alg::{HS256, HS384, HS512, KeyParameters, SIGNATURES};
use jose_verify::oidc::Nonce;
use jose_verify::{
    Check, Claim, Error, KeySet, MaxAge, NumericDate, Policy, Problem, Verified, Verifier, oidc,
};

use jose_verify::oauth::TokenResponse;
use serde_json::Value;

use super::support::Keyring;
use super::support::report::report;
use super::support::vector::{assert_case, cases};

fn demo(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/demo");
    fs::read(folder.join(file)).expect(file)
}

fn token(file: &str) -> Vec<u8> {
    demo(file).trim_ascii().to_vec()
}

fn keys(file: &str) -> Box<KeySet<8>> {
    Box::new(KeySet::from_jwks(&demo(file), SIGNATURES).unwrap())
}

fn text(jwt: &Verified<'_>, claim: &str) -> String {
    jwt.claims()
        .get(claim)
        .unwrap()
        .as_str()
        .unwrap()
        .to_string()
}

const NONCE: &str = "n-0S6_WzA2Mj";

/// Loads the recorded publications and responses of a system.
fn system(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/published");
    let text = fs::read_to_string(folder.join("systems.json")).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    file[name].take()
}

/// Returns a string member.
fn text_of(value: &Value, member: &str) -> String {
    value[member].as_str().expect(member).to_owned()
}

/// Returns the ID Token in a response of the token endpoint.
fn id_token_of(response: &str) -> String {
    let response = TokenResponse::parse(response.as_bytes()).unwrap();
    assert!(response.is_bearer());
    response.id_token().unwrap().to_string()
}

#[test]
fn every_case() {
    let cases = cases("demo/systems.json");
    cases.iter().for_each(assert_case);
    assert_eq!(cases.len(), 87);
    report(format_args!("demo/systems.json: {} cases", cases.len()));
}

#[test]
fn akeneo_no_kid_and_dates_with_fractions() {
    let mut token = token("akeneo.jwt");
    let keys = keys("akeneo.jwks.json");
    let issuers = ["https://my-pim.example.com"];
    let client_ids = ["69d7c1a4-5b0e-4c0e-9a3f-2f6f0c6a1b7d"];
    let policy = oidc::id_token(&issuers, &client_ids, Nonce::NotSent);
    let mut scratch = vec![0; token.len()];
    let expires_at = NumericDate::new(1_643_033_278, 467_703_000);
    let verifier = Verifier::new(&keys, &policy);
    let expired = verifier.verify(&token, expires_at, &mut scratch);
    assert_eq!(
        expired.err(),
        Some(Error::Claim(Claim::Exp, Problem::Expired))
    );

    let just_in_time = NumericDate::new(1_643_033_278, 467_702_999);
    let jwt = verifier.verify_in_place(&mut token, just_in_time).unwrap();
    assert!(jwt.header().key_id().is_none());
    assert_eq!(jwt.claims().expires_at(), Some(expires_at));
    assert_eq!(
        jwt.claims().issued_at(),
        Some(NumericDate::new(1_643_029_678, 467_703_000))
    );
    assert_eq!(text(&jwt, "email"), "user@example.com");
    assert_eq!(text(&jwt, "firstname"), "Sample");
    assert_eq!(text(&jwt, "lastname"), "User");
    assert!(jwt.claims().jwt_id().is_some());
}

#[test]
fn airlock_signature_or_mac_but_never_unsecured() {
    let issuers = ["https://iam.example.com/auth-login/oauth2/v3/as-1"];
    let policy = oidc::id_token(&issuers, &["client-7f3a"], Nonce::Sent(NONCE));
    let now = NumericDate::from_seconds(1_700_000_060);

    let keys = keys("airlock.jwks.json");
    let mut signed = token("airlock.jwt");
    let by_keys = Verifier::new(&keys, &policy);
    let jwt = by_keys.verify_in_place(&mut signed, now).unwrap();
    assert_eq!(text(&jwt, "user_name"), "user-248289761001");
    assert_eq!(
        jwt.claims().auth_time(),
        Some(NumericDate::from_seconds(1_699_999_990))
    );

    let secret = demo("airlock-mac.secret");
    let secret = KeyParameters::oct(&secret);
    let key = Keyring::from_parameters(&secret, &[&HS256, &HS384, &HS512]).unwrap();
    let by_secret = Verifier::new(&key, &policy);
    let mut maced = token("airlock-mac.jwt");
    assert!(by_secret.verify_in_place(&mut maced, now).is_ok());
    let mut maced = token("airlock-mac.jwt");
    let with_public_keys = by_keys.verify_in_place(&mut maced, now);
    assert_eq!(with_public_keys.err(), Some(Error::AlgorithmNotAccepted));

    // {"alg":"none"}, with the payload of the signed token.
    let signed = String::from_utf8(token("airlock.jwt")).unwrap();
    let payload = signed.split('.').nth(1).unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{payload}.");
    let mut text = unsigned.clone().into_bytes();
    let rejected = by_keys.verify_in_place(&mut text, now).err();
    assert_eq!(rejected, Some(Error::Unsecured));
    let mut text = unsigned.into_bytes();
    let rejected = by_secret.verify_in_place(&mut text, now).err();
    assert_eq!(rejected, Some(Error::Unsecured));
}

#[test]
fn connect2id_escaped_urls_as_claim_names_and_language_tags() {
    let keys = keys("connect2id.jwks.json");
    let issuers = ["https://c2id.example.com"];
    let base = oidc::id_token(&issuers, &["client-12345"], Nonce::Sent(NONCE));
    let max_age = |seconds| MaxAge {
        age: Duration::from_secs(seconds),
        leeway: Duration::ZERO,
    };
    let policy = |seconds| Policy {
        auth_time: Check::Required(max_age(seconds)),
        acr: Check::Required(&["urn:mace:incommon:iap:silver"]),
        ..base
    };
    let now = NumericDate::from_seconds(1_311_281_000);
    let mut token_text = token("connect2id.jwt");
    let in_time = policy(31);
    let verifier = Verifier::new(&keys, &in_time);
    let jwt = verifier.verify_in_place(&mut token_text, now).unwrap();
    assert!(jwt.header().key_id().unwrap() == "1e9gdk7");
    assert!(jwt.claims().issuer().unwrap() == "https://c2id.example.com");
    let groups = jwt
        .claims()
        .get("https://example.com/groups")
        .unwrap()
        .as_array()
        .unwrap();
    let groups: Vec<_> = groups
        .iter()
        .map(|g| format!("{}", g.as_str().unwrap()))
        .collect();
    assert_eq!(groups, ["audit", "admin"]);
    assert_eq!(text(&jwt, "name"), "Sample");
    assert_eq!(text(&jwt, "name#ja-Kana-JP"), "サンプル");
    assert_eq!(text(&jwt, "name#ja-Hani-JP"), "見本");

    let mut again = token("connect2id.jwt");
    let too_late = policy(30);
    let old = Verifier::new(&keys, &too_late).verify_in_place(&mut again, now);
    assert_eq!(
        old.err(),
        Some(Error::Claim(Claim::AuthTime, Problem::TooOld))
    );
}

#[test]
fn akana_several_issuers_rollover_and_roles() {
    let keys = keys("akana.jwks.json");
    assert!(keys.len() >= 4, "old and new keys");
    let issuers = [
        "https://other.example.com",
        "https://login.example.com/oauth",
    ];
    let policy = oidc::id_token(&issuers, &["app-portal-01"], Nonce::Sent(NONCE));
    let now = NumericDate::from_seconds(1_700_000_060);
    let mut first = token("akana.jwt");
    let verifier = Verifier::new(&keys, &policy);
    let jwt = verifier.verify_in_place(&mut first, now).unwrap();
    let roles = jwt.claims().get("roles").unwrap().as_array().unwrap();
    assert!(
        roles
            .iter()
            .any(|role| role.as_str().is_some_and(|r| r == "api-admin"))
    );

    let only_other = oidc::id_token(&issuers[0], &["app-portal-01"], Nonce::Sent(NONCE));
    let mut again = token("akana.jwt");
    let rejected = Verifier::new(&keys, &only_other).verify_in_place(&mut again, now);
    assert_eq!(
        rejected.err(),
        Some(Error::Claim(Claim::Iss, Problem::Mismatch))
    );
}
