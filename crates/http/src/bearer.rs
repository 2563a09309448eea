//! The token of a request (RFC 6750 §2.1).

use crate::error::Error;

/// Returns the token in the values of the header `Authorization`, of which there must be one, with
/// the scheme `Bearer` in upper or lower case.
///
/// # Errors
///
/// - [`Error::NoToken`]: there is no value, or it has another scheme.
/// - [`Error::MalformedRequest`]: there are two values, or it is malformed.
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
