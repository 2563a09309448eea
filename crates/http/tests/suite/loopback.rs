//! Tests with an axum server and keys that are fetched over HTTP.

use super::support::{TestKey, config, jwks};
use axum::routing::get;
use axum::{Extension, Router};
use jose_verify_http::{
    AccessToken, FetchError, IssuerConfig, Issuers, KeyFormat, KeyLocation, RequireBearerLayer,
};
use tokio::net::TcpListener;

pub(crate) async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// Requests `url` with this token, and returns the status and the body.
pub(crate) async fn request(url: String, token: String) -> (u16, String) {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let request = move || {
        let request = agent
            .get(url)
            .header("authorization", format!("Bearer {token}"));
        let mut answer = request.call().unwrap();
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_string().unwrap(),
        )
    };
    tokio::task::spawn_blocking(request).await.unwrap()
}

/// Returns issuers whose keys are at this URL.
fn issuers(url: String) -> Issuers {
    let config = IssuerConfig {
        keys: KeyLocation::Url(url, KeyFormat::JwkSet),
        ..config()
    };
    Issuers::builder().on_demand().build([config]).unwrap()
}

#[tokio::test]
async fn a_protected_route() {
    let (key, other) = (TestKey::new(1), TestKey::new(2));
    let jwks = jwks(&[&key]);
    let keys = serve(Router::new().route("/jwks", get(async || jwks))).await;
    let issuers = issuers(format!("{keys}/jwks"));
    let me = async |Extension(token): Extension<AccessToken>| token.claims.subject;
    let extracted = async |token: AccessToken| token.claims.subject;
    let optional = async |token: Option<AccessToken>| format!("{}", token.is_some());
    let layer = RequireBearerLayer::new(issuers.clone(), [""; 0]);
    let app = Router::new()
        .route("/layer", get(me))
        .route_layer(layer)
        .route("/extractor", get(extracted))
        .route("/optional", get(optional))
        .with_state(issuers);
    let url = serve(app).await;
    for path in ["layer", "extractor"] {
        let url = format!("{url}/{path}");
        let alice = (200, "alice".to_owned());
        assert_eq!(request(url.clone(), key.token()).await, alice, "{path}");
        let rejected = (401, String::new());
        assert_eq!(request(url, other.token()).await, rejected, "{path}");
    }
    let url = format!("{url}/optional");
    assert_eq!(
        request(url.clone(), key.token()).await,
        (200, "true".to_owned())
    );
    assert_eq!(
        request(url.clone(), other.token()).await,
        (401, String::new())
    );
    // Not `None`: a sender who meant to log in must not act without an account.
    for malformed in ["", "a.b", "a b"] {
        let (status, _) = request(url.clone(), malformed.to_owned()).await;
        assert!(matches!(status, 400 | 401), "{malformed}: {status}");
    }
}

#[tokio::test]
async fn responses_that_are_not_key_sets() {
    let app = Router::new().route("/page", get(async || "<html>")).route(
        "/elsewhere",
        get(async || axum::response::Redirect::temporary("/page")),
    );
    let url = serve(app).await;
    let refresh = async |path: &str| {
        let issuers = issuers(format!("{url}{path}"));
        issuers.all()[0].refresh().await.unwrap_err()
    };
    assert!(matches!(refresh("/page").await, FetchError::Keys(_)));
    assert_eq!(refresh("/elsewhere").await, FetchError::Status(307));
    assert_eq!(refresh("/missing").await, FetchError::Status(404));
}
