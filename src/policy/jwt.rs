//! The base policy, which all profiles extend.

use core::time::Duration;

use crate::policy::{Audience, Check, Policy, StringList};

impl<'p> Policy<'p> {
    /// Returns a policy for any JWT (RFC 7519). It checks `iss` and `aud` as given, and `exp`,
    /// `nbf` and `iat` if they are present. It checks nothing else.
    ///
    /// A token without `exp` never expires. Require `exp` unless something else limits the
    /// lifetime:
    ///
    /// ```
    /// use core::time::Duration;
    /// use jose_verify::{Audience, Check, Policy};
    /// let policy = Policy {
    ///     expires_at: Check::Required(Duration::ZERO),
    ///     ..Policy::jwt(
    ///         Check::Required(&["https://issuer.example.com"]),
    ///         Check::Required(Audience::AnyOf(&["https://api.example.com"])),
    ///     )
    /// };
    /// # let _ = policy;
    /// ```
    #[must_use]
    pub const fn jwt(issuer: Check<&'p dyn StringList>, audience: Check<Audience<'p>>) -> Self {
        Self {
            typ: Check::NotChecked,
            issuer,
            subject: Check::NotChecked,
            audience,
            authorized_party: Check::NotChecked,
            expires_at: Check::IfPresent(Duration::ZERO),
            not_before: Check::IfPresent(Duration::ZERO),
            issued_at: Check::IfPresent(Duration::ZERO),
            nonce: Check::NotChecked,
            auth_time: Check::NotChecked,
            acr: Check::NotChecked,
            amr: Check::NotChecked,
            jwt_id: Check::NotChecked,
            client_id: Check::NotChecked,
            events: Check::NotChecked,
        }
    }
}
