//! The trait for additional checks, and the token that they receive.

use core::fmt::Debug;

use crate::error::Error;
use crate::jose::claims::Claims;
use crate::jose::header::Header;
use crate::time::Clock;

/// A token whose signature is verified and whose claims are being checked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'t> {
    pub(crate) header: &'t Header<'t>,
    pub(crate) claims: &'t Claims<'t>,
    pub(crate) clock: Clock,
}

impl<'t> Candidate<'t> {
    pub(crate) const fn new(header: &'t Header<'t>, claims: &'t Claims<'t>, clock: Clock) -> Self {
        Self {
            header,
            claims,
            clock,
        }
    }

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &'t Header<'t> {
        self.header
    }

    /// Returns the claims.
    #[must_use]
    pub const fn claims(&self) -> &'t Claims<'t> {
        self.claims
    }

    /// Returns what the caller knows about the current time.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }
}

/// An additional check, which runs after those of a [`Policy`](crate::Policy).
///
/// The types in [`checks`](crate::checks) implement it. Implement it yourself to check a private
/// claim. Pass all checks to [`Verifier::with_checks`](crate::Verifier::with_checks). Only the
/// checks that you name are linked.
///
/// ```
/// use jose_verify::{Candidate, Claim, ClaimCheck, Error, Problem};
///
/// #[derive(Debug)]
/// struct TenantIn<'a>(&'a [&'a str]);
///
/// impl ClaimCheck for TenantIn<'_> {
///     fn name(&self) -> &str { "tenant" }
///     fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
///         let tenant = token.claims().get("tenant").and_then(|value| value.as_str());
///         let known = tenant.is_some_and(|tenant| self.0.iter().any(|known| tenant == *known));
///         known.then_some(()).ok_or(Error::Claim(Claim::Other, Problem::Mismatch))
///     }
/// }
/// # use jose_verify::{Keys, NumericDate, Policy, Verifier};
/// # fn verify(
/// #     token: &mut [u8],
/// #     keys: &impl Keys,
/// #     policy: &Policy<'_>,
/// #     now: NumericDate,
/// # ) -> Result<(), Error> {
///
/// let checks: [&dyn ClaimCheck; 1] = [&TenantIn(&["north", "south"])];
/// let jwt = Verifier::new(keys, policy).with_checks(&checks).verify_in_place(token, now)?;
/// # let _ = jwt;
/// # Ok(()) }
/// ```
pub trait ClaimCheck: Debug + Sync {
    /// Returns the name of the claim or of the check, for
    /// [`CheckReport::name`](crate::CheckReport::name).
    fn name(&self) -> &str;

    /// Checks a token whose signature is verified.
    ///
    /// [`Verifier::verify`](crate::Verifier::verify) calls it only if the token passed the policy
    /// and all earlier checks. [`Verifier::explain`](crate::Verifier::explain) also calls it after
    /// an earlier check failed.
    ///
    /// # Errors
    ///
    /// The reason why the token is rejected, usually [`Error::Claim`] with the claim and the
    /// problem. Use [`Claim::Other`](crate::Claim::Other) for a private claim.
    fn check(&self, token: &Candidate<'_>) -> Result<(), Error>;
}
