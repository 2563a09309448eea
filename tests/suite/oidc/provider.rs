//! Provider metadata, and responses of the token endpoint.

use core::time::Duration;
use jose_verify::limits::MAX_METADATA_LEN;
use jose_verify::oauth::{ProviderMetadata, TokenResponse};
use jose_verify::{Claim, Error, Limit, Problem};
use serde_json::{Value, json};

const ISSUER: &str = "https://server.example.com";

/// Returns a part of the example of OpenID Connect Discovery 1.0 §4.2.
fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://server.example.com/connect/authorize",
        "token_endpoint": "https://server.example.com/connect/token",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "userinfo_endpoint": "https://server.example.com/connect/userinfo",
        "end_session_endpoint": "https://server.example.com/connect/end_session",
        "jwks_uri": "https://server.example.com/jwks.json",
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": true,
        "mtls_endpoint_aliases": {"token_endpoint": "https://mtls.example.com/token"},
    })
}

fn parse(metadata: &Value) -> Result<(), Error> {
    ProviderMetadata::parse(metadata.to_string().as_bytes(), ISSUER).map(|_| ())
}

#[test]
fn metadata_is_read() {
    let text = metadata().to_string().replace('/', "\\/");
    let metadata = ProviderMetadata::parse(text.as_bytes(), ISSUER).unwrap();
    assert!(metadata.issuer() == ISSUER);
    assert!(metadata.jwks_uri() == "https://server.example.com/jwks.json");
    for (endpoint, path) in [
        (metadata.authorization_endpoint(), "authorize"),
        (metadata.token_endpoint(), "token"),
        (metadata.user_info_endpoint(), "userinfo"),
        (metadata.end_session_endpoint(), "end_session"),
    ] {
        let url = format!("{ISSUER}/connect/{path}");
        assert!(endpoint.unwrap() == url.as_str(), "{path}");
    }
    let algorithms = metadata.signing_algorithms().unwrap();
    assert!(algorithms.iter().eq(["RS256", "ES256", "HS256"]));
    assert!(metadata.supports_signing_algorithm("ES256"));
    assert!(!metadata.supports_signing_algorithm("PS256"));
    assert!(metadata.supports_challenge_method("S256"));
    assert!(!metadata.supports_challenge_method("plain"));
}

#[test]
fn empty_expected_issuer() {
    let text = br#"{"issuer":"","jwks_uri":""}"#;
    let empty = ProviderMetadata::parse(text, "");
    let mistake = Error::Claim(Claim::Iss, Problem::NothingExpected);
    assert_eq!(empty.err(), Some(mistake));
}

#[test]
fn metadata_of_the_expected_issuer_only() {
    for (issuer, want) in [
        (json!(ISSUER), Ok(())),
        (
            json!("https://server.example.com/"),
            Err(Error::MetadataMismatch),
        ),
        (
            json!("https://Server.example.com"),
            Err(Error::MetadataMismatch),
        ),
        (
            json!("https://evil.example.com"),
            Err(Error::MetadataMismatch),
        ),
        (json!([ISSUER]), Err(Error::MalformedMetadata)),
        (json!(null), Err(Error::MalformedMetadata)),
    ] {
        let mut metadata = metadata();
        metadata["issuer"] = issuer.clone();
        assert_eq!(parse(&metadata), want, "{issuer}");
    }
}

