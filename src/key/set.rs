//! Sets of keys. A set keeps as many keys as fit and reports the rest.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, Algorithms, ParameterSource, Word};
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::jwk::{self, Jwk};
use crate::key::entry;
use crate::key::jwk_options::JwkOptions;
use crate::key::key_ref::{Candidate, KeyName, KeyRef, KeyRequest};
use crate::key::lookup::Sealed;
use crate::key::memory::{Inline, KeyMemory, Lent, WORDS_PER_KEY};
use crate::key::store::{StoredKey, next_named, push, stored};
use crate::key::{Keys, LoadReport, Skipped};

/// Up to `N` keys, stored inline: the keys of a JWK Set (RFC 7517 §5), or keys that are added one
/// by one.
///
/// The set has room for `N` RSA keys of 2048 bits with `kid`s of 44 bytes on average, or for fewer
/// larger keys. `WORDS` is the average number of words for each key.
///
/// See [`Keys`] for the rules that select the candidate keys of a token. For a token with a `kid`,
/// they are the keys with exactly that `kid` and the keys that the caller added without one. For a
/// token without a `kid`, they are all keys that fit its `alg`, at most `N`. A forged token can
/// therefore cost `N` times the work.
/// [`Options::refuse_ambiguity`](crate::Options::refuse_ambiguity) prevents this.
///
/// ```
/// use jose_verify::{Error, KeySet};
/// use jose_verify::alg::{ES256, RS256};
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
/// let report = keys.load(jwks, &[&ES256, &RS256], |entry| {
///     skipped.push((entry.position, entry.reason));
/// })?;
/// assert_eq!(report.kept(), 1);
/// assert_eq!(skipped, [(1, Error::WrongKeyUse), (2, Error::UnsupportedKey)]);
/// # Ok::<(), Error>(())
/// ```
pub type KeySet<const N: usize, const WORDS: usize = WORDS_PER_KEY> = KeySetIn<Inline<N, WORDS>>;

/// A [`KeySet`] in memory that the caller lends. See [`Lent`].
pub type LentKeySet<'m> = KeySetIn<Lent<'m>>;

/// A [`KeySet`] on the heap, which grows as keys are added.
#[cfg(feature = "alloc")]
pub type GrowingKeySet = KeySetIn<crate::key::memory::Heap>;

/// A set of keys in memory of type `M`. See [`KeySet`].
#[derive(Clone)]
pub struct KeySetIn<M> {
    algorithms: Algorithms,
    len: usize,
    memory: M,
}

