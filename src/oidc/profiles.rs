//! The kinds of tokens of OpenID Connect, as policies.

use crate::policy::{Audience, Check, Policy};
use crate::time::Leeway;

/// An ID Token (OpenID Connect Core §2 and §3.1.3.7).
///
/// `iss`, `sub`, `aud`, `exp` and `iat` are required. `aud` must name one of `client_ids`, of which there is usually
/// but one; it may name others beside it only if `azp` is one of `client_ids`. An `azp` must be one of them. `nonce`
/// has to be decided: give the one that was sent with the request, or say [`Check::NotChecked`] when none was. A `typ`
/// that names another kind of token (RFC 8725 §3.11), such as `at+jwt` or `logout+jwt`, is refused.
///
/// `auth_time`, `acr` and `amr` are not checked. Where you sent `max_age` or asked for a class:
///
/// ```
/// use jose_verify::{Check, Leeway, MaxAge, Policy, oidc};
/// let policy = Policy {
///     auth_time: Check::Required(MaxAge { seconds: 300, leeway: Leeway::NONE }),
///     ..oidc::id_token(&["https://server.example.com"], &["s6BhdRkqt3"], Check::Required("n-0S6_WzA2Mj"))
/// };
/// # let _ = policy;
/// ```
#[must_use]
pub const fn id_token<'p>(
    issuers: &'p [&'p str],
    client_ids: &'p [&'p str],
    nonce: Check<&'p str>,
) -> Policy<'p> {
    let audience = Audience::Client {
        client_ids,
        trusted: &[],
    };
    Policy {
        typ: Check::IfPresent("JWT"),
        subject: Check::Present,
        authorized_party: Check::IfPresent(client_ids),
        expires_at: Check::Required(Leeway::NONE),
        issued_at: Check::Required(Leeway::NONE),
        nonce,
        ..Policy::jwt(Check::Required(issuers), Check::Required(audience))
    }
}

/// A UserInfo response that is a signed JWT (OpenID Connect Core §5.3.2 and §5.3.4); then
/// [`UserInfo::from_verified`](super::UserInfo::from_verified).
///
/// `sub` is required. `iss` and `aud` should be there and must fit if they are; times are checked as far as they are
/// there. Without `aud` it may have been made for another client: require it where your provider writes it.
#[must_use]
pub const fn user_info<'p>(issuers: &'p [&'p str], client_ids: &'p [&'p str]) -> Policy<'p> {
    let audience = Check::IfPresent(Audience::AnyOf(client_ids));
    Policy {
        subject: Check::Present,
        ..Policy::jwt(Check::IfPresent(issuers), audience)
    }
}

/// A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6); then
/// [`LogoutToken::from_verified`](super::LogoutToken::from_verified), which checks the rest.
///
/// `iss`, `aud`, `exp`, `iat` and `jti` are required. `typ` is not checked, for most providers leave it at `JWT`; require
/// `logout+jwt` where yours writes it.
#[must_use]
pub const fn logout_token<'p>(issuers: &'p [&'p str], client_ids: &'p [&'p str]) -> Policy<'p> {
    let audience = Audience::Client {
        client_ids,
        trusted: &[],
    };
    Policy {
        expires_at: Check::Required(Leeway::NONE),
        issued_at: Check::Required(Leeway::NONE),
        jwt_id: Check::Present,
        ..Policy::jwt(Check::Required(issuers), Check::Required(audience))
    }
}
