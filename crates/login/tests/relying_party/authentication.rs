//! How the client authenticates at the token endpoint.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use jose_verify::NumericDate;
use jose_verify::alg::{ES256, Es256};
use jose_verify::{JwsVerifier, Key, scratch_len};
use jose_verify_login::{Authentication, Client, ClientKey, Error, Flow, Settings};
use serde_json::{Value, json};

use super::provider::{Provider, SECRET};
use super::requests::Request;
use super::signing::TestKey;

/// Logs in, and returns the request to the token endpoint.
fn token_request(provider: &Provider, settings: Settings) -> Request {
    let client = Client::discover(settings).unwrap();
    provider.log_in(&client, Flow::Code).unwrap();
    provider.requests("/token").pop().unwrap()
}

fn methods(provider: &Provider, listed: &Value) {
    let metadata = json!({ "token_endpoint_auth_methods_supported": listed });
    provider.with(|b| b.metadata = metadata);
}

/// Says how a request authenticates the client.
fn method(request: &Request) -> &'static str {
    let has = |name: &str| request.form.contains_key(name);
    let basic = request
        .authorization
        .as_ref()
        .is_some_and(|a| a.starts_with("Basic "));
    match (
        basic,
        has("client_secret"),
        has("client_assertion"),
        has("client_id"),
    ) {
        (true, false, false, false) => "client_secret_basic",
        (false, true, false, true) => "client_secret_post",
        (false, false, true, true) => "private_key_jwt",
        (false, false, false, true) => "none",
        _ => panic!("more than one method: {request:?}"),
    }
}

#[test]
fn the_metadata_or_the_settings_choose_the_method() {
    let provider = Provider::start();
    let key = ClientKey::new("ES256", None, |text| Ok(TestKey::new(3).sign_bytes(text)));
    let key = Authentication::PrivateKeyJwt(key);
    let (basic, post) = ("client_secret_basic", "client_secret_post");
    for (listed, named, secret, want) in [
        (json!(null), Authentication::FromMetadata, true, basic),
        (
            json!([post, basic]),
            Authentication::FromMetadata,
            true,
            basic,
        ),
        (
            json!(["private_key_jwt", post]),
            Authentication::FromMetadata,
            true,
            post,
        ),
        (json!([basic]), Authentication::FromMetadata, false, "none"),
        (json!([basic]), Authentication::SecretPost, true, post),
        (json!([post]), Authentication::SecretBasic, true, basic),
        (json!([basic]), Authentication::None, true, "none"),
        (json!([basic]), key, true, "private_key_jwt"),
    ] {
        methods(&provider, &listed);
        let settings = Settings {
            client_secret: secret.then(|| SECRET.to_owned()),
            authentication: named.clone(),
            ..provider.settings()
        };
        let request = token_request(&provider, settings);
        assert_eq!(method(&request), want, "{listed} {named:?}");
    }
}

#[test]
fn the_secret_is_sent_as_rfc_6749_encodes_it() {
    let provider = Provider::start();
    let secret = "pass:word %+\u{e9}";
    let settings = |authentication| Settings {
        client_secret: Some(secret.to_owned()),
        authentication,
        ..provider.settings()
    };
    let request = token_request(&provider, settings(Authentication::SecretBasic));
    let credentials = request.authorization.unwrap();
    let credentials = Base64::decode_vec(credentials.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(credentials, b"shop:pass%3Aword+%25%2B%C3%A9");
    let request = token_request(&provider, settings(Authentication::SecretPost));
    assert_eq!(request.form["client_secret"], secret);
    assert_eq!(request.form["client_id"], "shop");
}

#[test]
fn methods_that_cannot_be_used() {
    let provider = Provider::start();
    methods(&provider, &json!(["private_key_jwt", "none"]));
    let error = Client::discover(provider.settings()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with(r#"lists ["private_key_jwt", "none"]"#),
        "{error}"
    );
    methods(&provider, &json!(null));
    for (authentication, secret) in [
        (Authentication::SecretBasic, None),
        (Authentication::SecretPost, Some("")),
        (Authentication::FromMetadata, Some("")),
    ] {
        let settings = Settings {
            client_secret: secret.map(str::to_owned),
            authentication,
            ..provider.settings()
        };
        let error = Client::discover(settings).unwrap_err();
        assert!(matches!(error, Error::NoSecret), "{error:?}");
    }
    methods(&provider, &json!("client_secret_post"));
    let error = Client::discover(provider.settings()).unwrap_err();
    assert_eq!(
        error.token_error(),
        Some(jose_verify::Error::MalformedMetadata)
    );
}

#[test]
fn client_assertions() {
    let provider = Provider::start();
    let public = TestKey::new(3).jwk("client-key").to_string();
    let public = Key::<Es256>::from_jwk(ES256, public.as_bytes()).unwrap();
    let mut identifiers = Vec::new();
    let token_endpoint = format!("{}/token", provider.url);
    for (is_for_issuer, audience) in [(false, &token_endpoint), (true, &provider.url)] {
        let sign = |text: &[u8]| Ok(TestKey::new(3).sign_bytes(text));
        let key = ClientKey::new("ES256", Some("client-key".to_owned()), sign);
        let key = if is_for_issuer { key.for_issuer() } else { key };
        let settings = Settings {
            authentication: Authentication::PrivateKeyJwt(key),
            ..provider.settings()
        };
        let form = token_request(&provider, settings).form;
        let want = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        assert_eq!(form["client_assertion_type"], want);
        let assertion = form["client_assertion"].as_bytes();
        let mut scratch = vec![0; scratch_len(assertion.len())];
        let jws = JwsVerifier::new(&public)
            .verify(assertion, &mut scratch)
            .unwrap();
        let claims: Value = serde_json::from_slice(jws.payload()).unwrap();
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!("shop"), &json!("shop"))
        );
        assert_eq!(claims["aud"], **audience);
        let (iat, exp) = (
            claims["iat"].as_i64().unwrap(),
            claims["exp"].as_i64().unwrap(),
        );
        assert!((NumericDate::now().seconds() - iat).abs() < 60);
        assert_eq!(exp - iat, 60);
        identifiers.push(claims["jti"].as_str().unwrap().to_owned());
        let header = form["client_assertion"].split('.').next().unwrap();
        let header = Base64UrlUnpadded::decode_vec(header).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(
            header,
            json!({"alg": "ES256", "typ": "JWT", "kid": "client-key"})
        );
    }
    assert_ne!(identifiers[0], identifiers[1]);
}

#[test]
fn a_signature_that_cannot_be_made() {
    let provider = Provider::start();
    let key = ClientKey::new("ES256", None, |_| Err("the token was removed".into()));
    let client = Client::discover(Settings {
        authentication: Authentication::PrivateKeyJwt(key),
        ..provider.settings()
    });
    let error = provider.log_in(&client.unwrap(), Flow::Code).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the client assertion was not signed: the token was removed"
    );
    assert!(provider.requests("/token").is_empty());
}
