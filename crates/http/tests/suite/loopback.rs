//! An axum server, and keys that are fetched by HTTP.

use std::time::Duration;

use super::support::{TestKey, settings};
use axum::routing::get;
use axum::{Extension, Router};
use jose_verify_http::{FetchError, Issuer, Principal, RequireBearerLayer, by_http};
use serde_json::json;
use tokio::net::TcpListener;

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// Requests `url` with this token, and returns the status and the body.
async fn request(url: String, token: String) -> (u16, String) {
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

#[tokio::test]
async fn a_protected_route() {
    let (key, other) = (TestKey::new(1), TestKey::new(2));
    let jwks = json!({"keys": [key.jwk()]}).to_string();
    let keys = serve(Router::new().route("/jwks", get(async || jwks))).await;
    let fetch = by_http(format!("{keys}/jwks"), Duration::from_secs(5));
    let me = async |Extension(principal): Extension<Principal>| principal.subject;
    let layer = RequireBearerLayer::new(Issuer::new(settings(), fetch), &[]);
    let app = Router::new().route("/me", get(me)).route_layer(layer);
    let url = format!("{}/me", serve(app).await);
    assert_eq!(
        request(url.clone(), key.token()).await,
        (200, "alice".to_owned())
    );
    assert_eq!(request(url, other.token()).await, (401, String::new()));
}

#[tokio::test]
async fn responses_that_are_not_key_sets() {
    let app = Router::new().route("/page", get(async || "<html>")).route(
        "/elsewhere",
        get(async || axum::response::Redirect::temporary("/page")),
    );
    let url = serve(app).await;
    let refresh = async |path: &str| {
        let fetch = by_http(format!("{url}{path}"), Duration::from_secs(5));
        Issuer::new(settings(), fetch).refresh().await.unwrap_err()
    };
    assert!(matches!(refresh("/page").await, FetchError::Keys(_)));
    assert!(matches!(refresh("/elsewhere").await, FetchError::Keys(_)));
    assert!(matches!(
        refresh("/missing").await,
        FetchError::Transport(_)
    ));
}
