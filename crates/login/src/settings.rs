//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jose_verify::alg::{Algorithm, Algorithms, MACS, SIGNATURES};
use jose_verify_http::{Clock, Event, HttpSettings, JwkLeniency, Observer, SystemClock};

use crate::authentication::Authentication;
use crate::error::Error;

/// The registration of the client with the provider, and what it accepts.
///
/// ```
/// use jose_verify_login::{Settings, SignedBy};
///
/// let settings = Settings {
///     client_secret: Some("…".to_owned()),
///     signed_by: SignedBy::listed(["ES256", "PS256"])?,
///     ..Settings::new(
///         "https://login.example.com",
///         "shop",
///         "https://shop.example.com/callback",
///     )
/// };
/// # let _ = settings;
/// # Ok::<(), jose_verify_login::Error>(())
/// ```
#[derive(Clone)]
pub struct Settings {
    /// The issuer identifier of the provider, exactly as in its metadata.
    pub issuer: String,
    /// The client identifier.
    pub client_id: String,
    /// The client secret, if the client can keep one confidential.
    pub client_secret: Option<String>,
    /// How the client authenticates at the token endpoint. The metadata decides by default.
    pub authentication: Authentication,
    /// The address to which browsers are redirected after the login.
    pub redirect_uri: String,
    /// How ID Tokens are signed. By default, with the signature algorithms that the provider's
    /// metadata lists.
    pub signed_by: SignedBy,
    /// The requested scopes, separated by spaces: `openid profile email` by default. Providers
    /// issue refresh tokens for `offline_access`.
    pub scope: String,
    /// Tolerance for clock skew: 30 seconds by default.
    pub leeway: Duration,
    /// What to accept in JWKs that would otherwise be skipped. Nothing by default.
    pub jwk: JwkLeniency,
    /// Accepts logout tokens without `exp`, until two minutes after their `iat`. By default, they
    /// are rejected, because Back-Channel Logout 1.0 §2.4 requires `exp`.
    pub logout_without_exp: bool,
    /// How requests are sent: timeouts, certificate authorities, and proxies.
    pub http: HttpSettings,
    /// Receives what happens to the provider's keys, such as keys that are skipped. Nothing by
    /// default.
    pub observer: Arc<dyn Observer>,
    /// Tells the time. The system's clock by default.
    pub clock: Arc<dyn Clock>,
}

impl Settings {
    /// Creates the settings of a client without a secret. All other values have their defaults.
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_secret: None,
            authentication: Authentication::default(),
            redirect_uri: redirect_uri.into(),
            signed_by: SignedBy::default(),
            scope: "openid profile email".to_owned(),
            leeway: Duration::from_secs(30),
            jwk: JwkLeniency::default(),
            logout_without_exp: false,
            http: HttpSettings::default(),
            observer: Arc::new(ignore),
            clock: Arc::new(SystemClock::default()),
        }
    }

    /// Returns the client secret.
    pub(crate) fn secret(&self) -> Result<&str, Error> {
        let secret = self.client_secret.as_deref();
        // An unset variable often yields an empty string.
        secret
            .filter(|secret| !secret.is_empty())
            .ok_or(Error::NoSecret)
    }
}

impl fmt::Debug for Settings {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("has_secret", &self.client_secret.is_some())
            .field("authentication", &self.authentication)
            .field("redirect_uri", &self.redirect_uri)
            .field("signed_by", &self.signed_by)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// How ID Tokens are signed. The client decides this, not the token.
///
/// The client's secret verifies ID Tokens only if the client says so. The metadata cannot.
#[derive(Debug, Clone, Copy, Default)]
pub enum SignedBy {
    /// By a key that the provider publishes, with the signature algorithms of RFC 7518 that its
    /// metadata lists in `id_token_signing_alg_values_supported`; with all of them if there is no
    /// list.
    #[default]
    Metadata,
    /// The same, but only with these algorithms.
    Listed(Algorithms),
    /// By a key that the provider publishes, with one of these algorithms, whatever the metadata
    /// lists.
    PublishedKeys(Algorithms),
    /// With one of these algorithms, by the client's secret. It verifies tokens with any `kid`.
    ClientSecret(Algorithms),
}

impl SignedBy {
    /// Returns [`Listed`](Self::Listed) with the signature algorithms of these names.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownAlgorithm`]: a name is not that of a signature algorithm of RFC 7518.
    /// [`Error::Token`]: there are no names.
    pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        named(SIGNATURES, names).map(Self::Listed)
    }

    /// Returns [`PublishedKeys`](Self::PublishedKeys) with the signature algorithms of these names.
    ///
    /// # Errors
    ///
    /// The errors of [`listed`](Self::listed).
    pub fn published_keys<S: AsRef<str>>(
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        named(SIGNATURES, names).map(Self::PublishedKeys)
    }

    /// Returns [`ClientSecret`](Self::ClientSecret) with the MACs of these names, such as `HS256`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownAlgorithm`]: a name is not that of a MAC of RFC 7518. [`Error::Token`]:
    /// there are no names.
    pub fn client_secret<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        named(MACS, names).map(Self::ClientSecret)
    }

    /// Returns the names of the accepted algorithms at a provider whose metadata lists `listed`.
    pub(crate) fn accepted(&self, listed: Option<&[String]>) -> Result<Vec<&'static str>, Error> {
        let names = |list: &[&dyn Algorithm]| list.iter().map(|a| a.name()).collect::<Vec<_>>();
        let accepted = match self {
            Self::Metadata => names(SIGNATURES),
            Self::Listed(list) => names(list),
            Self::PublishedKeys(list) | Self::ClientSecret(list) => return Ok(names(list)),
        };
        let Some(listed) = listed else {
            return Ok(accepted);
        };
        let is_listed = |name: &&str| listed.iter().any(|listed| listed == *name);
        let both: Vec<_> = accepted.iter().copied().filter(is_listed).collect();
        if both.is_empty() {
            return Err(Error::NoCommonAlgorithm {
                accepted,
                listed: listed.to_vec(),
            });
        }
        Ok(both)
    }
}

/// The observer of programs that name none.
fn ignore(_: &str, _: &Event<'_>) {}

fn named<S: AsRef<str>>(
    known: &[&'static dyn Algorithm],
    names: impl IntoIterator<Item = S>,
) -> Result<Algorithms, Error> {
    let mut unknown = None;
    let list = Algorithms::named(known, names, |name| {
        unknown.get_or_insert_with(|| name.to_owned());
    });
    match unknown {
        Some(name) => Err(Error::UnknownAlgorithm(name)),
        None => Ok(list?),
    }
}
