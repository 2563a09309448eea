//! Sessions that live in the ID Token alone.

use crate::claims::Claims;
use crate::error::Error;
use crate::time::{Leeway, NumericDate};

/// Whether an ID Token that serves as a session has reached the age at which it is to be replaced.
///
/// The age counts from `iat`, in seconds; at exactly `seconds` it is due. It says nothing about whether the token
/// still holds: that is for the policy and `exp`.
///
/// # Errors
///
/// [`Error::MissingIssuedAt`]
///
/// ```
/// use jose_verify::{Error, NumericDate, Verified, oidc::is_refresh_due};
///
/// fn serve(session: &Verified<'_>, now: NumericDate) -> Result<(), Error> {
///     if is_refresh_due(session.claims(), 600, now)? {
///         // … answer, and ask the provider for a new ID Token with `prompt=none` …
///     }
///     Ok(())
/// }
/// ```
pub fn is_refresh_due(claims: &Claims<'_>, seconds: u32, now: NumericDate) -> Result<bool, Error> {
    let issued_at = claims.issued_at().ok_or(Error::MissingIssuedAt)?;
    Ok(now >= issued_at.later_by(Leeway::seconds(seconds)))
}
