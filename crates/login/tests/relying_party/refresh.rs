//! Refreshed tokens.

use jose_verify::{Claim, Error as TokenError, Problem};
use jose_verify_login::{Error, Flow};
use serde_json::{Value, json};

use super::logins::claim_error;
use super::provider::Provider;
use super::signing::TestKey;

#[test]
fn new_tokens_of_the_same_login() {
    let provider = Provider::start();
    let client = provider.client();
    let user = provider.log_in(&client, Flow::Code).unwrap();
    let next = client.refresh(&user).unwrap();
    assert_ne!(next.access_token, user.access_token);
    assert_ne!(next.refresh_token, user.refresh_token);
    assert_ne!(next.id_token, user.id_token);
    assert_eq!(next.user_info, user.user_info);
    let claims: Value = serde_json::from_str(&next.claims).unwrap();
    assert_eq!(
        (&claims["sub"], &claims["nonce"]),
        (&json!("alice"), &Value::Null)
    );
    // The refresh token was replaced: only the new one is accepted.
    let error = client.refresh(&user).unwrap_err();
    let Error::OAuth(response) = error else {
        panic!("{error:?}");
    };
    assert_eq!(response.error, "invalid_grant");
    let form = provider.requests("/token").pop().unwrap().form;
    assert_eq!(form["grant_type"], "refresh_token");
    client.refresh(&next).unwrap();
}

#[test]
fn members_that_a_response_omits_are_kept() {
    let provider = Provider::start();
    let client = provider.client();
    let user = provider.log_in(&client, Flow::Code).unwrap();
    for refresh_token in [Value::Null, json!("")] {
        // The provider does not replace it.
        provider.with(|b| {
            b.response = json!({"refresh_token": refresh_token, "id_token": null});
            b.refresh_token = user.refresh_token.clone().unwrap();
        });
        let next = client.refresh(&user).unwrap();
        assert_ne!(next.access_token, user.access_token);
        assert_eq!(next.refresh_token, user.refresh_token);
        let kept = (&user.id_token, &user.claims);
        assert_eq!((&next.id_token, &next.claims), kept);
    }
    // Without a refresh token, there is nothing to ask for.
    let mut user = user;
    user.refresh_token = None;
    let requests = provider.requests("/token").len();
    let error = client.refresh(&user).unwrap_err();
    assert!(matches!(error, Error::NoRefreshToken), "{error:?}");
    assert_eq!(provider.requests("/token").len(), requests);
}

#[test]
fn an_id_token_of_another_login() {
    let provider = Provider::start();
    let client = provider.client();
    provider.with(|b| b.claims = json!({"aud": ["shop", "api"], "azp": "shop"}));
    let mismatch = |claim| claim_error(claim, Problem::Mismatch);
    for (changes, want) in [
        (json!({}), None),
        (json!({"aud": ["api", "shop", "more"]}), None),
        (json!({"auth_time": null}), None),
        (json!({"auth_time": 1_700_000_000.0}), None),
        (json!({"sub": "bob"}), mismatch(Claim::Sub)),
        (
            json!({"iss": "https://other.example.com"}),
            mismatch(Claim::Iss),
        ),
        (json!({"aud": ["shop"]}), mismatch(Claim::Aud)),
        (json!({"aud": ["api"]}), mismatch(Claim::Aud)),
        (
            json!({"azp": "api"}),
            claim_error(Claim::Aud, Problem::Untrusted),
        ),
        (json!({"azp": null, "aud": "shop"}), mismatch(Claim::Aud)),
        (
            json!({"auth_time": 1_700_000_001}),
            mismatch(Claim::AuthTime),
        ),
        (json!({"nonce": "other"}), mismatch(Claim::Nonce)),
        (
            json!({"exp": 1_700_000_000}),
            claim_error(Claim::Exp, Problem::Expired),
        ),
        (
            json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
            mismatch(Claim::AtHash),
        ),
    ] {
        let user = provider.log_in(&client, Flow::Code).unwrap();
        let before = provider.with(|b| b.claims.clone());
        provider.with(|b| {
            for (name, value) in changes.as_object().unwrap() {
                b.claims[name] = value.clone();
            }
        });
        let outcome = client.refresh(&user);
        let error = outcome.as_ref().err().and_then(Error::token_error);
        assert_eq!(error, want, "{changes}");
        assert_eq!(outcome.is_ok(), want.is_none(), "{changes}");
        provider.with(|b| b.claims = before);
    }
}

#[test]
fn claims_that_appear_or_are_repeated() {
    let provider = Provider::start();
    let client = provider.client();
    let user = provider.log_in(&client, Flow::Code).unwrap();
    let claims: Value = serde_json::from_str(&user.claims).unwrap();
    // The nonce of the login may be repeated.
    provider.with(|b| b.claims = json!({ "nonce": claims["nonce"] }));
    let user = client.refresh(&user).unwrap();
    // Without `azp` in the first ID Token, there must be none in the second.
    provider.with(|b| b.claims = json!({ "azp": "shop" }));
    let error = client.refresh(&user).unwrap_err();
    assert_eq!(
        error.token_error(),
        claim_error(Claim::Azp, Problem::Mismatch)
    );
}

#[test]
fn a_forged_id_token() {
    let provider = Provider::start();
    let client = provider.client();
    let user = provider.log_in(&client, Flow::Code).unwrap();
    provider.with(|b| b.key = TestKey::new(2));
    let error = client.refresh(&user).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::BadSignature));
}
