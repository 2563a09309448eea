//! Sets of keys: as many as fit, and a report of what was left out.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, Algorithms, ParameterSource, Word};
use crate::encoding::json::{JsonStr, Value};
use crate::error::Error;
use crate::jose::jwk::{self, Jwk};
use crate::key::entry;
use crate::key::key_ref::{Candidate, KeyName, KeyRef};
use crate::key::lookup::{KeyRequest, Sealed};
use crate::key::memory::{Inline, KeyMemory, Lent, WORDS_PER_KEY};
use crate::key::store::{StoredKey, next_named, push, stored};
use crate::key::{Keys, LoadReport, Skipped};

/// Up to `N` keys, kept by value: those of a JWK Set (RFC 7517 §5), or others.
///
/// There is room for `N` RSA keys of 2048 bits whose `kid`s have 44 bytes on average, or for fewer larger keys. `WORDS`
/// makes other room: the words for each key on average.
///
/// A token with `kid` is verified with the keys of exactly that `kid` and no other; one without is tried with every
/// key that fits its `alg`, at most `N`, so that a forged one costs `N` times the work
/// ([`Options::refuse_ambiguity`](crate::Options::refuse_ambiguity) avoids it). See [`Keys`] for the rule.
///
/// ```
/// use jose_verify::{ES256, Error, KeySet, RS256};
///
/// let jwks = br#"{"keys":[
///     {"kty":"EC","crv":"P-256","kid":"1",
///      "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///      "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
///     {"kty":"RSA","use":"enc","n":"AQ","e":"AQAB"},
///     {"kty":"OKP","crv":"Ed25519","x":"AA"}
/// ]}"#;
/// let mut keys = KeySet::<4>::new();
/// let mut skipped = Vec::new();
/// let report = keys.load(jwks, &[&ES256, &RS256], |entry| skipped.push((entry.position, entry.reason)))?;
/// assert_eq!(report.kept(), 1);
/// assert_eq!(skipped, [(1, Error::WrongKeyUse), (2, Error::UnsupportedKey)]);
/// # Ok::<(), Error>(())
/// ```
pub type KeySet<const N: usize, const WORDS: usize = WORDS_PER_KEY> = KeySetIn<Inline<N, WORDS>>;

/// A [`KeySet`] in memory that is lent: see [`Lent`].
pub type LentKeySet<'m> = KeySetIn<Lent<'m>>;

/// A [`KeySet`] on the heap, which grows with its keys.
#[cfg(feature = "alloc")]
pub type GrowingKeySet = KeySetIn<crate::key::memory::Heap>;

/// A set of keys in memory of the kind `M`: see [`KeySet`].
#[derive(Clone)]
pub struct KeySetIn<M> {
    algorithms: Algorithms,
    len: usize,
    memory: M,
}

impl<const N: usize, const WORDS: usize> KeySetIn<Inline<N, WORDS>> {
    /// A set without keys, which verifies nothing ([`Error::NoKey`]). Constant, so that a set can be a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self::in_memory(Inline::EMPTY)
    }
}

impl<M: KeyMemory + Default> Default for KeySetIn<M> {
    fn default() -> Self {
        Self::in_memory(M::default())
    }
}

