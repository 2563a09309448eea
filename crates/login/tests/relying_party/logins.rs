//! Logins, and tokens that must not log anybody in.

use std::time::Duration;

use jose_verify::{Claim, Error as TokenError, NumericDate, Problem};
use jose_verify_login::{Client, Error, Flow, Settings, SignedBy};
use serde_json::{Value, json};

use super::provider::{Provider, REDIRECT_URI, SECRET};
use super::requests::Reply;
use super::signing::TestKey;

/// The expected error of an outcome that has one.
#[expect(clippy::unnecessary_wraps, reason = "compared with an optional error")]
pub(crate) fn claim_error(claim: Claim, problem: Problem) -> Option<TokenError> {
    Some(TokenError::Claim(claim, problem))
}

#[test]
fn both_flows_with_keys_and_with_the_secret() {
    let provider = Provider::start();
    for signed_by in [
        SignedBy::Metadata,
        SignedBy::client_secret(["HS256"]).unwrap(),
    ] {
        if let SignedBy::ClientSecret(_) = signed_by {
            provider.with(|b| b.key = TestKey::Secret(SECRET.into()));
        }
        let client = Client::discover(Settings {
            signed_by,
            ..provider.settings()
        });
        let client = client.unwrap();
        for flow in [Flow::Code, Flow::Hybrid] {
            let user = provider.log_in(&client, flow).unwrap();
            assert_eq!(user.subject, "alice");
            let claims: Value = serde_json::from_str(&user.claims).unwrap();
            assert_eq!(claims["aud"], "shop");
            let user_info = user.user_info.as_deref().unwrap();
            assert!(user_info.contains("alice@example.com"), "{user_info}");
            assert!(user.access_token.starts_with("access-"));
            assert!(user.refresh_token.unwrap().starts_with("refresh-"));
            assert_eq!(user.expires_in.unwrap().as_secs(), 600);
        }
    }
}

#[test]
fn the_authorization_request() {
    let provider = Provider::start();
    let client = Client::discover(Settings {
        scope: "openid offline_access".to_owned(),
        ..provider.settings()
    });
    let client = client.unwrap();
    let login = client
        .begin_with(Flow::Code, &[("prompt", "consent")])
        .unwrap();
    let query = login.url().split_once('?').unwrap().1;
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(n, _)| n == name).unwrap().1.into_owned()
    };
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "shop"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid offline_access"),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
    ] {
        assert_eq!(parameter(name), value, "{name}");
    }
    assert_eq!(parameter("state").len(), 43);
    for name in ["state", "nonce", "code_challenge", "max_age", "request"] {
        let error = client.begin_with(Flow::Code, &[(name, "1")]).err();
        assert!(matches!(error, Some(Error::Parameter(_))), "{name}");
    }
}

#[test]
fn hostile_id_tokens() {
    let provider = Provider::start();
    let client = provider.client();
    let other = "https://other.example.com";
    for (changes, want) in [
        (
            json!({ "iss": other }),
            claim_error(Claim::Iss, Problem::Mismatch),
        ),
        (
            json!({ "aud": "mail" }),
            claim_error(Claim::Aud, Problem::Mismatch),
        ),
        (
            json!({ "aud": ["shop", "mail"] }),
            claim_error(Claim::Aud, Problem::Untrusted),
        ),
        (
            json!({ "azp": "mail" }),
            claim_error(Claim::Azp, Problem::Mismatch),
        ),
        (
            json!({ "exp": 1_700_000_000 }),
            claim_error(Claim::Exp, Problem::Expired),
        ),
        (
            json!({ "nonce": "other" }),
            claim_error(Claim::Nonce, Problem::Mismatch),
        ),
        (
            json!({ "nonce": null }),
            claim_error(Claim::Nonce, Problem::Missing),
        ),
        (
            json!({ "sub": null }),
            claim_error(Claim::Sub, Problem::Missing),
        ),
        (
            json!({ "events": {} }),
            claim_error(Claim::Events, Problem::Prohibited),
        ),
    ] {
        for flow in [Flow::Code, Flow::Hybrid] {
            provider.with(|b| b.browser_claims = changes.clone());
            if flow == Flow::Code {
                provider.with(|b| b.claims = changes.clone());
            }
            let error = provider.log_in(&client, flow).unwrap_err();
            assert_eq!(error.token_error(), want, "{flow:?} {changes}");
            provider.with(|b| (b.claims, b.browser_claims) = (json!({}), json!({})));
        }
    }
}

