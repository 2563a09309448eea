//! Tests which requests pass the layer, which are rejected, and how often keys are fetched. The
//! clock is paused, and advances only when a test says so.

use std::convert::Infallible;
use std::time::Duration;

use super::support::{Published, TestKey, claims, settings};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Request, Response};
use jose_verify::{Claim, Error, Member, Problem};
use jose_verify_http::{Principal, RequireBearerLayer, Settings};
use serde_json::{Value, json};
use tokio::time::advance;
use tower::{Layer, ServiceExt, service_fn};

/// Sends a request with these headers. Returns the status of the response, and its challenge or, if
/// it has none, its body. The inner service returns the subject as the body.
async fn answer(published: &Issuer, authorization: &[&str]) -> (u16, String) {
    let mut request = Request::builder();
    for value in authorization {
        request = request.header(AUTHORIZATION, *value);
    }
    let inner = service_fn(async |request: Request<()>| {
        let principal: &Principal = request.extensions().get().unwrap();
        Ok::<_, Infallible>(Response::new(principal.subject.clone()))
    });
    let layer = RequireBearerLayer::new(published.clone(), &["orders:read"]);
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

type Issuer = std::sync::Arc<jose_verify_http::Issuer>;

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test(start_paused = true)]
async fn valid_tokens_pass() {
    let key = TestKey::new(1);
    let issuer = Published::new(&[&key]).issuer();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = format!("{scheme} {}", key.token());
        assert_eq!(answer(&issuer, &[&value]).await, (200, "alice".to_owned()));
    }
    let principal = issuer.authenticate(&key.token()).await.unwrap();
    assert_eq!(principal.client_id, "shop");
    assert_eq!(principal.scopes, ["orders:read", "orders:write"]);
}

#[tokio::test(start_paused = true)]
async fn requests_without_a_readable_token() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuer = published.issuer();
    let token = bearer(&key.token());
    let invalid = r#"Bearer error="invalid_request""#;
    for (headers, status, challenge) in [
        (&[][..], 401, "Bearer"),
        (&["Basic YTpi"], 401, "Bearer"),
        (&["Bearer"], 400, invalid),
        (&[&token, &token], 400, invalid),
        (&["Bearer \u{e9}"], 400, invalid),
    ] {
        let (got, text) = answer(&issuer, headers).await;
        assert_eq!((got, &*text), (status, challenge), "{headers:?}");
    }
    assert_eq!(published.fetches(), 0);
}

