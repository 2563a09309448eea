//! A token's request for a key, and a reference to a key that is independent of how the key is
//! stored.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, InvalidSignature, Precomputation, Tables, Word, is_same_algorithm};
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::header::Header;
use crate::key::entry;
use crate::limits::MAX_KID_LEN;

/// Maximum length in bytes of an `alg` that is looked up. No registered name is longer.
const MAX_ALGORITHM_NAME_LEN: usize = 32;

/// The key that a token's header requests.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest<'q> {
    pub(crate) alg: JsonStr<'q>,
    pub(crate) kid: RequestedKid<'q>,
}

/// The `kid` of a token's header.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RequestedKid<'q> {
    Absent,
    Is(JsonStr<'q>),
    /// Longer than [`MAX_KID_LEN`]. It matches no key's `kid`.
    TooLong,
}

impl<'q> KeyRequest<'q> {
    /// Reads `alg` and `kid` from a header.
    ///
    /// # Errors
    ///
    /// [`Error::AlgorithmNotAccepted`] if `alg` is longer than any registered name.
    #[inline]
    pub(crate) fn new(header: &Header<'q>) -> Result<Self, Error> {
        let alg = header.algorithm();
        if alg.is_longer_than(MAX_ALGORITHM_NAME_LEN) {
            return Err(Error::AlgorithmNotAccepted);
        }
        let kid = match header.key_id() {
            None => RequestedKid::Absent,
            Some(kid) if kid.is_longer_than(MAX_KID_LEN) => RequestedKid::TooLong,
            Some(kid) => RequestedKid::Is(kid),
        };
        Ok(Self { alg, kid })
    }
}

/// A copy of a request, because the header's buffer can be overwritten while keys are tried.
pub(crate) struct CopiedRequest {
    alg: ([u8; MAX_ALGORITHM_NAME_LEN], usize),
    kid: ([u8; MAX_KID_LEN], CopiedKid),
}

/// The length of the copied `kid`, if it was copied.
enum CopiedKid {
    Absent,
    Len(usize),
    TooLong,
}

impl CopiedRequest {
    /// Copies `alg` and `kid` from a header.
    ///
    /// # Errors
    ///
    /// The errors of [`KeyRequest::new`].
    pub(crate) fn new(header: &Header<'_>) -> Result<Self, Error> {
        let request = KeyRequest::new(header)?;
        let (mut alg, mut kid) = ([0; MAX_ALGORITHM_NAME_LEN], [0; MAX_KID_LEN]);
        let alg_len = request.alg.copy_to(&mut alg)?;
        let copied = match request.kid {
            RequestedKid::Absent => CopiedKid::Absent,
            RequestedKid::Is(text) => CopiedKid::Len(text.copy_to(&mut kid)?),
            RequestedKid::TooLong => CopiedKid::TooLong,
        };
        Ok(Self {
            alg: (alg, alg_len),
            kid: (kid, copied),
        })
    }

    pub(crate) fn request(&self) -> KeyRequest<'_> {
        KeyRequest {
            alg: front(&self.alg.0, self.alg.1),
            kid: match self.kid.1 {
                CopiedKid::Absent => RequestedKid::Absent,
                CopiedKid::Len(len) => RequestedKid::Is(front(&self.kid.0, len)),
                CopiedKid::TooLong => RequestedKid::TooLong,
            },
        }
    }
}

/// Returns the first `len` bytes of `copy` as a string.
fn front(copy: &[u8], len: usize) -> JsonStr<'_> {
    JsonStr::from_copy(copy.get(..len).unwrap_or_default())
}

