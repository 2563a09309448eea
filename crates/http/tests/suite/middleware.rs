//! Tests which requests the layer accepts and rejects, and how often keys are fetched.

use std::convert::Infallible;
use std::time::Duration;

use super::support::{ISSUER, Published, TestKey, claims, config, verify};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Request, Response};
use jose_verify::{Claim, Error, Member, Problem};
use jose_verify_http::{AccessToken, ConfigError, IssuerConfig, Issuers, RequireBearerLayer};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt, service_fn};

/// Sends a request with these headers. Returns the status of the response, and its challenge or, if
/// it has none, its body. The inner service returns the subject as the body.
async fn answer(issuers: &Issuers, authorization: &[&str]) -> (u16, String) {
    let mut request = Request::builder();
    for value in authorization {
        request = request.header(AUTHORIZATION, *value);
    }
    let inner = service_fn(async |request: Request<()>| {
        let token: &AccessToken = request.extensions().get().unwrap();
        Ok::<_, Infallible>(Response::new(token.claims.subject.clone()))
    });
    let layer = RequireBearerLayer::new(issuers.clone(), ["orders:read"]);
    let answer = layer
        .layer(inner)
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap();
    let status = answer.status().as_u16();
    match answer.headers().get(WWW_AUTHENTICATE) {
        Some(challenge) => (status, challenge.to_str().unwrap().to_owned()),
        None => (status, answer.into_body()),
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test]
async fn valid_tokens_are_accepted() {
    let key = TestKey::new(1);
    let issuers = Published::new(&[&key]).issuers();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = format!("{scheme} {}", key.token());
        assert_eq!(answer(&issuers, &[&value]).await, (200, "alice".to_owned()));
    }
    let token = verify(&issuers, &key.token()).await.unwrap();
    assert_eq!(token.claims.client_id.as_deref(), Some("shop"));
    assert_eq!(token.scopes, ["orders:read", "orders:write"]);
}

#[tokio::test]
async fn requests_without_a_readable_token() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    let token = bearer(&key.token());
    let invalid = r#"Bearer error="invalid_request""#;
    for (headers, status, challenge) in [
        (&[][..], 401, "Bearer"),
        (&["Basic YTpi"], 401, "Bearer"),
        (&["Bearer"], 400, invalid),
        (&[&token, &token], 400, invalid),
        (&["Bearer \u{e9}"], 400, invalid),
        (&[""], 400, invalid),
        (&["Bearer\t{token}"], 400, invalid),
        (&["Basic YTpi", &token], 400, invalid),
        (&[&token, "Basic YTpi"], 400, invalid),
        (&[&format!("Basic YTpi, {token}")], 401, "Bearer"),
        (&["DPoP a.b.c"], 401, "Bearer"),
        (&["Bearer=a.b.c x"], 401, "Bearer"),
    ] {
        let (got, text) = answer(&issuers, headers).await;
        assert_eq!((got, &*text), (status, challenge), "{headers:?}");
    }
    assert_eq!(published.fetches(), 0);
}

