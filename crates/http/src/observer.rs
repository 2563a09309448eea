//! The events of an issuer's keys, for logs and metrics.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{KeyReport, SkippedKey};
use crate::fetch::FetchError;

/// Receives the events of the issuers' keys, for logs and metrics.
///
/// Most calls come from the threads that fetch keys, after the requests that waited were woken.
/// [`Event::Retired`] comes from the thread that drops the keys, which may serve a request. The
/// events of kept keys and of keys in the configuration come from the thread that creates the
/// issuer. So a call should not block. It may ask for
/// [`Issuer::status`](crate::Issuer::status). A panic ends the call and affects nothing else.
pub trait Observer: Send + Sync {
    /// Receives an event of the keys of the issuer with this name.
    fn observe(&self, issuer: &str, event: &Event<'_>);
}

/// What happened to the keys of an issuer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A fetch succeeded. The document may be the same as before.
    Fetched {
        /// The duration of the fetch.
        took: Duration,
        /// The keys in the document.
        keys: &'e Arc<KeyReport>,
        /// Whether keys were added or removed.
        changed: bool,
    },
    /// An entry of the document is not used. Reported for the first entries only
    /// ([`KeyReport::MAX_SKIPPED`]).
    Skipped(&'e SkippedKey),
    /// A fetch failed. The keys stay as they are.
    FetchFailed {
        /// The duration of the fetch.
        took: Duration,
        /// Why it failed.
        error: &'e FetchError,
    },
    /// Keys that an earlier run of the program kept were read. They are used if they are not too
    /// old.
    Restored {
        /// The time since they were fetched.
        age: Duration,
    },
    /// The keys could not be kept for the next run, or those of an earlier run could not be read.
    NotKept(std::io::ErrorKind),
    /// Keys were dropped, because they are no longer published and all tokens that they signed have
    /// expired ([`token_lifetime`](crate::IssuerConfig::token_lifetime)).
    Retired,
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetched {
                took,
                keys,
                changed,
            } => {
                let news = if *changed { "changed" } else { "unchanged" };
                write!(f, "{news} keys, fetched in {took:?}: {} in use", keys.used)
            }
            Self::Skipped(key) => write!(f, "{key}"),
            Self::FetchFailed { took, error } => {
                write!(f, "fetch failed after {took:?}: {error}")
            }
            Self::Restored { age } => write!(f, "kept keys are used, fetched {age:?} ago"),
            Self::NotKept(error) => write!(f, "keys not kept, or kept keys not read: {error}"),
            Self::Retired => f.write_str("keys that are no longer published are dropped"),
        }
    }
}

/// Implements [`Observer`] for closures, such as
/// `|issuer: &str, event: &Event<'_>| eprintln!("{issuer}: {event}")`.
impl<F: Fn(&str, &Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, issuer: &str, event: &Event<'_>) {
        self(issuer, event);
    }
}

/// An [`Observer`] that writes all events to `tracing`: failures and skipped keys at the level
/// `WARN`, all others at `INFO`. Requires the feature `tracing`.
#[cfg(feature = "tracing")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Tracing;

#[cfg(feature = "tracing")]
impl Observer for Tracing {
    fn observe(&self, issuer: &str, event: &Event<'_>) {
        match event {
            Event::Fetched {
                took,
                keys,
                changed,
            } => {
                tracing::info!(issuer, ?took, changed, used = keys.used, "keys fetched");
            }
            Event::Skipped(key) => tracing::warn!(issuer, %key, "key skipped"),
            Event::FetchFailed { took, error } => {
                tracing::warn!(issuer, ?took, %error, "keys not fetched");
            }
            Event::Restored { age } => tracing::info!(issuer, ?age, "kept keys used"),
            Event::NotKept(error) => tracing::warn!(issuer, %error, "keys not kept or not read"),
            Event::Retired => tracing::info!(issuer, "old keys dropped"),
        }
    }
}
