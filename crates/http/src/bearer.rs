//! The bearer token of a request (RFC 6750 §2.1).

use crate::error::Error;

/// Returns the bearer token of a request (RFC 6750 §2.1). `authorization` contains the values of
/// all `Authorization` headers, of which there must be exactly one. The scheme `Bearer` is matched
/// in upper and lower case (RFC 9110 §11.1). The token is not verified.
///
/// # Errors
///
/// - [`Error::NoToken`]: there is no value, or it has another scheme.
/// - [`Error::MalformedRequest`]: there are several values, or the value is not ASCII, or no space
///   follows the scheme.
pub fn bearer_token<'v>(
    authorization: impl IntoIterator<Item = &'v [u8]>,
) -> Result<&'v str, Error> {
    let mut values = authorization.into_iter();
    let value = values.next().ok_or(Error::NoToken)?;
    if values.next().is_some() {
        return Err(Error::MalformedRequest);
    }
    let text = std::str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii());
    let text = text.ok_or(Error::MalformedRequest)?;
    let (scheme, token) = text.split_once(' ').ok_or(Error::MalformedRequest)?;
    if scheme.eq_ignore_ascii_case("Bearer") {
        Ok(token.trim_matches(' '))
    } else {
        Err(Error::NoToken)
    }
}
