//! Tokens that may be used once.

use core::fmt::{self, Debug};
use core::time::Duration;

use heapless::{String, Vec};

use crate::error::{Claim, Error, Limit, Problem};
use crate::limits::MAX_JWT_ID_LEN;
use crate::time::NumericDate;
use crate::verify::Verified;

/// Remembers the `jti` of up to `N` tokens until they have expired.
///
/// One guard for each issuer: an identifier is unique at its issuer only (RFC 7519 §4.1.7).
/// Identifiers are kept whole, some hundred bytes each, and looked for one after the other. When
/// `N` tokens are remembered that have not expired, further ones are refused: a guard that forgot
/// would be none. So make `N` as large as the number of tokens that arrive while one is valid.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::{Error, NumericDate, Verified};
/// use jose_verify::oauth::ReplayGuard;
///
/// fn once(jwt: &Verified<'_>, guard: &mut ReplayGuard<64>, now: NumericDate) -> Result<(), Error> {
///     guard.admit(jwt, Duration::from_secs(30), now)
/// }
/// ```
#[derive(Clone)]
pub struct ReplayGuard<const N: usize> {
    seen: Vec<Seen, N>,
}

#[derive(Clone)]
struct Seen {
    jwt_id: String<MAX_JWT_ID_LEN>,
    /// From when on the policy refuses the token anyway.
    until: NumericDate,
}

impl<const N: usize> ReplayGuard<N> {
    /// A guard that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { seen: Vec::new() }
    }

    /// Lets a token pass the first time, and remembers it until its `exp` and the leeway are over.
    ///
    /// `leeway` is that of the policy by which the token was verified, or more: with less, a token
    /// could be forgotten while it is still accepted.
    ///
    /// # Errors
    ///
    /// - [`Error::Replayed`]: it has passed before.
    /// - [`Error::ReplayGuardFull`]: there is no room to remember it.
    /// - [`Problem::Missing`] with [`Claim::Jti`] or [`Claim::Exp`]: it cannot be remembered.
    /// - [`Problem::Expired`]: it would be forgotten at once. Its policy took it all the same: with
    ///   more leeway, or without a look at the clock.
    /// - [`Limit::JwtIdLen`]: its `jti` is longer than [`MAX_JWT_ID_LEN`].
    pub fn admit(
        &mut self,
        jwt: &Verified<'_>,
        leeway: Duration,
        now: NumericDate,
    ) -> Result<(), Error> {
        let jwt_id = jwt.claims().jwt_id().ok_or(Error::missing(Claim::Jti))?;
        let expires_at = jwt
            .claims()
            .expires_at()
            .ok_or(Error::missing(Claim::Exp))?;
        let jwt_id = jwt_id
            .to_heapless()
            .map_err(|_| Error::Limit(Limit::JwtIdLen))?;
        self.seen.retain(|seen| now < seen.until);
        if self.seen.iter().any(|seen| seen.jwt_id == jwt_id) {
            return Err(Error::Replayed);
        }
        let until = expires_at.later_by(leeway);
        if now >= until {
            return Err(Error::Claim(Claim::Exp, Problem::Expired));
        }
        let seen = Seen { jwt_id, until };
        self.seen.push(seen).map_err(|_| Error::ReplayGuardFull)
    }

    /// How many tokens it remembers, those included that have expired since the last one passed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether it remembers none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

impl<const N: usize> Default for ReplayGuard<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Debug for ReplayGuard<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the identifiers, which are content of tokens.
        f.debug_struct("ReplayGuard")
            .field("len", &self.seen.len())
            .finish_non_exhaustive()
    }
}