#[tokio::test]
async fn invalid_tokens() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        key.sign(&key.header(), &claims)
    };
    let other_header = |name: &str, value: Value| {
        let mut header = key.header();
        header[name] = value;
        key.sign(&header, &claims())
    };
    let forged = TestKey::new(2).sign(&key.header(), &claims());
    for (token, error) in [
        (
            with("exp", json!(1)),
            Error::Claim(Claim::Exp, Problem::Expired),
        ),
        (
            with("aud", json!("https://other.example.com")),
            Error::Claim(Claim::Aud, Problem::Mismatch),
        ),
        (
            with("iss", json!("https://evil.example.com")),
            Error::Claim(Claim::Iss, Problem::Mismatch),
        ),
        (
            with("client_id", json!(null)),
            Error::Claim(Claim::ClientId, Problem::WrongType),
        ),
        (
            with("scope", json!(7)),
            Error::Claim(Claim::Scope, Problem::WrongType),
        ),
        (
            other_header("typ", json!("JWT")),
            Error::Header(Member::Typ, Problem::Mismatch),
        ),
        (other_header("alg", json!("none")), Error::Unsecured),
        (
            other_header("alg", json!("HS256")),
            Error::AlgorithmNotAccepted,
        ),
        (forged, Error::BadSignature),
        ("a.b".to_owned(), Error::MalformedToken),
        (String::new(), Error::MalformedToken),
        (format!("{0}, Bearer {0}", key.token()), Error::Encrypted),
        (format!("{} x", key.token()), Error::MalformedBase64url),
        (format!("{}\tx", key.token()), Error::MalformedBase64url),
        (format!("{},x", key.token()), Error::MalformedBase64url),
        (format!("\"{}\"", key.token()), Error::MalformedBase64url),
    ] {
        let name = error.name();
        let challenge = format!(r#"Bearer error="invalid_token", error_description="{name}""#);
        let got = answer(&issuers, &[&bearer(&token)]).await;
        assert_eq!(got, (401, challenge), "{error:?}");
    }
    assert_eq!(published.fetches(), 1, "only the first token fetches keys");
}

#[tokio::test]
async fn a_missing_scope() {
    let key = TestKey::new(1);
    let issuers = Published::new(&[&key]).issuers();
    let mut claims = claims();
    claims["scope"] = json!("orders:write orders");
    let token = key.sign(&key.header(), &claims);
    let challenge = r#"Bearer error="insufficient_scope", scope="orders:read""#;
    assert_eq!(
        answer(&issuers, &[&bearer(&token)]).await,
        (403, challenge.to_owned())
    );
}

