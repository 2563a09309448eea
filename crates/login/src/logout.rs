//! Logouts: those that the client begins in the browser, and those of which the provider tells it.

use std::fmt;
use std::sync::PoisonError;
use std::time::Duration;

use jose_verify::checks::MaxTokenAge;
use jose_verify::oidc::{self, LogoutToken};
use jose_verify::{Check, Claim, ClaimCheck, Error as TokenError, NumericDate, Policy, Verified};

use crate::client::Client;
use crate::error::Error;
use crate::login::with_parameters;

/// How long a logout token without `exp` is accepted after its `iat`. Back-Channel Logout 1.0 §2.4
/// recommends that `exp` be at most two minutes in the future.
const MAX_AGE: Duration = Duration::from_secs(120);

/// The user or the session that has ended. One of the two is present, or both.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutEvent {
    /// `sub`: the user. Without `session_id`, all of the user's sessions have ended.
    pub subject: Option<String>,
    /// `sid`: the session, which the claim `sid` of the ID Token names.
    pub session_id: Option<String>,
}

impl fmt::Debug for LogoutEvent {
    /// Leaves out the values, as the core does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutEvent").finish_non_exhaustive()
    }
}

/// The parameters of a logout in the browser (RP-Initiated Logout 1.0 §2).
#[derive(Clone, Copy, Default)]
pub struct LogoutRequest<'a> {
    /// `id_token_hint`: the user's ID Token. Without it, most providers ask the user.
    pub id_token_hint: Option<&'a str>,
    /// `post_logout_redirect_uri`: the address to which the browser is redirected after the
    /// logout. It must be registered at the provider.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// `state`, which the provider passes on to that address.
    pub state: Option<&'a str>,
}

impl fmt::Debug for LogoutRequest<'_> {
    /// Leaves out the ID Token and the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutRequest")
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns the address to send the browser to, to log the user out at the provider
    /// (RP-Initiated Logout 1.0). End your own session first.
    ///
    /// # Errors
    ///
    /// [`Error::MissingEndpoint`], [`Error::Http`]: the provider has no `end_session_endpoint`, or
    /// it is neither `https` nor on this machine.
    pub fn logout_url(&self, request: &LogoutRequest<'_>) -> Result<String, Error> {
        let url = self.provider.end_session_endpoint.as_deref();
        let url = url.ok_or(Error::MissingEndpoint("end_session_endpoint"))?;
        self.provider.check(url)?;
        let parameters = [
            ("client_id", Some(&*self.settings.client_id)),
            ("id_token_hint", request.id_token_hint),
            ("post_logout_redirect_uri", request.post_logout_redirect_uri),
            ("state", request.state),
        ];
        let given = parameters
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        Ok(with_parameters(url, given))
    }

    /// Reads a request to the client's back-channel logout URI: the body of a form with the
    /// parameter `logout_token` (OpenID Connect Back-Channel Logout 1.0 §2.5).
    ///
    /// On success, end the sessions that the event names and respond with 200. On error, respond
    /// with 400. Send `Cache-Control: no-store` in both cases (§2.8).
    ///
    /// Each logout token is accepted once by this value. Up to 1024 are remembered until they
    /// expire. Several processes do not know each other's, but ending a session twice does no
    /// harm.
    ///
    /// # Errors
    ///
    /// - [`Error::Callback`]: the form has no `logout_token`, or two.
    /// - [`Error::Verification`]: the token is rejected.
    /// - [`Error::Token`]: it was received before, too many tokens are remembered, or its `jti` is
    ///   too long.
    pub fn logout_token(&self, body: &str) -> Result<LogoutEvent, Error> {
        let parameters = form_urlencoded::parse(body.as_bytes());
        let mut tokens = parameters.filter(|(name, _)| name == "logout_token");
        let (Some((_, token)), None) = (tokens.next(), tokens.next()) else {
            return Err(Error::Callback("logout_token"));
        };
        let policy = oidc::logout_token(&self.settings.issuer, &self.settings.client_id);
        let max_age = MaxTokenAge {
            age: MAX_AGE,
            leeway: self.settings.leeway,
        };
        let without_exp = self.settings.logout_without_exp;
        let (policy, checks): (_, &[&dyn ClaimCheck]) = if without_exp {
            let expires_at = Check::IfPresent(Duration::ZERO);
            (
                Policy {
                    expires_at,
                    ..policy
                },
                &[&max_age],
            )
        } else {
            (policy, &[])
        };
        self.logout_keys.verify(&token, &policy, checks, |jwt| {
            let event = read(jwt)?;
            Ok(self.admit(jwt).map(|()| event).map_err(Error::Token))
        })?
    }

    /// Remembers a logout token until it is no longer accepted.
    fn admit(&self, jwt: &Verified<'_>) -> Result<(), TokenError> {
        let leeway = self.settings.leeway;
        let now = self.settings.clock.now();
        let guard = self.logout_tokens.lock();
        // Nothing of ours panics while it holds the lock.
        let mut guard = guard.unwrap_or_else(PoisonError::into_inner);
        if !self.settings.logout_without_exp {
            return guard.admit(jwt, leeway, now);
        }
        let issued_at = jwt.claims().issued_at();
        let issued_at = issued_at.ok_or(TokenError::missing(Claim::Iat))?;
        // One second more, because `iat` may have a fraction, and the core accepts the token at
        // exactly this time.
        let accepted = MAX_AGE.saturating_add(leeway).as_secs().saturating_add(1);
        let seconds = issued_at.seconds().saturating_add_unsigned(accepted);
        guard.admit_until(jwt, NumericDate::from_seconds(seconds), now)
    }
}

fn read(jwt: &Verified<'_>) -> Result<LogoutEvent, TokenError> {
    let logout = LogoutToken::from_verified(jwt)?;
    Ok(LogoutEvent {
        subject: logout.subject().map(|subject| subject.to_string()),
        session_id: logout.session_id().map(|id| id.to_string()),
    })
}
