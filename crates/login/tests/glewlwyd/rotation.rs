//! Keys and secrets that the provider replaces.

use std::thread::sleep;
use std::time::Duration;

use jose_verify::Error as TokenError;
use jose_verify_login::{Client, Flow};
use serde_json::json;

use crate::provider::{CASES, Glewlwyd, Keys, OTHER_SECRET, SECRET, browse, signed_by};
use crate::{all, assert_is_alice, assert_is_token_error, log_in};

/// Longer than the shortest pause of the client between two fetches.
const PAUSE: Duration = Duration::from_secs(2);

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn published_keys() {
    let (old, new) = (Keys::generate(SECRET, 1), Keys::generate(SECRET, 2));
    let provider = Glewlwyd::start(None, &all(), &old);
    let cases = &CASES[..9];
    let mut clients = Vec::new();
    for (alg, algorithm) in cases {
        let mut client = provider.client(alg, *algorithm);
        assert_is_alice(log_in(&mut client, Flow::Code), alg);
        // A login whose ID Token is signed before the rotation and verified after it.
        let login = client.begin(Flow::Hybrid).unwrap();
        let callback = browse(login.url());
        provider.rotate(alg, &[new.jwk(alg), old.jwk(alg)]);
        assert!(provider.jwks(alg).contains(&format!("{alg}-2")), "{alg}");
        clients.push((client, login, callback));
    }
    sleep(PAUSE);
    for ((alg, algorithm), (mut client, login, callback)) in cases.iter().zip(clients) {
        assert_is_alice(client.finish(&login, &callback), alg);
        for flow in [Flow::Code, Flow::Hybrid] {
            assert_is_alice(log_in(&mut client, flow), alg);
            assert_is_alice(log_in(&mut provider.client(alg, *algorithm), flow), alg);
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn keys_that_are_no_longer_published() {
    let (old, new) = (Keys::generate(SECRET, 1), Keys::generate(SECRET, 2));
    let provider = Glewlwyd::start(None, &all(), &old);
    let cases = &CASES[..9];
    let mut clients = Vec::new();
    for (alg, algorithm) in cases {
        let mut client = provider.client(alg, *algorithm);
        assert_is_alice(log_in(&mut client, Flow::Code), alg);
        let login = client.begin(Flow::Hybrid).unwrap();
        let callback = browse(login.url());
        provider.rotate(alg, &[new.jwk(alg)]);
        clients.push((client, login, callback));
    }
    sleep(PAUSE);
    for ((alg, _), (mut client, login, callback)) in cases.iter().zip(clients) {
        // This login fetches the new keys and drops the old one.
        assert_is_alice(log_in(&mut client, Flow::Code), alg);
        let outcome = client.finish(&login, &callback);
        assert_is_token_error(outcome, TokenError::NoKey, alg);
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn the_secret() {
    let provider = Glewlwyd::honest(&all());
    let new = Keys::generate(OTHER_SECRET, 2);
    for (alg, algorithm) in &CASES[9..] {
        provider.change_client("basic", &json!({ "client_secret": SECRET }));
        let mut client = provider.client(alg, *algorithm);
        assert_is_alice(log_in(&mut client, Flow::Code), alg);
        // First the secret of the tokens, then the one with which the client authenticates.
        provider.rotate(alg, &[new.jwk(alg)]);
        for flow in [Flow::Code, Flow::Hybrid] {
            let outcome = log_in(&mut client, flow);
            assert_is_token_error(outcome, TokenError::BadSignature, alg);
        }
        provider.change_client("basic", &json!({ "client_secret": OTHER_SECRET }));
        let mut settings = provider.settings(alg, &signed_by(alg, *algorithm));
        settings.client_secret = Some(OTHER_SECRET.to_owned());
        let mut client = Client::discover(settings).unwrap();
        for flow in [Flow::Code, Flow::Hybrid] {
            assert_is_alice(log_in(&mut client, flow), alg);
        }
    }
}
