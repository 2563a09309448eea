//! A verified access token, in values that the program owns.

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
/// `T` is the type of the claims. With the feature `axum`, a handler can take the token as an
/// argument.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken<T = Principal> {
    /// The issuer's name, from the configuration.
    pub issuer: Arc<str>,
    /// The values of the issuer's scope claim.
    pub scopes: Vec<String>,
    /// The claims.
    pub claims: T,
}

/// Who sent a request: the claims that most programs need.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Principal {
    /// `sub`: the user or, if the client acts for itself, the client. It is unique for its issuer.
    #[serde(rename = "sub")]
    pub subject: String,
    /// `client_id`: the client, which tokens of RFC 9068 have.
    #[serde(default)]
    pub client_id: Option<String>,
}

impl<T> fmt::Debug for AccessToken<T> {
    /// Leaves out the scopes and the claims, as the core does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Principal {
    /// Leaves out the values, as the core does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal").finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> AccessToken<T> {
    /// Reads a token that was verified. The outer error says that the scopes are malformed, the
    /// inner one that the claims do not fit `T`.
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
    /// Checks that the token has all of these scopes.
    ///
    /// # Errors
    ///
    /// [`Error::Scope`]: one is missing.
    pub fn require<S: AsRef<str>>(&self, scopes: &[S]) -> Result<(), Error> {
        let has = |scope: &S| self.scopes.iter().any(|s| s == scope.as_ref());
        if scopes.iter().all(has) {
            return Ok(());
        }
        let required: Vec<&str> = scopes.iter().map(AsRef::as_ref).collect();
        Err(Error::Scope(Arc::clone(&self.issuer), required.join(" ")))
    }
}
