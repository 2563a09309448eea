//! The policy that all others start from.

use super::{Audience, Check, MaxAge, Policy};
use crate::time::Leeway;

impl<'p> Policy<'p> {
    /// A policy for any JWT (RFC 7519). Checks `iss` and `aud` as given, and `exp`, `nbf` and `iat`
    /// if present. Checks nothing else.
    ///
    /// A token without `exp` never expires; require it where tokens are not checked otherwise:
    ///
    /// ```
    /// use jose_verify::{Audience, Check, Leeway, Policy};
    /// let policy = Policy {
    ///     expires_at: Check::Required(Leeway::NONE),
    ///     ..Policy::jwt(
    ///         Check::Required(&["https://issuer.example.com"]),
    ///         Check::Required(Audience::AnyOf(&["https://api.example.com"])),
    ///     )
    /// };
    /// # let _ = policy;
    /// ```
    #[must_use]
    pub const fn jwt(issuer: Check<&'p [&'p str]>, audience: Check<Audience<'p>>) -> Self {
        Self {
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
}
