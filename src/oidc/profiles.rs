//! The kinds of tokens of OpenID Connect, as policies.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::oidc::logout_token::EVENT;
use crate::policy::{Audience, Check, Policy, StringList};

/// Whether a `nonce` was sent with the authentication request (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nonce<'p> {
    /// This one was sent, and the ID Token must have it.
    Sent(&'p str),
    /// None was sent, so the claim is not checked. Use this also for an ID Token of a refresh, and
    /// for one kept as a session: its nonce was checked at login.
    NotSent,
}

impl Debug for Nonce<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the value, which an attacker must not learn.
        f.write_str(match self {
            Self::Sent(_) => "Sent(..)",
            Self::NotSent => "NotSent",
        })
    }
}

/// An ID Token (OpenID Connect Core §2 and §3.1.3.7).
///
/// `iss`, `sub`, `aud`, `exp` and `iat` are required. `aud` must name one of `client_ids`; usually
/// there is only one. It may name others beside it only if `azp` is one of `client_ids`. If `azp`
/// is present, it must be one of `client_ids`. A `typ` that names another kind of token (RFC 8725
/// §3.11), such as `at+jwt` or `logout+jwt`, is rejected, and so is a token with `events` (RFC
/// 8417), which is about an event, not a login.
///
/// On Android, an app receives ID Tokens for its project's web client, with its own identifier in
/// `azp`. Pass only the web client in `client_ids`, and require the app in `authorized_party`. If
/// `client_ids` also named the app, tokens made for the app itself would be accepted.
///
/// `auth_time`, `acr` and `amr` are not checked. Where you sent `max_age` or asked for a class:
///
/// ```
/// use core::time::Duration;
/// use jose_verify::oidc::{self, Nonce};
/// use jose_verify::{Check, MaxAge, Policy};
///
/// let five_minutes = MaxAge { age: Duration::from_secs(300), leeway: Duration::ZERO };
/// let policy = Policy {
///     auth_time: Check::Required(five_minutes),
///     ..oidc::id_token(&["https://server.example.com"], &["s6BhdRkqt3"], Nonce::Sent("n-0S6_WzA2Mj"))
/// };
/// # let _ = policy;
/// ```
#[must_use]
pub const fn id_token<'p>(
    issuers: &'p dyn StringList,
    client_ids: &'p dyn StringList,
    nonce: Nonce<'p>,
) -> Policy<'p> {
    let audience = Audience::Client {
        client_ids,
        trusted: &[""; 0],
    };
    Policy {
        typ: Check::IfPresent("JWT"),
        subject: Check::Present,
        authorized_party: Check::IfPresent(client_ids),
        expires_at: Check::Required(Duration::ZERO),
        issued_at: Check::Required(Duration::ZERO),
        nonce: match nonce {
            Nonce::Sent(nonce) => Check::Required(nonce),
            Nonce::NotSent => Check::NotChecked,
        },
        events: Check::Absent,
        ..Policy::jwt(Check::Required(issuers), Check::Required(audience))
    }
}

/// A UserInfo response that is a signed JWT (OpenID Connect Core §5.3.2 and §5.3.4); then
/// [`UserInfo::from_verified`](super::UserInfo::from_verified).
///
/// `sub` is required. `iss` and `aud` should be present and must fit if they are. Times are checked
/// if they are present, and `events` must be absent. Without `aud`, the response may have been made
/// for another client: require it where your provider writes it.
#[must_use]
pub const fn user_info<'p>(
    issuers: &'p dyn StringList,
    client_ids: &'p dyn StringList,
) -> Policy<'p> {
    let audience = Check::IfPresent(Audience::AnyOf(client_ids));
    Policy {
        subject: Check::Present,
        events: Check::Absent,
        ..Policy::jwt(Check::IfPresent(issuers), audience)
    }
}

/// A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6); then
/// [`LogoutToken::from_verified`](super::LogoutToken::from_verified), which checks the rest.
///
/// `iss`, `aud`, `exp`, `iat`, `jti` and the logout event in `events` are required, and `nonce`
/// must be absent. `typ` is not checked, because most providers write `JWT`; require `logout+jwt`
/// where yours writes it.
#[must_use]
pub const fn logout_token<'p>(
    issuers: &'p dyn StringList,
    client_ids: &'p dyn StringList,
) -> Policy<'p> {
    let audience = Audience::Client {
        client_ids,
        trusted: &[""; 0],
    };
    Policy {
        expires_at: Check::Required(Duration::ZERO),
        issued_at: Check::Required(Duration::ZERO),
        jwt_id: Check::Present,
        nonce: Check::Absent,
        events: Check::Required(EVENT),
        ..Policy::jwt(Check::Required(issuers), Check::Required(audience))
    }
}
