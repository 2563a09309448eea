//! Extractors for axum.

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::issuers::Issuers;
use crate::layer::{authenticate, response};
use crate::token::AccessToken;

/// Verifies the token of the request. Call [`AccessToken::require`] to check its scopes. The state
/// must contain the [`Issuers`]. Requires the feature `axum`.
impl<S, T> FromRequestParts<S> for AccessToken<T>
where
    S: Send + Sync,
    Issuers: FromRef<S>,
    T: DeserializeOwned + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        authenticate(&Issuers::from_ref(state), &parts.headers).await
    }
}

/// Returns `None` if the request has no token. A token that is rejected is an error.
impl<S, T> OptionalFromRequestParts<S> for AccessToken<T>
where
    S: Send + Sync,
    Issuers: FromRef<S>,
    T: DeserializeOwned + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Error> {
        match authenticate(&Issuers::from_ref(state), &parts.headers).await {
            Ok(token) => Ok(Some(token)),
            Err(Error::NoToken) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        response(&self)
    }
}
