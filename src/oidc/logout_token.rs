//! Back-channel logout tokens.

use crate::encoding::json::{JsonStr, Object};
use crate::error::Error;
use crate::jose::claims::Claims;
use crate::verify::Verified;

/// The member of `events` that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose session ends (OpenID Connect Back-Channel Logout 1.0 §2.4).
///
/// At least one of subject and session is there. A logout token may be used once: remember its `jti` with a
/// [`ReplayGuard`](crate::oauth::ReplayGuard).
///
/// ```
/// use jose_verify::{Error, Keys, NumericDate, Verifier, oidc, scratch_len};
///
/// fn log_out(token: &[u8], keys: &impl Keys, now: NumericDate) -> Result<(), Error> {
///     let policy = oidc::logout_token(&["https://server.example.com"], &["s6BhdRkqt3"]);
///     let mut scratch = [0; scratch_len(4096)];
///     let jwt = Verifier::new(keys, &policy).verify(token, now, &mut scratch)?;
///     let logout = oidc::LogoutToken::from_verified(&jwt)?;
///     // … end the session `logout.session_id()`, or all of `logout.subject()` …
///     # let _ = logout;
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogoutToken<'a> {
    subject: Option<JsonStr<'a>>,
    session_id: Option<JsonStr<'a>>,
}

impl<'a> LogoutToken<'a> {
    /// Reads a token that was verified by the policy [`logout_token`](super::logout_token): §2.6, steps 4 to 6.
    ///
    /// # Errors
    ///
    /// - [`Error::MissingLogoutEvent`]: `events` does not name the logout event.
    /// - [`Error::NonceProhibited`]: there is a `nonce`, so it may be an ID Token.
    /// - [`Error::MissingSession`]: neither `sub` nor `sid`.
    /// - [`Error::WrongClaimType`]: `events` or the event is no object, or `sid` no string.
    /// - [`Error::DuplicateMember`]: two members of `events` have the event's name.
    pub fn from_verified(logout_token: &Verified<'a>) -> Result<Self, Error> {
        let claims = logout_token.claims();
        check_event(claims)?;
        if claims.nonce().is_some() {
            return Err(Error::NonceProhibited);
        }
        let session_id = match claims.get("sid") {
            Some(value) => Some(value.as_str().ok_or(Error::WrongClaimType)?),
            None => None,
        };
        let subject = claims.subject();
        if subject.is_none() && session_id.is_none() {
            return Err(Error::MissingSession);
        }
        Ok(Self {
            subject,
            session_id,
        })
    }

    /// `sub`: whose sessions end.
    #[must_use]
    pub const fn subject(&self) -> Option<JsonStr<'a>> {
        self.subject
    }

    /// `sid`: which session ends.
    #[must_use]
    pub const fn session_id(&self) -> Option<JsonStr<'a>> {
        self.session_id
    }
}

/// §2.4: `events` is an object with that member, which is itself an object.
fn check_event(claims: &Claims<'_>) -> Result<(), Error> {
    let events = claims.get("events").ok_or(Error::MissingLogoutEvent)?;
    let events: Object<'_> = events.as_object().ok_or(Error::WrongClaimType)?;
    let event = events.get(EVENT)?.ok_or(Error::MissingLogoutEvent)?;
    event.as_object().map(|_| ()).ok_or(Error::WrongClaimType)
}