/// A key whose material this crate cannot read, such as a key in a secure element or in another
/// library.
///
/// ```
/// use jose_verify::{Error, JwsVerifier, Keys, scratch_len};
/// use jose_verify::alg::InvalidSignature;
/// use jose_verify::keys::{ForeignKey, KeyRef};
/// # struct SecureElement;
/// # impl SecureElement { fn verify_p256(&self, _: u8, _: &[u8], _: &[u8]) -> bool { true } }
///
/// /// A P-256 key in slot 7 of a secure element.
/// struct Slot7(SecureElement);
///
/// impl ForeignKey for Slot7 {
///     fn key_id(&self) -> Option<&str> {
///         Some("slot-7")
///     }
///     fn algorithms(&self) -> &[&'static str] {
///         &["ES256"]
///     }
///     fn verify(
///         &self,
///         _algorithm: &'static str,
///         signing_input: &[u8],
///         signature: &[u8],
///     ) -> Result<(), InvalidSignature> {
///         let is_valid = self.0.verify_p256(7, signing_input, signature);
///         if is_valid { Ok(()) } else { Err(InvalidSignature) }
///     }
/// }
///
/// impl Keys for Slot7 {
///     fn key(&self, position: usize) -> Option<KeyRef<'_>> {
///         (position == 0).then(|| KeyRef::foreign(self))
///     }
/// }
///
/// let token = b"eyJhbGciOiJFUzI1NiJ9.aGVsbG8.c2ln";
/// let mut scratch = [0; scratch_len(64)];
/// let jws = JwsVerifier::new(&Slot7(SecureElement)).verify(token, &mut scratch)?;
/// assert_eq!(jws.payload(), b"hello");
/// # Ok::<(), Error>(())
/// ```
pub trait ForeignKey {
    /// Returns the key's `kid` (RFC 7517 §4.5). A key without a `kid` fits every token.
    fn key_id(&self) -> Option<&str>;

    /// Returns the names of the algorithms that the key can be used with (RFC 7518 §3.1).
    fn algorithms(&self) -> &[&'static str];

    /// Verifies `signature` over `signing_input` with `algorithm`, one of the key's
    /// [algorithms](Self::algorithms).
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], regardless of the reason.
    fn verify(
        &self,
        algorithm: &'static str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}

/// The name of a key, which determines the tokens that the key fits.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyName<'k> {
    /// The caller supplied the key without a `kid`. It fits every token.
    Any,
    /// The key was published without a `kid`. It fits only tokens without one.
    Unnamed,
    /// The key fits tokens with exactly this `kid` and tokens without one.
    Is(JsonStr<'k>),
}

impl KeyName<'_> {
    /// Returns whether a key with this name fits a token with that `kid`.
    #[inline]
    pub(crate) fn fits(self, kid: RequestedKid<'_>) -> bool {
        match (self, kid) {
            (Self::Any, _) | (_, RequestedKid::Absent) => true,
            (Self::Is(own), RequestedKid::Is(kid)) => own == kid,
            (Self::Unnamed | Self::Is(_), _) => false,
        }
    }
}

/// One key of a source of [`Keys`](crate::Keys).
#[derive(Clone, Copy)]
pub struct KeyRef<'k> {
    name: KeyName<'k>,
    storage: Storage<'k>,
    tables: Option<Attached<'k>>,
}

/// Where the key is stored.
#[derive(Clone, Copy)]
enum Storage<'k> {
    /// An entry of a set, with the set's list of algorithms.
    Entry {
        algorithms: &'k [&'static dyn Algorithm],
        words: &'k [Word],
    },
    /// A key for one algorithm.
    Single {
        algorithm: &'k (dyn Algorithm + 'static),
        material: &'k [Word],
    },
    Foreign(&'k dyn ForeignKey),
}

/// Tables that verification can use without further checks, and the implementation that uses them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attached<'k> {
    pub(crate) by: &'k dyn Precomputation,
    pub(crate) tables: Tables<'k>,
}

/// A candidate key with the one algorithm that the token names.
#[derive(Clone, Copy)]
pub struct Candidate<'k>(pub(crate) Resolved<'k>);

/// What a [`Candidate`] verifies with.
#[derive(Clone, Copy)]
pub(crate) enum Resolved<'k> {
    Loaded(&'k (dyn Algorithm + 'static), &'k [Word]),
    WithTables(Attached<'k>, &'k [Word]),
    Foreign(&'k dyn ForeignKey, &'static str),
}

impl<'k> KeyRef<'k> {
    /// Creates a reference to a key whose material this crate cannot read.
    #[must_use]
    pub fn foreign(key: &'k dyn ForeignKey) -> Self {
        let name = key.key_id().map(JsonStr::from);
        Self {
            name: name.map_or(KeyName::Any, KeyName::Is),
            storage: Storage::Foreign(key),
            tables: None,
        }
    }

