//! A key together with what it may be used for.

use core::fmt;

use heapless::String;

use crate::alg::{Algorithm, InvalidSignature, KeyParameters, Kind, MAX_KEY_WORDS, Tables, Word};
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::limits::{MAX_ALGORITHMS, MAX_KID_LEN};

/// Whatever can verify a signature: a [`Key`], a slot of a hardware engine, a key held by another library.
///
/// One that implements this can be given to [`verify`](crate::verify) in place of a set.
///
/// ```
/// use jose_verify::{Error, InvalidSignature, VerificationKey, scratch_len, verify_jws};
/// # struct SecureElement;
/// # impl SecureElement { fn verify_p256(&self, _: u8, _: &[u8], _: &[u8]) -> bool { true } }
///
/// /// A P-256 key in slot 7 of a secure element.
/// struct Slot7(SecureElement);
///
/// impl VerificationKey for Slot7 {
///     fn key_id(&self) -> Option<&str> {
///         Some("slot-7")
///     }
///     fn accepts(&self, algorithm: &str) -> bool {
///         algorithm == "ES256"
///     }
///     fn verify(&self, _: &str, signing_input: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
///         let holds = self.0.verify_p256(7, signing_input, signature);
///         if holds { Ok(()) } else { Err(InvalidSignature) }
///     }
/// }
///
/// let token = b"eyJhbGciOiJFUzI1NiJ9.aGVsbG8.c2ln";
/// let mut scratch = [0; scratch_len(64)];
/// let jws = verify_jws(token, &Slot7(SecureElement), &mut scratch)?;
/// assert_eq!(jws.payload(), b"hello");
/// # Ok::<(), Error>(())
/// ```
pub trait VerificationKey {
    /// The key's identifier (RFC 7517 §4.5).
    ///
    /// A key alone that has none fits every token; in a [`KeySet`](crate::KeySet) it fits those without `kid`. A key
    /// that has one fits tokens with exactly that `kid`, and those without any.
    fn key_id(&self) -> Option<&str>;

    /// Whether the key may be used with the algorithm of that name.
    fn accepts(&self, algorithm: &str) -> bool;

    /// Verifies `signature` over `signing_input`.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], also when the key does not accept the algorithm.
    fn verify(
        &self,
        algorithm: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}

impl<K: VerificationKey + ?Sized> VerificationKey for &K {
    fn key_id(&self) -> Option<&str> {
        (**self).key_id()
    }

    fn accepts(&self, algorithm: &str) -> bool {
        (**self).accepts(algorithm)
    }

    fn verify(
        &self,
        algorithm: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (**self).verify(algorithm, signing_input, signature)
    }
}

/// A list of algorithms that may stand together for one key.
///
/// The list is the caller's promise that only these are accepted, and what keeps all others out of the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlgorithmList(&'static [&'static dyn Algorithm]);

impl AlgorithmList {
    /// None yet, for a set into which nothing was loaded.
    pub(crate) const EMPTY: Self = Self(&[]);

    /// Refuses lists in which a public key could come to be used as a shared secret.
    pub(crate) fn new(list: &'static [&'static dyn Algorithm]) -> Result<Self, Error> {
        let macs = list.iter().filter(|a| a.kind() == Kind::Mac).count();
        let one_kind = macs == 0 || macs == list.len();
        let is_unique = |name: &str| list.iter().filter(|a| a.name() == name).count() == 1;
        let unique = list.iter().all(|a| is_unique(a.name()));
        if !one_kind || !unique || list.is_empty() || list.len() > MAX_ALGORITHMS {
            return Err(Error::UnusableAlgorithmList);
        }
        Ok(Self(list))
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether every algorithm of the other list stands in this one.
    pub(crate) fn includes(self, other: Self) -> bool {
        other.names().all(|name| self.contains(name))
    }

    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|a| a.name())
    }

    pub(crate) fn contains(self, name: &str) -> bool {
        self.names().any(|n| n == name)
    }
}