#[tokio::test(start_paused = true)]
async fn invalid_tokens() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuer = published.issuer();
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
    ] {
        let name = error.name();
        let challenge = format!(r#"Bearer error="invalid_token", error_description="{name}""#);
        let got = answer(&issuer, &[&bearer(&token)]).await;
        assert_eq!(got, (401, challenge), "{error:?}");
    }
    assert_eq!(published.fetches(), 1, "only the first token fetches keys");
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope() {
    let key = TestKey::new(1);
    let issuer = Published::new(&[&key]).issuer();
    let mut claims = claims();
    claims["scope"] = json!("orders:write orders");
    let token = key.sign(&key.header(), &claims);
    let challenge = r#"Bearer error="insufficient_scope", scope="orders:read""#;
    assert_eq!(
        answer(&issuer, &[&bearer(&token)]).await,
        (403, challenge.to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn a_misconfigured_server() {
    let key = TestKey::new(1);
    let settings = Settings {
        audience: String::new(),
        ..settings()
    };
    let issuer = jose_verify_http::Issuer::new(settings, Published::new(&[&key]).fetch());
    // No challenge, because another token would not help.
    let got = answer(&issuer, &[&bearer(&key.token())]).await;
    assert_eq!(got, (500, String::new()));
}

/// Returns an issuer that has fetched the old key. The new key is published by now.
async fn replaced(old: &TestKey, new: &TestKey) -> (Published, Issuer) {
    let published = Published::new(&[old]);
    let issuer = published.issuer();
    assert!(issuer.authenticate(&old.token()).await.is_ok());
    published.publish(&[new]);
    advance(Duration::from_secs(5)).await;
    (published, issuer)
}

#[tokio::test(start_paused = true)]
async fn keys_are_replaced_while_requests_run() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let (published, issuer) = replaced(&old, &new).await;
    let tokens: Vec<_> = (0..20).map(|_| new.token()).collect();
    let requests = tokens.into_iter().map(|token| {
        let issuer = issuer.clone();
        tokio::spawn(async move { issuer.authenticate(&token).await })
    });
    for request in requests.collect::<Vec<_>>() {
        assert!(
            request.await.unwrap().is_ok(),
            "each request waits for the fetch"
        );
    }
    assert_eq!(published.fetches(), 2, "the requests share one fetch");

    // The old key stays for the lifetime of its tokens, and then expires without a fetch.
    advance(Duration::from_secs(3599)).await;
    assert!(issuer.authenticate(&old.token()).await.is_ok());
    advance(Duration::from_secs(1)).await;
    assert_eq!(issuer.authenticate(&old.token()).await, Err(Error::NoKey));
    assert!(issuer.authenticate(&new.token()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn tokens_without_a_kid_fetch_replaced_keys() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let published = Published::new(&[&old]);
    let issuer = published.issuer();
    let nameless = |key: &TestKey| {
        let mut header = key.header();
        header.as_object_mut().unwrap().remove("kid");
        key.sign(&header, &claims())
    };
    assert!(issuer.authenticate(&nameless(&old)).await.is_ok());
    published.publish(&[&new]);
    advance(Duration::from_secs(5)).await;
    assert!(issuer.authenticate(&nameless(&new)).await.is_ok());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_keys() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuer = published.issuer();
    assert!(issuer.authenticate(&key.token()).await.is_ok());
    // For an hour, a hundred forged tokens a minute. Without a key, the signature is not verified.
    let token = key.token();
    let (_header, rest) = token.split_once('.').unwrap();
    for i in 0..6000 {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": format!("forged {i}")});
        let header = Base64UrlUnpadded::encode_string(header.to_string().as_bytes());
        let forged = format!("{header}.{rest}");
        assert_eq!(issuer.authenticate(&forged).await, Err(Error::NoKey));
        advance(Duration::from_millis(600)).await;
    }
    // The bound of `Refetch`: 1 + d + t / longest. Here d is 6: the pause of 5 doubles six times
    // before it reaches 300.
    let bound = 1 + 6 + 3600 / 300;
    assert!(
        (2..=bound).contains(&published.fetches()),
        "{}",
        published.fetches()
    );
    assert!(issuer.authenticate(&key.token()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_down() {
    let key = TestKey::new(1);
    let published = Published::default();
    let issuer = published.issuer();
    let layer = RequireBearerLayer::new(issuer.clone(), &[]);
    let inner = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(())));
    let request = Request::builder().header(AUTHORIZATION, bearer(&key.token()));
    let answer = layer
        .layer(inner)
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 503, "the token is not reported as invalid");
    assert_eq!(answer.headers()[RETRY_AFTER], "5");

    published.publish(&[&key]);
    advance(Duration::from_secs(10)).await;
    assert!(issuer.authenticate(&key.token()).await.is_ok());

    published.go_down();
    advance(Duration::from_secs(1000)).await;
    assert!(issuer.refresh().await.is_err());
    assert!(
        issuer.authenticate(&key.token()).await.is_ok(),
        "the loaded keys stay"
    );
}

#[tokio::test(start_paused = true)]
async fn a_replaced_key_expires_while_the_issuer_is_down() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let (published, issuer) = replaced(&old, &new).await;
    assert!(issuer.authenticate(&new.token()).await.is_ok());

    published.go_down();
    for (seconds, want) in [(3000, true), (500, true), (101, false)] {
        advance(Duration::from_secs(seconds)).await;
        assert!(issuer.refresh().await.is_err());
        let is_accepted = issuer.authenticate(&old.token()).await.is_ok();
        assert_eq!(is_accepted, want, "{seconds}");
    }
    assert!(issuer.authenticate(&new.token()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn keys_replaced_one_after_the_other() {
    let keys = [1, 2, 3].map(TestKey::new);
    let published = Published::new(&[&keys[0], &keys[1]]);
    let issuer = published.issuer();
    assert!(issuer.refresh().await.is_ok());
    for left in [1, 2] {
        published.publish(&keys.iter().skip(left).collect::<Vec<_>>());
        advance(Duration::from_secs(1000)).await;
        assert!(issuer.refresh().await.is_ok());
    }
    // The first was withdrawn at 1,000 seconds, the second at 2,000. Each is kept for an hour.
    for (seconds, want) in [
        (2599, [true; 3]),
        (1, [false, true, true]),
        (1000, [false, false, true]),
    ] {
        advance(Duration::from_secs(seconds)).await;
        for (key, want) in keys.iter().zip(want) {
            assert_eq!(issuer.authenticate(&key.token()).await.is_ok(), want);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_withdraws_all_its_keys() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuer = published.issuer();
    assert!(issuer.refresh().await.unwrap());
    published.publish(&[]);
    advance(Duration::from_secs(10)).await;
    assert!(issuer.refresh().await.is_ok());
    assert!(issuer.authenticate(&key.token()).await.is_ok());
    advance(Duration::from_secs(3600)).await;
    assert_eq!(issuer.authenticate(&key.token()).await, Err(Error::NoKey));
    assert!(issuer.keys().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_does_not_cancel_the_fetch() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuer = published.issuer();
    let token = key.token();
    let impatient = tokio::time::timeout(Duration::from_millis(10), issuer.authenticate(&token));
    assert!(impatient.await.is_err());
    assert!(issuer.authenticate(&token).await.is_ok());
    assert_eq!(published.fetches(), 1);
}
