//! A key set that outlives its publication.

use heapless::Vec;

use crate::alg::Algorithm;
use crate::error::Error;
use crate::key::Key;
use crate::key::lookup::Keys;
use crate::key::{KeySet, LoadReport};

/// The keys of an issuer, among them those that it no longer publishes and whose tokens may still be valid.
///
/// Each update makes a new value and leaves the old one alone, so that others go on verifying with it: publish the
/// new one behind an [`Arc`](https://doc.rust-lang.org/std/sync/struct.Arc.html) and let the old one go with its last
/// reader. A verification then takes no lock but the moment of cloning the `Arc`.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use jose_verify::{ES256, Error, RS256, RotatingKeys};
///
/// struct Issuer {
///     keys: Mutex<Arc<RotatingKeys<8>>>,
/// }
///
/// impl Issuer {
///     /// What a request verifies with, for as long as it takes.
///     fn keys(&self) -> Arc<RotatingKeys<8>> {
///         Arc::clone(&self.keys.lock().unwrap())
///     }
///
///     /// After a fetch: tokens of the keys that are gone hold for an hour at most. Whether there was anything new.
///     fn update(&self, jwks: &[u8], now: u64) -> Result<bool, Error> {
///         let old = self.keys();
///         let (new, _report) = old.updated(jwks, &[&RS256, &ES256], 3600, now)?;
///         let brought_new_keys = new.has_keys_beyond(&old);
///         *self.keys.lock().unwrap() = Arc::new(new);
///         Ok(brought_new_keys)
///     }
/// }
/// # let issuer = Issuer { keys: Mutex::new(Arc::new(RotatingKeys::new())) };
/// # let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
/// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// # assert!(issuer.update(jwks, 0)? && !issuer.update(jwks, 1)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RotatingKeys<const N: usize> {
    set: KeySet<N>,
    /// For each key of the set, when it goes: none while it is published.
    retires_at: Vec<Option<u64>, N>,
}

impl<const N: usize> RotatingKeys<N> {
    /// No keys yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            set: KeySet::new(),
            retires_at: Vec::new(),
        }
    }

    /// The same keys, but tokens without `kid` are refused where several keys come into question: see
    /// [`KeySet::refusing_ambiguity`]. It stays so through updates.
    ///
    /// An issuer that does not name its keys then has two of them from the update that replaces one until the old one
    /// goes, and none of its tokens is accepted meanwhile: forget the old one at once there, with zero `seconds`.
    #[must_use]
    pub fn refusing_ambiguity(self) -> Self {
        Self {
            set: self.set.refusing_ambiguity(),
            ..self
        }
    }

    /// The keys to verify with.
    #[must_use]
    pub const fn set(&self) -> &KeySet<N> {
        &self.set
    }

    /// These keys after the issuer published `jwks`.
    ///
    /// Keys that are published no longer stay for `seconds` more, for the tokens that they have signed: give the
    /// longest time for which the issuer's tokens hold. Zero forgets them at once, as is right for a key that was
    /// withdrawn because it leaked. Published keys go first where there is no room for all. Those whose time is over are
    /// left out; keys of the same `kid` may stand side by side for a while, and both are tried. A public key that is
    /// published again for other algorithms is one key: what is published last decides what it may be used for.
    ///
    /// A JWK Set in which nothing can be used publishes nothing: the report says so, and the keys go all the same.
    ///
    /// # Errors
    ///
    /// Those for which [`KeySet::load`] keeps its keys: the text is no JWK Set. Keep the old value then.
    pub fn updated(
        &self,
        jwks: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
        seconds: u32,
        now: u64,
    ) -> Result<(Self, LoadReport), Error> {
        let mut published = KeySet::new();
        let report = published.replace(jwks, algorithms)?;
        Ok((self.replaced_by(published, seconds, now), report))
    }

    /// The same for keys that are published in another way than as a JWK Set, for instance one in PEM.
    #[must_use]
    pub fn replaced_by(&self, published: KeySet<N>, seconds: u32, now: u64) -> Self {
        let mut new = Self {
            set: published,
            retires_at: Vec::new(),
        };
        if self.set.refuses_ambiguity() {
            new = new.refusing_ambiguity();
        }
        for _ in new.set.keys() {
            // As many places as the set has.
            let _ = new.retires_at.push(None);
        }
        let latest = now.saturating_add(u64::from(seconds));
        for (key, retires_at) in self.set.keys().iter().zip(&self.retires_at) {
            let retires_at = retires_at.unwrap_or(latest).min(latest);
            if now < retires_at && !new.set.keys().iter().any(|k| k.is_same(key)) {
                new.add(key, Some(retires_at));
            }
        }
        new
    }

    /// When the first of the replaced keys goes, by the clock that the updates were told; none while all are published.
    ///
    /// A key that is over still verifies: from that time on use what [`without_retired`](Self::without_retired) returns,
    /// or the next update.
    #[must_use]
    pub fn retires_next(&self) -> Option<u64> {
        self.retires_at.iter().copied().flatten().min()
    }

    /// These keys without those whose time is over.
    #[must_use]
    pub fn without_retired(&self, now: u64) -> Self {
        let mut left = Self {
            set: self.set.emptied(),
            retires_at: Vec::new(),
        };
        for (key, retires_at) in self.set.keys().iter().zip(&self.retires_at) {
            if retires_at.is_none_or(|retires_at| now < retires_at) {
                left.add(key, *retires_at);
            }
        }
        left
    }

    /// Whether one of these keys is not among the older ones, or may be used for something else than there.
    #[must_use]
    pub fn has_keys_beyond(&self, older: &Self) -> bool {
        self.set.keys().iter().any(|key| !older.contains(key))
    }

    fn contains(&self, key: &Key) -> bool {
        let mut keys = self.set.keys().iter();
        keys.any(|k| k.is_same(key) && k.is_used_like(key))
    }

    /// Adds a key if there is room.
    fn add(&mut self, key: &Key, retires_at: Option<u64>) {
        if self.set.keep(key) {
            let _ = self.retires_at.push(retires_at);
        }
    }
}

impl<const N: usize> Default for RotatingKeys<N> {
    fn default() -> Self {
        Self::new()
    }
}
