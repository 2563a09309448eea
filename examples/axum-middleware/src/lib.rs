//! A layer that lets only requests with a good bearer token through, for axum and any other server
//! of tower.
//!
//! | file | what it does |
//! |---|---|
//! | `issuer` | verifies tokens with prepared keys, and fetches the keys again when that may help |
//! | `fetch` | gets a JWK Set by HTTP |
//! | `principal` | what of a token the routes get to know |
//! | `layer` | reads the header, answers refusals (RFC 6750 §3) |
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
