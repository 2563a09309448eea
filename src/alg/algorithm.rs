//! The traits that connect the core to implementations of signatures and MACs.

use core::any::Any;
use core::fmt::{self, Debug, Display};

use crate::alg::ParameterSource;
use crate::error::Error;

/// The machine's natural word, the unit of key material: `u64` where `target_pointer_width` is 64,
/// `u32` elsewhere.
#[cfg(target_pointer_width = "64")]
pub type Word = u64;
/// The machine's natural word, the unit of key material: `u64` where `target_pointer_width` is 64,
/// `u32` elsewhere.
#[cfg(not(target_pointer_width = "64"))]
pub type Word = u32;

/// The kind of an algorithm: MAC or signature (RFC 7518 §3.1). A list never mixes the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgorithmKind {
    /// A message authentication code: anyone who can verify can also sign.
    Mac,
    /// A digital signature: the key that verifies is public.
    Signature,
}

/// A type of key. It validates the parameters of a key and owns the layout of the key material.
///
/// Several algorithms may share one key type. A key is loaded once for all of them: an RSA key
/// serves both RS256 and PS512. Key types are compared by their Rust type, so two instantiations of
/// a generic type are two key types.
pub trait KeyType: Any + Sync + Debug {
    /// Validates a key, writes its material to the front of `material`, and returns the length in
    /// words.
    ///
    /// # Errors
    ///
    /// - [`Error::UnsupportedKey`]: the key is of another type.
    /// - [`Error::KeySetFull`]: `material` is too short.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`], [`Error::MalformedKey`]: the key is of this
    ///   type but is rejected.
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error>;
}

/// Returns whether two key types are the same.
pub(crate) fn is_same_key_type(one: &'static dyn KeyType, other: &'static dyn KeyType) -> bool {
    let (one, other): (&dyn Any, &dyn Any) = (one, other);
    one.type_id() == other.type_id()
}

/// Returns whether two algorithms are the same: the same Rust type and the same name.
pub(crate) fn is_same_algorithm(
    one: &(dyn Algorithm + 'static),
    other: &(dyn Algorithm + 'static),
) -> bool {
    let types: (&dyn Any, &dyn Any) = (one, other);
    types.0.type_id() == types.1.type_id() && one.name() == other.name()
}

/// One algorithm with all its parameters.
///
/// This crate's own algorithms are constants such as [`ES256`](crate::alg::ES256). To use a
/// hardware engine or another library, implement this trait in your own crate and name the
/// algorithm in the same lists.
///
/// ```
/// use jose_verify::{Error, KeySet};
/// use jose_verify::alg::{Algorithm, AlgorithmKind, ES256, InvalidSignature, KeyType, Word};
///
/// /// This crate's ES256, with a counter on the device's display.
/// #[derive(Debug)]
/// struct CountedEs256;
///
/// impl Algorithm for CountedEs256 {
///     fn name(&self) -> &'static str {
///         ES256.name()
///     }
///     fn kind(&self) -> AlgorithmKind {
///         AlgorithmKind::Signature
///     }
///     fn key_type(&self) -> &'static dyn KeyType {
///         ES256.key_type()
///     }
///     fn verify(
///         &self,
///         material: &[Word],
///         signing_input: &[u8],
///         signature: &[u8],
///     ) -> Result<(), InvalidSignature> {
///         // … count …
///         ES256.verify(material, signing_input, signature)
///     }
/// }
///
/// let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let keys = KeySet::<1>::from_jwks(jwks, &[&CountedEs256])?;
/// assert_eq!(keys.len(), 1);
/// # Ok::<(), Error>(())
/// ```
pub trait Algorithm: Any + Sync + Debug {
    /// Returns the name in the header parameter `alg` (RFC 7518 §3.1). Names are compared exactly.
    fn name(&self) -> &'static str;

    /// Returns whether the algorithm is a MAC or a signature.
    fn kind(&self) -> AlgorithmKind;

    /// Returns the type of the algorithm's keys.
    fn key_type(&self) -> &'static dyn KeyType;

    /// Verifies `signature` over `signing_input` with the material that the key type loaded.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] for every failure. It carries no reason.
    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}

/// An algorithm whose key can be stored by value, in exactly the memory that it needs. See
/// [`Key`](crate::Key).
pub trait InlineKey: Algorithm + Copy + 'static {
    /// An array of words that holds any key of this algorithm.
    type Material: AsRef<[Word]> + AsMut<[Word]> + Copy + Send + Sync;

    /// The value of the array before a key is loaded into it.
    const EMPTY: Self::Material;
}

/// The signature or MAC does not verify.
///
/// It carries no reason. A reason would help only an attacker, and most implementations do not know
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSignature;

impl Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Error::BadSignature.message())
    }
}

impl core::error::Error for InvalidSignature {}
