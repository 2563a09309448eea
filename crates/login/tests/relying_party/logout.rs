//! Logouts that the client begins, and those of which the provider tells it.

use jose_verify::{Claim, Error as TokenError, NumericDate, Problem};
use jose_verify_login::{Client, Error, Flow, LogoutRequest, Settings};
use serde_json::{Value, json};

use super::keys::{client_with_clock, replace_key};
use super::logins::claim_error;
use super::provider::{Provider, change};
use super::signing::TestKey;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A logout token with other claims.
fn logout_token(provider: &Provider, changes: &Value) -> String {
    let now = NumericDate::now().seconds();
    let mut claims = json!({
        "iss": provider.url, "aud": "shop", "sub": "alice", "sid": "session", "jti": "1",
        "iat": now, "exp": now + 120, "events": { EVENT: {} },
    });
    change(&mut claims, changes);
    provider.with(|b| b.key.sign(b.kid, &claims))
}

fn receive(client: &Client, token: &str) -> Result<(Option<String>, Option<String>), Error> {
    let event = client.logout_token(&format!("logout_token={token}"))?;
    Ok((event.subject, event.session_id))
}

#[test]
fn logout_tokens() {
    let provider = Provider::start();
    let client = provider.client();
    let now = NumericDate::now().seconds();
    let (alice, session) = (|| Some("alice".to_owned()), || Some("session".to_owned()));
    let rejected = |claim, problem| Err(claim_error(claim, problem));
    let mismatch = |claim| rejected(claim, Problem::Mismatch);
    let missing = |claim| rejected(claim, Problem::Missing);
    for (changes, want) in [
        (json!({ "jti": "a" }), Ok((alice(), session()))),
        (json!({ "jti": "b", "sub": null }), Ok((None, session()))),
        (json!({ "jti": "c", "sid": null }), Ok((alice(), None))),
        (
            json!({ "jti": "d", "iat": now - 300 }),
            Ok((alice(), session())),
        ),
        (
            json!({ "jti": "a", "sid": "2" }),
            Err(Some(TokenError::Replayed)),
        ),
        (json!({ "jti": null }), missing(Claim::Jti)),
        (json!({ "exp": null }), missing(Claim::Exp)),
        (
            json!({ "exp": now - 60 }),
            rejected(Claim::Exp, Problem::Expired),
        ),
        (json!({ "iat": null }), missing(Claim::Iat)),
        (
            json!({ "iat": now + 60 }),
            rejected(Claim::Iat, Problem::InFuture),
        ),
        (json!({ "aud": "mail" }), mismatch(Claim::Aud)),
        (json!({ "iss": "https://b" }), mismatch(Claim::Iss)),
        (json!({ "events": null }), missing(Claim::Events)),
        (json!({ "events": {"x": {}} }), mismatch(Claim::Events)),
        (
            json!({ "nonce": "n" }),
            rejected(Claim::Nonce, Problem::Prohibited),
        ),
        (json!({ "sub": null, "sid": null }), missing(Claim::Sid)),
    ] {
        let outcome = receive(&client, &logout_token(&provider, &changes));
        let outcome = outcome.map_err(|error| error.token_error());
        assert_eq!(outcome, want, "{changes}");
    }
    // Rejected tokens are not remembered.
    receive(&client, &logout_token(&provider, &json!({}))).unwrap();
}

#[test]
fn tokens_of_others() {
    let provider = Provider::start();
    let client = provider.client();
    let token = logout_token(&provider, &json!({}));
    provider.with(|b| b.key = TestKey::new(2));
    let error = receive(&client, &logout_token(&provider, &json!({}))).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::BadSignature));
    provider.with(|b| b.key = TestKey::new(1));
    let user = provider.log_in(&client, Flow::Code).unwrap();
    assert!(receive(&client, &user.id_token).is_err());
    for body in [
        String::new(),
        "logout_token".to_owned(),
        format!("token={token}"),
    ] {
        let error = client.logout_token(&body).unwrap_err();
        let is_missing = matches!(error, Error::Callback("logout_token"));
        assert!(
            is_missing || error.token_error().is_some(),
            "{body}: {error:?}"
        );
    }
    let twice = format!("logout_token={token}&logout_token={token}");
    let error = client.logout_token(&twice).unwrap_err();
    assert!(
        matches!(error, Error::Callback("logout_token")),
        "{error:?}"
    );
    receive(&client, &token).unwrap();
}

