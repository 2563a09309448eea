//! A server with a public route and one that requires a token.
//!
//! ```sh
//! axum-middleware ISSUER JWKS_URI AUDIENCE ADDRESS
//! ```

#![forbid(unsafe_code)]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use jose_verify::alg::{Algorithms, ES256, PS256, RS256};
use jose_verify_http::{Issuer, Principal, RequireBearerLayer, Settings, by_http};
use tokio::net::TcpListener;

/// The pause between fetches that no token caused.
const REFRESH: Duration = Duration::from_secs(900);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, jwks_uri, audience, address] = &arguments[..] else {
        return Err("usage: axum-middleware ISSUER JWKS_URI AUDIENCE ADDRESS".into());
    };
    let settings = Settings {
        issuer: issuer.clone(),
        audience: audience.clone(),
        algorithms: Algorithms::new(&[&RS256, &PS256, &ES256])?,
        leeway: Duration::from_secs(30),
        token_lifetime: Duration::from_secs(3600),
        pauses: (Duration::from_secs(5), Duration::from_secs(300)),
        fetch_timeout: Duration::from_secs(5),
        table_bytes: 256 * 1024,
    };
    let fetch = by_http(jwks_uri.clone(), settings.fetch_timeout);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(address, Issuer::new(settings, fetch)))
}

async fn serve(address: &str, issuer: Arc<Issuer>) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    tokio::spawn(Arc::clone(&issuer).keep_fresh(REFRESH, |error| eprintln!("{error}")));
    let app = Router::new()
        .route("/me", get(me))
        .route_layer(RequireBearerLayer::new(issuer, &["openid"]))
        .route("/health", get(|| async { "well" }));
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn me(Extension(principal): Extension<Principal>) -> String {
    format!("{} by {}\n", principal.subject, principal.client_id)
}
