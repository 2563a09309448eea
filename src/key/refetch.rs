//! Rate limiting for fetching keys again.

use core::time::Duration;

use crate::error::Error;

/// Decides when to fetch an issuer's keys again. Bounds the number of fetches, regardless of which
/// tokens arrive.
///
/// Use one value for each issuer. It is in one of three states: a fetch may begin, a fetch is in
/// progress, or a pause follows the last fetch. No other fetch may begin while one is in progress
/// or during the pause.
///
/// The pause starts at `shortest`. It doubles, up to `longest`, after each fetch. A fetch that
/// returned new keys resets it to `shortest`, with two exceptions. It is not reset if the previous
/// fetch also returned new keys, or if it was reset less than `longest` ago. So keys that change at
/// each fetch cause no more fetches than keys that never change. A fetch whose end is never
/// reported counts as abandoned after `longest`.
///
/// Let `d` be the number of doublings from `shortest` to `longest`. All divisions are rounded down.
/// In any `t` seconds, at most this many fetches begin:
///
/// | keys | fetches |
/// |---|---|
/// | any | `1 + t / shortest` |
/// | any | `d + (1 + d) · (1 + t / longest)` |
/// | the same at each fetch, or new ones at each fetch | `1 + d + t / longest` |
///
/// Between two fetches there is a pause. At most `t / longest` pauses last `longest`. The others
/// are shorter, and follow a reset or the first fetch: at most `d` of them until the pause is
/// `longest` again. Resets are at least `longest` apart, so at most `1 + t / longest` of them occur
/// in the `t` seconds. The pauses after one earlier reset may continue into them. If no fetch
/// returns new keys, or every fetch does, only the first can reset the pause.
///
/// This bounds the load that forged `kid`s put on the issuer. A new key is known after `longest` at
/// the latest.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::Error;
/// use jose_verify::keys::Refetch;
///
/// let at = Duration::from_secs;
/// let mut refetch = Refetch::new(at(5), at(300));
/// // A token names an unknown key: fetch. Other requests must wait for this fetch.
/// assert!(refetch.begin(Error::NoKey, true, at(100)));
/// assert!(!refetch.begin(Error::NoKey, true, at(100)));
/// refetch.end(false, at(101));
/// // There were no new keys. The pause is now twice five seconds.
/// assert!(!refetch.begin(Error::NoKey, true, at(110)));
/// assert!(refetch.begin(Error::NoKey, true, at(111)));
/// // A wrong signature under a known `kid` is not a reason to fetch.
/// assert!(!refetch.begin(Error::BadSignature, true, at(1000)));
/// ```
///
/// `now` is the time of any monotonic clock, counted from any fixed point, such as
/// `started.elapsed()` of an `Instant`.
///
/// Let requests wait for a fetch in progress, with a lock that is held from `begin` to `end`.
/// Otherwise, valid tokens signed with a new key are rejected until the fetch ends. A request that
/// gets the lock compares the keys that rejected its token with the current keys. If they differ,
/// it verifies the token again instead of calling `begin`. The fetch needs a timeout.
///
/// After a fetch that returned new keys, verify the token again. A token that was rejected because
/// its key had been replaced is now accepted. If the error is still [`Error::NoKey`] or
/// [`Error::BadSignature`], no published key verifies the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refetch {
    shortest: Duration,
    longest: Duration,
    pause: Duration,
    /// The time at which the last fetch began or ended, whichever is later. `None` before the first
    /// fetch.
    last: Option<Duration>,
    /// The time at which the pause was last reset.
    last_reset: Option<Duration>,
    is_fetching: bool,
    /// Whether the last fetch returned new keys.
    brought_new_keys: bool,
}

impl Refetch {
    /// Creates a value with pauses from `shortest` to `longest`. A `shortest` below one second is
    /// raised to one second, and a `longest` below `shortest` is raised to `shortest`.
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
            last_reset: None,
            is_fetching: false,
            brought_new_keys: false,
        }
    }

    /// Returns whether to fetch the keys now, after a token was rejected with `error`. If so, fetch
    /// them and report the outcome with [`end`](Self::end).
    ///
    /// [`Error::NoKey`] is a reason to fetch. [`Error::BadSignature`] is a reason if the token does
    /// not name its key, because the key may have been replaced. `names_key` states whether the
    /// header has a `kid`.
    #[must_use = "no other fetch begins until `end` is called"]
    pub fn begin(&mut self, error: Error, names_key: bool, now: Duration) -> bool {
        let may_be_replaced = error == Error::BadSignature && !names_key;
        (error.should_refresh_keys() || may_be_replaced) && self.begin_at(now)
    }

    /// Returns whether the keys may be fetched now for a reason other than a rejected token, for
    /// instance because they are old. Issuers also revoke keys, which no token reveals.
    #[must_use = "no other fetch begins until `end` is called"]
    pub fn begin_at(&mut self, now: Duration) -> bool {
        let pause = if self.is_fetching {
            self.longest
        } else {
            self.pause
        };
        // The clock can go back this far only if it was wrong before, so the pause starts again
        // from `now`.
        let ahead = |last: Duration| last.saturating_sub(now) > self.longest;
        for time in [&mut self.last, &mut self.last_reset] {
            if time.is_some_and(ahead) {
                *time = Some(now);
            }
        }
        let pause_is_over = |last: Duration| now.saturating_sub(last) >= pause;
        let may_begin = self.last.is_none_or(pause_is_over);
        if may_begin {
            self.is_fetching = true;
            self.last = Some(now);
        }
        may_begin
    }

    /// Reports the end of a fetch, and whether it returned keys that were not known before. Pass
    /// `false` if the fetch failed.
    pub fn end(&mut self, brought_new_keys: bool, now: Duration) {
        self.is_fetching = false;
        self.last = self.last.max(Some(now));
        let is_long_ago = |reset: Duration| now.saturating_sub(reset) >= self.longest;
        let resets =
            brought_new_keys && !self.brought_new_keys && self.last_reset.is_none_or(is_long_ago);
        self.brought_new_keys = brought_new_keys;
        if resets {
            self.last_reset = Some(now);
            self.pause = self.shortest;
        } else {
            self.pause = self.pause.saturating_mul(2).min(self.longest);
        }
    }

    /// Returns the minimum time between the end of a fetch and the beginning of the next.
    #[must_use]
    pub const fn pause(&self) -> Duration {
        self.pause
    }
}
