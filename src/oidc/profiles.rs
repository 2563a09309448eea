//! The policies for the kinds of tokens of OpenID Connect.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::oidc::logout_token::EVENT;
use crate::policy::{Audience, Check, Policy, StringList};

/// Whether a `nonce` was sent with the authentication request (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nonce<'p> {
    /// This nonce was sent. The ID Token must contain it.
    Sent(&'p str),
    /// No nonce was sent, so the claim is not checked. Also use this for an ID Token from a
    /// refresh, or one kept as a session, whose nonce was checked at login.
    NotSent,
}

impl Debug for Nonce<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the value, because an attacker must not learn it.
        f.write_str(match self {
            Self::Sent(_) => "Sent(..)",
            Self::NotSent => "NotSent",
        })
    }
}

/// Returns the policy for an ID Token (OpenID Connect Core §2 and §3.1.3.7).
///
/// - `iss`, `sub`, `aud`, `exp` and `iat` are required.
/// - `aud` must contain one of `client_ids`. Usually there is only one. Additional audiences are
///   accepted only if `azp` is one of `client_ids`.
/// - `azp` is optional. If it is present, it must be one of `client_ids`.
/// - A `typ` other than `JWT`, such as `at+jwt` or `logout+jwt`, is rejected (RFC 8725 §3.11).
/// - A token with `events` is rejected, because it describes an event and not a login (RFC 8417).
///
/// On Android, an app receives ID Tokens for its project's web client, with the app's own client ID
/// in `azp`. Pass only the web client in `client_ids`, and require the app in `authorized_party`.
/// If `client_ids` also contained the app, tokens issued to the app itself would be accepted.
///
/// `auth_time`, `acr` and `amr` are not checked. If your request had `max_age` or `acr_values`,
/// check the corresponding claim:
///
/// ```
/// use core::time::Duration;
/// use jose_verify::oidc::{self, Nonce};
/// use jose_verify::{Check, MaxAge, Policy};
///
/// let five_minutes = MaxAge { age: Duration::from_secs(300), leeway: Duration::ZERO };
/// let nonce = Nonce::Sent("n-0S6_WzA2Mj");
/// let policy = Policy {
///     auth_time: Check::Required(five_minutes),
///     ..oidc::id_token(&["https://server.example.com"], &["s6BhdRkqt3"], nonce)
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

/// Returns the policy for a UserInfo response that is a signed JWT (OpenID Connect Core §5.3.2 and
/// §5.3.4). Pass the verified token to
/// [`UserInfo::from_verified`](super::UserInfo::from_verified).
///
/// `sub` is required, and `events` must be absent. `iss` and `aud` should be present, but they are
/// checked only if present, as are `exp`, `nbf` and `iat`. A response without `aud` could
/// have been issued to another client, so require `aud` if your provider includes it.
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

/// Returns the policy for a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6).
/// Pass the verified token to [`LogoutToken::from_verified`](super::LogoutToken::from_verified),
/// which performs the remaining checks.
///
/// `iss`, `aud`, `exp`, `iat`, `jti` and the logout event in `events` are required. `nonce` must be
/// absent. `typ` is not checked, because most providers write `JWT`. Require `logout+jwt` if your
/// provider writes it.
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
