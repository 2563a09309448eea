//! JWK Sets: as many keys as fit, and a report of what was left out.

use heapless::Vec;

use crate::alg::Algorithm;
use crate::encoding::json::Value;
use crate::error::Error;
use crate::jose::jwk;
use crate::key::lookup::{KeyQuery, Keys};
use crate::key::{AlgorithmList, Key, VerificationKey};

/// Up to `N` keys of a JWK Set (RFC 7517 §5), kept by value.
///
/// A token with `kid` is verified with the keys of exactly that `kid` and no other; one without is tried with every
/// key that fits its `alg`, at most `N`, so that a forged one costs `N` times the work
/// ([`refusing_ambiguity`](Self::refusing_ambiguity) avoids it). See [`Keys`] for the rule.
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
/// let report = keys.load(jwks, &[&ES256, &RS256])?;
/// assert_eq!(report.kept(), 1);
/// assert_eq!(report.skipped(Error::WrongKeyUse), 1);
/// assert_eq!(report.skipped(Error::UnsupportedKey), 1);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeySet<const N: usize> {
    keys: Vec<Key, N>,
    algorithms: AlgorithmList,
    refuses_ambiguity: bool,
}

impl<const N: usize> KeySet<N> {
    /// A set without keys, which verifies nothing ([`Error::NoKey`]). Constant, so that a set can live in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            keys: Vec::new(),
            algorithms: AlgorithmList::EMPTY,
            refuses_ambiguity: false,
        }
    }

    /// Reads a JWK Set into a new set; see [`load`](Self::load), which also reports what was left out, for instance
    /// because there was no room.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    pub fn from_jwks(
        jwks: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let mut set = Self::new();
        set.load(jwks, algorithms).map(|_| set)
    }

    /// Replaces the keys by those of a JWK Set that can be used with one of `algorithms`.
    ///
    /// An entry that cannot be used never spoils the set: it is skipped and counted.
    ///
    /// # Errors
    ///
    /// The set keeps its keys:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`], [`Error::MalformedKeySet`]:
    ///   the text as a whole is not a JWK Set, for instance an error page.
    /// - [`Error::UnusableAlgorithmList`]: see [`Key::from_parameters`].
    ///
    /// The set is left without keys:
    ///
    /// - [`Error::NoUsableKey`]: the text is a JWK Set, but nothing in it can be used. If every entry was skipped for
    ///   the same reason, that reason is the error instead.
    pub fn load(
        &mut self,
        jwks: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<LoadReport, Error> {
        let report = self.replace(jwks, algorithms)?;
        match report.only_reason() {
            _ if !self.keys.is_empty() => Ok(report),
            Some(reason) => Err(reason),
            None => Err(Error::NoUsableKey),
        }
    }

    /// [`load`](Self::load) of a JWK Set in which there may be nothing to use.
    pub(crate) fn replace(
        &mut self,
        jwks: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<LoadReport, Error> {
        let (algorithms, entries) = (AlgorithmList::new(algorithms)?, jwk::entries(jwks)?);
        self.keys.clear();
        self.algorithms = algorithms;
        let mut report = LoadReport::default();
        for entry in entries {
            match self.add(entry) {
                Ok(()) => report.kept = report.kept.saturating_add(1),
                Err(reason) => report.count(reason),
            }
        }
        Ok(report)
    }

    fn add(&mut self, entry: Value<'_>) -> Result<(), Error> {
        if self.keys.is_full() {
            return Err(Error::KeySetFull);
        }
        let jwk = entry.as_object().ok_or(Error::MalformedKey)?;
        let key = Key::from_checked_list(jwk.as_bytes(), self.algorithms)?;
        self.keys.push(key).map_err(|_| Error::KeySetFull)
    }

    /// The same set, but a token without `kid` for which several keys come into question is refused with
    /// [`Error::AmbiguousKey`] instead of tried with each.
    #[must_use]
    pub fn refusing_ambiguity(self) -> Self {
        Self {
            refuses_ambiguity: true,
            ..self
        }
    }

    /// A set that accepts the same, without keys.
    pub(crate) const fn emptied(&self) -> Self {
        Self {
            keys: Vec::new(),
            algorithms: self.algorithms,
            refuses_ambiguity: self.refuses_ambiguity,
        }
    }

    /// Adds a key of another set, if one of its algorithms is accepted here, and there is room.
    pub(crate) fn keep(&mut self, key: &Key) -> bool {
        self.adopt_algorithms(key);
        let mut names = self.algorithms.names();
        names.any(|name| key.accepts(name)) && self.keys.push(key.clone()).is_ok()
    }

    fn adopt_algorithms(&mut self, key: &Key) {
        if self.algorithms.is_empty() {
            self.algorithms = key.algorithms();
        }
    }

    /// Adds a key, for instance one that is pinned.
    ///
    /// A set that was not loaded with a list of algorithms takes over that of its first key; a key that was loaded with
    /// others is refused.
    ///
    /// # Errors
    ///
    /// [`Error::KeySetFull`], [`Error::UnusableAlgorithmList`]
    pub fn push(&mut self, key: Key) -> Result<(), Error> {
        self.adopt_algorithms(&key);
        if !self.algorithms.includes(key.algorithms()) {
            return Err(Error::UnusableAlgorithmList);
        }
        self.keys.push(key).map_err(|_| Error::KeySetFull)
    }

    /// The keys, in the order of the JWK Set.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
}

impl<const N: usize> Default for KeySet<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Keys for KeySet<N> {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        // Nothing was loaded yet: what is missing is a key.
        self.algorithms.is_empty() || self.algorithms.contains(algorithm)
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        self.keys.iter().filter(|key| query.fits(*key))
    }

    fn refuses_ambiguity(&self) -> bool {
        self.refuses_ambiguity
    }
}

/// Why an entry can be skipped, in the order of the counters.
const REASONS: [Error; 7] = [
    Error::MalformedKey,
    Error::WeakKey,
    Error::UnsupportedKey,
    Error::KeyTooLarge,
    Error::WrongKeyUse,
    Error::AlgorithmNotAccepted,
    Error::KeySetFull,
];

/// What became of the entries of a JWK Set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadReport {
    kept: usize,
    skipped: [usize; REASONS.len()],
}

impl LoadReport {
    /// How many entries became keys.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.kept
    }

    /// How many entries were skipped for that reason.
    #[must_use]
    pub fn skipped(&self, reason: Error) -> usize {
        self.reasons()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, count)| count)
    }

    /// Every reason for which entries were skipped, with their number.
    pub fn reasons(&self) -> impl Iterator<Item = (Error, usize)> {
        REASONS
            .into_iter()
            .zip(self.skipped)
            .filter(|(_, count)| *count > 0)
    }

    fn count(&mut self, reason: Error) {
        // The text was accepted as JSON before, so what is left are duplicate members and limits: malformed keys.
        let index = REASONS.iter().position(|r| *r == reason).unwrap_or(0);
        if let Some(count) = self.skipped.get_mut(index) {
            *count = count.saturating_add(1);
        }
    }

    fn only_reason(&self) -> Option<Error> {
        let mut reasons = self.reasons();
        match (reasons.next(), reasons.next()) {
            (Some((reason, _)), None) => Some(reason),
            _ => None,
        }
    }
}