/// The scopes of a program may be roles with any characters. They end up in a quoted string.
#[tokio::test]
async fn scopes_that_a_header_cannot_quote() {
    let key = TestKey::new(1);
    let issuers = Published::new(&[&key]).issuers();
    let plain = r#"Bearer error="insufficient_scope""#;
    for (scope, challenge) in [
        ("a:b/c", &*format!(r#"{plain}, scope="a:b/c""#)),
        (r#"a", realm="b"#, plain),
        ("a\\", plain),
        ("a\r\nSet-Cookie: b=c", plain),
        ("\u{e9}", plain),
        ("\0", plain),
    ] {
        let token = verify(&issuers, &key.token()).await.unwrap();
        let response = token.require(&[scope]).unwrap_err().response();
        assert_eq!(response.www_authenticate.as_deref(), Some(challenge));
    }
}

/// What a layer further out has put into the extensions does not count.
#[tokio::test]
async fn each_layer_decides_for_itself() {
    let key = TestKey::new(1);
    let issuers = Published::new(&[&key]).issuers();
    let inner = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(())));
    let layer = |scope: &str| RequireBearerLayer::new(issuers.clone(), [scope]);
    for (outer, within, status) in [
        ("orders:read", "orders:write", 200),
        ("orders:read", "admin", 403),
        ("admin", "orders:read", 403),
    ] {
        let service = layer(outer).layer(layer(within).layer(inner));
        let request = Request::builder().header(AUTHORIZATION, bearer(&key.token()));
        let answer = service.oneshot(request.body(()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{outer} {within}");
    }
}

#[test]
fn a_misconfigured_server_does_not_start() {
    for (config, error) in [
        (
            IssuerConfig {
                audiences: vec![String::new()],
                ..config()
            },
            "https://issuer.example.com: claim \"aud\" cannot be compared: the expected value is \
             missing or empty, or the list is too long",
        ),
        (
            IssuerConfig {
                audiences: Vec::new(),
                ..config()
            },
            "https://issuer.example.com: claim \"aud\" cannot be compared: the expected value is \
             missing or empty, or the list is too long",
        ),
        (
            IssuerConfig {
                algorithms: vec!["HS256".to_owned()],
                ..config()
            },
            r#"https://issuer.example.com: "HS256" is not a signature algorithm of this crate"#,
        ),
        (
            IssuerConfig {
                issuer: String::new(),
                ..config()
            },
            "an issuer has no name",
        ),
    ] {
        let built = Issuers::builder().on_demand().build([config]);
        assert_eq!(built.unwrap_err().to_string(), error);
    }
    let twice = Issuers::builder().on_demand().build([config(), config()]);
    assert_eq!(
        twice.unwrap_err(),
        ConfigError::DuplicateIssuer(ISSUER.to_owned())
    );
}

/// Returns issuers that have fetched the old key, and publishes the new key.
async fn replaced(old: &TestKey, new: &TestKey) -> (Published, Issuers) {
    let published = Published::new(&[old]);
    let issuers = published.issuers();
    assert!(verify(&issuers, &old.token()).await.is_ok());
    published.publish(&[new]);
    published.advance(Duration::from_secs(5));
    (published, issuers)
}

#[tokio::test]
async fn keys_are_replaced_while_requests_run() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let (published, issuers) = replaced(&old, &new).await;
    let tokens: Vec<_> = (0..20).map(|_| new.token()).collect();
    let requests = tokens.into_iter().map(|token| {
        let issuers = issuers.clone();
        tokio::spawn(async move { verify(&issuers, &token).await })
    });
    for request in requests.collect::<Vec<_>>() {
        assert!(
            request.await.unwrap().is_ok(),
            "each request waits for the fetch"
        );
    }
    assert_eq!(published.fetches(), 2, "the requests share one fetch");

    // The old key stays in use for the lifetime of its tokens, and is then dropped without a fetch.
    published.advance(Duration::from_secs(3599));
    assert!(verify(&issuers, &old.token()).await.is_ok());
    published.advance(Duration::from_secs(1));
    assert_eq!(
        verify(&issuers, &old.token()).await,
        Err(Some(Error::NoKey))
    );
    assert!(verify(&issuers, &new.token()).await.is_ok());
}

#[tokio::test]
async fn tokens_without_a_kid_fetch_replaced_keys() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let published = Published::new(&[&old]);
    let issuers = published.issuers();
    let nameless = |key: &TestKey| {
        let mut header = key.header();
        header.as_object_mut().unwrap().remove("kid");
        key.sign(&header, &claims())
    };
    assert!(verify(&issuers, &nameless(&old)).await.is_ok());
    published.publish(&[&new]);
    published.advance(Duration::from_secs(5));
    assert!(verify(&issuers, &nameless(&new)).await.is_ok());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test]
async fn a_flood_of_unknown_keys() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    assert!(verify(&issuers, &key.token()).await.is_ok());
    // For an hour, a hundred forged tokens a minute. Their signature is not verified, because their
    // key is unknown.
    let token = key.token();
    let (_header, rest) = token.split_once('.').unwrap();
    for i in 0..6000 {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": format!("forged {i}")});
        let header = Base64UrlUnpadded::encode_string(header.to_string().as_bytes());
        let forged = format!("{header}.{rest}");
        assert_eq!(verify(&issuers, &forged).await, Err(Some(Error::NoKey)));
        published.advance(Duration::from_millis(600));
    }
    // The bound of `Refetch`: 1 + d + t / longest. Here d is 6: the pause of 5 doubles six times
    // before it reaches 300.
    let bound = 1 + 6 + 3600 / 300;
    assert!(
        (2..=bound).contains(&published.fetches()),
        "{}",
        published.fetches()
    );
    assert!(verify(&issuers, &key.token()).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_is_down() {
    let key = TestKey::new(1);
    let published = Published::default();
    let issuers = published.issuers();
    let layer = RequireBearerLayer::new(issuers.clone(), [""; 0]);
    let inner = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(())));
    let request = Request::builder().header(AUTHORIZATION, bearer(&key.token()));
    let answer = layer
        .layer(inner)
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 503, "the token is not reported as invalid");
    let logged: &jose_verify_http::Error = answer.extensions().get().unwrap();
    assert_eq!(logged.name(), "keys_unavailable");
    assert_eq!(answer.headers()[RETRY_AFTER], "10");

    published.publish(&[&key]);
    published.advance(Duration::from_secs(10));
    assert!(verify(&issuers, &key.token()).await.is_ok());

    published.go_down();
    published.advance(Duration::from_secs(1000));
    assert!(issuers.get(ISSUER).unwrap().refresh().await.is_err());
    assert!(
        verify(&issuers, &key.token()).await.is_ok(),
        "the loaded keys stay in use"
    );
}

