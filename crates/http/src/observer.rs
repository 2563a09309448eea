//! What an issuer's keys do, for logs and metrics.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{KeyReport, SkippedKey};
use crate::fetch::FetchError;

/// Receives what happens to the keys of the issuers, for logs and metrics.
///
/// The calls come from the threads that fetch keys. A call that blocks delays the end of that fetch
/// and the requests that wait for it.
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
    /// An entry of the document is not used.
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

/// Ignores all events.
impl Observer for () {
    fn observe(&self, _: &str, _: &Event<'_>) {}
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, issuer: &str, event: &Event<'_>) {
        (**self).observe(issuer, event);
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
