//! The contract between the core and whatever computes signatures and MACs.

use core::fmt::{self, Debug, Display};

use crate::error::Error;
use crate::limits::MAX_RSA_MODULUS_BITS;

/// The machine's natural word, the unit of key material.
#[cfg(target_pointer_width = "64")]
pub type Word = u64;
/// The machine's natural word, the unit of key material.
#[cfg(not(target_pointer_width = "64"))]
pub type Word = u32;

/// Words that hold any key: those of the longest RSA modulus, as many again for its Montgomery constant, and four.
#[expect(
    clippy::as_conversions,
    reason = "u32 to usize in a constant; `From` is not const"
)]
pub const MAX_KEY_WORDS: usize = 2 * MAX_RSA_MODULUS_BITS / Word::BITS as usize + 4;

/// A key as its source gives it, decoded but not judged: big-endian numbers of any length.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum KeyParameters<'a> {
    /// A shared secret (RFC 7518 §6.4).
    Oct {
        /// The secret itself.
        k: &'a [u8],
    },
    /// An RSA public key (RFC 7518 §6.3.1).
    Rsa {
        /// The modulus.
        n: &'a [u8],
        /// The public exponent.
        e: &'a [u8],
    },
    /// A point on an elliptic curve by its coordinates (RFC 7518 §6.2.1).
    Ec {
        /// The curve's name in the JSON Web Key Elliptic Curve registry, such as `P-256`.
        crv: &'a str,
        /// The x coordinate, at the curve's full width.
        x: &'a [u8],
        /// The y coordinate, at the curve's full width.
        y: &'a [u8],
    },
    /// A point on an elliptic curve as one string, compressed or not (SEC 1 §2.3.3).
    EcPoint {
        /// The curve's name in the JSON Web Key Elliptic Curve registry, such as `P-256`.
        crv: &'a str,
        /// The encoded point.
        point: &'a [u8],
    },
}

impl Debug for KeyParameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the values: one of the variants is a secret.
        f.write_str(match self {
            Self::Oct { .. } => "Oct { .. }",
            Self::Rsa { .. } => "Rsa { .. }",
            Self::Ec { .. } => "Ec { .. }",
            Self::EcPoint { .. } => "EcPoint { .. }",
        })
    }
}

/// Tables for the verification with one key. Empty ones are none.
///
/// They are as trusted as the key itself: whoever can change a table can forge signatures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tables<'t> {
    /// What was made for the key.
    pub key: &'t [Word],
    /// What was made for all keys of the algorithm.
    pub shared: &'t [Word],
}

/// Which side of RFC 7518 §3.1 an algorithm stands on. A key is never loaded for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A message authentication code: whoever verifies can also sign.
    Mac,
    /// A digital signature: the key that verifies is public.
    Signature,
}

/// One algorithm with all its parameters.
///
/// This crate's own are constants such as [`ES256`](crate::ES256). A hardware engine or another library joins by
/// implementing this trait in its own crate, and is named in the same lists.
///
/// ```
/// use jose_verify::{Algorithm, ES256, Error, InvalidSignature, Key, KeyParameters, Kind, Word};
///
/// /// ES256 as this crate has it, with a counter on the device's display.
/// #[derive(Debug)]
/// struct CountedEs256;
///
/// impl Algorithm for CountedEs256 {
///     fn name(&self) -> &'static str {
///         ES256.name()
///     }
///     fn kind(&self) -> Kind {
///         Kind::Signature
///     }
///     fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error> {
///         ES256.load(key, material)
///     }
///     fn verify(&self, material: &[Word], signing_input: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
///         // … count …
///         ES256.verify(material, signing_input, signature)
///     }
/// }
///
/// let jwk = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// let key = Key::from_jwk(jwk, &[&CountedEs256])?;
/// # let _ = key;
/// # Ok::<(), Error>(())
/// ```
pub trait Algorithm: Sync + Debug {
    /// The name in the header parameter `alg` (RFC 7518 §3.1), compared exactly.
    fn name(&self) -> &'static str;

    /// MAC or signature.
    fn kind(&self) -> Kind;

    /// Judges a key and prepares it in `material`.
    ///
    /// `material` holds [`MAX_KEY_WORDS`] words. It is zero at first, and then passed to every algorithm for which
    /// the key is loaded, one after the other. Algorithms that accept the same parameters therefore agree on its
    /// use: they share what one of them prepared, or keep to words of their own. One of another crate therefore does
    /// not stand in a list beside one of ours for the same type of key.
    ///
    /// # Errors
    ///
    /// - [`Error::UnsupportedKey`]: not a key of this algorithm's type.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`], [`Error::MalformedKey`]: such a key, but refused.
    fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error>;

    /// How many of `available` words a table takes with which verification is quicker: 0, if there is no such table
    /// or no room for any.
    fn table_len(&self, available: usize) -> usize {
        let _ = available;
        0
    }

    /// Fills the table of one key, of a length that [`table_len`](Self::table_len) gave.
    fn fill_table(&self, material: &[Word], table: &mut [Word]) {
        let _ = (material, table);
    }

    /// Fills the table that all keys share, of a length that [`table_len`](Self::table_len) gave.
    fn fill_shared_table(&self, table: &mut [Word]) {
        let _ = table;
    }

    /// Verifies as [`verify`](Self::verify) does, with the help of tables that were filled before.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], whatever the reason.
    fn verify_with_tables(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let _ = tables;
        self.verify(material, signing_input, signature)
    }

    /// Verifies `signature` over `signing_input` with a key that [`load`](Self::load) accepted.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], whatever the reason.
    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}

/// The signature or MAC does not verify.
///
/// A unit: the reason would help nobody but a forger, and most implementations cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSignature;

impl Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Error::BadSignature.message())
    }
}

impl core::error::Error for InvalidSignature {}
