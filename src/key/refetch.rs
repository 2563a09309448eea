//! When to fetch keys again.

use core::time::Duration;

use crate::error::Error;

/// Decides when an issuer's keys are fetched again, at most how often, whatever tokens arrive.
///
/// One for each issuer. It has three states: keys may be fetched; they are being fetched, and
/// nobody else should; or they were fetched a short while ago, and nobody may. The pause after a
/// fetch is `shortest` at first. It doubles, up to `longest`, with each fetch that brought nothing
/// new or failed, and is `shortest` again after one that brought new keys. A fetch whose end nobody
/// told is given up after `longest`.
///
/// The bound: in any `t` seconds at most `1 + t / shortest` fetches begin, rounded down. While the
/// issuer's keys do not change, at most `1 + d + t / longest` of them, where `d` is how often
/// `shortest` doubles before it reaches `longest`. So forged `kid`s cost the issuer no more than
/// that, and a key that is really new is known after `longest` at the latest.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::Error;
/// use jose_verify::keys::Refetch;
///
/// let at = Duration::from_secs;
/// let mut refetch = Refetch::new(at(5), at(300));
/// // A token names a key that is not there: fetch. The next one has to wait for the answer.
/// assert!(refetch.begin(Error::NoKey, true, at(100)));
/// assert!(!refetch.begin(Error::NoKey, true, at(100)));
/// refetch.end(false, at(101));
/// // Nothing new, so it was a forgery. Nobody asks again for twice five seconds.
/// assert!(!refetch.begin(Error::NoKey, true, at(110)));
/// assert!(refetch.begin(Error::NoKey, true, at(111)));
/// // A wrong signature under a key that is named and there is no reason to fetch anything.
/// assert!(!refetch.begin(Error::BadSignature, true, at(1000)));
/// ```
///
/// `now` is the time on any clock that does not go back, counted from any fixed point, such as
/// `started.elapsed()` of an `Instant`.
///
/// After a fetch that brought new keys, verify the token again with them: what was refused for a
/// key that had been replaced passes now, and what is refused now is a forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refetch {
    shortest: Duration,
    longest: Duration,
    pause: Duration,
    /// When the last fetch ended or began, whichever came later; none before the first.
    last: Option<Duration>,
    is_fetching: bool,
}

impl Refetch {
    /// Creates a value with pauses from `shortest` to `longest`. A `shortest` below one second
    /// counts as one second, and a `longest` below `shortest` as `shortest`.
    ///
    /// Five seconds and five minutes suit most issuers.
    #[must_use]
    pub const fn new(shortest: Duration, longest: Duration) -> Self {
        const fn later(one: Duration, other: Duration) -> Duration {
            match one.checked_sub(other) {
                Some(_) => one,
                None => other,
            }
        }
        let shortest = later(shortest, Duration::from_secs(1));
        Self {
            shortest,
            longest: later(longest, shortest),
            pause: shortest,
            last: None,
            is_fetching: false,
        }
    }

    /// Whether a token that was refused with this error is a reason to fetch the keys now; if so,
    /// do it, and tell the outcome to [`end`](Self::end).
    ///
    /// [`Error::NoKey`] is a reason. So is [`Error::BadSignature`] if the token does not name its
    /// key (`names_key`, the header's `kid`): the key may have been replaced.
    #[must_use = "nobody else fetches until `end` was called"]
    pub fn begin(&mut self, error: Error, names_key: bool, now: Duration) -> bool {
        let may_be_replaced = error == Error::BadSignature && !names_key;
        (error.should_refresh_keys() || may_be_replaced) && self.begin_at(now)
    }

    /// Whether the keys may be fetched now for a reason of the caller's own, for instance because
    /// they are old. Issuers withdraw keys, too, and no token tells of it.
    #[must_use = "nobody else fetches until `end` was called"]
    pub fn begin_at(&mut self, now: Duration) -> bool {
        let pause = if self.is_fetching {
            self.longest
        } else {
            self.pause
        };
        // By so much a clock goes back only when it was wrong before.
        let ahead = |last: Duration| last.saturating_sub(now) > self.longest;
        if self.last.is_some_and(ahead) {
            self.last = Some(now);
        }
        let rested = |last: Duration| now.saturating_sub(last) >= pause;
        let may = self.last.is_none_or(rested);
        if may {
            self.is_fetching = true;
            self.last = Some(now);
        }
        may
    }

    /// The fetch has ended: whether it brought keys that were not there before. A failure brought
    /// none.
    pub fn end(&mut self, brought_new_keys: bool, now: Duration) {
        self.is_fetching = false;
        self.last = self.last.max(Some(now));
        self.pause = if brought_new_keys {
            self.shortest
        } else {
            self.pause.saturating_mul(2).min(self.longest)
        };
    }

    /// Returns the time from the end of one fetch until the next may begin.
    #[must_use]
    pub const fn pause(&self) -> Duration {
        self.pause
    }
}
