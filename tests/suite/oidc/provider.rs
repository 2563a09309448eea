//! Provider metadata, and responses of the token endpoint.

use core::time::Duration;
use jose_verify::limits::{MAX_METADATA_LEN, MAX_TOKEN_RESPONSE_LEN};
use jose_verify::oauth::{ProviderMetadata, Scopes, TokenResponse};
use jose_verify::{Claim, Error, Limit, Problem};
use serde_json::{Value, json};

const ISSUER: &str = "https://server.example.com";

/// Returns a part of the example in OpenID Connect Discovery 1.0 §4.2, with members of other
/// specifications.
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
        "introspection_endpoint": "https://server.example.com/connect/introspect",
        "revocation_endpoint": "https://server.example.com/connect/revoke",
        "authorization_response_iss_parameter_supported": true,
        "mtls_endpoint_aliases": {"token_endpoint": "https://mtls.example.com/token"},
    })
}

fn parse(metadata: &Value) -> Result<(), Error> {
    ProviderMetadata::parse(metadata.to_string().as_bytes(), ISSUER).map(|_| ())
}

/// The members that are optional for OpenID Providers and for authorization servers.
const OPTIONAL: [&str; 9] = [
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "authorization_response_iss_parameter_supported",
    "id_token_signing_alg_values_supported",
    "code_challenge_methods_supported",
];

fn parse_oauth(metadata: &Value) -> Result<(), Error> {
    let text = metadata.to_string();
    ProviderMetadata::parse_authorization_server(text.as_bytes(), ISSUER).map(|_| ())
}

