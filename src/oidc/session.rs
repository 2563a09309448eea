//! ID Tokens that follow one another, and sessions that live in the ID Token alone.

use crate::error::Error;
use crate::jose::claims::Claims;
use crate::time::{Leeway, NumericDate};
use crate::verify::Verified;

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

/// Demands that a later ID Token is about the same user of the same issuer as an earlier one: that of the token endpoint
/// in the hybrid flow (OpenID Connect Core §3.3.3.6), that of a refresh (§12.2).
///
/// # Errors
///
/// - [`Error::IssuerMismatch`], [`Error::SubjectMismatch`]: about somebody else.
/// - [`Error::MissingIssuer`], [`Error::MissingSubject`]: one of them does not say about whom.
///
/// ```
/// use jose_verify::{Error, Verified, oidc::check_same_user};
///
/// fn after_refresh(refreshed: &Verified<'_>, session: &Verified<'_>) -> Result<(), Error> {
///     check_same_user(refreshed, session)
/// }
/// ```
pub fn check_same_user(later: &Verified<'_>, earlier: &Verified<'_>) -> Result<(), Error> {
    let (later, earlier) = (later.claims(), earlier.claims());
    let issuer = later.issuer().ok_or(Error::MissingIssuer)?;
    if issuer != earlier.issuer().ok_or(Error::MissingIssuer)? {
        return Err(Error::IssuerMismatch);
    }
    let subject = later.subject().ok_or(Error::MissingSubject)?;
    if subject != earlier.subject().ok_or(Error::MissingSubject)? {
        return Err(Error::SubjectMismatch);
    }
    Ok(())
}
