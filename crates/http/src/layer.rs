//! The layer: turns the header `Authorization` into a [`Principal`] or a rejection.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use jose_verify::{Category, Error};
use tower_layer::Layer;
use tower_service::Service;

use crate::issuer::Issuer;
use crate::principal::Principal;

/// Wraps a service in [`RequireBearer`].
#[derive(Clone)]
pub struct RequireBearerLayer {
    issuer: Arc<Issuer>,
    scopes: &'static [&'static str],
}

impl RequireBearerLayer {
    /// Requires a token from this issuer with all of these scopes.
    #[must_use]
    pub fn new(issuer: Arc<Issuer>, scopes: &'static [&'static str]) -> Self {
        Self { issuer, scopes }
    }
}

impl<S> Layer<S> for RequireBearerLayer {
    type Service = RequireBearer<S>;

    fn layer(&self, inner: S) -> RequireBearer<S> {
        RequireBearer {
            inner,
            guard: self.clone(),
        }
    }
}

/// Passes on a request whose bearer token is valid, with the [`Principal`] in its extensions.
#[derive(Clone)]
pub struct RequireBearer<S> {
    inner: S,
    guard: RequireBearerLayer,
}

impl<S, B, R> Service<Request<B>> for RequireBearer<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
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
        // The service that reported itself ready handles the request. Its clone may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        Box::pin(async move {
            match guard.authorize(request.headers()).await {
                Ok(principal) => {
                    request.extensions_mut().insert(principal);
                    inner.call(request).await
                }
                Err(rejection) => Ok(rejection.response(guard.scopes)),
            }
        })
    }
}

impl RequireBearerLayer {
    async fn authorize(&self, headers: &HeaderMap) -> Result<Principal, Rejection> {
        let token = bearer_token(headers)?;
        let principal = match self.issuer.authenticate(token).await {
            Ok(principal) => principal,
            // The server has no keys, so the token is not reported as invalid.
            Err(Error::NoKey) if self.issuer.keys().is_none() => return Err(Rejection::NoKeys),
            Err(error) => return Err(Rejection::Error(error)),
        };
        let has = |scope: &&str| principal.scopes.iter().any(|s| s == scope);
        if self.scopes.iter().all(has) {
            Ok(principal)
        } else {
            Err(Rejection::Error(Error::InsufficientScope))
        }
    }
}

/// Returns the token in the only header `Authorization`, with the scheme `Bearer` in upper or lower
/// case (RFC 6750 §2.1).
fn bearer_token(headers: &HeaderMap) -> Result<&str, Rejection> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next().ok_or(Rejection::NoToken)?;
    if all.next().is_some() {
        return Err(Rejection::Request);
    }
    let text = value.to_str().map_err(|_| Rejection::Request)?;
    let (scheme, token) = text.split_once(' ').ok_or(Rejection::Request)?;
    if scheme.eq_ignore_ascii_case("Bearer") {
        Ok(token.trim_matches(' '))
    } else {
        Err(Rejection::NoToken)
    }
}

/// Why a request is rejected.
#[derive(Debug)]
enum Rejection {
    /// The request has no credentials, or they have another scheme.
    NoToken,
    /// The header is malformed or duplicated.
    Request,
    /// The token is invalid or lacks a scope, or the server is misconfigured.
    Error(Error),
    /// The keys have not been fetched yet, or the issuer has withdrawn all of them.
    NoKeys,
}

impl Rejection {
    /// Returns the response (RFC 6750 §3 and §3.1).
    fn response<R: Default>(&self, scopes: &[&str]) -> Response<R> {
        let (status, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "Bearer".to_owned()),
            Self::Request => {
                let challenge = "Bearer error=\"invalid_request\"";
                (StatusCode::BAD_REQUEST, challenge.to_owned())
            }
            Self::Error(error) => answer(*error, scopes),
            Self::NoKeys => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        };
        let mut response = Response::new(R::default());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if status.is_client_error()
            && let Ok(challenge) = HeaderValue::try_from(challenge)
        {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Returns the status and the challenge, by the category of the error. The name of the error does
/// not reveal token content and needs no escaping in a quoted string. Its message may contain
/// quotation marks.
fn answer(error: Error, scopes: &[&str]) -> (StatusCode, String) {
    match error.category() {
        Category::Token | Category::Signature | Category::UnknownKey | Category::Claims => {
            let name = error.name();
            let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{name}\"");
            (StatusCode::UNAUTHORIZED, challenge)
        }
        Category::Scope => {
            let scopes = scopes.join(" ");
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"");
            (StatusCode::FORBIDDEN, challenge)
        }
        // An error that the sender of the token cannot fix.
        _ => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}
