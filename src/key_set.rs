//! JWK Sets: as many keys as fit, and a report of what was left out.

use heapless::Vec;

use crate::algorithm::Algorithm;
use crate::error::Error;
use crate::json::Value;
use crate::jwk;
use crate::key::{AlgorithmList, Key, VerificationKey};
use crate::selection::{KeyQuery, Keys};

/// Up to `N` keys of a JWK Set (RFC 7517 §5), kept by value.
///
/// A token with `kid` is verified with the keys of exactly that `kid` and no other; one without is tried with every
/// key that fits its `alg`, at most `N`. See [`Keys`] for the rule.
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
    /// A set without keys, which verifies nothing. Constant, so that a set can live in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            keys: Vec::new(),
            algorithms: AlgorithmList::EMPTY,
            refuses_ambiguity: false,
        }
    }

    /// Reads a JWK Set into a new set; see [`load`](Self::load).
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
    /// After an error the set holds no keys.
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`], [`Error::MalformedKeySet`]:
    ///   the text as a whole is not a JWK Set.
    /// - [`Error::NoUsableKey`]: it is one, but nothing in it can be used. If every entry was skipped for the same
    ///   reason, that reason is the error instead.
    /// - [`Error::UnusableAlgorithmList`]: see [`Key::from_parameters`].
    pub fn load(
        &mut self,
        jwks: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<LoadReport, Error> {
        self.keys.clear();
        self.algorithms = AlgorithmList::new(algorithms)?;
        let mut report = LoadReport::default();
        for entry in jwk::entries(jwks)? {
            match self.add(entry) {
                Ok(()) => report.kept = report.kept.saturating_add(1),
                Err(reason) => report.count(reason),
            }
        }
        match report.only_reason() {
            _ if !self.keys.is_empty() => Ok(report),
            Some(reason) => Err(reason),
            None => Err(Error::NoUsableKey),
        }
    }

    fn add(&mut self, entry: Value<'_>) -> Result<(), Error> {
        if self.keys.is_full() {
            return Err(Error::KeySetFull);
        }
        let jwk = entry.as_object().ok_or(Error::MalformedKey)?;
        let key = Key::from_checked_list(jwk.as_raw().as_bytes(), self.algorithms)?;
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
    fn accepts(&self, algorithm: &str) -> bool {
        self.algorithms.contains(algorithm)
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery,
    ) -> impl Iterator<Item = &'k dyn VerificationKey> {
        self.keys
            .iter()
            .filter(|key| query.key_id().is_none() || key.key_id() == query.key_id())
            .filter(|key| VerificationKey::accepts(*key, query.algorithm()))
            .map(|key| -> &dyn VerificationKey { key })
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