#[tokio::test]
async fn a_replaced_key_is_dropped_while_the_issuer_is_down() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let (published, issuers) = replaced(&old, &new).await;
    assert!(verify(&issuers, &new.token()).await.is_ok());

    published.go_down();
    for (seconds, want) in [(3000, true), (500, true), (101, false)] {
        published.advance(Duration::from_secs(seconds));
        assert!(issuers.get(ISSUER).unwrap().refresh().await.is_err());
        let is_accepted = verify(&issuers, &old.token()).await.is_ok();
        assert_eq!(is_accepted, want, "{seconds}");
    }
    assert!(verify(&issuers, &new.token()).await.is_ok());
}

#[tokio::test]
async fn keys_replaced_one_after_the_other() {
    let keys = [1, 2, 3].map(TestKey::new);
    let published = Published::new(&[&keys[0], &keys[1]]);
    let issuers = published.issuers();
    assert!(issuers.get(ISSUER).unwrap().refresh().await.is_ok());
    for left in [1, 2] {
        published.publish(&keys.iter().skip(left).collect::<Vec<_>>());
        published.advance(Duration::from_secs(1000));
        assert!(issuers.get(ISSUER).unwrap().refresh().await.is_ok());
    }
    // The first was withdrawn at 1,000 seconds, the second at 2,000. Each stays in use for an hour.
    for (seconds, want) in [
        (2599, [true; 3]),
        (1, [false, true, true]),
        (1000, [false, false, true]),
    ] {
        published.advance(Duration::from_secs(seconds));
        for (key, want) in keys.iter().zip(want) {
            assert_eq!(verify(&issuers, &key.token()).await.is_ok(), want);
        }
    }
}

#[tokio::test]
async fn an_issuer_that_withdraws_all_its_keys() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    assert!(issuers.get(ISSUER).unwrap().refresh().await.unwrap());
    published.publish(&[]);
    published.advance(Duration::from_secs(10));
    assert!(issuers.get(ISSUER).unwrap().refresh().await.is_ok());
    assert!(verify(&issuers, &key.token()).await.is_ok());
    published.advance(Duration::from_secs(3600));
    assert_eq!(verify(&issuers, &key.token()).await, Err(None));
    assert!(issuers.get(ISSUER).unwrap().keys().is_err());
}

#[tokio::test]
async fn a_client_that_disconnects_does_not_cancel_the_fetch() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    let token = key.token();
    let impatient = tokio::time::timeout(Duration::from_millis(10), verify(&issuers, &token));
    assert!(impatient.await.is_err());
    assert!(verify(&issuers, &token).await.is_ok());
    assert_eq!(published.fetches(), 1);
}

#[tokio::test]
async fn background_fetches_do_not_delay_new_keys() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let published = Published::new(&[&old]);
    let config = IssuerConfig {
        refresh: Duration::from_millis(100),
        shortest_pause: Duration::from_secs(1),
        ..config()
    };
    let builder = Issuers::builder().client(published.clone());
    let issuers = builder.build([config]).unwrap();
    // If these fetches counted for the pause, it would be four seconds after the third.
    while published.fetches() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    published.publish(&[&new]);
    assert!(verify(&issuers, &new.token()).await.is_ok());
}
