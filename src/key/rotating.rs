//! A key set that keeps keys for some time after the issuer stops publishing them.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::alg::Algorithm;
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::key::key_ref::{Candidate, KeyRef, KeyRequest};
use crate::key::lookup::{Sealed, forward_keys};
use crate::key::memory::{Inline, OwnedMemory, WORDS_PER_KEY};
use crate::key::set::KeySetIn;
use crate::key::store::StoredKey;
use crate::key::{Keys, LoadReport, Skipped};

/// The keys of an issuer, including keys that it no longer publishes but whose tokens can still be
/// valid.
///
/// An update returns a new value. It does not change the old one, which other threads can still
/// verify with. Share the value in an [`Arc`](https://doc.rust-lang.org/std/sync/struct.Arc.html)
/// behind a lock. A verification then holds the lock only while it clones the `Arc`, and the last
/// reader frees the old value.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
/// use jose_verify::{Error, RotatingKeys};
/// use jose_verify::alg::{ES256, RS256};
///
/// struct Issuer {
///     keys: Mutex<Arc<RotatingKeys<8>>>,
/// }
///
/// impl Issuer {
///     /// Returns the keys for one request.
///     fn keys(&self) -> Arc<RotatingKeys<8>> {
///         Arc::clone(&self.keys.lock().unwrap())
///     }
///
///     /// Updates the keys after a fetch. A key that is no longer published is kept for an hour.
///     /// Returns whether there were new keys.
///     fn update(&self, jwks: &[u8], now: Duration) -> Result<bool, Error> {
///         let old = self.keys();
///         let hour = Duration::from_secs(3600);
///         let (new, report) = old.updated(jwks, &[&RS256, &ES256], hour, now, |entry| {
///             eprintln!("key {} is skipped: {}", entry.position, entry.reason);
///         })?;
///         eprintln!("{} published keys are used", report.kept());
///         let brought_new_keys = new.has_new_keys(&old);
///         *self.keys.lock().unwrap() = Arc::new(new);
///         Ok(brought_new_keys)
///     }
/// }
/// # let issuer = Issuer { keys: Mutex::new(Arc::new(RotatingKeys::new())) };
/// # let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256",
/// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
/// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// # let at = Duration::from_secs;
/// # assert!(issuer.update(jwks, at(0))? && !issuer.update(jwks, at(1))?);
/// # Ok::<(), Error>(())
/// ```
pub type RotatingKeys<const N: usize, const WORDS: usize = WORDS_PER_KEY> =
    RotatingKeysIn<Inline<N, WORDS>>;

/// [`RotatingKeys`] on the heap. The memory grows as keys are added.
#[cfg(feature = "alloc")]
pub type GrowingRotatingKeys = RotatingKeysIn<crate::key::memory::Heap>;

/// The keys of an issuer in memory of type `M`. See [`RotatingKeys`].
pub struct RotatingKeysIn<M: OwnedMemory> {
    set: KeySetIn<M>,
    /// The retirement time of each key of the set, or [`PUBLISHED`] while the key is published.
    retires_at: M::Times,
    /// The update since which each key was published without a gap, or zero if it is not known.
    known_since: M::Times,
    /// The time of the last update, if there was one.
    updated_at: Option<Duration>,
}

// Not derived, because the bounds of a derive would name a hidden type.
impl<M: OwnedMemory> Clone for RotatingKeysIn<M> {
    fn clone(&self) -> Self {
        Self {
            set: self.set.clone(),
            retires_at: self.retires_at.clone(),
            known_since: self.known_since.clone(),
            updated_at: self.updated_at,
        }
    }
}

/// The retirement time of a key that is still published.
const PUBLISHED: Duration = Duration::MAX;

/// The times of one key.
#[derive(Clone, Copy)]
struct Times {
    retires_at: Duration,
    known_since: Duration,
}

/// When a key became known, when it retires, and its position. Older keys have lower ranks.
type Rank = (Duration, Duration, usize);

impl Times {
    /// Returns the times of a key that an update no longer contains, or `None` if it retires at
    /// once.
    fn at_update(self, now: Duration, span: Duration) -> Option<Self> {
        let retires_at = self.retires_at.min(now.saturating_add(span));
        (now < retires_at).then_some(Self { retires_at, ..self })
    }
}

impl<const N: usize, const WORDS: usize> RotatingKeysIn<Inline<N, WORDS>> {
    /// Creates an empty value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            set: KeySetIn::<Inline<N, WORDS>>::new(),
            retires_at: [PUBLISHED; N],
            known_since: [Duration::ZERO; N],
            updated_at: None,
        }
    }
}

impl<M: OwnedMemory> Default for RotatingKeysIn<M> {
    fn default() -> Self {
        Self::from(KeySetIn::default())
    }
}