impl<M: KeyMemory + Default> KeySetIn<M> {
    /// The keys of a JWK Set that can be used with one of `algorithms`, in a new set.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load); [`Error::KeySetFull`] if there is no room for one of them.
    pub fn from_jwks(jwks: &[u8], algorithms: &[&'static dyn Algorithm]) -> Result<Self, Error> {
        let mut set = Self::default();
        let report = set.replace(jwks, algorithms, &mut |_| {})?;
        if report.skipped(Error::KeySetFull) > 0 {
            return Err(Error::KeySetFull);
        }
        set.usable(report).map(|_| set)
    }

    /// One key, from a JWK (RFC 7517 §4) that the caller has chosen: see [`add_jwk`](Self::add_jwk).
    ///
    /// # Errors
    ///
    /// As for [`add_jwk`](Self::add_jwk) and [`accept`](Self::accept).
    pub fn from_jwk(jwk: &[u8], algorithms: &[&'static dyn Algorithm]) -> Result<Self, Error> {
        let mut set = Self::default();
        set.accept(algorithms)?;
        set.add_jwk(jwk)?;
        Ok(set)
    }

    /// One key that fits every token, from its parameters: see [`add`](Self::add).
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add) and [`accept`](Self::accept).
    pub fn from_parameters(
        parameters: &dyn ParameterSource,
        algorithms: &[&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let mut set = Self::default();
        set.accept(algorithms)?;
        set.add(parameters, None)?;
        Ok(set)
    }
}

impl<M> KeySetIn<M> {
    /// A set without keys in that memory.
    #[must_use]
    pub const fn in_memory(memory: M) -> Self {
        Self {
            algorithms: Algorithms::EMPTY,
            len: 0,
            memory,
        }
    }

    /// How many keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no key.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The algorithms that are accepted; none if nothing was loaded yet.
    #[must_use]
    pub const fn algorithms(&self) -> &Algorithms {
        &self.algorithms
    }

    /// Removes all keys and makes these the accepted algorithms.
    ///
    /// # Errors
    ///
    /// [`Error::UnusableAlgorithmList`]: see [`Algorithms::new`].
    pub fn accept(&mut self, algorithms: &[&'static dyn Algorithm]) -> Result<(), Error> {
        self.algorithms = Algorithms::new(algorithms)?;
        self.len = 0;
        Ok(())
    }
}

impl<M: KeyMemory> KeySetIn<M> {
    /// Replaces the keys by those of a JWK Set that can be used with one of `algorithms`.
    ///
    /// An entry that cannot be used, or for which there is no room, never spoils the set: `skipped` is told of it, and it
    /// is counted.
    ///
    /// # Errors
    ///
    /// The set keeps its keys:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`], [`Error::MalformedKeySet`]:
    ///   the text as a whole is not a JWK Set, for instance an error page.
    /// - [`Error::UnusableAlgorithmList`]: see [`Algorithms::new`].
    ///
    /// The set is left without keys:
    ///
    /// - [`Error::NoUsableKey`]: the text is a JWK Set, but nothing in it can be used. If every entry was skipped for
    ///   the same reason, that reason is the error instead.
    pub fn load(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        mut skipped: impl FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        let report = self.replace(jwks, algorithms, &mut skipped)?;
        self.usable(report)
    }

    /// The report of a set that has keys now; else why it has none.
    fn usable(&self, report: LoadReport) -> Result<LoadReport, Error> {
        match report.only_reason() {
            _ if self.len > 0 => Ok(report),
            Some(reason) => Err(reason),
            None => Err(Error::NoUsableKey),
        }
    }

    /// [`load`](Self::load) of a JWK Set in which there may be nothing to use.
    pub(crate) fn replace(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        skipped: &mut dyn FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        let (algorithms, entries) = (Algorithms::new(algorithms)?, jwk::entries(jwks)?);
        self.algorithms = algorithms;
        self.len = 0;
        let mut report = LoadReport::default();
        for (position, entry) in entries.iter().enumerate() {
            match self.add_entry(entry) {
                Ok(()) => report.kept = report.kept.saturating_add(1),
                Err(reason) => skipped(Skipped {
                    position,
                    key_id: kid(entry),
                    reason: report.count(reason),
                }),
            }
        }
        Ok(report)
    }

    /// An entry of a JWK Set, which was published.
    fn add_entry(&mut self, entry: Value<'_>) -> Result<(), Error> {
        let jwk = entry.as_object().ok_or(Error::MalformedKey)?;
        let jwk = Jwk::parse(jwk.as_bytes())?;
        self.add_own(&jwk, KeyName::Unnamed)
    }

    /// Adds a JWK (RFC 7517 §4) that the caller has chosen, for those of the accepted algorithms that fit its `kty`, `crv`
    /// and `alg`. Without `kid` it fits every token.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`]: not a JSON object.
    /// - [`Error::MalformedKey`]: a parameter is missing or wrong.
    /// - [`Error::WrongKeyUse`]: `use` or `key_ops` forbid it.
    /// - [`Error::AlgorithmNotAccepted`]: its `alg` is not accepted.
    /// - [`Error::UnsupportedKey`]: its type or curve fits none of the accepted algorithms.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`]: outside the bounds of [`limits`](crate::limits).
    /// - [`Error::KeySetFull`]
    pub fn add_jwk(&mut self, jwk: &[u8]) -> Result<(), Error> {
        let jwk = Jwk::parse(jwk)?;
        self.add_own(&jwk, KeyName::Any)
    }

    /// Adds a JWK with the parameters that it has itself.
    fn add_own(&mut self, jwk: &Jwk<'_>, without_kid: KeyName<'_>) -> Result<(), Error> {
        let added = self.add_published(jwk, jwk, without_kid);
        added.map_err(|reason| match reason {
            Error::UnsupportedKey if jwk.is_incomplete() => Error::MalformedKey,
            reason => reason,
        })
    }

    /// Adds a key with what a JWK says of it beside its parameters.
    pub(crate) fn add_published(
        &mut self,
        jwk: &Jwk<'_>,
        parameters: &dyn ParameterSource,
        without_kid: KeyName<'_>,
    ) -> Result<(), Error> {
        if !jwk.may_verify() {
            return Err(Error::WrongKeyUse);
        }
        let alg = jwk.algorithm();
        let fits = |name: &str| alg.is_none_or(|alg| alg == name);
        // RFC 7517 §4.4.
        if !self.algorithms.iter().any(|a| fits(a.name())) {
            return Err(Error::AlgorithmNotAccepted);
        }
        let name = jwk.key_id().map_or(without_kid, KeyName::Is);
        self.push(name, parameters, &fits)
    }

    /// Adds a key for those of the accepted algorithms that take it, under a `kid` or without a name, in which case it
    /// fits every token.
    ///
    /// ```
    /// use jose_verify::{Error, HS256, HS384, KeyParameters, KeySet, RS256};
    ///
    /// let mut keys = KeySet::<2>::new();
    /// keys.accept(&[&HS256, &HS384])?;
    /// keys.add(&KeyParameters::oct(b"a secret of at least 32 bytes, for HS256"), None)?;
    /// assert_eq!(keys.add(&KeyParameters::oct(b"short"), Some("1")), Err(Error::WeakKey));
    /// assert_eq!(keys.accept(&[&HS256, &RS256]), Err(Error::UnusableAlgorithmList));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Error::UnsupportedKey`]: its type or curve fits none of the accepted algorithms.
    /// - [`Error::MalformedKey`], [`Error::WeakKey`]: it is refused by all of them.
    /// - [`Error::KeyTooLarge`]: outside the bounds of [`limits`](crate::limits), the `kid` for instance.
    /// - [`Error::KeySetFull`]
    pub fn add(
        &mut self,
        parameters: &dyn ParameterSource,
        key_id: Option<&str>,
    ) -> Result<(), Error> {
        let name = key_id.map(JsonStr::from);
        self.push(name.map_or(KeyName::Any, KeyName::Is), parameters, &|_| {
            true
        })
    }

    fn push(
        &mut self,
        name: KeyName<'_>,
        parameters: &dyn ParameterSource,
        fits: &dyn Fn(&str) -> bool,
    ) -> Result<(), Error> {
        self.push_entry(name, &|algorithms, memory| {
            entry::load(parameters, algorithms, fits, memory)
        })
    }

    /// Adds a key of another set under the algorithms that both accept. Whether it was added.
    pub(crate) fn keep(&mut self, key: StoredKey<'_>, from: &[&'static dyn Algorithm]) -> bool {
        if self.algorithms.is_empty() {
            self.algorithms = Algorithms::new(from).unwrap_or(Algorithms::EMPTY);
        }
        let copied = self.push_entry(key.name, &|algorithms, memory| match entry::translate(
            key.words, from, algorithms, memory,
        ) {
            Some(0) => Err(Error::UnsupportedKey),
            Some(len) => Ok(len),
            None => Err(Error::KeySetFull),
        });
        copied.is_ok()
    }

    /// Adds what `write` writes for the accepted algorithms; makes room for it where the memory can grow.
    fn push_entry(&mut self, name: KeyName<'_>, write: &WriteEntry<'_>) -> Result<(), Error> {
        loop {
            let write = |memory: &mut [Word]| write(&self.algorithms, memory);
            let pushed = push(self.memory.parts_mut(), self.len, name, &write);
            match pushed {
                Ok(()) => {
                    self.len = self.len.saturating_add(1);
                    return Ok(());
                }
                Err(Error::KeySetFull) if self.memory.grow() => {}
                Err(reason) => return Err(reason),
            }
        }
    }

    /// The keys as they are stored, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = StoredKey<'_>> {
        (0..).map_while(|position| self.stored(position))
    }

    #[inline]
    fn stored(&self, position: usize) -> Option<StoredKey<'_>> {
        stored(self.memory.parts(), self.len, position)
    }
}

