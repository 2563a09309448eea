//! The responses to rejected requests (RFC 6750 §3).

use jose_verify::Category;

use crate::error::Error;

/// The response to a rejected request. [`Error::response`] returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The value of the header `WWW-Authenticate` (RFC 6750 §3), if there is one.
    pub www_authenticate: Option<String>,
    /// The value of the header `Retry-After` (RFC 9110 §10.2.3), in seconds, if there is one.
    pub retry_after: Option<u64>,
}

impl Error {
    /// Returns the response to the request. It reveals the name of the error and the required
    /// scopes, but no content of the token, no keys, and nothing else of the configuration.
    ///
    /// | request | response |
    /// |---|---|
    /// | no token, or another scheme | 401, a challenge without an error (RFC 6750 §3.1) |
    /// | a malformed `Authorization` header, or two | 400, `invalid_request` |
    /// | a token that is rejected | 401, `invalid_token`, and the name of the error |
    /// | a token without a required scope | 403, `insufficient_scope`, and the required scopes |
    /// | any token, while its issuer has no usable keys | 503, `Retry-After` |
    /// | any token, with a policy or check of yours that is unusable | 500 |
    #[must_use]
    pub fn response(&self) -> Response {
        let (status, www_authenticate) = match self {
            Self::NoToken => (401, Some("Bearer".to_owned())),
            Self::MalformedRequest => (400, Some(r#"Bearer error="invalid_request""#.to_owned())),
            Self::Scope(_, required) => {
                // RFC 6749 §3.3: scopes need no escaping in a quoted string. Scopes with other
                // characters are omitted.
                let is_quotable =
                    |c: char| c == ' ' || (c.is_ascii_graphic() && !"\"\\".contains(c));
                let scopes = if required.chars().all(is_quotable) {
                    format!(r#", scope="{required}""#)
                } else {
                    String::new()
                };
                (
                    403,
                    Some(format!(r#"Bearer error="insufficient_scope"{scopes}"#)),
                )
            }
            Self::Unavailable(_) => (503, None),
            Self::Issuer(_) | Self::Token(_) | Self::Claims(..) => match self.category() {
                Category::Keys | Category::Provider | Category::Caller => (500, None),
                _ => {
                    let name = self.name();
                    let error = r#"Bearer error="invalid_token""#;
                    (401, Some(format!(r#"{error}, error_description="{name}""#)))
                }
            },
        };
        let retry_after = match self {
            Self::Unavailable(unavailable) => {
                // Rounded up, so that a client that obeys does not come too early.
                let wait = unavailable.retry_after;
                let seconds = wait
                    .as_secs()
                    .saturating_add(u64::from(wait.subsec_nanos() > 0));
                Some(seconds.max(1))
            }
            _ => None,
        };
        Response {
            status,
            www_authenticate,
            retry_after,
        }
    }
}
