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
}

// Not derived, because the bounds of a derive would name a hidden type.
impl<M: OwnedMemory> Clone for RotatingKeysIn<M> {
    fn clone(&self) -> Self {
        Self {
            set: self.set.clone(),
            retires_at: self.retires_at.clone(),
        }
    }
}

/// The retirement time of a key that is still published.
const PUBLISHED: Duration = Duration::MAX;

impl<const N: usize, const WORDS: usize> RotatingKeysIn<Inline<N, WORDS>> {
    /// Creates an empty value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            set: KeySetIn::<Inline<N, WORDS>>::new(),
            retires_at: [PUBLISHED; N],
        }
    }
}

impl<M: OwnedMemory> Default for RotatingKeysIn<M> {
    fn default() -> Self {
        Self::from(KeySetIn::default())
    }
}

impl<M: OwnedMemory> From<KeySetIn<M>> for RotatingKeysIn<M> {
    /// Treats all keys of the set as published.
    fn from(set: KeySetIn<M>) -> Self {
        let retires_at = M::times(PUBLISHED, set.len());
        Self { set, retires_at }
    }
}

impl<M: OwnedMemory> RotatingKeysIn<M> {
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
    /// fit are dropped without a report. Two keys with the same `kid` can coexist for some time,
    /// and both are tried. A public key that is published again for other algorithms counts as the
    /// same key. The latest publication determines which algorithms it can be used with.
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
        let mut new = Self {
            retires_at: M::times(PUBLISHED, published.len().saturating_add(self.set.len())),
            set: published,
        };
        let latest = now.saturating_add(span);
        for (key, retires_at) in self.keys() {
            let retires_at = retires_at.min(latest);
            if now < retires_at && !new.set.all().any(|k| k.is_same(&key)) {
                new.add(key, self, retires_at);
            }
        }
        new
    }

    /// Returns the next retirement time of a key, measured on the same clock as `now` in the
    /// updates. Returns `None` while all keys are published.
    ///
    /// A key past its retirement time still verifies. From that time on, use the value that
    /// [`without_retired`](Self::without_retired) or the next update returns.
    #[must_use]
    pub fn retires_next(&self) -> Option<Duration> {
        let times = self.keys().map(|(_, retires_at)| retires_at);
        times.filter(|time| *time != PUBLISHED).min()
    }

    /// Returns the keys without those that are past their retirement time.
    #[must_use]
    pub fn without_retired(&self, now: Duration) -> Self {
        let mut remaining = Self {
            set: KeySetIn::default(),
            retires_at: M::times(PUBLISHED, self.set.len()),
        };
        // Keeps the list of algorithms even if no key remains.
        let _ = remaining.set.accept(self.set.algorithms());
        for (key, retires_at) in self.keys() {
            if retires_at == PUBLISHED || now < retires_at {
                remaining.add(key, self, retires_at);
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

    /// Iterates over the keys and their retirement times.
    fn keys(&self) -> impl Iterator<Item = (StoredKey<'_>, Duration)> {
        self.set.all().zip(self.retires_at.as_ref().iter().copied())
    }

    /// Adds a key of `from` if there is room.
    fn add(&mut self, key: StoredKey<'_>, from: &Self, retires_at: Duration) {
        let position = self.set.len();
        if self.set.keep(key, from.set.algorithms())
            && let Some(time) = self.retires_at.as_mut().get_mut(position)
        {
            *time = retires_at;
        }
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