/// A key, checked and prepared for the algorithms that it was loaded for.
///
/// ```
/// use jose_verify::{ES256, Error, HS256, HS384, HS512, Key, RS256, VerificationKey};
///
/// let key = Key::from_secret(b"a secret of at least 32 bytes, for HS256", &[&HS256, &HS384])?;
/// assert!(key.accepts("HS256"));
/// assert!(!key.accepts("HS384"), "too short for that one");
///
/// assert_eq!(Key::from_secret(b"short", &[&HS256]).err(), Some(Error::WeakKey));
/// let mixed = Key::from_secret(b"a secret of at least 32 bytes, for HS256", &[&HS256, &RS256]);
/// assert_eq!(mixed.err(), Some(Error::UnusableAlgorithmList));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Key {
    id: Option<String<MAX_KID_LEN>>,
    algorithms: AlgorithmList,
    /// One bit for each entry of `algorithms`: whether the key was loaded for it.
    loaded_for: u16,
    material: [Word; MAX_KEY_WORDS],
}

const _: () = assert!(MAX_ALGORITHMS == 16, "`loaded_for` has a bit for each");

impl Key {
    /// Reads one JWK (RFC 7517 §4) for those of `algorithms` that fit its `kty`, `crv` and `alg`.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`]: not a JSON object.
    /// - [`Error::MalformedKey`]: a parameter is missing or wrong.
    /// - [`Error::WrongKeyUse`]: `use` or `key_ops` forbid it.
    /// - [`Error::AlgorithmNotAccepted`]: its `alg` is none of `algorithms`.
    /// - [`Error::UnsupportedKey`]: its type or curve fits none of `algorithms`.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`]: outside the bounds of [`limits`](crate::limits).
    /// - [`Error::UnusableAlgorithmList`]: see [`from_parameters`](Self::from_parameters).
    pub fn from_jwk(
        jwk: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        Self::from_checked_list(jwk, AlgorithmList::new(algorithms)?)
    }

    pub(crate) fn from_checked_list(jwk: &[u8], list: AlgorithmList) -> Result<Self, Error> {
        let mut key = Self::unloaded(list);
        key.read_jwk(jwk)?;
        Ok(key)
    }

    /// A key without identifier and material, to be loaded where it is: it is too long to be moved often.
    pub(super) const fn unloaded(list: AlgorithmList) -> Self {
        Self {
            id: None,
            algorithms: list,
            loaded_for: 0,
            material: [0; MAX_KEY_WORDS],
        }
    }

    fn read_jwk(&mut self, jwk: &[u8]) -> Result<(), Error> {
        let jwk = Jwk::parse(jwk)?;
        check_use(&jwk, self.algorithms)?;
        super::parameters::with_parameters(&jwk, |parameters| self.take(&jwk, parameters))
    }

    /// Takes parameters, with what the JWK says beside its own.
    pub(super) fn take(
        &mut self,
        jwk: &Jwk<'_>,
        parameters: &KeyParameters<'_>,
    ) -> Result<(), Error> {
        self.load(parameters, |name| jwk.alg.is_none_or(|alg| alg == name))?;
        self.id = jwk.kid.map(key_id).transpose()?;
        Ok(())
    }

    /// Takes a key in its parts: a secret, a modulus and exponent, a point.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`], [`Error::WeakKey`], [`Error::KeyTooLarge`], [`Error::UnsupportedKey`]: as for
    ///   [`from_jwk`](Self::from_jwk).
    /// - [`Error::UnusableAlgorithmList`]: `algorithms` is empty, has more than
    ///   [`MAX_ALGORITHMS`](crate::limits::MAX_ALGORITHMS), names one twice, or holds MACs as well as signatures.
    pub fn from_parameters(
        parameters: &KeyParameters<'_>,
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let mut key = Self::unloaded(AlgorithmList::new(algorithms)?);
        key.load(parameters, |_| true)?;
        Ok(key)
    }

    /// Takes a shared secret, byte for byte.
    ///
    /// It serves those of `algorithms` whose hash it is at least as long as (RFC 7518 §3.2): 32 bytes for HS256, 48 for
    /// HS384, 64 for HS512.
    ///
    /// # Errors
    ///
    /// As for [`from_parameters`](Self::from_parameters); [`Error::WeakKey`] if it is too short for all of them.
    pub fn from_secret(
        secret: &[u8],
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        Self::from_parameters(&KeyParameters::Oct { k: secret }, algorithms)
    }

