//! ID Tokens that follow one another, and sessions that are kept in the ID Token alone.

use core::time::Duration;

use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::time::NumericDate;
use crate::verify::Verified;

/// Whether an ID Token that serves as a session has reached the age at which it is to be replaced.
///
/// The age counts from `iat`; at exactly `age` a refresh is due. It says nothing about whether the
/// token is still valid: that is for the policy and `exp`.
///
/// # Errors
///
/// [`Claim::Iat`], [`Problem::Missing`]
///
/// ```
/// use core::time::Duration;
/// use jose_verify::{Error, NumericDate, Verified};
/// use jose_verify::oidc::is_refresh_due;
///
/// fn serve(session: &Verified<'_>, now: NumericDate) -> Result<(), Error> {
///     if is_refresh_due(session.claims(), Duration::from_secs(600), now)? {
///         // … answer, and ask the provider for a new ID Token with `prompt=none` …
///     }
///     Ok(())
/// }
/// ```
pub fn is_refresh_due(claims: &Claims<'_>, age: Duration, now: NumericDate) -> Result<bool, Error> {
    let issued_at = claims.issued_at().ok_or(Error::missing(Claim::Iat))?;
    Ok(now >= issued_at.later_by(age))
}

/// Demands that a later ID Token is about the same user of the same issuer as an earlier one: that
/// of the token endpoint in the hybrid flow (OpenID Connect Core §3.3.3.6), that of a refresh
/// (§12.2).
///
/// # Errors
///
/// [`Error::Claim`] with [`Claim::Iss`] or [`Claim::Sub`]: [`Problem::Mismatch`] if they are about
/// different users, [`Problem::Missing`] if one does not say about whom.
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