#[test]
fn metadata_is_read() {
    let text = metadata().to_string().replace('/', "\\/");
    let metadata = ProviderMetadata::parse(text.as_bytes(), ISSUER).unwrap();
    assert!(metadata.issuer() == ISSUER);
    assert!(metadata.jwks_uri().unwrap() == "https://server.example.com/jwks.json");
    for (endpoint, path) in [
        (metadata.authorization_endpoint(), "authorize"),
        (metadata.token_endpoint(), "token"),
        (metadata.user_info_endpoint(), "userinfo"),
        (metadata.end_session_endpoint(), "end_session"),
        (metadata.introspection_endpoint(), "introspect"),
        (metadata.revocation_endpoint(), "revoke"),
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
    assert!(metadata.sends_issuer());
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
fn malformed_minimal_and_longest_metadata() {
    for name in ["issuer", "jwks_uri"] {
        let mut metadata = metadata();
        metadata.as_object_mut().unwrap().remove(name);
        assert_eq!(parse(&metadata), Err(Error::MalformedMetadata), "{name}");
    }
    for name in OPTIONAL.iter().chain(&["jwks_uri"]) {
        for value in [
            json!(5),
            json!("true"),
            json!({}),
            json!([5]),
            json!([null]),
        ] {
            let is_url = name.ends_with("_endpoint") || *name == "jwks_uri";
            if is_url && value.is_string() {
                continue;
            }
            let mut metadata = metadata();
            metadata[name] = value.clone();
            for got in [parse(&metadata), parse_oauth(&metadata)] {
                assert_eq!(got, Err(Error::MalformedMetadata), "{name} {value}");
            }
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
}

/// Many serializers write `null` for a member that is not set.
#[test]
fn null_in_metadata() {
    for name in OPTIONAL {
        let mut metadata = metadata();
        metadata[name] = json!(null);
        assert_eq!(
            (parse(&metadata), parse_oauth(&metadata)),
            (Ok(()), Ok(())),
            "{name}"
        );
    }
    let mut all = metadata();
    for name in OPTIONAL {
        all[name] = json!(null);
    }
    let text = all.to_string();
    let metadata = ProviderMetadata::parse(text.as_bytes(), ISSUER).unwrap();
    for endpoint in [
        metadata.authorization_endpoint(),
        metadata.token_endpoint(),
        metadata.user_info_endpoint(),
        metadata.end_session_endpoint(),
        metadata.introspection_endpoint(),
        metadata.revocation_endpoint(),
    ] {
        assert!(endpoint.is_none());
    }
    assert!(metadata.signing_algorithms().is_none() && !metadata.sends_issuer());
    assert!(!metadata.supports_challenge_method("S256"));
    all["issuer"] = json!(null);
    let malformed = Err(Error::MalformedMetadata);
    assert_eq!((parse(&all), parse_oauth(&all)), (malformed, malformed));
}

/// RFC 8414 §2: `jwks_uri` is optional. OpenID Connect Discovery §3: it is required.
#[test]
fn metadata_without_keys_rfc_8414() {
    let malformed = Err(Error::MalformedMetadata);
    let mismatch = Err(Error::MetadataMismatch);
    let endpoint = "https://server.example.com/token";
    for (metadata, discovery, oauth) in [
        (json!({"issuer": ISSUER}), malformed, Ok(())),
        (
            json!({"issuer": ISSUER, "jwks_uri": null}),
            malformed,
            Ok(()),
        ),
        (
            json!({"issuer": ISSUER, "token_endpoint": endpoint}),
            malformed,
            Ok(()),
        ),
        (
            json!({"issuer": ISSUER, "JWKS_URI": endpoint}),
            malformed,
            Ok(()),
        ),
        (
            json!({"issuer": ISSUER, "jwks_uri": endpoint}),
            Ok(()),
            Ok(()),
        ),
        (
            json!({"issuer": ISSUER, "jwks_uri": 5}),
            malformed,
            malformed,
        ),
        (
            json!({"issuer": ISSUER, "jwks_uri": [endpoint]}),
            malformed,
            malformed,
        ),
        (
            json!({"issuer": ISSUER, "jwks": {"keys": []}}),
            malformed,
            Ok(()),
        ),
        (json!({"jwks_uri": endpoint}), malformed, malformed),
        (
            json!({"issuer": "https://evil.example.com"}),
            mismatch,
            mismatch,
        ),
        (json!({}), malformed, malformed),
    ] {
        assert_eq!(
            (parse(&metadata), parse_oauth(&metadata)),
            (discovery, oauth),
            "{metadata}"
        );
    }
    let text = json!({"issuer": ISSUER, "jwks_uri": endpoint}).to_string();
    let metadata = ProviderMetadata::parse_authorization_server(text.as_bytes(), ISSUER).unwrap();
    assert!(metadata.jwks_uri().unwrap() == endpoint);
    let empty = ProviderMetadata::parse_authorization_server(br#"{"issuer":""}"#, "");
    let mistake = Error::Claim(Claim::Iss, Problem::NothingExpected);
    assert_eq!(empty.err(), Some(mistake));
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
    assert!(response.scope().unwrap().unwrap().iter().eq(["openid"]));
    assert_eq!(response.expires_in(), Ok(Some(Duration::from_secs(3600))));
    let shown = format!("{response:?}");
    assert_eq!(shown, "TokenResponse { expires_in: Some(3600s), .. }");

    let least = TokenResponse::parse(br#"{"access_token":"a","token_type":"DPoP"}"#).unwrap();
    assert!(!least.is_bearer() && least.id_token().is_none());
    assert!(least.refresh_token().is_none() && least.scope().unwrap().is_none());
    assert_eq!(least.expires_in(), Ok(None));
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
        (format!(r#"{{{good},"refresh_token":5}}"#), malformed),
        (format!(r#"{{{good},"id_token":[]}}"#), malformed),
        (format!(r#"{{{good},"id_token":false}}"#), malformed),
        (format!(r"{{{good},{good}}}"), Error::DuplicateMember),
        (format!("{{{good}}} ."), Error::MalformedJson),
        (
            "access_token=a&token_type=bearer".to_owned(),
            Error::MalformedJson,
        ),
        (
            " ".repeat(MAX_TOKEN_RESPONSE_LEN + 1),
            Error::Limit(Limit::TokenResponseLen),
        ),
    ] {
        let got = TokenResponse::parse(text.as_bytes()).err();
        assert_eq!(got, Some(want), "{text:.80}");
    }
    let longest = format!(
        "{{{good}}}{}",
        " ".repeat(MAX_TOKEN_RESPONSE_LEN - good.len() - 2)
    );
    assert_eq!(longest.len(), MAX_TOKEN_RESPONSE_LEN);
    assert!(TokenResponse::parse(longest.as_bytes()).is_ok());
}

const LEAST: &str = r#""access_token":"a","token_type":"Bearer""#;

/// Many serializers write `null` for a member that is not set.
#[test]
fn null_in_a_token_response() {
    let optional = ["refresh_token", "scope", "id_token", "expires_in"];
    let all = optional.map(|name| format!(r#","{name}":null"#)).concat();
    for members in [
        r#","refresh_token":null"#,
        r#","s\u0063ope": null "#,
        r#","expires_in":null,"id_token":null"#,
        &all,
    ] {
        let text = format!("{{{LEAST}{members}}}");
        let response = TokenResponse::parse(text.as_bytes()).unwrap();
        assert!(response.refresh_token().is_none() && response.id_token().is_none());
        assert!(response.scope().unwrap().is_none(), "{text}");
        assert_eq!(response.expires_in(), Ok(None), "{text}");
    }
    let malformed = Error::MalformedTokenResponse;
    for (text, want) in [
        (r#"{"access_token":null,"token_type":"Bearer"}"#, malformed),
        (r#"{"access_token":"a","token_type":null}"#, malformed),
        (
            r#"{"access_token":"a","token_type":"b","id_token":"null","id_token":null}"#,
            { Error::DuplicateMember },
        ),
        (
            r#"{"access_token":"a","token_type":"b","id_token":nul}"#,
            Error::MalformedJson,
        ),
        (
            r#"{"access_token":"a","token_type":"b","id_token":[null]}"#,
            malformed,
        ),
        (
            r#"{"access_token":"a","token_type":"b","refresh_token":0}"#,
            malformed,
        ),
    ] {
        assert_eq!(
            TokenResponse::parse(text.as_bytes()).err(),
            Some(want),
            "{text}"
        );
    }
}

/// A response with an invalid `expires_in` is accepted. The accessor returns the error.
#[test]
fn lifetimes_of_every_form() {
    let seconds = |seconds| Ok(Some(Duration::from_secs(seconds)));
    let malformed = Err(Error::MalformedTokenResponse);
    for (value, want) in [
        ("3600", seconds(3600)),
        ("3600.0", seconds(3600)),
        ("3.6e3", seconds(3600)),
        ("0.5", Ok(Some(Duration::from_millis(500)))),
        ("1.0000000019", Ok(Some(Duration::new(1, 1)))),
        ("0", seconds(0)),
        ("-0", seconds(0)),
        ("9223372036854775807", seconds(u64::MAX >> 1)),
        (r#""3600""#, seconds(3600)),
        (r#""\u003360\u0030""#, seconds(3600)),
        (r#""3600.0""#, seconds(3600)),
        (r#""0.25""#, Ok(Some(Duration::from_millis(250)))),
        (r#""1.0000000019""#, Ok(Some(Duration::new(1, 1)))),
        (r#""0""#, seconds(0)),
        (r#""9223372036854775807""#, seconds(u64::MAX >> 1)),
        ("null", Ok(None)),
        ("-1", malformed),
        ("-0.0000000001", malformed),
        ("9223372036854775808", malformed),
        ("1e400", malformed),
        (r#""9223372036854775808""#, malformed),
        (r#""""#, malformed),
        (r#"".""#, malformed),
        (r#"".5""#, malformed),
        (r#""5.""#, malformed),
        (r#""1.2.3""#, malformed),
        (r#""-1""#, malformed),
        (r#""+1""#, malformed),
        (r#"" 3600""#, malformed),
        (r#""3600s""#, malformed),
        (r#""1e3""#, malformed),
        (r#""0x10""#, malformed),
        (r#""3,600""#, malformed),
        (r#""\u0663""#, malformed),
        (r#""soon""#, malformed),
        (r#""NaN""#, malformed),
        (r#""Infinity""#, malformed),
        (r#""null""#, malformed),
        ("true", malformed),
        ("[3600]", malformed),
        (r#"{"seconds":3600}"#, malformed),
    ] {
        let text = format!(r#"{{{LEAST},"expires_in":{value},"id_token":"eyJ"}}"#);
        let response = TokenResponse::parse(text.as_bytes()).unwrap();
        assert_eq!(response.expires_in(), want, "{value}");
        assert!(response.id_token().unwrap() == "eyJ");
        let shown = format!("{response:?}");
        let shown_value = want.unwrap_or_default();
        assert_eq!(
            shown,
            format!("TokenResponse {{ expires_in: {shown_value:?}, .. }}")
        );
    }
    for value in ["NaN", "Infinity", "0x10", "1.", ".5", "+1", "01"] {
        let text = format!(r#"{{{LEAST},"expires_in":{value}}}"#);
        let got = TokenResponse::parse(text.as_bytes()).err();
        assert_eq!(got, Some(Error::MalformedJson), "{value}");
    }
}

/// A response with an invalid `scope` is accepted. The accessor returns the error.
#[test]
fn scopes_of_every_form() {
    let scopes = |values: &[&str]| Ok(Some(values.iter().map(ToString::to_string).collect()));
    let malformed = Err(Error::MalformedTokenResponse);
    for (value, want) in [
        (r#""a b""#, scopes(&["a", "b"])),
        (r#""""#, scopes(&[])),
        (r#"["a","b"]"#, scopes(&["a", "b"])),
        (r#"["a b"]"#, scopes(&["a b"])),
        ("[]", scopes(&[])),
        ("null", Ok(None)),
        ("5", malformed.clone()),
        ("true", malformed.clone()),
        ("{}", malformed.clone()),
        (r#"["a",5]"#, malformed.clone()),
        (r#"["a",null]"#, malformed.clone()),
        (r#"[["a"]]"#, malformed),
    ] {
        let text = format!(r#"{{{LEAST},"scope":{value}}}"#);
        let response = TokenResponse::parse(text.as_bytes()).unwrap();
        let found = response.scope().map(|found| {
            let strings = |scopes: Scopes<'_>| scopes.iter().map(|s| s.to_string()).collect();
            found.map(strings)
        });
        let want: Result<Option<Vec<String>>, Error> = want;
        assert_eq!(found, want, "{value}");
    }
}