#[test]
fn the_tolerance_for_clock_skew() {
    let provider = Provider::start();
    let now = NumericDate::now().seconds();
    let expired = claim_error(Claim::Exp, Problem::Expired);
    for (leeway, exp, want) in [
        (None, -15, None),
        (None, -45, expired),
        (Some(5), -15, expired),
    ] {
        provider.with(|b| b.claims = json!({ "exp": now + exp }));
        let mut settings = provider.settings();
        settings.leeway = leeway.map_or(settings.leeway, Duration::from_secs);
        let client = Client::discover(settings).unwrap();
        let error = provider.log_in(&client, Flow::Code).err();
        let error = error.and_then(|error| error.token_error());
        assert_eq!(error, want, "{leeway:?} {exp}");
    }
}

#[test]
fn tokens_that_do_not_belong_together() {
    let provider = Provider::start();
    let client = provider.client();
    // The access token is not that of the ID Token.
    provider.with(|b| b.response = json!({ "access_token": "access-of-another" }));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    let mismatch = claim_error(Claim::AtHash, Problem::Mismatch);
    assert_eq!(error.token_error(), mismatch);
    provider.with(|b| b.response = json!({}));
    // The code is not that of the ID Token, or the ID Token names none.
    for (changes, problem) in [
        (
            json!({ "c_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
            Problem::Mismatch,
        ),
        (json!({ "c_hash": null }), Problem::Missing),
    ] {
        provider.with(|b| b.browser_claims = changes);
        let error = provider.log_in(&client, Flow::Hybrid).unwrap_err();
        assert_eq!(error.token_error(), claim_error(Claim::CHash, problem));
    }
    provider.with(|b| b.browser_claims = json!({ "s_hash": "AAAAAAAAAAAAAAAAAAAAAA" }));
    let error = provider.log_in(&client, Flow::Hybrid).unwrap_err();
    let mismatch = claim_error(Claim::SHash, Problem::Mismatch);
    assert_eq!(error.token_error(), mismatch);
    // Two users.
    provider.with(|b| b.browser_claims = json!({ "sub": "bob" }));
    let error = provider.log_in(&client, Flow::Hybrid).unwrap_err();
    assert!(matches!(error, Error::DifferentUsers), "{error:?}");
}

#[test]
fn hostile_token_responses() {
    let provider = Provider::start();
    let client = provider.client();
    for (changes, want) in [
        (
            json!({ "id_token": null }),
            Some(TokenError::MalformedTokenResponse),
        ),
        (
            json!({ "access_token": null }),
            Some(TokenError::MalformedTokenResponse),
        ),
        (
            json!({ "id_token": "a.b.c" }),
            Some(TokenError::MalformedBase64url),
        ),
        (json!({ "token_type": "DPoP" }), None),
    ] {
        provider.with(|b| b.response = changes.clone());
        let error = provider.log_in(&client, Flow::Code).unwrap_err();
        assert_eq!(error.token_error(), want, "{changes}");
        let is_type = matches!(error, Error::TokenType);
        assert_eq!(is_type, want.is_none(), "{changes}");
    }
    // Signed with the secret, which the settings do not accept.
    provider.with(|b| b.response = json!({}));
    provider.with(|b| b.key = TestKey::Secret(SECRET.into()));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::AlgorithmNotAccepted));
}

#[test]
fn user_info() {
    let provider = Provider::start();
    let client = provider.client();
    let (key, url) = (TestKey::new(1), &*provider.url);
    let jwt =
        |key: &TestKey, claims: Value| Reply::text(200, "application/jwt", &key.sign("1", &claims));
    let mismatch = claim_error(Claim::Sub, Problem::Mismatch);
    for (reply, want) in [
        (
            jwt(&key, json!({"sub": "alice", "iss": url, "aud": "shop"})),
            None,
        ),
        (jwt(&key, json!({"sub": "alice"})), None),
        (Reply::json(200, &json!({"sub": "bob"})), mismatch),
        (
            Reply::json(200, &json!({})),
            claim_error(Claim::Sub, Problem::Missing),
        ),
        (jwt(&key, json!({"sub": "bob"})), mismatch),
        (
            jwt(&key, json!({"sub": "alice", "aud": "mail"})),
            claim_error(Claim::Aud, Problem::Mismatch),
        ),
        (
            jwt(&TestKey::new(2), json!({"sub": "alice"})),
            Some(TokenError::BadSignature),
        ),
    ] {
        provider.with(|b| b.user_info = reply.clone());
        let outcome = provider.log_in(&client, Flow::Code);
        let error = outcome.as_ref().err().and_then(Error::token_error);
        assert_eq!(error, want, "{reply:?}");
        assert_eq!(outcome.is_ok(), want.is_none(), "{reply:?}");
    }
    // Without the endpoint, there are no such claims.
    provider.with(|b| b.metadata = json!({ "userinfo_endpoint": null }));
    let user = provider.log_in(&provider.client(), Flow::Code).unwrap();
    assert_eq!(user.user_info, None);
}