impl<const N: usize, const WORDS: usize> KeySetIn<Inline<N, WORDS>> {
    /// Creates an empty set, which rejects every token ([`Error::NoKey`]). A `const fn`, so that a
    /// set can be a `static`.
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
    /// Creates a set of those keys of a JWK Set that can be used with one of `algorithms`.
    ///
    /// # Errors
    ///
    /// The errors of [`load`](Self::load), and [`Error::KeySetFull`] if there is no room for one of
    /// the keys.
    pub fn from_jwks(jwks: &[u8], algorithms: &[&'static dyn Algorithm]) -> Result<Self, Error> {
        let mut set = Self::default();
        let report = set.replace(jwks, algorithms, &mut |_| {})?;
        if report.skipped(Error::KeySetFull) > 0 {
            return Err(Error::KeySetFull);
        }
        set.usable(report).map(|_| set)
    }

    /// Creates a set of one key, from a JWK (RFC 7517 §4) that the caller chose. See
    /// [`add_jwk`](Self::add_jwk).
    ///
    /// # Errors
    ///
    /// The errors of [`add_jwk`](Self::add_jwk) and [`accept`](Self::accept).
    pub fn from_jwk(jwk: &[u8], algorithms: &[&'static dyn Algorithm]) -> Result<Self, Error> {
        let mut set = Self::default();
        set.accept(algorithms)?;
        set.add_jwk(jwk)?;
        Ok(set)
    }

    /// Creates a set of one key that fits every token, from the key's parameters. See
    /// [`add`](Self::add).
    ///
    /// # Errors
    ///
    /// The errors of [`add`](Self::add) and [`accept`](Self::accept).
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
    /// Creates an empty set in `memory`.
    #[must_use]
    pub const fn in_memory(memory: M) -> Self {
        Self {
            algorithms: Algorithms::EMPTY,
            len: 0,
            memory,
        }
    }

    /// Returns the number of keys.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether the set has no keys.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the accepted algorithms. The list is empty before the first load.
    #[must_use]
    pub const fn algorithms(&self) -> &Algorithms {
        &self.algorithms
    }

    /// Removes all keys and sets the accepted algorithms.
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
    /// Replaces the keys with those keys of a JWK Set that can be used with one of `algorithms`.
    ///
    /// An entry that is unusable or does not fit is skipped. It is counted in the report, and
    /// `skipped` is called for it. The other entries are not affected.
    ///
    /// A token whose key did not fit is rejected with [`Error::NoKey`], and fetching the keys again
    /// does not help. Check the report for [`Error::KeySetFull`], and use a larger set or
    /// `GrowingKeySet` (feature `alloc`).
    ///
    /// # Errors
    ///
    /// On these errors, the set keeps its keys:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`],
    ///   [`Error::MalformedKeySet`]: the text is not a JWK Set. It may be an error page, for
    ///   instance.
    /// - [`Error::UnusableAlgorithmList`]: see [`Algorithms::new`].
    ///
    /// On this error, the set is empty:
    ///
    /// - [`Error::NoUsableKey`]: the text is a JWK Set without usable keys. If every entry was
    ///   skipped for the same reason, that reason is returned instead.
    pub fn load(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        mut skipped: impl FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        let report = self.replace(jwks, algorithms, &mut skipped)?;
        self.usable(report)
    }

    /// Does the same as [`load`](Self::load), but also accepts JWKs that `options` permit.
    ///
    /// # Errors
    ///
    /// The errors of [`load`](Self::load).
    pub fn load_with(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        mut options: JwkOptions<'_>,
        mut skipped: impl FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        let report = self.replace_with(jwks, algorithms, &mut skipped, &mut |set, entry| {
            set.add_permitted(&Jwk::parse(entry)?, &mut options, KeyName::Unnamed)
        })?;
        self.usable(report)
    }

    /// Returns the report if the set has keys, or the reason why it is empty.
    pub(crate) fn usable(&self, report: LoadReport) -> Result<LoadReport, Error> {
        match report.only_reason() {
            _ if self.len > 0 => Ok(report),
            Some(reason) => Err(reason),
            None => Err(Error::NoUsableKey),
        }
    }

    /// Does the same as [`load`](Self::load), but accepts a JWK Set without usable keys.
    pub(crate) fn replace(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        skipped: &mut dyn FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        self.replace_with(jwks, algorithms, skipped, &mut |set, entry| {
            set.add_own(&Jwk::parse(entry)?, KeyName::Unnamed)
        })
    }

    /// Replaces the keys with those that `add` adds for the entries of a JWK Set.
    fn replace_with(
        &mut self,
        jwks: &[u8],
        algorithms: &[&'static dyn Algorithm],
        skipped: &mut dyn FnMut(Skipped<'_>),
        add: &mut AddEntry<'_, M>,
    ) -> Result<LoadReport, Error> {
        let (algorithms, entries) = (Algorithms::new(algorithms)?, jwk::entries(jwks)?);
        self.algorithms = algorithms;
        self.len = 0;
        let mut report = LoadReport::default();
        for (position, entry) in entries.enumerate() {
            match add(self, entry) {
                Ok(()) => report.keep(),
                Err(reason) => skipped(Skipped {
                    position,
                    key_id: jwk::kid_of_entry(entry),
                    reason: report.count(reason),
                }),
            }
        }
        Ok(report)
    }

    /// Adds a JWK (RFC 7517 §4) that the caller chose, for those accepted algorithms that fit its
    /// `kty`, `crv` and `alg`. A key without a `kid` fits every token.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`]: the text is not a
    ///   JSON object, repeats a name, or exceeds a limit.
    /// - [`Error::MalformedKey`]: a parameter is missing or invalid.
    /// - [`Error::WrongKeyUse`]: `use` or `key_ops` do not allow verification.
    /// - [`Error::AlgorithmNotAccepted`]: the key's `alg` is not accepted.
    /// - [`Error::UnsupportedKey`]: the key's type or curve fits none of the accepted algorithms.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`], [`Limit::KeyIdLen`](crate::Limit::KeyIdLen):
    ///   the key or its `kid` is outside the bounds of [`limits`](crate::limits).
    /// - [`Error::ShortCoordinate`]: a coordinate lacks leading zeros. See [`JwkOptions`].
    /// - [`Error::KeySetFull`]: there is no room for the key.
    pub fn add_jwk(&mut self, jwk: &[u8]) -> Result<(), Error> {
        let jwk = Jwk::parse(jwk)?;
        self.add_own(&jwk, KeyName::Any)
    }

    /// Does the same as [`add_jwk`](Self::add_jwk), but also accepts what `options` permit.
    ///
    /// # Errors
    ///
    /// The errors of [`add_jwk`](Self::add_jwk). With [`JwkOptions::x5c`] also
    /// [`Error::ScratchTooSmall`], if the certificate does not fit into the buffer.
    pub fn add_jwk_with(&mut self, jwk: &[u8], options: JwkOptions<'_>) -> Result<(), Error> {
        let mut options = options;
        self.add_permitted(&Jwk::parse(jwk)?, &mut options, KeyName::Any)
    }

    /// Adds a JWK that `options` permit.
    fn add_permitted(
        &mut self,
        jwk: &Jwk<'_>,
        options: &mut JwkOptions<'_>,
        without_kid: KeyName<'_>,
    ) -> Result<(), Error> {
        if !options.may_verify(jwk) {
            return Err(Error::WrongKeyUse);
        }
        let added = options.read(jwk, &mut |parameters| {
            self.add_published(jwk, parameters, without_kid)
        });
        added.map_err(|reason| jwk.reason(reason))
    }

    /// Adds a JWK whose key parameters are its own members.
    fn add_own(&mut self, jwk: &Jwk<'_>, without_kid: KeyName<'_>) -> Result<(), Error> {
        if !jwk.may_verify() {
            return Err(Error::WrongKeyUse);
        }
        let added = self.add_published(jwk, jwk, without_kid);
        added.map_err(|reason| jwk.reason(reason))
    }

    /// Adds a key with these parameters and the `alg` and `kid` of a JWK. `use` and `key_ops` of
    /// the JWK must allow verification.
    pub(crate) fn add_published(
        &mut self,
        jwk: &Jwk<'_>,
        parameters: &dyn ParameterSource,
        without_kid: KeyName<'_>,
    ) -> Result<(), Error> {
        let fits = |name: &str| jwk.is_for(name);
        if !self.algorithms.iter().any(|a| fits(a.name())) {
            return Err(Error::AlgorithmNotAccepted);
        }
        let name = jwk.key_id().map_or(without_kid, KeyName::Is);
        self.push(name, parameters, &fits)
    }

    /// Adds a key for those accepted algorithms whose key type accepts it. A key without a `key_id`
    /// fits every token.
    ///
    /// ```
    /// use jose_verify::{Error, KeySet};
    /// use jose_verify::alg::{HS256, HS384, KeyParameters, RS256};
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
    /// - [`Error::UnsupportedKey`]: the key's type or curve fits none of the accepted algorithms.
    /// - [`Error::MalformedKey`], [`Error::WeakKey`]: every accepted algorithm that the key's type
    ///   fits rejects the key.
    /// - [`Error::KeyTooLarge`], [`Limit::KeyIdLen`](crate::Limit::KeyIdLen): the key or its `kid`
    ///   is outside the bounds of [`limits`](crate::limits).
    /// - [`Error::PublicKeyAsSecret`]: a shared secret is the text of an asymmetric key.
    /// - [`Error::KeySetFull`]: there is no room for the key.
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

    pub(crate) fn push(
        &mut self,
        name: KeyName<'_>,
        parameters: &dyn ParameterSource,
        fits: &dyn Fn(&str) -> bool,
    ) -> Result<(), Error> {
        self.push_entry(name, &|algorithms, memory| {
            entry::load(parameters, algorithms, fits, memory)
        })
    }

    /// Adds a key of another set, for the algorithms that both sets accept. Returns whether the key
    /// was added.
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

    /// Adds the entry that `write` writes for the accepted algorithms. Grows the memory if
    /// necessary and possible.
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

    /// Iterates over the stored keys in order.
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
        // Before the first load, the error for any token is `NoKey`.
        self.algorithms.is_empty() || self.algorithms.iter().any(|a| alg == a.name())
    }

    // Overridden for speed: skips keys with another `kid` without building a `KeyRef`.
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

    fn count(&self, _: Sealed) -> usize {
        self.len
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

/// Adds a key for the text of an entry of a JWK Set.
type AddEntry<'a, M> = dyn FnMut(&mut KeySetIn<M>, &[u8]) -> Result<(), Error> + 'a;

/// Writes an entry for a list of algorithms to the front of the memory and returns its length.
type WriteEntry<'w> = dyn Fn(&[&'static dyn Algorithm], &mut [Word]) -> Result<usize, Error> + 'w;
