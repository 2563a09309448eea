//! Replay detection for single-use tokens.

use core::fmt::{self, Debug};
use core::time::Duration;

use heapless::{String, Vec};

use crate::error::{Claim, Error, Limit, Problem};
use crate::limits::MAX_JWT_ID_LEN;
use crate::time::NumericDate;
use crate::verify::Verified;

/// Remembers the `jti` of up to `N` tokens until they expire, to reject replays.
///
/// Use one guard per issuer. In a shared guard, an issuer could block the tokens of another by
/// reusing their `jti` (RFC 7519 §4.1.7). `DPoP` proofs have no issuer, so one guard can serve all
/// of them.
///
/// The guard never forgets a token that has not expired. When it remembers `N` such tokens, it
/// rejects further ones, so `N` must be at least the number of tokens that arrive during the
/// lifetime of one. An entry takes 88 bytes. Lookup is linear.
///
/// The guard also remembers the latest time at which it forgot a token. If the clock then goes
/// back, a token that had expired by that time may be a replay of a forgotten token, so the guard
/// rejects it. If the clock was far in the future, replace the guard once all tokens that it may
/// have admitted have expired.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::{Error, NumericDate, Verified};
/// use jose_verify::oauth::ReplayGuard;
///
/// fn check_replay(
///     guard: &mut ReplayGuard<64>,
///     jwt: &Verified<'_>,
///     now: NumericDate,
/// ) -> Result<(), Error> {
///     guard.admit(jwt, Duration::from_secs(30), now)
/// }
/// ```
#[derive(Clone)]
pub struct ReplayGuard<const N: usize> {
    seen: Vec<Seen, N>,
    /// The latest time at which a token was forgotten. Invariant: every admitted token with a later
    /// `until` is remembered.
    forgot_at: NumericDate,
}

#[derive(Clone)]
struct Seen {
    jwt_id: String<MAX_JWT_ID_LEN>,
    /// The time at which the guard forgets the token.
    until: NumericDate,
}

impl<const N: usize> ReplayGuard<N> {
    /// Creates an empty guard.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            seen: Vec::new(),
            forgot_at: NumericDate::from_seconds(i64::MIN),
        }
    }

    /// Admits a token on its first use, and remembers it until its `exp` plus `leeway`.
    ///
    /// `leeway` must be at least the leeway of the policy that verified the token. Otherwise, the
    /// guard can forget a token that the policy still accepts.
    ///
    /// # Errors
    ///
    /// - [`Error::Replayed`]: the token was admitted before.
    /// - [`Error::ReplayGuardFull`]: the guard already remembers `N` tokens.
    /// - [`Problem::Missing`] with [`Claim::Jti`] or [`Claim::Exp`]: the token has no such claim.
    /// - [`Problem::Expired`] with [`Claim::Exp`]: the token expired more than `leeway` ago, so the
    ///   guard would forget it immediately. The policy that accepted it has a longer leeway or does
    ///   not compare `exp` with a clock.
    /// - [`Error::ReplayUnknown`]: the clock went back, and the token had expired by the latest
    ///   time at which the guard forgot a token. The token may have been admitted before.
    /// - [`Limit::JwtIdLen`]: `jti` is longer than [`MAX_JWT_ID_LEN`].
    pub fn admit(
        &mut self,
        jwt: &Verified<'_>,
        leeway: Duration,
        now: NumericDate,
    ) -> Result<(), Error> {
        let jwt_id = jwt_id(jwt)?;
        let expires_at = jwt.claims().expires_at();
        let expires_at = expires_at.ok_or(Error::missing(Claim::Exp))?;
        self.remember(jwt_id, expires_at.later_by(leeway), now)
    }

    /// Admits a token on its first use, and remembers it until `until`. Use it for tokens without
    /// `exp`, such as a `DPoP` proof (RFC 9449 §11.1).
    ///
    /// `until` must not be earlier than the last time at which you accept the token. For example,
    /// if you accept a proof until a minute after its `iat`, with a leeway of ten seconds, pass
    /// `iat` plus 70 seconds. `exp` is not read.
    ///
    /// # Errors
    ///
    /// The errors of [`admit`](Self::admit), with `until` as the time at which the token expires.
    /// The error after `until` is [`Problem::Expired`] with [`Claim::Exp`], although the token has
    /// no `exp`.
    ///
    /// ```
    /// use core::time::Duration;
    /// use jose_verify::{Claim, Error, NumericDate, Verified};
    /// use jose_verify::oauth::ReplayGuard;
    ///
    /// /// Accepts a `DPoP` proof until a minute after its `iat`, and only once.
    /// fn check_proof(
    ///     guard: &mut ReplayGuard<64>,
    ///     proof: &Verified<'_>,
    ///     now: NumericDate,
    /// ) -> Result<(), Error> {
    ///     let issued_at = proof.claims().issued_at().ok_or(Error::missing(Claim::Iat))?;
    ///     let seconds = issued_at.seconds().saturating_add(60);
    ///     let until = NumericDate::new(seconds, issued_at.subsec_nanos());
    ///     guard.admit_until(proof, until, now)
    /// }
    /// ```
    pub fn admit_until(
        &mut self,
        jwt: &Verified<'_>,
        until: NumericDate,
        now: NumericDate,
    ) -> Result<(), Error> {
        let jwt_id = jwt_id(jwt)?;
        self.remember(jwt_id, until, now)
    }

    fn remember(
        &mut self,
        jwt_id: String<MAX_JWT_ID_LEN>,
        until: NumericDate,
        now: NumericDate,
    ) -> Result<(), Error> {
        let len = self.seen.len();
        self.seen.retain(|seen| now < seen.until);
        if self.seen.len() < len {
            self.forgot_at = self.forgot_at.max(now);
        }
        if self.seen.iter().any(|seen| seen.jwt_id == jwt_id) {
            return Err(Error::Replayed);
        }
        if now >= until {
            return Err(Error::Claim(Claim::Exp, Problem::Expired));
        }
        // The token may have been admitted and forgotten.
        if self.forgot_at >= until {
            return Err(Error::ReplayUnknown);
        }
        let seen = Seen { jwt_id, until };
        self.seen.push(seen).map_err(|_| Error::ReplayGuardFull)
    }

    /// Returns the number of remembered tokens, including those that have expired since the last
    /// call to [`admit`](Self::admit).
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Returns whether no tokens are remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

fn jwt_id(jwt: &Verified<'_>) -> Result<String<MAX_JWT_ID_LEN>, Error> {
    let jwt_id = jwt.claims().jwt_id().ok_or(Error::missing(Claim::Jti))?;
    let jwt_id = jwt_id.to_heapless();
    jwt_id.map_err(|_| Error::Limit(Limit::JwtIdLen))
}

impl<const N: usize> Default for ReplayGuard<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Debug for ReplayGuard<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the identifiers, which are token content.
        f.debug_struct("ReplayGuard")
            .field("len", &self.seen.len())
            .finish_non_exhaustive()
    }
}
