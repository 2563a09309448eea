//! Keys that look after themselves, for programs that have a network.
//!
//! `jose-verify` verifies tokens; it neither fetches keys nor knows the time. This crate adds the
//! rest for services: issuers from a configuration, keys that are fetched, replaced and retired
//! while requests are served, and the responses to rejected requests.
//!
//! - [`Issuers`] verifies access tokens of one or many issuers. It is asynchronous in any runtime,
//!   and has blocking functions.
//! - [`IssuerConfig`] describes an issuer. It can be read from a file.
//! - [`Error::response`] is what a server answers (RFC 6750 §3).
//! - `RequireBearerLayer` (feature `tower`) protects the routes of any tower service, and
//!   [`AccessToken`] is an extractor of axum (feature `axum`).
//! - [`Issuer`] verifies with a policy of your own, such as that of ID Tokens.
//!
//! | file | what it does |
//! |---|---|
//! | `config` | the configuration of an issuer |
//! | `issuers` | looks issuers up, replaces them, and fetches their keys in the background |
//! | `issuer` | verifies with the current keys, and with newer ones if that may help |
//! | `issuer/lifecycle` | fetches, replaces, retires and keeps the keys |
//! | `source`, `document` | where keys are, and the forms in which they are published |
//! | `kept` | files that outlive the program |
//! | `fetch` | requests: only `https` or this machine, bounded in time and length |
//! | `bearer`, `layer`, `extract` | the token of a request |
//! | `error`, `response`, `observer` | what went wrong, for your log, the client and your metrics |

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
mod source;
mod token;

pub use bearer::bearer_token;
pub use clock::{Clock, SystemClock};
pub use config::{ConfigError, IssuerConfig, KeyLocation, Metadata, Profile};
pub use document::{JwkLeniency, KeyFormat};
pub use error::{Error, KeyReport, Rejection, SkippedKey, Unavailable};
pub use fetch::{
    Fetch, FetchError, Fetched, HttpClient, HttpSettings, HttpSettingsError, ProxySettings,
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
