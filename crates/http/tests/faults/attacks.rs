//! What senders of tokens, and issuers that are not trusted with more than their own tokens, try.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use jose_verify::{Claim, Error, Problem};
use jose_verify_http::{
    Fetch, FetchError, Fetched, HttpClient, HttpSettings, IssuerConfig, Issuers, KeyFormat,
    KeyLocation, Metadata, Profile, ProxySettings,
};
use serde_json::{Value, json};

use super::server::{FaultServer, Reply};
use super::support::{self, AUDIENCE, ISSUER, TestKey, claims, jwks};
use super::tools::{TestClock, builder, client, config, verify};

/// Returns the key as `SubjectPublicKeyInfo` in DER (RFC 5480 §2).
fn spki(key: &TestKey) -> Vec<u8> {
    const PREFIX: [u8; 27] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    let jwk = key.jwk();
    let coordinate = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap());
    [
        &PREFIX[..],
        &coordinate("x").unwrap(),
        &coordinate("y").unwrap(),
    ]
    .concat()
}

/// The key of a realm document has no `kid`, but the realm's tokens do. So a token of a new key has
/// a wrong signature, and its `kid` says nothing about the reason.
#[test]
fn a_key_without_a_kid_is_replaced() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    let realm = |key| json!({"public_key": Base64::encode_string(&spki(key))}).to_string();
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    server.set("/realm", Reply::Document(realm(&old)));
    let config = IssuerConfig {
        keys: KeyLocation::Url(format!("{}/realm", server.url()), KeyFormat::Realm),
        ..support::config()
    };
    let issuers = builder(&clock).build([config]).unwrap();
    assert!(verify(&issuers, &old.token()).is_ok());
    server.set("/realm", Reply::Document(realm(&new)));
    clock.advance(Duration::from_secs(5));
    assert!(verify(&issuers, &new.token()).is_ok());

    // Forgeries do not cause more fetches than `Refetch` permits.
    let forged = TestKey::new(3).token();
    for _ in 0..100 {
        let error = verify(&issuers, &forged).unwrap_err().token_error();
        assert_eq!(error, Some(Error::BadSignature));
    }
    assert_eq!(server.requests("/realm"), 2);
}

#[test]
fn more_memory_for_tables_than_there_is() {
    let config = IssuerConfig {
        keys: KeyLocation::Document(jwks(&[&TestKey::new(1)]), KeyFormat::JwkSet),
        table_bytes: usize::MAX,
        ..support::config()
    };
    let issuers = Issuers::builder().on_demand().build([config]).unwrap();
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
}

