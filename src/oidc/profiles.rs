//! The well-known kinds of tokens, as policies.

use crate::policy::{Audience, Check, MaxAge, Policy};
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
        ..jwt(Check::Required(issuers), Check::Required(audience))
    }
}

/// A JWT access token (RFC 9068 §2.2 and §4).
///
/// `typ` must be `at+jwt`; `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are required. `audience` are the
/// resource's own identifiers, one of which must be named.
#[must_use]
pub const fn access_token<'p>(issuers: &'p [&'p str], audience: &'p [&'p str]) -> Policy<'p> {
    let audience = Check::Required(Audience::AnyOf(audience));
    Policy {
        typ: Check::Required("at+jwt"),
        subject: Check::Present,
        expires_at: Check::Required(Leeway::NONE),
        issued_at: Check::Required(Leeway::NONE),
        jwt_id: Check::Present,
        client_id: Check::Present,
        ..jwt(Check::Required(issuers), audience)
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
        ..jwt(Check::IfPresent(issuers), audience)
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
        ..jwt(Check::Required(issuers), Check::Required(audience))
    }
}

/// Any JWT (RFC 7519): issuer and audience as decided, times as far as they are there, nothing else.
///
/// A token without `exp` never expires; require it where tokens are not checked otherwise:
///
/// ```
/// use jose_verify::{Audience, Check, Leeway, Policy, oidc};
/// let policy = Policy {
///     expires_at: Check::Required(Leeway::NONE),
///     ..oidc::jwt(
///         Check::Required(&["https://issuer.example.com"]),
///         Check::Required(Audience::AnyOf(&["https://api.example.com"])),
///     )
/// };
/// # let _ = policy;
/// ```
#[must_use]
pub const fn jwt<'p>(issuer: Check<&'p [&'p str]>, audience: Check<Audience<'p>>) -> Policy<'p> {
    Policy {
        typ: Check::NotChecked,
        issuer,
        subject: Check::NotChecked,
        audience,
        authorized_party: Check::NotChecked,
        expires_at: Check::IfPresent(Leeway::NONE),
        not_before: Check::IfPresent(Leeway::NONE),
        issued_at: Check::IfPresent(Leeway::NONE),
        nonce: Check::NotChecked,
        auth_time: Check::<MaxAge>::NotChecked,
        acr: Check::NotChecked,
        amr: Check::NotChecked,
        jwt_id: Check::NotChecked,
        client_id: Check::NotChecked,
    }
}
