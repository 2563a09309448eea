//! Why a request is rejected.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jose_verify::Category;
use jose_verify::json::DeserializeError;
use jose_verify::keys::Skipped;
use jose_verify::limits::MAX_KID_LEN;

use crate::fetch::FetchError;

/// Why a request is rejected.
///
/// It contains no part of the token. Its text is for your log: it names the issuer, the accepted
/// algorithms or the skipped keys, which the sender of a token need not know. For the sender, use
/// [`name`](Self::name) or [`response`](Self::response).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The request has no token, or has credentials of a scheme other than `Bearer`.
    NoToken,
    /// The header `Authorization` cannot be parsed, or occurs twice.
    MalformedRequest,
    /// No configured issuer has the token's `iss`, or the `iss` or the header cannot be read.
    Issuer(jose_verify::Error),
    /// The token is rejected by the core, or by an additional check.
    Token(Rejection),
    /// The claims of a valid token do not fit the type that the program expects. The issuer comes
    /// first.
    Claims(Arc<str>, DeserializeError),
    /// The token is valid but lacks a required scope. The issuer comes first, then all required
    /// scopes, separated by spaces.
    Scope(Arc<str>, String),
    /// The issuer has no keys, or only keys that are too old.
    Unavailable(Unavailable),
}

/// Why a token was rejected, and what its issuer accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The issuer's name, from the configuration.
    pub issuer: Arc<str>,
    /// Why the token is rejected.
    pub error: jose_verify::Error,
    /// What the issuer last published. Older keys, which are still in use, are not listed.
    pub keys: Arc<KeyReport>,
}

/// The keys that an issuer last published: how many are used, and which are not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyReport {
    /// The names of the accepted algorithms.
    pub algorithms: Vec<&'static str>,
    /// The number of published keys that are used.
    pub used: usize,
    /// The published entries that are not used, at most [`MAX_SKIPPED`](Self::MAX_SKIPPED).
    pub skipped: Vec<SkippedKey>,
    /// The number of further entries that are not used.
    pub more_skipped: usize,
}

/// An entry of a published document that is not used as a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// The position of the entry in the document, counted from zero.
    pub position: usize,
    /// Its `kid`, if it has one, truncated to [`MAX_KID_LEN`] characters.
    pub key_id: Option<String>,
    /// Why it is skipped.
    pub reason: jose_verify::Error,
}

/// Why there are no keys to verify with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The issuer's name, from the configuration.
    pub issuer: Arc<str>,
    /// Why the last fetch failed. `None` if it did not fail, or there was none.
    pub reason: Option<FetchError>,
    /// Whether there are keys that are too old
    /// ([`max_age`](crate::IssuerConfig::max_age)). Otherwise there are none.
    pub is_stale: bool,
    /// What the issuer last published.
    pub keys: Arc<KeyReport>,
    /// The time until the next fetch may begin, or zero while one is in progress.
    pub retry_after: Duration,
}

impl Error {
    /// Returns who has to act, as [`jose_verify::Error::category`] does.
    #[must_use]
    pub fn category(&self) -> Category {
        match self {
            Self::NoToken | Self::MalformedRequest => Category::Token,
            Self::Issuer(error) => error.category(),
            Self::Token(rejection) => rejection.error.category(),
            Self::Claims(..) => Category::Claims,
            Self::Scope(..) => Category::Scope,
            Self::Unavailable(_) => Category::Provider,
        }
    }

    /// Returns the stable name of the error, which may be sent to the client.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::MalformedRequest => "malformed_request",
            Self::Issuer(error) => error.name(),
            Self::Token(rejection) => rejection.error.name(),
            Self::Claims(..) => "unexpected_claims",
            Self::Scope(..) => jose_verify::Error::InsufficientScope.name(),
            Self::Unavailable(_) => "keys_unavailable",
        }
    }

    /// Returns the name of the issuer, from the configuration, if it is known.
    #[must_use]
    pub fn issuer(&self) -> Option<&Arc<str>> {
        match self {
            Self::NoToken | Self::MalformedRequest | Self::Issuer(_) => None,
            Self::Token(rejection) => Some(&rejection.issuer),
            Self::Claims(issuer, _) | Self::Scope(issuer, _) => Some(issuer),
            Self::Unavailable(unavailable) => Some(&unavailable.issuer),
        }
    }

    /// Returns the error of the core for [`Error::Issuer`] and [`Error::Token`].
    #[must_use]
    pub const fn token_error(&self) -> Option<jose_verify::Error> {
        match self {
            Self::Issuer(error) => Some(*error),
            Self::Token(rejection) => Some(rejection.error),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("the request has no bearer token"),
            Self::MalformedRequest => f.write_str("malformed or repeated Authorization header"),
            Self::Issuer(error) => write!(f, "{error}"),
            Self::Token(rejection) => write!(f, "{rejection}"),
            Self::Claims(issuer, error) => write!(f, "{issuer}: {error}"),
            Self::Scope(issuer, required) => {
                write!(
                    f,
                    "{issuer}: the token lacks at least one of the scopes {required:?}"
                )
            }
            Self::Unavailable(unavailable) => write!(f, "{unavailable}"),
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.issuer, self.error)?;
        match self.error {
            jose_verify::Error::AlgorithmNotAccepted => {
                write!(f, "; accepted: {}", self.keys.algorithms.join(", "))
            }
            jose_verify::Error::NoKey => write!(f, "; {}", self.keys),
            _ => Ok(()),
        }
    }
}

impl KeyReport {
    /// The maximum length of `skipped`. A document can contain 300,000 entries, and programs log
    /// the report for each token without a key.
    pub const MAX_SKIPPED: usize = 32;

    /// Adds an entry that is not used.
    pub(crate) fn skip(&mut self, entry: &Skipped<'_>) {
        if self.skipped.len() < Self::MAX_SKIPPED {
            self.skipped.push(SkippedKey {
                position: entry.position,
                key_id: entry
                    .key_id
                    .map(|kid| kid.to_string().chars().take(MAX_KID_LEN).collect()),
                reason: entry.reason,
            });
        } else {
            self.more_skipped = self.more_skipped.saturating_add(1);
        }
    }
}

impl fmt::Display for KeyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "published keys in use: {}", self.used)?;
        for key in &self.skipped {
            write!(f, "; {key}")?;
        }
        match self.more_skipped {
            0 => Ok(()),
            more => write!(f, "; {more} more are skipped"),
        }
    }
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.position)?;
        if let Some(kid) = &self.key_id {
            write!(f, " with kid {kid:?}")?;
        }
        write!(f, " is skipped: {}", self.reason)
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_stale { "stale" } else { "missing" };
        write!(f, "{}: the keys are {state}", self.issuer)?;
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => write!(f, "; {}", self.keys),
        }
    }
}
