//! Sessions that are kept only in an ID Token, and later ID Tokens for the same user.

use core::time::Duration;

use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::time::NumericDate;
use crate::verify::Verified;

/// Returns whether an ID Token that serves as a session has reached the age at which to replace it.
///
/// The age counts from `iat`. A refresh is due at exactly `age`. This function does not check
/// whether the token is still valid. The policy does that, with `exp`.
///
/// # Errors
///
/// [`Problem::Missing`] with [`Claim::Iat`]: the token has no `iat`.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::{Error, NumericDate, Verified};
/// use jose_verify::oidc::is_refresh_due;
///
/// fn serve(session: &Verified<'_>, now: NumericDate) -> Result<(), Error> {
///     if is_refresh_due(session.claims(), Duration::from_secs(600), now)? {
///         // … respond, and request a new ID Token from the provider with `prompt=none` …
///     }
///     Ok(())
/// }
/// ```
pub fn is_refresh_due(claims: &Claims<'_>, age: Duration, now: NumericDate) -> Result<bool, Error> {
    let issued_at = claims.issued_at().ok_or(Error::missing(Claim::Iat))?;
    Ok(now >= issued_at.later_by(age))
}

/// Checks that a later ID Token has the same issuer and user as an earlier one.
///
/// Use it for the ID Token of the token endpoint in the hybrid flow (OpenID Connect Core §3.3.3.6)
/// and for the ID Token of a refresh (§12.2).
///
/// # Errors
///
/// [`Error::Claim`] with [`Claim::Iss`] or [`Claim::Sub`]:
///
/// - [`Problem::Mismatch`]: the ID Tokens have different issuers or users.
/// - [`Problem::Missing`]: one of them lacks the claim, or its `sub` is empty.
///
/// ```
/// use jose_verify::{Error, Verified};
/// use jose_verify::oidc::check_same_user;
///
/// fn after_refresh(refreshed: &Verified<'_>, session: &Verified<'_>) -> Result<(), Error> {
///     check_same_user(refreshed, session)
/// }
/// ```
pub fn check_same_user(later: &Verified<'_>, earlier: &Verified<'_>) -> Result<(), Error> {
    let (later, earlier) = (later.claims(), earlier.claims());
    let issuer = later.issuer().ok_or(Error::missing(Claim::Iss))?;
    if issuer != earlier.issuer().ok_or(Error::missing(Claim::Iss))? {
        return Err(Error::Claim(Claim::Iss, Problem::Mismatch));
    }
    if later.user()? != earlier.user()? {
        return Err(Error::Claim(Claim::Sub, Problem::Mismatch));
    }
    Ok(())
}