    pub(crate) const fn entry(
        name: KeyName<'k>,
        algorithms: &'k [&'static dyn Algorithm],
        words: &'k [Word],
    ) -> Self {
        let storage = Storage::Entry { algorithms, words };
        Self {
            name,
            storage,
            tables: None,
        }
    }

    pub(crate) const fn single(
        name: KeyName<'k>,
        algorithm: &'k (dyn Algorithm + 'static),
        material: &'k [Word],
    ) -> Self {
        let storage = Storage::Single {
            algorithm,
            material,
        };
        Self {
            name,
            storage,
            tables: None,
        }
    }

    pub(crate) const fn with_tables(self, tables: Option<Attached<'k>>) -> Self {
        Self { tables, ..self }
    }

    /// Returns the key's `kid`.
    #[must_use]
    pub const fn key_id(&self) -> Option<JsonStr<'k>> {
        match self.name {
            KeyName::Is(kid) => Some(kid),
            KeyName::Any | KeyName::Unnamed => None,
        }
    }

    /// Returns the names of the algorithms that the key can be used with.
    pub fn algorithms(&self) -> impl Iterator<Item = &'static str> {
        let (list, words, single, names): (&[&dyn Algorithm], &[Word], _, &[&str]) =
            match self.storage {
                Storage::Entry { algorithms, words } => (algorithms, words, None, &[]),
                Storage::Single { algorithm, .. } => (&[], &[], Some(algorithm.name()), &[]),
                Storage::Foreign(key) => (&[], &[], None, key.algorithms()),
            };
        let serves = move |index: &usize| entry::material(words, *index).is_some();
        let listed = list
            .iter()
            .enumerate()
            .filter(move |(index, _)| serves(index));
        let listed = listed.map(|(_, algorithm)| algorithm.name());
        listed.chain(single).chain(names.iter().copied())
    }

    /// Returns the key with the token's algorithm, if the key fits the token.
    #[inline]
    pub(crate) fn candidate(&self, request: &KeyRequest<'_>) -> Option<Candidate<'k>> {
        if self.name.fits(request.kid) {
            self.resolve(request.alg)
        } else {
            None
        }
    }

    /// Returns the key with the algorithm that `alg` names, if the key can be used with it.
    pub(crate) fn resolve(&self, alg: JsonStr<'_>) -> Option<Candidate<'k>> {
        let (algorithm, material) = match self.storage {
            Storage::Entry { algorithms, words } => {
                let index = algorithms.iter().position(|a| alg == a.name())?;
                let material = entry::material(words, index)?;
                (*algorithms.get(index)?, material)
            }
            Storage::Single {
                algorithm,
                material,
            } => {
                if alg != algorithm.name() {
                    return None;
                }
                (algorithm, material)
            }
            Storage::Foreign(key) => {
                let name = key.algorithms().iter().find(|name| alg == **name)?;
                return Some(Candidate(Resolved::Foreign(key, name)));
            }
        };
        Some(Candidate(Resolved::Loaded(algorithm, material)).with_tables(self.tables))
    }
}

impl Debug for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the material, which can be secret.
        f.debug_struct("KeyRef")
            .field("kid", &self.key_id().map(|kid| kid.escape_debug()))
            .finish_non_exhaustive()
    }
}

impl Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

impl<'k> Candidate<'k> {
    /// Attaches tables if they are for the candidate's algorithm.
    pub(crate) fn with_tables(self, tables: Option<Attached<'k>>) -> Self {
        match (self.0, tables) {
            (Resolved::Loaded(algorithm, material), Some(attached))
                if is_same_algorithm(attached.by.algorithm(), algorithm) =>
            {
                Self(Resolved::WithTables(attached, material))
            }
            _ => self,
        }
    }

    /// Returns the algorithm's name.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self.0 {
            Resolved::Loaded(algorithm, _) => algorithm.name(),
            Resolved::WithTables(attached, _) => attached.by.algorithm().name(),
            Resolved::Foreign(_, name) => name,
        }
    }

    pub(crate) fn verify(
        &self,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        match self.0 {
            Resolved::Loaded(algorithm, material) => {
                algorithm.verify(material, signing_input, signature)
            }
            Resolved::WithTables(Attached { by, tables }, material) => {
                by.verify(material, tables, signing_input, signature)
            }
            Resolved::Foreign(key, name) => key.verify(name, signing_input, signature),
        }
    }
}
