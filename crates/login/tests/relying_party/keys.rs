//! Keys that are replaced, skipped, or cannot be fetched.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::Error as TokenError;
use jose_verify_login::{Client, Error, Event, Flow, JwkLeniency, Settings};
use serde_json::{Value, json};

use super::provider::{Provider, TestClock};
use super::requests::Reply;
use super::signing::TestKey;

pub(crate) fn client_with_clock(provider: &Provider) -> (Client, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    let settings = Settings {
        clock: Arc::clone(&clock) as _,
        ..provider.settings()
    };
    (Client::discover(settings).unwrap(), clock)
}

/// Replaces the key and publishes the new one.
pub(crate) fn replace_key(provider: &Provider, number: u16, kid: &'static str) {
    let key = TestKey::new(number);
    provider.with(|b| {
        b.jwks = json!({ "keys": [key.jwk(kid)] });
        b.key = key;
        b.kid = kid;
    });
}

#[test]
fn a_new_key_with_a_new_kid_is_fetched_at_once() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    provider.log_in(&client, Flow::Code).unwrap();
    replace_key(&provider, 2, "2");
    clock.advance(2);
    provider.log_in(&client, Flow::Code).unwrap();
    assert_eq!(provider.requests("/jwks").len(), 2);
}

#[test]
fn a_key_that_is_replaced_under_its_kid_is_fetched_after_minutes() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    provider.log_in(&client, Flow::Code).unwrap();
    replace_key(&provider, 2, "1");
    clock.advance(299);
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::BadSignature));
    assert_eq!(provider.requests("/jwks").len(), 1);
    clock.advance(1);
    for flow in [Flow::Code, Flow::Hybrid] {
        provider.log_in(&client, flow).unwrap();
    }
    assert_eq!(provider.requests("/jwks").len(), 2);
    // The replaced key is no longer accepted, and a forgery causes no more fetches.
    provider.with(|b| b.key = TestKey::new(1));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::BadSignature));
    assert_eq!(provider.requests("/jwks").len(), 2);
}

#[test]
fn a_wrong_signature_remains_one_if_the_fetch_fails() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    provider.log_in(&client, Flow::Code).unwrap();
    provider.with(|b| {
        b.key = TestKey::new(2);
        b.replies
            .insert("/jwks", Reply::text(503, "text/plain", &""));
    });
    clock.advance(600);
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::BadSignature));
    provider.with(|b| b.key = TestKey::new(1));
    provider.log_in(&client, Flow::Code).unwrap();
}

#[test]
fn withdrawn_keys_are_used_for_an_hour_at_most() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    provider.log_in(&client, Flow::Code).unwrap();
    provider.with(|b| b.jwks = json!({ "keys": [] }));
    clock.advance(3600);
    provider.log_in(&client, Flow::Code).unwrap();
    clock.advance(1);
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert!(matches!(error, Error::Verification(_)), "{error:?}");
}

#[test]
fn skipped_keys_are_reported() {
    let provider = Provider::start();
    let mut short = TestKey::new(1).jwk("1");
    short["x"] = json!("AAAA");
    provider.with(|b| b.jwks = json!({ "keys": [short, TestKey::new(2).jwk("2")] }));
    let (sender, events) = channel();
    let client = Client::discover(Settings {
        observer: Arc::new(move |_: &str, event: &Event<'_>| {
            let _ = sender.send(event.to_string());
        }),
        ..provider.settings()
    });
    let error = provider.log_in(&client.unwrap(), Flow::Code).unwrap_err();
    let skipped = r#"entry 0 with kid "1" is skipped: "#;
    assert!(error.to_string().contains(skipped), "{error}");
    // The observer is told after the login.
    let event = events.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(event.starts_with(skipped), "{event}");
}

#[test]
fn keys_that_cannot_be_fetched() {
    let provider = Provider::start();
    let (client, clock) = client_with_clock(&provider);
    let down = Reply::text(503, "text/plain", &"");
    provider.with(|b| b.replies.insert("/jwks", down));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert!(error.to_string().contains("status 503"), "{error}");
    provider.with(|b| b.replies.clear());
    clock.advance(2);
    provider.log_in(&client, Flow::Code).unwrap();
}

/// Returns a key with a coordinate that begins with a zero, and its JWK without this zero.
fn short_key() -> (TestKey, Value) {
    let keys = (1..5000).map(TestKey::new);
    let mut short = keys.filter_map(|key| {
        let mut jwk = key.jwk("1");
        let name = ["x", "y"].into_iter().find(|name| {
            let coordinate = Base64UrlUnpadded::decode_vec(jwk[*name].as_str().unwrap());
            coordinate.unwrap()[0] == 0
        })?;
        let coordinate = Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap()).unwrap();
        jwk[name] = Base64UrlUnpadded::encode_string(&coordinate[1..]).into();
        Some((key, jwk))
    });
    short.next().unwrap()
}

#[test]
fn short_coordinates_only_by_configuration() {
    let provider = Provider::start();
    let (key, jwk) = short_key();
    provider.with(|b| {
        b.key = key;
        b.jwks = json!({ "keys": [jwk] });
    });
    for short_coordinates in [false, true] {
        let client = Client::discover(Settings {
            jwk: JwkLeniency {
                short_coordinates,
                ..JwkLeniency::default()
            },
            ..provider.settings()
        });
        let outcome = provider.log_in(&client.unwrap(), Flow::Code);
        assert_eq!(outcome.is_ok(), short_coordinates, "{outcome:?}");
    }
}
