//! What the provider's errors look like.

use jose_verify_http::FetchError;
use jose_verify_login::{Client, Error, Flow, ProxySettings, Settings};
use serde_json::json;

use super::provider::Provider;
use super::requests::Reply;

#[test]
fn error_responses_of_the_token_endpoint() {
    let provider = Provider::start();
    let client = provider.client();
    let endpoint = format!("{}/token", provider.url);
    let error = |reply| {
        provider.with(|b| b.replies.insert("/token", reply));
        provider.log_in(&client, Flow::Code).unwrap_err()
    };
    let body =
        json!({"error": "invalid_grant", "error_description": "Too\nlate \u{1b}[31m\u{202e}"});
    let shown = error(Reply::json(400, &body)).to_string();
    let want = r#": status 400: invalid_grant: "Too\nlate \u{1b}[31m\u{202e}""#;
    assert_eq!(shown, format!("{endpoint}{want}"));

    let shown = error(Reply::json(401, &json!({"error": "invalid_client"}))).to_string();
    assert_eq!(shown, format!("{endpoint}: status 401: invalid_client"));

    let long = "x".repeat(5000);
    let body = json!({"error": long, "error_description": long});
    let Error::OAuth(response) = error(Reply::json(400, &body)) else {
        panic!("no error response");
    };
    let lengths = (response.error.len(), response.description.unwrap().len());
    assert_eq!(lengths, (64, 256));
    // Only a description that is a string is shown.
    let body = json!({"error": "invalid_grant", "error_description": ["x"]});
    let shown = error(Reply::json(400, &body)).to_string();
    assert_eq!(shown, format!("{endpoint}: status 400: invalid_grant"));
}

#[test]
fn challenges_of_the_user_info_endpoint() {
    let provider = Provider::start();
    let client = provider.client();
    for (challenge, want) in [
        (
            r#"Bearer realm="x", error="invalid_token", error_description="It has expired.""#,
            r#"status 401: invalid_token: "It has expired.""#,
        ),
        (
            r#"Bearer error_description="x",error="y""#,
            r#"status 401: y: "x""#,
        ),
        (
            r#"Bearer error="invalid_token"#,
            "the server responded with status 401",
        ),
        ("Bearer", "the server responded with status 401"),
    ] {
        let mut reply = Reply::text(401, "text/plain", &"");
        reply.challenge = challenge;
        provider.with(|b| b.user_info = reply);
        let error = provider.log_in(&client, Flow::Code).unwrap_err();
        let want = format!("{}/userinfo: {want}", provider.url);
        assert_eq!(error.to_string(), want, "{challenge}");
    }
}

#[test]
fn requests_go_through_the_proxy() {
    let proxy = Provider::start();
    let mut settings = Settings::new("http://login.test", "shop", "https://shop.example.com");
    settings.http.insecure_hosts = vec!["login.test".to_owned()];
    settings.http.proxy = ProxySettings::Url(proxy.url.clone());
    assert!(Client::discover(settings).is_err());
    let paths = proxy.with(|b| {
        b.requests
            .iter()
            .map(|r| r.path.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(paths.len(), 1);
    assert!(paths[0].contains("login.test"), "{paths:?}");
}

#[test]
fn other_responses() {
    let provider = Provider::start();
    let client = provider.client();
    for (path, reply, status) in [
        ("/token", Reply::text(503, "text/html", &"<html>"), 503),
        ("/token", Reply::text(302, "text/html", &""), 302),
        ("/token", Reply::json(400, &json!({"error": 5})), 400),
        ("/token", Reply::json(201, &json!({})), 201),
        ("/userinfo", Reply::text(403, "text/plain", &"no"), 403),
    ] {
        provider.with(|b| b.replies.insert(path, reply));
        let error = provider.log_in(&client, Flow::Code).unwrap_err();
        let Error::Http { endpoint, error } = error else {
            panic!("{path} {status}: {error:?}");
        };
        assert_eq!(endpoint, format!("{}{path}", provider.url));
        assert_eq!(error, FetchError::Status(status));
        provider.with(|b| b.replies.clear());
    }
    // A response that is too long.
    let mut settings = provider.settings();
    settings.http.max_len = 4096;
    let client = Client::discover(settings).unwrap();
    let long = Reply::json(200, &json!({ "access_token": "x".repeat(5000) }));
    provider.with(|b| b.replies.insert("/token", long));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    let error = error.to_string();
    assert!(
        error.ends_with("/token: the response is longer than 4096 bytes"),
        "{error}"
    );
}

#[test]
fn discovery() {
    let provider = Provider::start();
    let error = |metadata| {
        provider.with(|b| b.metadata = metadata);
        Client::discover(provider.settings())
            .unwrap_err()
            .to_string()
    };
    for (metadata, want) in [
        (
            json!({"token_endpoint": null}),
            "the provider has no token_endpoint",
        ),
        (
            json!({"authorization_endpoint": null}),
            "the provider has no authorization_endpoint",
        ),
        (
            json!({"token_endpoint": "http://login.example.com/token"}),
            "http://login.example.com/token: the URL is neither https nor on this machine",
        ),
        (
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            "javascript:alert(1): the URL is neither https nor on this machine",
        ),
    ] {
        assert_eq!(error(metadata.clone()), want, "{metadata}");
    }
    let other = json!({"issuer": "https://login.example.com"});
    let mismatch = jose_verify::Error::MetadataMismatch.to_string();
    assert_eq!(error(other), mismatch);
    let settings = Settings::new(
        "http://login.example.com",
        "shop",
        "https://shop.example.com",
    );
    let error = Client::discover(settings).unwrap_err();
    let Error::Http { error, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(error, FetchError::InsecureUrl);
}
