//! The policy for access tokens.

use core::time::Duration;

use crate::policy::{Audience, Check, Policy, StringList};

/// Returns the policy for a JWT access token (RFC 9068 §2.2 and §4).
///
/// `typ` must be `at+jwt`. `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are required.
/// `audience` lists the identifiers of your resource server. `aud` must contain one of them.
#[must_use]
pub const fn access_token<'p>(
    issuers: &'p dyn StringList,
    audience: &'p dyn StringList,
) -> Policy<'p> {
    let audience = Check::Required(Audience::AnyOf(audience));
    Policy {
        typ: Check::Required("at+jwt"),
        subject: Check::Present,
        expires_at: Check::Required(Duration::ZERO),
        issued_at: Check::Required(Duration::ZERO),
        jwt_id: Check::Present,
        client_id: Check::Present,
        ..Policy::jwt(Check::Required(issuers), audience)
    }
}
