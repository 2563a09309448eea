//! The list of algorithms that a key or a set accepts.

use core::fmt::{self, Debug};
use core::ops::Deref;
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::alg::{Algorithm, AlgorithmKind, InvalidSignature, KeyType, ParameterSource, Word};
use crate::error::Error;
use crate::limits::MAX_ALGORITHMS;

/// A list of at most [`MAX_ALGORITHMS`] algorithms with distinct names. Either all of them are MACs
/// or all of them are signatures, so a public key is never used as a shared secret.
///
/// The list borrows nothing. It dereferences to the slice that every loader takes, so a literal
/// such as `&[&RS256, &ES256]` and a list built at run time are used in the same way.
///
/// ```
/// use jose_verify::{Error, KeySet};
/// use jose_verify::alg::{Algorithms, SIGNATURES};
///
/// # let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256",
/// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
/// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// // From a provider's metadata.
/// let names = vec!["RS256".to_string(), "EdDSA".to_string(), "ES256".to_string()];
/// let mut unknown = Vec::new();
/// let algorithms = Algorithms::named(SIGNATURES, &names, |name| unknown.push(name.to_string()))?;
/// assert_eq!(unknown, ["EdDSA"]);
/// let keys = KeySet::<4>::from_jwks(jwks, &algorithms)?;
/// # assert_eq!(keys.algorithms().len(), 2);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Algorithms {
    list: [&'static dyn Algorithm; MAX_ALGORITHMS],
    len: u8,
}

// Trait objects are not unwind safe by default. Verification takes `&self` and leaves no partial
// changes behind.
impl UnwindSafe for Algorithms {}
impl RefUnwindSafe for Algorithms {}

impl Algorithms {
    /// The empty list, which means that a set has not been loaded yet.
    pub(crate) const EMPTY: Self = Self {
        list: [&Vacant; MAX_ALGORITHMS],
        len: 0,
    };

    /// Creates a list of `algorithms`.
    ///
    /// # Errors
    ///
    /// [`Error::UnusableAlgorithmList`]: the list is empty, has more than [`MAX_ALGORITHMS`]
    /// elements, names an algorithm twice, or mixes MACs with signatures.
    pub fn new(algorithms: &[&'static dyn Algorithm]) -> Result<Self, Error> {
        let mut list = Self::EMPTY;
        for algorithm in algorithms {
            let fits =
                |a: &&dyn Algorithm| a.name() != algorithm.name() && a.kind() == algorithm.kind();
            if !list.iter().all(fits) || !list.push(*algorithm) {
                return Err(Error::UnusableAlgorithmList);
            }
        }
        if list.is_empty() {
            return Err(Error::UnusableAlgorithmList);
        }
        Ok(list)
    }

    /// Creates a list by selecting algorithms from `known` by name, in the order of `names`. A
    /// repeated name is ignored. `unknown` is called with each name that is not in `known`.
    ///
    /// # Errors
    ///
    /// [`Error::UnusableAlgorithmList`]: as for [`new`](Self::new), for instance because no name is
    /// known.
    pub fn named<S: AsRef<str>>(
        known: &[&'static dyn Algorithm],
        names: impl IntoIterator<Item = S>,
        mut unknown: impl FnMut(&str),
    ) -> Result<Self, Error> {
        let mut list = Self::EMPTY;
        for name in names {
            let name = name.as_ref();
            match known.iter().find(|a| a.name() == name) {
                None => unknown(name),
                Some(_) if list.iter().any(|a| a.name() == name) => {}
                Some(algorithm) if list.push(*algorithm) => {}
                Some(_) => return Err(Error::UnusableAlgorithmList),
            }
        }
        Self::new(&list)
    }

    /// Adds an algorithm and returns whether there was room.
    fn push(&mut self, algorithm: &'static dyn Algorithm) -> bool {
        let Some(slot) = self.list.get_mut(usize::from(self.len)) else {
            return false;
        };
        *slot = algorithm;
        self.len = self.len.saturating_add(1);
        true
    }
}

const _: () = assert!(
    MAX_ALGORITHMS == 16,
    "a key stores one bit for each algorithm"
);

impl Deref for Algorithms {
    type Target = [&'static dyn Algorithm];

    fn deref(&self) -> &Self::Target {
        self.list.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl AsRef<[&'static dyn Algorithm]> for Algorithms {
    fn as_ref(&self) -> &[&'static dyn Algorithm] {
        self
    }
}

impl Debug for Algorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|a| a.name()))
            .finish()
    }
}

/// A placeholder for the unused elements of a list.
#[derive(Debug)]
struct Vacant;

impl KeyType for Vacant {
    fn load(&self, _: &dyn ParameterSource, _: &mut [Word]) -> Result<usize, Error> {
        Err(Error::UnsupportedKey)
    }
}

impl Algorithm for Vacant {
    fn name(&self) -> &'static str {
        ""
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &Vacant
    }

    fn verify(&self, _: &[Word], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Err(InvalidSignature)
    }
}