#[test]
fn malformed_metadata() {
    for name in ["issuer", "jwks_uri"] {
        let mut metadata = metadata();
        metadata.as_object_mut().unwrap().remove(name);
        assert_eq!(parse(&metadata), Err(Error::MalformedMetadata), "{name}");
    }
    for name in [
        "jwks_uri",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "id_token_signing_alg_values_supported",
        "code_challenge_methods_supported",
    ] {
        for value in [json!(5), json!(null), json!({}), json!([5])] {
            let mut metadata = metadata();
            metadata[name] = value.clone();
            let got = parse(&metadata);
            assert_eq!(got, Err(Error::MalformedMetadata), "{name} {value}");
        }
    }
    let minimal = json!({"issuer": ISSUER, "jwks_uri": "x"});
    assert_eq!(parse(&minimal), Ok(()));
    let minimal = minimal.to_string();
    let twice = minimal.replace('}', r#","\u006awks_uri":"y"}"#);
    let longest = format!("{minimal}{}", " ".repeat(MAX_METADATA_LEN - minimal.len()));
    assert!(ProviderMetadata::parse(longest.as_bytes(), ISSUER).is_ok());
    let long = longest + " ";
    for (text, want) in [
        (twice.as_str(), Error::DuplicateMember),
        (long.as_str(), Error::Limit(Limit::MetadataLen)),
        ("", Error::MalformedJson),
        ("[]", Error::MalformedJson),
        ("<html></html>", Error::MalformedJson),
    ] {
        let got = ProviderMetadata::parse(text.as_bytes(), ISSUER).err();
        assert_eq!(got, Some(want), "{text:.80}");
    }
    let just = format!("{minimal}{}", " ".repeat(MAX_METADATA_LEN - minimal.len()));
    assert!(ProviderMetadata::parse(just.as_bytes(), ISSUER).is_ok());
}

#[test]
fn token_response_is_read() {
    // RFC 6749 §5.1 with OpenID Connect Core §3.1.3.3.
    let text = br#"{"access_token":"SlAV32hkKG","token_type":"bEARER","refresh_token":"8xLOxBtZp8",
        "expires_in":3600,"id_token":"eyJ.e30.c2ln","scope":"openid","x":{}}"#;
    let response = TokenResponse::parse(text).unwrap();
    assert!(response.access_token() == "SlAV32hkKG" && response.is_bearer());
    assert!(response.token_type() == "bEARER");
    assert!(response.refresh_token().unwrap() == "8xLOxBtZp8");
    assert!(response.id_token().unwrap() == "eyJ.e30.c2ln");
    assert!(response.scope().unwrap() == "openid");
    assert_eq!(response.expires_in(), Some(Duration::from_secs(3600)));
    let shown = format!("{response:?}");
    assert_eq!(shown, "TokenResponse { expires_in: Some(3600s), .. }");

    let least = TokenResponse::parse(br#"{"access_token":"a","token_type":"DPoP"}"#).unwrap();
    assert!(!least.is_bearer() && least.id_token().is_none());
    assert!(least.refresh_token().is_none() && least.scope().is_none());
    assert_eq!(least.expires_in(), None);
}

#[test]
fn malformed_token_response() {
    let malformed = Error::MalformedTokenResponse;
    let good = r#""access_token":"a","token_type":"Bearer""#;
    for (text, want) in [
        (r#"{"error":"invalid_grant"}"#.to_owned(), malformed),
        (r#"{"access_token":"a"}"#.to_owned(), malformed),
        (r#"{"token_type":"Bearer"}"#.to_owned(), malformed),
        (
            r#"{"access_token":"","token_type":"Bearer"}"#.to_owned(),
            malformed,
        ),
        (format!(r#"{{{good},"expires_in":"3600"}}"#), malformed),
        (format!(r#"{{{good},"expires_in":-1}}"#), malformed),
        (format!(r#"{{{good},"expires_in":3600.5}}"#), malformed),
        (format!(r#"{{{good},"expires_in":null}}"#), malformed),
        (
            format!(r#"{{{good},"expires_in":9223372036854775808}}"#),
            malformed,
        ),
        (format!(r#"{{{good},"id_token":null}}"#), malformed),
        (format!(r#"{{{good},"refresh_token":5}}"#), malformed),
        (format!(r#"{{{good},"scope":["openid"]}}"#), malformed),
        (format!(r"{{{good},{good}}}"), Error::DuplicateMember),
        (format!("{{{good}}} ."), Error::MalformedJson),
        (
            "access_token=a&token_type=bearer".to_owned(),
            Error::MalformedJson,
        ),
        (
            " ".repeat((4 << 20) + 1),
            Error::Limit(Limit::TokenResponseLen),
        ),
    ] {
        let got = TokenResponse::parse(text.as_bytes()).err();
        assert_eq!(got, Some(want), "{text:.80}");
    }
    let longest = format!("{{{good}}}{}", " ".repeat((4 << 20) - good.len() - 2));
    assert_eq!(longest.len(), 4 << 20);
    assert!(TokenResponse::parse(longest.as_bytes()).is_ok());
    let zero = format!(r#"{{{good},"expires_in":0}}"#);
    let zero = TokenResponse::parse(zero.as_bytes()).unwrap();
    assert_eq!(zero.expires_in(), Some(Duration::ZERO));
}
