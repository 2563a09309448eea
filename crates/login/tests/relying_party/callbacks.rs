//! Callbacks: whose they are, and what they may contain.

use jose_verify_login::{Client, Error, Flow, Login};
use serde_json::json;

use super::provider::Provider;

fn begin(provider: &Provider, client: &Client, flow: Flow) -> (Login, String) {
    let login = client.begin(flow).unwrap();
    let callback = provider.authorize(login.url());
    (login, callback)
}

/// Returns the callback without one parameter.
fn without(callback: &str, name: &str) -> String {
    let pairs = callback.split('&');
    let others = pairs.filter(|pair| !pair.starts_with(&format!("{name}=")));
    others.collect::<Vec<_>>().join("&")
}

#[test]
fn the_issuer_in_the_callback() {
    let provider = Provider::start();
    let cases = [Flow::Code, Flow::Hybrid].map(|flow| [(flow, true), (flow, false)]);
    for (flow, promised) in cases.into_iter().flatten() {
        let member = "authorization_response_iss_parameter_supported";
        provider.with(|b| b.metadata = json!({ member: promised }));
        let client = provider.client();
        let finish = |change: &dyn Fn(&str) -> String| {
            let (login, callback) = begin(&provider, &client, flow);
            client.finish(&login, &change(&callback))
        };
        finish(&|callback| callback.to_owned()).unwrap();
        // In the hybrid flow, the ID Token in the callback names the issuer (RFC 9207 §4).
        let is_required = promised && flow == Flow::Code;
        match finish(&|callback| without(callback, "iss")) {
            Err(Error::Callback("iss")) => assert!(is_required, "{flow:?}"),
            outcome => assert!(!is_required && outcome.is_ok(), "{flow:?} {outcome:?}"),
        }
        for other in ["https://other.example.com", ""] {
            let error = finish(&|callback| format!("{}&iss={other}", without(callback, "iss")));
            let error = error.unwrap_err();
            let is_mismatch = matches!(error, Error::IssuerMismatch);
            assert!(is_mismatch, "{flow:?} {promised} {other}: {error:?}");
        }
    }
}

#[test]
fn a_request_of_a_stranger_does_not_end_the_login() {
    let provider = Provider::start();
    let client = provider.client();
    for flow in [Flow::Code, Flow::Hybrid] {
        let (login, callback) = begin(&provider, &client, flow);
        let (_, of_another) = begin(&provider, &client, flow);
        for stranger in [
            "",
            "state=",
            "error=access_denied",
            "code=x&state=x",
            "error=access_denied&state=x",
            &of_another,
            &without(&callback, "state"),
            &format!("{}&state=x", without(&callback, "state")),
        ] {
            let error = client.finish(&login, stranger).unwrap_err();
            assert!(
                matches!(error, Error::StateMismatch),
                "{stranger}: {error:?}"
            );
        }
        let error = client.finish(&login, &format!("{callback}&state=x"));
        assert!(matches!(error, Err(Error::Callback("state"))));
        assert!(provider.requests("/token").is_empty());
        assert!(!login.is_used());
        assert_eq!(client.finish(&login, &callback).unwrap().subject, "alice");
        provider.with(|b| b.requests.clear());
    }
}

#[test]
fn a_login_is_finished_once() {
    let provider = Provider::start();
    let client = provider.client();
    let (login, callback) = begin(&provider, &client, Flow::Code);
    client.finish(&login, &callback).unwrap();
    assert!(login.is_used());
    let error = client.finish(&login, &callback).unwrap_err();
    assert!(matches!(error, Error::LoginUsed), "{error:?}");
    assert_eq!(provider.requests("/token").len(), 1);
    // A callback of the login that fails uses it up too: the code may have been redeemed.
    let (login, callback) = begin(&provider, &client, Flow::Code);
    let error = client.finish(&login, &without(&callback, "code"));
    assert!(matches!(error, Err(Error::Callback("code"))));
    let error = client.finish(&login, &callback);
    assert!(matches!(error, Err(Error::LoginUsed)));
    assert_eq!(provider.requests("/token").len(), 1);
}

#[test]
fn duplicate_parameters() {
    let provider = Provider::start();
    let client = provider.client();
    for name in ["code", "id_token", "iss", "error"] {
        let (login, callback) = begin(&provider, &client, Flow::Hybrid);
        let twice = format!("{callback}&{name}=x&{name}=x");
        let error = client.finish(&login, &twice).unwrap_err();
        let is_duplicate = matches!(error, Error::Callback(found) if found == name);
        assert!(is_duplicate, "{name}: {error:?}");
    }
}

#[test]
fn a_code_of_another_login() {
    let provider = Provider::start();
    let client = provider.client();
    let (login, callback) = begin(&provider, &client, Flow::Code);
    let (_, other) = begin(&provider, &client, Flow::Code);
    let code = other.split('&').next().unwrap();
    let changed = format!("{}&{code}", without(&callback, "code"));
    // The provider rejects the code verifier.
    let error = client.finish(&login, &changed).unwrap_err();
    assert!(matches!(error, Error::OAuth(_)), "{error:?}");
}

#[test]
fn a_login_that_the_provider_denies() {
    let provider = Provider::start();
    let client = provider.client();
    let (login, callback) = begin(&provider, &client, Flow::Code);
    let callback = without(&callback, "code");
    let denied = format!("{callback}&error=access_denied&error_description=No%0Away");
    let error = client.finish(&login, &denied).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            r#"the provider denied the login: {}/authorize: access_denied: "No\nway""#,
            provider.url
        )
    );
}
