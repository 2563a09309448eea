//! A layer that passes on only requests with a valid bearer token, for axum and any other tower
//! server.
//!
//! | file | what it does |
//! |---|---|
//! | `issuer` | verifies tokens with prepared keys, and fetches the keys again if that may help |
//! | `fetch` | fetches a JWK Set by HTTP |
//! | `principal` | the claims that the routes receive |
//! | `layer` | reads the header, and answers rejected requests (RFC 6750 §3) |
//!
//! `src/main.rs` is a server that uses it.

#![forbid(unsafe_code)]

mod fetch;
mod issuer;
mod layer;
mod principal;

pub use fetch::{Fetch, FetchError, Fetching, by_http};
pub use issuer::{Issuer, Keys, Settings};
pub use layer::{RequireBearer, RequireBearerLayer};
pub use principal::Principal;

/// Compiles the Rust blocks of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