impl<M: KeyMemory> Keys for KeySetIn<M> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        let key = self.stored(position)?;
        Some(KeyRef::entry(key.name, &self.algorithms, key.words))
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        // Nothing was loaded yet: what is missing is a key.
        self.algorithms.is_empty() || self.algorithms.iter().any(|a| alg == a.name())
    }

    // Key after key is passed by without being looked at but for its name.
    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        _: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        let parts = self.memory.parts();
        let mut from = from;
        while let Some(position) = next_named(parts, self.len, from, request.kid) {
            let key = stored(parts, self.len, position)?;
            let key = KeyRef::entry(key.name, &self.algorithms, key.words);
            if let Some(candidate) = key.resolve(request.alg) {
                return Some((position, candidate));
            }
            from = position.saturating_add(1);
        }
        None
    }
}

impl<M> Debug for KeySetIn<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet")
            .field("algorithms", &self.algorithms)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// Writes an entry for a list of algorithms to the front of memory and returns its length.
type WriteEntry<'w> = dyn Fn(&[&'static dyn Algorithm], &mut [Word]) -> Result<usize, Error> + 'w;

/// The `kid` of an entry, whatever else it is.
fn kid(entry: Value<'_>) -> Option<JsonStr<'_>> {
    let members = entry.as_object()?;
    members.get("kid").ok().flatten()?.as_str()
}
