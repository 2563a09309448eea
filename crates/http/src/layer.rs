//! A layer for tower. It turns the header `Authorization` into an [`AccessToken`] or a response.

use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use tower_layer::Layer;
use tower_service::Service;

use crate::bearer::bearer_token;
use crate::error::Error;
use crate::issuers::Issuers;
use crate::token::{AccessToken, Principal};

/// A layer for tower services that passes on only requests with a valid token that has all required
/// scopes. It inserts the [`AccessToken<T>`](AccessToken) into their extensions. Requires the
/// feature `tower`.
///
/// Other requests receive [`Error::response`], with an empty body. The [`Error`] is in the
/// extensions of the response, so that an outer layer can log and count it.
#[derive(Debug)]
pub struct RequireBearerLayer<T = Principal> {
    issuers: Issuers,
    scopes: Arc<[String]>,
    claims: PhantomData<fn() -> T>,
}

// Not derived, because a derive would require `T: Clone`.
impl<T> Clone for RequireBearerLayer<T> {
    fn clone(&self) -> Self {
        Self {
            issuers: self.issuers.clone(),
            scopes: Arc::clone(&self.scopes),
            claims: PhantomData,
        }
    }
}

impl RequireBearerLayer {
    /// Creates a layer that requires a token of one of these issuers, with all of these scopes.
    pub fn new<S: Into<String>>(issuers: Issuers, scopes: impl IntoIterator<Item = S>) -> Self {
        Self {
            issuers,
            scopes: scopes.into_iter().map(Into::into).collect(),
            claims: PhantomData,
        }
    }

    /// Reads the claims into `T` instead of a [`Principal`].
    #[must_use]
    pub fn with_claims<T>(self) -> RequireBearerLayer<T> {
        RequireBearerLayer {
            issuers: self.issuers,
            scopes: self.scopes,
            claims: PhantomData,
        }
    }
}

impl<T: DeserializeOwned + Send> RequireBearerLayer<T> {
    async fn authorize(&self, headers: &HeaderMap) -> Result<AccessToken<T>, Error> {
        let token = authenticate(&self.issuers, headers).await?;
        token.require(&self.scopes)?;
        Ok(token)
    }
}

/// Verifies the token in the header `Authorization` (RFC 6750 §2.1). Requires the feature `tower`.
///
/// # Errors
///
/// The errors of [`bearer_token`] and [`Issuers::verify`].
pub async fn authenticate<T: DeserializeOwned + Send>(
    issuers: &Issuers,
    headers: &HeaderMap,
) -> Result<AccessToken<T>, Error> {
    let values = headers
        .get_all(AUTHORIZATION)
        .iter()
        .map(HeaderValue::as_bytes);
    issuers.verify(bearer_token(values)?).await
}

impl<S, T> Layer<S> for RequireBearerLayer<T> {
    type Service = RequireBearer<S, T>;

    fn layer(&self, inner: S) -> RequireBearer<S, T> {
        RequireBearer {
            inner,
            guard: self.clone(),
        }
    }
}

/// The service of a [`RequireBearerLayer`]. Requires the feature `tower`.
#[derive(Debug)]
pub struct RequireBearer<S, T = Principal> {
    inner: S,
    guard: RequireBearerLayer<T>,
}

impl<S: Clone, T> Clone for RequireBearer<S, T> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            guard: self.guard.clone(),
        }
    }
}

impl<S, T, B, R> Service<Request<B>> for RequireBearer<S, T>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    T: DeserializeOwned + Clone + Send + Sync + 'static,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The service that was ready handles this request, because its clone may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        Box::pin(async move {
            match guard.authorize(request.headers()).await {
                Ok(token) => {
                    request.extensions_mut().insert(token);
                    inner.call(request).await
                }
                Err(error) => Ok(response(&error)),
            }
        })
    }
}

/// Converts [`Error::response`] to a response of the crate `http`, with an empty body. Requires the
/// feature `tower`.
///
/// The [`Error`] is in the extensions of the response, so that an outer layer can log it.
#[must_use]
pub fn response<R: Default>(error: &Error) -> Response<R> {
    let answer = error.response();
    let mut response = Response::new(R::default());
    let server_error = StatusCode::INTERNAL_SERVER_ERROR;
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(server_error);
    response.extensions_mut().insert(error.clone());
    let headers = response.headers_mut();
    if let Some(Ok(challenge)) = answer.www_authenticate.map(HeaderValue::try_from) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