#[test]
fn a_token_shows_nothing_in_a_log() {
    let server = FaultServer::start();
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let issuers = builder(&TestClock::default()).build([config(&server)]);
    let token = verify(&issuers.unwrap(), &TestKey::new(1).token()).unwrap();
    let shown = format!("{token:?}");
    assert!(shown.contains(ISSUER), "{shown}");
    for part in ["alice", "shop", "orders"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

/// Returns metadata that names these keys, and records the URLs.
struct Provider(&'static str, &'static str, Arc<Mutex<Vec<String>>>);

impl Fetch for Provider {
    fn fetch(&self, url: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        self.2.lock().unwrap().push(url.to_owned());
        let body = json!({"issuer": self.0, "jwks_uri": self.1}).to_string();
        let (body, etag) = (body.into_bytes(), None);
        Ok(Fetched::Document { body, etag })
    }
}

/// Only an issuer on this machine may have its keys there.
#[test]
fn an_issuer_elsewhere_with_keys_on_this_machine() {
    for (issuer, uri, is_requested) in [
        ("https://a.example.com", "https://127.0.0.1:6443/", false),
        ("https://a.example.com", "https://localhost/", false),
        ("https://a.example.com", "https://[::1]/", false),
        ("http://keycloak:8080", "http://127.0.0.1:8500/", false),
        ("http://keycloak:8080", "http://localhost:8500/", false),
        ("https://a.example.com", "https://b.example.com/", true),
        ("http://keycloak:8080", "http://keycloak:8080/", true),
        ("http://localhost:8080", "http://127.0.0.1:8080/", true),
    ] {
        let urls = Arc::default();
        let config = IssuerConfig {
            issuer: issuer.to_owned(),
            keys: KeyLocation::Metadata(Metadata::OpenidConfiguration),
            ..support::config()
        };
        let provider = Provider(issuer, uri, Arc::clone(&urls));
        let issuers = Issuers::builder().client(provider).on_demand();
        let issuers = issuers.build([config]).unwrap();
        let error = issuers.all()[0].refresh_blocking().unwrap_err();
        assert_eq!(error != FetchError::InsecureUrl, is_requested, "{uri}");
        let requests = 1 + usize::from(is_requested);
        assert_eq!(urls.lock().unwrap().len(), requests, "{issuer} {uri}");
    }
}

#[test]
fn hosts_that_only_look_permitted() {
    let settings = HttpSettings {
        proxy: ProxySettings::Direct,
        insecure_hosts: vec!["keycloak".to_owned()],
        ..HttpSettings::default()
    };
    let client = HttpClient::new(&settings).unwrap();
    for url in [
        "http://keycloak.example.com/",
        "http://keycloak@example.com/",
        "http://keycloak:80@example.com/",
        "http://localhost:80@example.com/",
        "http://a@127.0.0.1@example.com/",
        "http://example.com/@keycloak",
        "http://example.com?@keycloak",
        "http://LOCALHOST.example.com/",
        "http://localhost./",
        "http://127.1/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::]/",
        "http://169.254.169.254/latest/meta-data/",
        "HTTP://example.com/",
        "http:/127.0.0.1/",
        "http://127.0.0.1/\r\nX-Header: 1",
        "http://127.0.0.1/ HTTP/1.1",
        "http://127.0.0.1\\@example.com/",
        " http://127.0.0.1/",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "ftp://127.0.0.1/",
        "ws://127.0.0.1/",
    ] {
        let error = client.fetch(url, None).unwrap_err();
        assert_eq!(error, FetchError::InsecureUrl, "{url}");
    }
    for url in ["http://keycloak:8080/", "HTTP://127.0.0.1/", "HTTPS://a/"] {
        assert!(client.agent_for(url).is_ok(), "{url}");
    }
}

/// With and without the feature `tls`.
#[test]
fn https_is_never_sent_in_plain_text() {
    let server = FaultServer::start();
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let url = format!("{}/jwks", server.url());
    assert!(client().fetch(&url, None).is_ok());
    let error = client().fetch(&url.replace("http", "https"), None);
    assert!(!matches!(error, Err(FetchError::InsecureUrl)), "{error:?}");
    assert!(error.is_err() && server.requests("/jwks") == 1);
}

const OTHER: &str = "https://other.example.com";

/// Returns a token of `key` with these claims changed. `null` removes a claim.
fn token(key: &TestKey, typ: &str, changes: &Value) -> String {
    let (mut header, mut claims) = (key.header(), claims());
    header["typ"] = json!(typ);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, v| !v.is_null());
    key.sign(&header, &claims)
}

/// Two issuers, each with its own key under the same `kid`, and then each alone.
#[test]
fn tokens_of_one_issuer_signed_by_another() {
    let config = |issuer: &str, seed: u8| {
        let mut jwk = TestKey::new(seed).jwk();
        jwk["kid"] = json!("same");
        let set = json!({"keys": [jwk]}).to_string();
        IssuerConfig {
            issuer: issuer.to_owned(),
            keys: KeyLocation::Document(set, KeyFormat::JwkSet),
            ..support::config()
        }
    };
    let (ours, other) = (config(ISSUER, 1), config(OTHER, 2));
    let build = |configs: &[&IssuerConfig]| {
        let configs = configs.iter().map(|config| (*config).clone());
        Issuers::builder().on_demand().build(configs).unwrap()
    };
    let sign = |seed: u8, claims: &str| {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "same"});
        TestKey::new(seed).sign_text(&header.to_string(), claims)
    };
    let with_iss = |iss: &str| {
        let claims = claims().to_string();
        let (before, after) = claims.split_once(&format!(r#""iss":"{ISSUER}""#)).unwrap();
        format!("{before}{iss}{after}")
    };
    let named = |iss: &str| with_iss(&format!(r#""iss":"{iss}""#));
    for issuers in [build(&[&ours, &other]), build(&[&ours])] {
        let passes = |token: &str| verify(&issuers, token).map(|token| token.issuer.to_string());
        assert_eq!(passes(&sign(1, &named(ISSUER))).unwrap(), ISSUER);
        let escaped = ISSUER.replace('/', r"\/").replace('i', r"\u0069");
        assert_eq!(passes(&sign(1, &named(&escaped))).unwrap(), ISSUER);
        for (seed, claims) in [
            (2, named(ISSUER)),
            (1, named(OTHER)),
            (1, named(&format!("{ISSUER}/"))),
            (1, named(&ISSUER.to_uppercase())),
            (1, named(&format!("{ISSUER}\\u0000"))),
            (1, named("\\ud800")),
            (1, named("")),
            (1, with_iss(&format!(r#""iss":["{ISSUER}"]"#))),
            (1, with_iss(r#""iss":null"#)),
            (1, with_iss(r#""x":1"#)),
            (1, with_iss(&format!(r#""iss":"{OTHER}","iss":"{ISSUER}""#))),
            (2, with_iss(&format!(r#""iss":"{OTHER}","iss":"{ISSUER}""#))),
            (
                2,
                with_iss(&format!(r#""iss":"{OTHER}","is\u0073":"{ISSUER}""#)),
            ),
            (1, with_iss(&format!(r#""Iss":"{ISSUER}""#))),
        ] {
            let outcome = passes(&sign(seed, &claims));
            assert_eq!(outcome.unwrap_err().response().status, 401, "{claims}");
        }
    }
    // After the issuer was replaced, its old key is worth nothing.
    let issuers = build(&[&ours, &other]);
    assert!(verify(&issuers, &sign(1, &named(ISSUER))).is_ok());
    issuers.replace([config(ISSUER, 3), other]).unwrap();
    assert!(verify(&issuers, &sign(1, &named(ISSUER))).is_err());
    assert!(verify(&issuers, &sign(3, &named(ISSUER))).is_ok());
}

/// Returns issuers with this key that accept access tokens of RFC 9068, other access tokens, and
/// tokens with a client and no audience, as Cognito writes them.
fn profiles(key: &TestKey) -> [Issuers; 3] {
    let build = |config: IssuerConfig| {
        let config = IssuerConfig {
            keys: KeyLocation::Document(jwks(&[key]), KeyFormat::JwkSet),
            ..config
        };
        Issuers::builder().on_demand().build([config]).unwrap()
    };
    let jwt = build(IssuerConfig {
        profile: Profile::Jwt,
        ..support::config()
    });
    let clients = build(IssuerConfig {
        profile: Profile::Jwt,
        audiences: Vec::new(),
        client_ids: vec!["shop".to_owned()],
        ..support::config()
    });
    [build(support::config()), jwt, clients]
}

#[test]
fn tokens_that_are_no_access_tokens() {
    let key = TestKey::new(1);
    let [rfc9068, jwt, clients] = profiles(&key);
    let logout = json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}});
    let id_token = json!({"aud": "shop", "nonce": "n", "client_id": null, "jti": null});
    let id_token_with_client = json!({"aud": "shop", "client_id": "shop"});
    let no_audience = json!({"aud": null});
    for (typ, changes, passes) in [
        ("at+jwt", json!({}), [true, true, false]),
        ("application/at+jwt", json!({}), [true, true, false]),
        ("JWT", json!({}), [false, true, false]),
        ("logout+jwt", logout.clone(), [false; 3]),
        ("at+jwt", logout, [true, false, false]),
        ("JWT", id_token, [false; 3]),
        ("JWT", id_token_with_client, [false; 3]),
        ("JWT", no_audience, [false, false, true]),
        ("JWT", json!({"aud": [], "client_id": "shop"}), [false; 3]),
        (
            "JWT",
            json!({"aud": null, "client_id": "other"}),
            [false; 3],
        ),
        (
            "JWT",
            json!({"aud": null, "client_id": ["shop"]}),
            [false; 3],
        ),
        (
            "JWT",
            json!({"aud": [OTHER, AUDIENCE]}),
            [false, true, false],
        ),
        ("JWT", json!({"exp": null}), [false; 3]),
        ("JWT", json!({"exp": "9999999999"}), [false; 3]),
        ("at+jwt", json!({"scope": {}}), [false; 3]),
        ("at+jwt", json!({"scope": [["orders:read"]]}), [false; 3]),
        ("at+jwt", json!({"sub": 7}), [false; 3]),
    ] {
        let token = token(&key, typ, &changes);
        for (issuers, passes) in [&rfc9068, &jwt, &clients].into_iter().zip(passes) {
            let outcome = verify(issuers, &token);
            let case = (typ, &changes, issuers.all()[0].config().profile);
            assert_eq!(outcome.is_ok(), passes, "{case:?}: {outcome:?}");
        }
    }
    let token = token(&key, "JWT", &json!({"scope": null, "aud": OTHER}));
    let error = verify(&jwt, &token).unwrap_err().token_error();
    assert_eq!(error, Some(Error::Claim(Claim::Aud, Problem::Mismatch)));
}
