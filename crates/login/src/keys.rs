//! Verifies the provider's tokens with the keys that it publishes, or with the client's secret.

use std::sync::Arc;
use std::time::Duration;

use jose_verify::{ClaimCheck, Error as TokenError, Policy, Verified};
use jose_verify_http::{Event, HttpClient, Issuer, IssuerConfig, Issuers, KeyLocation, Metadata};

use crate::error::Error;
use crate::settings::{Settings, SignedBy};

/// Keys that are no longer published are dropped by the next fetch, because an ID Token is verified
/// right after it is issued.
const KEEP: Duration = Duration::ZERO;
/// Keys are not used for longer than this without a fetch, which drops withdrawn ones.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// If the keys are older, a wrong signature may be that of a key that replaced one of them under
/// the same `kid`.
const MAY_BE_REPLACED: Duration = Duration::from_secs(300);
/// Two fetches are this far apart, and further if fetches bring no new keys.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// The keys, and how they are used.
pub(crate) struct Keys {
    issuer: Arc<Issuer>,
    leeway: Duration,
}

impl Keys {
    /// Returns the keys, which are fetched when they are first needed.
    pub(crate) fn new(
        settings: &Settings,
        algorithms: &[&str],
        http: &HttpClient,
    ) -> Result<Self, Error> {
        let location = match settings.signed_by {
            // OpenID Connect Core §10.1: the bytes of its text.
            SignedBy::ClientSecret(_) => KeyLocation::Secret(settings.secret()?.into()),
            _ => KeyLocation::Metadata(Metadata::OpenidConfiguration),
        };
        let [shortest_pause, longest_pause] = PAUSES;
        let config = IssuerConfig {
            keys: location,
            jwk: settings.jwk.clone(),
            leeway: settings.leeway,
            max_age: MAX_AGE,
            token_lifetime: KEEP,
            shortest_pause,
            longest_pause,
            ..IssuerConfig::new(
                &settings.issuer,
                algorithms.iter().copied(),
                [&*settings.client_id],
            )
        };
        let observer = Arc::clone(&settings.observer);
        let builder = Issuers::builder()
            .client(http.clone())
            .observer(move |issuer: &str, event: &Event<'_>| observer.observe(issuer, event))
            .clock(Arc::clone(&settings.clock));
        Ok(Self {
            issuer: builder.issuer(config)?,
            leeway: settings.leeway,
        })
    }

    /// Verifies a token, with newer keys if it needs them, and passes it to `read`.
    pub(crate) fn verify<T>(
        &self,
        token: &str,
        policy: &Policy<'_>,
        checks: &[&dyn ClaimCheck],
        mut read: impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, Error> {
        let policy = policy.with_leeway(self.leeway);
        let mut verify = || {
            let token = token.as_bytes();
            self.issuer
                .verify_blocking(token, &policy, checks, &mut read)
        };
        let age = self.issuer.status().age;
        let outcome = verify();
        let is_forged =
            |error: &jose_verify_http::Error| error.token_error() == Some(TokenError::BadSignature);
        let may_be_replaced = age.is_some_and(|age| age >= MAY_BE_REPLACED);
        if may_be_replaced && outcome.as_ref().is_err_and(is_forged) {
            // If the fetch fails, the token is verified by the same keys, and the observer knows.
            let _ = self.issuer.refresh_blocking();
            return Ok(verify()?);
        }
        Ok(outcome?)
    }
}
