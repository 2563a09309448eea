//! An API that accepts the tokens of two issuers. Each route requires scopes.
//!
//!     axum_api ADDRESS AUDIENCE ISSUER JWKS_URL ISSUER JWKS_URL

use axum::{Router, extract::State, http::StatusCode, routing::get};
use jose_verify_http::{AccessToken, Error, Event, IssuerConfig, Issuers, KeyFormat, KeyLocation};

async fn list(token: AccessToken) -> Result<String, Error> {
    token.require(&["orders:read"])?;
    let AccessToken { issuer, claims, .. } = token;
    Ok(format!("orders of {} at {issuer}\n", claims.subject))
}

async fn create(token: AccessToken) -> Result<StatusCode, Error> {
    token.require(&["orders:read", "orders:write"])?;
    Ok(StatusCode::CREATED)
}

async fn ready(State(issuers): State<Issuers>) -> StatusCode {
    if issuers.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, audience, a, jwks_a, b, jwks_b] = &arguments[..] else {
        return Err("usage: axum_api ADDRESS AUDIENCE ISSUER JWKS_URL ISSUER JWKS_URL".into());
    };
    let config = |issuer: &str, jwks: &str| IssuerConfig {
        keys: KeyLocation::Url(jwks.to_owned(), KeyFormat::JwkSet),
        ..IssuerConfig::new(issuer, ["RS256", "ES256"], [audience.as_str()])
    };
    let issuers = Issuers::builder()
        .observer(|issuer: &str, event: &Event<'_>| eprintln!("{issuer}: {event}"))
        .build([config(a, jwks_a), config(b, jwks_b)])?;
    let app = Router::new()
        .route("/orders", get(list).post(create))
        .route("/ready", get(ready))
        .with_state(issuers);
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
