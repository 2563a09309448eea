//! Back-channel logout tokens.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::verify::Verified;

/// The member of `events` that identifies a logout token.
pub(super) const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The user or session to log out (OpenID Connect Back-Channel Logout 1.0 §2.4).
///
/// Invariant: the subject or the session is present, or both.
///
/// A logout token is valid for a single use. Remember its `jti` with a
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
///     // … end the session `logout.session_id()`, or all sessions of `logout.subject()` …
///     # let _ = logout;
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy)]
pub struct LogoutToken<'a> {
    subject: Option<JsonStr<'a>>,
    session_id: Option<JsonStr<'a>>,
}

impl<'a> LogoutToken<'a> {
    /// Checks and reads a token that was verified with the policy
    /// [`logout_token`](super::logout_token). Performs steps 4 to 6 of §2.6.
    ///
    /// # Errors
    ///
    /// [`Error::Claim`]:
    ///
    /// - [`Claim::Events`]: `events` is absent or has no logout event, or the event is not an
    ///   object.
    /// - [`Claim::Nonce`] with [`Problem::Prohibited`]: the token has a `nonce`, so it could be an
    ///   ID Token.
    /// - [`Claim::Sid`]: both `sub` and `sid` are absent, or `sid` is not a string.
    ///
    /// [`Error::DuplicateMember`]: `events` contains the logout event twice.
    pub fn from_verified(logout_token: &Verified<'a>) -> Result<Self, Error> {
        let claims = logout_token.claims();
        check_event(claims)?;
        if claims.nonce().is_some() {
            return Err(Error::Claim(Claim::Nonce, Problem::Prohibited));
        }
        let session_id = match claims.get("sid") {
            Some(value) => Some(
                value
                    .as_str()
                    .ok_or(Error::Claim(Claim::Sid, Problem::WrongType))?,
            ),
            None => None,
        };
        let subject = claims.subject();
        if subject.is_none() && session_id.is_none() {
            return Err(Error::Claim(Claim::Sid, Problem::Missing));
        }
        Ok(Self {
            subject,
            session_id,
        })
    }

    /// Returns `sub`: the user to log out.
    #[must_use]
    pub const fn subject(&self) -> Option<JsonStr<'a>> {
        self.subject
    }

    /// Returns `sid`: the session to end.
    #[must_use]
    pub const fn session_id(&self) -> Option<JsonStr<'a>> {
        self.session_id
    }
}

/// §2.4: `events` must be an object with the member [`EVENT`], which must be an object too.
fn check_event(claims: &Claims<'_>) -> Result<(), Error> {
    let error = |problem| Error::Claim(Claim::Events, problem);
    let events = claims.events().ok_or(error(Problem::Missing))?;
    let event = events.get(EVENT)?.ok_or(error(Problem::Mismatch))?;
    event
        .as_object()
        .map(|_| ())
        .ok_or(error(Problem::WrongType))
}

impl Debug for LogoutToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the claims, because they are personal data.
        f.debug_struct("LogoutToken").finish_non_exhaustive()
    }
}
