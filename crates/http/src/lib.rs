//! Fetches and replaces the keys of issuers, and verifies access tokens with them.
//!
//! `jose-verify` verifies tokens without a network or a clock. This crate adds both for services:
//! issuers from a configuration, keys that are fetched, replaced and dropped while requests are
//! served, and the responses to rejected requests.
//!
//! - [`Issuers`] verifies access tokens of one or many issuers. Its asynchronous functions work in
//!   any runtime, and its blocking ones need none.
//! - [`IssuerConfig`] describes an issuer. It can be read from a file.
//! - [`Error::response`] returns the response to a rejected request (RFC 6750 §3).
//! - `RequireBearerLayer` (feature `tower`) protects the routes of any tower service, and
//!   [`AccessToken`] is an extractor of axum (feature `axum`).
//! - [`Issuer`] verifies with a policy of your own, such as that of ID Tokens.
//!
//! | file | what it does |
//! |---|---|
//! | `config` | the configuration of an issuer |
//! | `issuers` | looks issuers up, replaces them, and fetches their keys in the background |
//! | `issuer` | verifies with the current keys, and with newer ones if that may help |
//! | `issuer/lifecycle` | fetches and replaces keys, drops old ones, and keeps a copy in a file |
//! | `source`, `document` | where keys are published, and in which formats |
//! | `kept` | files with the keys of an earlier run |
//! | `fetch`, `send` | requests: only `https` or this machine, bounded in time and length |
//! | `bearer`, `layer`, `extract` | the token of a request |
//! | `error`, `response`, `observer` | errors and events, for logs, clients and metrics |

#![forbid(unsafe_code)]

mod bearer;
mod clock;
mod config;
mod document;
mod error;
#[cfg(feature = "axum")]
mod extract;
mod fetch;
mod issuer;
mod issuers;
mod kept;
#[cfg(feature = "tower")]
mod layer;
mod observer;
mod response;
mod send;
mod source;
mod token;

pub use bearer::bearer_token;
pub use clock::{Clock, SystemClock};
pub use config::{ConfigError, IssuerConfig, KeyLocation, Metadata, Profile};
pub use document::{JwkLeniency, KeyFormat};
pub use error::{Error, KeyReport, Rejection, SkippedKey, Unavailable};
pub use fetch::{
    Fetch, FetchError, Fetched, HttpClient, HttpSettings, HttpSettingsError, ProxySettings,
    check_endpoint,
};
pub use issuer::{Issuer, Keys, Status};
pub use issuers::{Builder, Issuers};
#[cfg(feature = "tower")]
pub use layer::{RequireBearer, RequireBearerLayer, authenticate, response};
#[cfg(feature = "tracing")]
pub use observer::Tracing;
pub use observer::{Event, Observer};
pub use response::Response;
pub use token::{AccessToken, Principal};

/// Compiles the Rust blocks of the README.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../README.md")]
mod readme {}