    /// The same key under an identifier.
    ///
    /// # Errors
    ///
    /// [`Error::KeyTooLarge`] if it is longer than [`MAX_KID_LEN`].
    pub fn with_key_id(self, key_id: &str) -> Result<Self, Error> {
        let key_id = String::try_from(key_id).map_err(|_| Error::KeyTooLarge)?;
        Ok(Self {
            id: Some(key_id),
            ..self
        })
    }

    /// Loads the key for every algorithm of its list that `fits` names and that takes it.
    fn load(
        &mut self,
        parameters: &KeyParameters<'_>,
        fits: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let mut refused = Error::UnsupportedKey;
        for (bit, algorithm) in bits()
            .zip(self.algorithms.0)
            .filter(|(_, a)| fits(a.name()))
        {
            match algorithm.load(parameters, &mut self.material) {
                Ok(()) => self.loaded_for |= bit,
                Err(Error::UnsupportedKey) => {}
                Err(reason) => refused = reason,
            }
        }
        if self.loaded_for == 0 {
            Err(refused)
        } else {
            Ok(())
        }
    }

    /// The list that the key was loaded with.
    pub(crate) const fn algorithms(&self) -> AlgorithmList {
        self.algorithms
    }

    /// Whether both are one key under one identifier, whatever they may be used for.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.material == other.material
    }

    /// Whether both may be used for the same algorithms.
    pub(crate) fn is_used_like(&self, other: &Self) -> bool {
        self.algorithms.names().eq(other.algorithms.names()) && self.loaded_for == other.loaded_for
    }

    /// Verifies as [`VerificationKey::verify`] does, with tables that were made for that algorithm.
    pub(crate) fn verify_with_tables(
        &self,
        algorithm: &str,
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let algorithm = self.algorithm(algorithm).ok_or(InvalidSignature)?;
        algorithm.verify_with_tables(&self.material, tables, signing_input, signature)
    }

    /// What the key's algorithms prepared.
    pub(crate) const fn material(&self) -> &[Word] {
        &self.material
    }

    /// The first of the key's algorithms that makes use of a table, if it had that many words.
    pub(crate) fn table_algorithm(&self, available: usize) -> Option<&'static dyn Algorithm> {
        bits()
            .zip(self.algorithms.0)
            .find(|(bit, a)| self.loaded_for & bit != 0 && a.table_len(available) > 0)
            .map(|(_, algorithm)| *algorithm)
    }

    fn algorithm(&self, name: &str) -> Option<&'static dyn Algorithm> {
        bits()
            .zip(self.algorithms.0)
            .find(|(bit, a)| self.loaded_for & bit != 0 && a.name() == name)
            .map(|(_, algorithm)| *algorithm)
    }
}

/// RFC 7517 §4.2 to §4.4: whether the JWK may verify, with one of these.
pub(super) fn check_use(jwk: &Jwk<'_>, list: AlgorithmList) -> Result<(), Error> {
    if !jwk.may_verify() {
        return Err(Error::WrongKeyUse);
    }
    if jwk
        .alg
        .is_none_or(|alg| list.0.iter().any(|a| alg == a.name()))
    {
        Ok(())
    } else {
        Err(Error::AlgorithmNotAccepted)
    }
}

/// 1, 2, 4, … for the entries of an algorithm list.
fn bits() -> impl Iterator<Item = u16> {
    (0..u16::BITS).map(|i| 1 << i)
}

fn key_id(kid: JsonStr<'_>) -> Result<String<MAX_KID_LEN>, Error> {
    kid.to_heapless().map_err(|_| Error::KeyTooLarge)
}

impl VerificationKey for Key {
    fn key_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn accepts(&self, algorithm: &str) -> bool {
        self.algorithm(algorithm).is_some()
    }

    fn verify(
        &self,
        algorithm: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.verify_with_tables(algorithm, Tables::default(), signing_input, signature)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the material, which may be a secret.
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
