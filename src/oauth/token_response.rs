//! Responses of the token endpoint.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::encoding::json::{JsonNumber, JsonStr, Value, read_object};
use crate::error::{Error, Limit};
use crate::limits::MAX_TOKEN_RESPONSE_LEN;
use crate::oauth::Scopes;

/// A successful response of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
///
/// The strings borrow from the response. `Debug` omits them, because they are secrets.
///
/// An optional member that is `null` counts as absent. `expires_in` and `scope` are parsed only
/// when you ask for them, because a client can work without them. A value of the wrong type is an
/// error then, but the rest of the response remains usable.
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
/// assert_eq!(response.expires_in()?, Some(Duration::from_secs(3600)));
/// assert!(response.id_token().unwrap() == "eyJ.e30.c2ln");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct TokenResponse<'a> {
    access_token: JsonStr<'a>,
    token_type: JsonStr<'a>,
    expires_in: Option<Value<'a>>,
    refresh_token: Option<JsonStr<'a>>,
    scope: Option<Value<'a>>,
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
    ///   error response. The error is the same if `access_token` is empty, or if a token or
    ///   `token_type` has the wrong type.
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
                // Many serializers write `null` for a member that is not set.
                _ if matches!(value, Value::Null) => {}
                _ if name == "expires_in" => expires_in = Some(value),
                _ if name == "refresh_token" => refresh_token = Some(string(value)?),
                _ if name == "scope" => scope = Some(value),
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
    ///
    /// It is a number of seconds (RFC 6749 §5.1), which may have a fraction. A string of decimal
    /// digits is read too, because some providers write one. Digits beyond the nanosecond are
    /// dropped.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedTokenResponse`]: the member is present, but it is not a lifetime: it has
    /// another type, is negative, or exceeds 2⁶³ - 1 seconds. Treat the lifetime as unknown.
    pub fn expires_in(&self) -> Result<Option<Duration>, Error> {
        let lifetime = self.expires_in.map(lifetime);
        lifetime.map_or(Ok(None), |lifetime| {
            lifetime.ok_or(Error::MalformedTokenResponse).map(Some)
        })
    }

    /// Returns `refresh_token`.
    #[must_use]
    pub const fn refresh_token(&self) -> Option<JsonStr<'a>> {
        self.refresh_token
    }

    /// Returns `scope`: the granted scope, if it differs from the requested scope. It is a string
    /// (RFC 6749 §3.3). An array of strings is read too, because some providers write one.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedTokenResponse`]: the member is present, but has another type.
    pub fn scope(&self) -> Result<Option<Scopes<'a>>, Error> {
        self.scope.map_or(Ok(None), |value| {
            let scopes = Scopes::of_value(value);
            scopes.ok_or(Error::MalformedTokenResponse).map(Some)
        })
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

/// Reads a lifetime from a number, or from a string of digits with an optional fraction.
fn lifetime(value: Value<'_>) -> Option<Duration> {
    // Enough for a number of 2⁶³ - 1 seconds with nanoseconds that is written with escapes.
    let mut buffer = [0; 32];
    let number = match value {
        Value::Number(number) => number,
        Value::String(string) => {
            let text = string.unescape(&mut buffer).ok()?;
            let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            JsonNumber::parse(text).filter(|_| is_decimal)?
        }
        _ => return None,
    };
    let time = number.numeric_date()?;
    let seconds = u64::try_from(time.seconds()).ok()?;
    Some(Duration::new(seconds, time.subsec_nanos()))
}

impl Debug for TokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in().unwrap_or_default())
            .finish_non_exhaustive()
    }
}