impl<M: OwnedMemory> From<KeySetIn<M>> for RotatingKeysIn<M> {
    /// Treats all keys of the set as published. The value is never stale
    /// ([`fresh`](RotatingKeysIn::fresh)), because keys that are part of the program have no age.
    fn from(set: KeySetIn<M>) -> Self {
        let len = set.len();
        Self::new_in(set, len, None)
    }
}

impl<M: OwnedMemory> RotatingKeysIn<M> {
    /// Creates a value with published keys and room for the times of `room` keys.
    fn new_in(set: KeySetIn<M>, room: usize, updated_at: Option<Duration>) -> Self {
        Self {
            set,
            retires_at: M::times(PUBLISHED, room),
            known_since: M::times(Duration::ZERO, room),
            updated_at,
        }
    }

    /// Returns the set of keys to verify with.
    #[must_use]
    pub const fn set(&self) -> &KeySetIn<M> {
        &self.set
    }

    /// Returns the keys after the issuer published `jwks`. `skipped` is called for each entry that
    /// is not kept. `now` is the time of any monotonic clock, counted from a fixed point that is
    /// the same for all calls.
    ///
    /// A key that is no longer published is kept for another `span`, because tokens that it signed
    /// can still be valid. Pass the longest lifetime of the issuer's tokens. Pass zero to drop
    /// these keys at once, for instance if a key was revoked because it leaked. Keys past their
    /// retirement time are dropped.
    ///
    /// Published keys take precedence if there is no room for all keys. Replaced keys that do not
    /// fit are dropped without a report, the newest first. A key is newer if it was published
    /// later or, if both were published together, if it retires later. A key that comes back counts
    /// as new. So an entry of the JWK Set that changes at each fetch cannot evict a key that was
    /// already in use. The work is at most quadratic in the number of keys.
    ///
    /// Two keys with the same `kid` can coexist for some time, and both are tried. A public key
    /// that is published again for other algorithms counts as the same key. The latest publication
    /// determines which algorithms it can be used with.
    ///
    /// A JWK Set without usable keys is not an error. The report shows that no key was kept, and
    /// the old keys retire as usual.
    ///
    /// # Errors
    ///
    /// The errors for which [`KeySet::load`](crate::KeySet::load) keeps its keys: the text is not a
    /// JWK Set, or the list of algorithms is unusable. In this case, keep the old value.
    pub fn updated(
        &self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        span: Duration,
        now: Duration,
        mut skipped: impl FnMut(Skipped<'_>),
    ) -> Result<(Self, LoadReport), Error> {
        let mut published = KeySetIn::default();
        let report = published.replace(jwks, algorithms, &mut skipped)?;
        Ok((self.with_published(published, span, now), report))
    }

    /// Does the same as [`updated`](Self::updated) for keys that are not published as a JWK Set,
    /// such as a PEM key.
    #[must_use]
    pub fn with_published(&self, published: KeySetIn<M>, span: Duration, now: Duration) -> Self {
        let published_len = published.len();
        let room = published_len.saturating_add(self.set.len());
        let mut new = Self::new_in(published, room, Some(now));
        new.set_known_since(self, now);
        // The last replaced first, because most tokens without a `kid` are signed with them.
        let mut all_fit = true;
        for (key, times) in self.keys() {
            if let Some(times) = times.at_update(now, span) {
                all_fit &= new.has(&key) || new.add(key, self, times);
            }
        }
        if all_fit {
            return new;
        }
        // Not all keys fit: adds the replaced keys again, the oldest first.
        let mut again = Self::new_in(KeySetIn::default(), room, Some(now));
        // Keeps the list of algorithms even if no key remains.
        let _ = again.set.accept(new.set.algorithms());
        for (key, times) in new.keys().take(published_len) {
            again.add(key, &new, times);
        }
        let mut last = None;
        while let Some((rank, (key, times))) = self.next_oldest(last) {
            last = Some(rank);
            if let Some(times) = times.at_update(now, span)
                && !again.has(&key)
            {
                again.add(key, self, times);
            }
        }
        again
    }

    /// Returns the oldest key after `last`: the one known for the longest time, and of these, the
    /// one that retires first.
    fn next_oldest(&self, last: Option<Rank>) -> Option<(Rank, (StoredKey<'_>, Times))> {
        let ranked = self.keys().enumerate().map(|(position, key)| {
            let rank = (key.1.known_since, key.1.retires_at, position);
            (rank, key)
        });
        let rest = ranked.filter(|(rank, _)| last.is_none_or(|last| last < *rank));
        rest.min_by_key(|(rank, _)| *rank)
    }

    /// Records since when each key is published: the times in `old` for keys that `old` publishes,
    /// and `now` for all others. A key that comes back counts as new, so that an entry cannot gain
    /// age by cycling through old keys.
    fn set_known_since(&mut self, old: &Self, now: Duration) {
        let times = self.known_since.as_mut().iter_mut();
        for (key, known_since) in self.set.all().zip(times) {
            let is_published =
                |old: &(StoredKey<'_>, Times)| old.1.retires_at == PUBLISHED && old.0.is_same(&key);
            let known = old.keys().find(is_published);
            *known_since = known.map_or(now, |(_, times)| times.known_since);
        }
    }

    fn has(&self, key: &StoredKey<'_>) -> bool {
        self.set.all().any(|this| this.is_same(key))
    }

    /// Returns the keys, unless the last update was longer than `max_age` ago.
    ///
    /// If an issuer cannot be reached, or its JWK Set is rejected, its old keys stay in use.
    /// Without a bound, a leaked key that was revoked would stay in use for as long as an attacker
    /// prevents the fetch. Keys that were never updated, such as a [`KeySet`](crate::KeySet) that
    /// was converted with `From`, have no age.
    ///
    /// `max_age` should be several times the interval at which you fetch, so that one failed fetch
    /// is not an error. `now` is the time of the clock that the updates use.
    ///
    /// # Errors
    ///
    /// [`Error::StaleKeys`]: the last update was longer than `max_age` ago.
    ///
    /// ```
    /// use core::time::Duration;
    /// use jose_verify::{Error, RotatingKeys};
    /// use jose_verify::alg::ES256;
    ///
    /// let at = Duration::from_secs;
    /// let day = at(24 * 3600);
    /// let jwks = br#"{"keys":[]}"#;
    /// let (keys, _) = RotatingKeys::<4>::new().updated(jwks, &[&ES256], day, at(0), |_| {})?;
    /// assert!(keys.fresh(day, day).is_ok());
    /// assert_eq!(keys.fresh(day, day + at(1)).err(), Some(Error::StaleKeys));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fresh(&self, max_age: Duration, now: Duration) -> Result<&Self, Error> {
        let is_stale = |updated_at: Duration| now.saturating_sub(updated_at) > max_age;
        if self.updated_at.is_some_and(is_stale) {
            Err(Error::StaleKeys)
        } else {
            Ok(self)
        }
    }

    /// Returns the next retirement time of a key, measured on the same clock as `now` in the
    /// updates. Returns `None` while all keys are published.
    ///
    /// A key past its retirement time still verifies. From that time on, use the value that
    /// [`without_retired`](Self::without_retired) or the next update returns.
    #[must_use]
    pub fn retires_next(&self) -> Option<Duration> {
        let times = self.keys().map(|(_, times)| times.retires_at);
        times.filter(|time| *time != PUBLISHED).min()
    }

    /// Returns the keys without those that are past their retirement time.
    #[must_use]
    pub fn without_retired(&self, now: Duration) -> Self {
        let mut remaining = Self::new_in(KeySetIn::default(), self.set.len(), self.updated_at);
        // Keeps the list of algorithms even if no key remains.
        let _ = remaining.set.accept(self.set.algorithms());
        for (key, times) in self.keys() {
            if times.retires_at == PUBLISHED || now < times.retires_at {
                remaining.add(key, self, times);
            }
        }
        remaining
    }

    /// Returns whether any of these keys is missing from `older` or is used with different
    /// algorithms there. If the two lists of accepted algorithms differ, even in order, every key
    /// counts as new.
    #[must_use]
    pub fn has_new_keys(&self, older: &Self) -> bool {
        let names = self.set.algorithms().iter().map(|a| a.name());
        let same_algorithms = names.eq(older.set.algorithms().iter().map(|a| a.name()));
        let is_old = |key: StoredKey<'_>| {
            let mut old = older.set.all();
            same_algorithms && old.any(|o| o.is_same(&key) && o.words == key.words)
        };
        !self.set.all().all(is_old)
    }

    /// Iterates over the keys and their times.
    fn keys(&self) -> impl Iterator<Item = (StoredKey<'_>, Times)> {
        let retires_at = self.retires_at.as_ref().iter();
        let times = retires_at.zip(self.known_since.as_ref());
        let times = times.map(|(retires_at, known_since)| Times {
            retires_at: *retires_at,
            known_since: *known_since,
        });
        self.set.all().zip(times)
    }

    /// Adds a key of `from`. Returns whether it fits.
    fn add(&mut self, key: StoredKey<'_>, from: &Self, times: Times) -> bool {
        let position = self.set.len();
        let fits = self.set.keep(key, from.set.algorithms());
        if fits
            && let Some(retires_at) = self.retires_at.as_mut().get_mut(position)
            && let Some(known_since) = self.known_since.as_mut().get_mut(position)
        {
            *retires_at = times.retires_at;
            *known_since = times.known_since;
        }
        fits
    }
}

forward_keys! {
    [M: OwnedMemory] RotatingKeysIn<M>, keys => keys.set;
}

impl<M: OwnedMemory> Debug for RotatingKeysIn<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingKeys")
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}