#[test]
fn logout_tokens_without_exp() {
    let provider = Provider::start();
    let client = Client::discover(Settings {
        logout_without_exp: true,
        ..provider.settings()
    });
    let client = client.unwrap();
    let now = NumericDate::now().seconds();
    let too_old = claim_error(Claim::Iat, Problem::TooOld);
    for (changes, want) in [
        (json!({ "exp": null }), None),
        (json!({ "exp": null }), Some(TokenError::Replayed)),
        (json!({ "exp": null, "jti": "2", "iat": now - 140 }), None),
        (
            json!({ "exp": null, "jti": "2", "iat": now - 140 }),
            Some(TokenError::Replayed),
        ),
        (
            json!({ "exp": null, "jti": "3", "iat": now - 200 }),
            too_old,
        ),
        (
            json!({ "exp": now - 60, "jti": "4" }),
            claim_error(Claim::Exp, Problem::Expired),
        ),
        (json!({ "exp": now + 60, "jti": "5" }), None),
        (
            json!({ "exp": now + 60, "jti": "5" }),
            Some(TokenError::Replayed),
        ),
        (
            json!({ "exp": null, "iat": null }),
            claim_error(Claim::Iat, Problem::Missing),
        ),
    ] {
        let outcome = receive(&client, &logout_token(&provider, &changes));
        let error = outcome.err().and_then(|error| error.token_error());
        assert_eq!(error, want, "{changes}");
    }
}

#[test]
fn forged_logout_tokens_do_not_delay_logins() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    provider.log_in(&client, Flow::Code).unwrap();
    let forged = TestKey::new(7).sign("unknown", &json!({}));
    for _ in 0..8 {
        clock.advance(100);
        receive(&client, &forged).unwrap_err();
    }
    // Each of them caused a fetch in vain. The keys of logins may still be fetched at once.
    assert_eq!(provider.requests("/jwks").len(), 9);
    replace_key(&provider, 2, "2");
    clock.advance(1);
    provider.log_in(&client, Flow::Code).unwrap();
}

#[test]
fn logout_urls() {
    let provider = Provider::start();
    let client = provider.client();
    let user = provider.log_in(&client, Flow::Code).unwrap();
    let url = client.logout_url(&LogoutRequest {
        id_token_hint: Some(&user.id_token),
        post_logout_redirect_uri: Some("https://shop.example.com/bye?a=b"),
        state: Some("a state"),
    });
    let want = format!(
        "{}/logout?client_id=shop&id_token_hint={}&post_logout_redirect_uri=\
         https%3A%2F%2Fshop.example.com%2Fbye%3Fa%3Db&state=a+state",
        provider.url, user.id_token
    );
    assert_eq!(url.unwrap(), want);
    let least = |client: &Client| client.logout_url(&LogoutRequest::default());
    provider.with(|b| {
        b.metadata = json!({ "end_session_endpoint": format!("{}/x?y=z", provider.url) });
    });
    let want = format!("{}/x?y=z&client_id=shop", provider.url);
    assert_eq!(least(&provider.client()).unwrap(), want);
    provider.with(|b| b.metadata = json!({ "end_session_endpoint": null }));
    let error = least(&provider.client()).unwrap_err();
    assert!(
        matches!(error, Error::MissingEndpoint("end_session_endpoint")),
        "{error:?}"
    );
    // The hint would be sent in clear text.
    provider.with(|b| b.metadata = json!({ "end_session_endpoint": "http://login.example.com" }));
    let error = least(&provider.client()).unwrap_err();
    assert!(matches!(error, Error::Http { .. }), "{error:?}");
}
