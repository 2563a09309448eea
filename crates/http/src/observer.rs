//! What an issuer's keys do, for logs and metrics.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{KeyReport, SkippedKey};
use crate::fetch::FetchError;

/// Receives what happens to the keys of the issuers, for logs and metrics.
///
/// The calls come from the threads that fetch keys, after the requests that waited were woken, and
/// [`Event::Retired`] from the thread that notices it, which may serve a request. So a call should
/// not block. No lock is held: the observer may ask for [`Issuer::status`](crate::Issuer::status).
/// A panic ends the call and nothing else.
pub trait Observer: Send + Sync {
    /// Something happened to the keys of the issuer with this name.
    fn observe(&self, issuer: &str, event: &Event<'_>);
}

/// What happened to the keys of an issuer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A document with keys was read.
    Fetched {
        /// The time that the fetch took.
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
        /// The time that the fetch took.
        took: Duration,
        /// Why it failed.
        error: &'e FetchError,
    },
    /// Keys that were kept by an earlier run of the program are used.
    Restored {
        /// The time since they were fetched.
        age: Duration,
    },
    /// The keys could not be kept for the next run, or those of an earlier run not be read.
    NotKept(std::io::ErrorKind),
    /// Replaced keys were dropped, because no valid token can be signed with them.
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
                let news = if *changed { "" } else { "no " };
                write!(
                    f,
                    "{news}changed keys, fetched in {took:?}: {} are used",
                    keys.used
                )
            }
            Self::Skipped(key) => write!(f, "{key}"),
            Self::FetchFailed { took, error } => {
                write!(f, "no keys fetched in {took:?}: {error}")
            }
            Self::Restored { age } => write!(f, "kept keys are used, fetched {age:?} ago"),
            Self::NotKept(error) => write!(f, "the keys are not kept: {error}"),
            Self::Retired => f.write_str("replaced keys are dropped"),
        }
    }
}

/// A closure, such as `|issuer: &str, event: &Event<'_>| eprintln!("{issuer}: {event}")`.
impl<F: Fn(&str, &Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, issuer: &str, event: &Event<'_>) {
        self(issuer, event);
    }
}

/// Writes all events to `tracing`. Requires the feature `tracing`.
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
            Event::NotKept(error) => tracing::warn!(issuer, %error, "keys not kept"),
            Event::Retired => tracing::info!(issuer, "replaced keys dropped"),
        }
    }
}
