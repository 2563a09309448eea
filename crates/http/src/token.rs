//! A verified access token that owns its values.

use std::fmt;
use std::sync::Arc;

use jose_verify::oauth::Scopes;
use jose_verify::{Error as TokenError, Verified};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::issuer::Issuer;

/// A verified access token.
///
/// `T` is the type into which the claims are read. With the feature `axum`, a handler can take the
/// token as an argument.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken<T = Principal> {
    /// The issuer's name, from the configuration.
    pub issuer: Arc<str>,
    /// The values of the claim [`scope_claim`](crate::IssuerConfig::scope_claim). Empty if the
    /// token has no such claim.
    pub scopes: Vec<String>,
    /// The claims.
    pub claims: T,
}

/// The subject and the client of a token: the claims that most programs need.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Principal {
    /// `sub`: the user or, if the client acts for itself, the client (RFC 9068 §2.2). It is unique
    /// only among the subjects of one issuer.
    #[serde(rename = "sub")]
    pub subject: String,
    /// `client_id`: the client that requested the token. RFC 9068 §2.2 requires it.
    #[serde(default)]
    pub client_id: Option<String>,
}

impl<T> fmt::Debug for AccessToken<T> {
    /// Omits the scopes and the claims, as the core does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Principal {
    /// Omits the values, as the core does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal").finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> AccessToken<T> {
    /// Reads a verified token. The outer error means that the scopes have the wrong type, the inner
    /// one that the claims do not fit `T`.
    pub(crate) fn read(
        issuer: &Arc<Issuer>,
        jwt: &Verified<'_>,
    ) -> Result<Result<Self, Error>, TokenError> {
        let scopes = Scopes::read(jwt.claims(), &issuer.config().scope_claim)?;
        let name = || Arc::clone(issuer.name());
        Ok(match jwt.claims().deserialize() {
            Ok(claims) => Ok(Self {
                issuer: name(),
                scopes: scopes.iter().map(|scope| scope.to_string()).collect(),
                claims,
            }),
            Err(error) => Err(Error::Claims(name(), error)),
        })
    }
}

impl<T> AccessToken<T> {
    /// Checks that the token has all of these scopes, compared exactly.
    ///
    /// # Errors
    ///
    /// [`Error::Scope`]: at least one is missing.
    pub fn require<S: AsRef<str>>(&self, scopes: &[S]) -> Result<(), Error> {
        let has = |scope: &S| self.scopes.iter().any(|s| s == scope.as_ref());
        if scopes.iter().all(has) {
            return Ok(());
        }
        let required: Vec<&str> = scopes.iter().map(AsRef::as_ref).collect();
        Err(Error::Scope(Arc::clone(&self.issuer), required.join(" ")))
    }
}
