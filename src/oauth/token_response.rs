//! Responses of the token endpoint.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::encoding::json::{JsonStr, Value, read_object};
use crate::error::{Error, Limit};
use crate::limits::MAX_TOKEN_RESPONSE_LEN;

/// A successful response of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
///
/// The strings borrow from the response. `Debug` omits them, because they are secrets.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::Error;
/// use jose_verify::oauth::TokenResponse;
///
/// let text = br#"{"access_token":"SlAV32hkKG","token_type":"Bearer",
///     "expires_in":3600,"id_token":"eyJ.e30.c2ln"}"#;
/// let response = TokenResponse::parse(text)?;
/// assert!(response.is_bearer() && response.access_token() == "SlAV32hkKG");
/// assert_eq!(response.expires_in(), Some(Duration::from_secs(3600)));
/// assert!(response.id_token().unwrap() == "eyJ.e30.c2ln");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct TokenResponse<'a> {
    access_token: JsonStr<'a>,
    token_type: JsonStr<'a>,
    expires_in: Option<Duration>,
    refresh_token: Option<JsonStr<'a>>,
    scope: Option<JsonStr<'a>>,
    id_token: Option<JsonStr<'a>>,
}

impl<'a> TokenResponse<'a> {
    /// Parses a response with status 200. Unknown members are ignored (RFC 6749 §5.1).
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`]: the text is not a JSON object, or it
    ///   repeats a name.
    /// - [`Error::Limit`]: the text exceeds a [limit](crate::limits).
    /// - [`Error::MalformedTokenResponse`]: `access_token` or `token_type` is missing, as in an
    ///   error response. The error is the same if `access_token` is empty or a member has the wrong
    ///   type. `expires_in` must be a non-negative integer.
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_TOKEN_RESPONSE_LEN {
            return Err(Error::Limit(Limit::TokenResponseLen));
        }
        let (mut access_token, mut token_type, mut id_token) = (None, None, None);
        let (mut refresh_token, mut scope, mut expires_in) = (None, None, None);
        read_object(text, &mut |name, value| {
            match name {
                _ if name == "access_token" => access_token = Some(string(value)?),
                _ if name == "token_type" => token_type = Some(string(value)?),
                _ if name == "expires_in" => expires_in = Some(seconds(value)?),
                _ if name == "refresh_token" => refresh_token = Some(string(value)?),
                _ if name == "scope" => scope = Some(string(value)?),
                _ if name == "id_token" => id_token = Some(string(value)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self {
            access_token: access_token
                .filter(|token: &JsonStr<'_>| *token != "")
                .ok_or(Error::MalformedTokenResponse)?,
            token_type: token_type.ok_or(Error::MalformedTokenResponse)?,
            expires_in,
            refresh_token,
            scope,
            id_token,
        })
    }

    /// Returns `access_token`.
    #[must_use]
    pub const fn access_token(&self) -> JsonStr<'a> {
        self.access_token
    }

    /// Returns whether `token_type` is `Bearer`, ignoring case. A client must not use an access
    /// token whose type it does not understand (RFC 6749 §7.1).
    #[must_use]
    pub fn is_bearer(&self) -> bool {
        self.token_type.is_ignoring_ascii_case("", "Bearer")
    }

    /// Returns `token_type`.
    #[must_use]
    pub const fn token_type(&self) -> JsonStr<'a> {
        self.token_type
    }

    /// Returns `expires_in`: the lifetime of the access token, counted from the response.
    #[must_use]
    pub const fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    /// Returns `refresh_token`.
    #[must_use]
    pub const fn refresh_token(&self) -> Option<JsonStr<'a>> {
        self.refresh_token
    }

    /// Returns `scope`: the granted scope, if it differs from the requested scope.
    #[must_use]
    pub const fn scope(&self) -> Option<JsonStr<'a>> {
        self.scope
    }

    /// Returns `id_token`, which is not verified. It is required in a response to an authentication
    /// request, and optional after a refresh (OpenID Connect Core §12.2).
    #[must_use]
    pub const fn id_token(&self) -> Option<JsonStr<'a>> {
        self.id_token
    }
}

fn string(value: Value<'_>) -> Result<JsonStr<'_>, Error> {
    value.as_str().ok_or(Error::MalformedTokenResponse)
}

fn seconds(value: Value<'_>) -> Result<Duration, Error> {
    let seconds = value.as_i64().map(u64::try_from);
    seconds
        .and_then(Result::ok)
        .map(Duration::from_secs)
        .ok_or(Error::MalformedTokenResponse)
}

impl Debug for TokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
