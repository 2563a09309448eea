//! The parameters of a key, independent of where they come from.

use core::fmt::{self, Debug};

use crate::alg::key_text::is_asymmetric_key;
use crate::error::Error;

/// A source of the parameters of a key: [`KeyParameters`], or a [`Jwk`](crate::Jwk).
///
/// A [key type](crate::alg::KeyType) reads parameters by the names of JWK members, as the RFCs
/// define them, and validates them. A key type that another crate defines can therefore read any
/// member of its keys.
pub trait ParameterSource {
    /// Returns whether the member is the string `value`, such as `RSA` for `kty` or `P-256` for
    /// `crv`.
    fn is(&self, member: &str, value: &str) -> bool;

    /// Returns the member, decoded from base64url. It is decoded into `buffer` if necessary.
    ///
    /// Numbers are big-endian.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: the member is missing, or is not a string in strict base64url.
    /// - [`Error::KeyTooLarge`]: the member does not fit the buffer.
    fn bytes<'b>(&'b self, member: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Error>;

    /// Returns whether the key may be used with the algorithm of this name (RFC 7518 §3.1).
    ///
    /// The `alg` of a JWK restricts the key, as do the parameters of an RSASSA-PSS key (RFC 4055
    /// §3.1).
    fn is_for(&self, algorithm: &str) -> bool {
        let _ = algorithm;
        true
    }

    /// Returns the curve point, if it was given as one byte string (SEC 1 §2.3.3).
    ///
    /// Always `None` for a JWK, whatever members it has, because a JWK has coordinates instead.
    fn point(&self) -> Option<&[u8]> {
        None
    }
}

/// The parameters of a key, decoded but not validated.
///
/// ```
/// use jose_verify::{Error, Key};
/// use jose_verify::alg::{ES256, KeyParameters};
///
/// const POINT: [u8; 65] = [
///     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51,
///     53, 123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27, 189,
///     155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36, 173, 138,
///     70, 35, 40, 133, 136, 229, 173,
/// ];
/// let key = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT))?;
/// # let _ = key;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct KeyParameters<'a> {
    kty: &'a str,
    /// `crv`, or `alg` for an AKP key.
    subtype: (&'static str, &'a str),
    parameters: [(&'static str, &'a [u8]); 2],
    /// Returns whether the key may be used with an algorithm. A function, so that programs without
    /// restricted keys do not link the names. `None` if the key is not restricted.
    fits: Option<FitsAlgorithm>,
    /// Whether a shared secret is the text of an asymmetric key.
    is_key_text: bool,
}

impl<'a> KeyParameters<'a> {
    /// Creates an RSA public key (RFC 7518 §6.3.1) from the modulus `n` and the exponent `e`, both
    /// big-endian.
    #[must_use]
    pub const fn rsa(n: &'a [u8], e: &'a [u8]) -> Self {
        Self::new("RSA", ("", ""), [("n", n), ("e", e)])
    }

    /// Creates a point on an elliptic curve from its coordinates, each at the curve's full width
    /// (RFC 7518 §6.2.1). `crv` is a name from the JSON Web Key Elliptic Curve registry, such as
    /// `P-256`.
    #[must_use]
    pub const fn ec(crv: &'a str, x: &'a [u8], y: &'a [u8]) -> Self {
        Self::new("EC", ("crv", crv), [("x", x), ("y", y)])
    }

    /// Creates a point on an elliptic curve from one byte string, compressed or uncompressed (SEC 1
    /// §2.3.3).
    #[must_use]
    pub const fn ec_point(crv: &'a str, point: &'a [u8]) -> Self {
        Self::new("EC", ("crv", crv), [(POINT, point), ("", &[])])
    }

    /// Creates the public key of an octet key pair (RFC 8037 §2), such as an Ed25519 key.
    #[must_use]
    pub const fn okp(crv: &'a str, x: &'a [u8]) -> Self {
        Self::new("OKP", ("crv", crv), [("x", x), ("", &[])])
    }

    /// Creates the public key of an algorithm key pair (RFC 9964), such as an `ML-DSA-44` key.
    #[must_use]
    pub const fn akp(alg: &'a str, public_key: &'a [u8]) -> Self {
        Self::new("AKP", ("alg", alg), [("pub", public_key), ("", &[])])
    }

    /// Creates a shared secret from its bytes (RFC 7518 §6.4).
    ///
    /// A secret that is the text of an asymmetric key (PEM, a key for SSH, a JWK or a JWK Set) is
    /// rejected when it is loaded ([`Error::PublicKeyAsSecret`]). A public key is known to
    /// everyone, so anyone could sign with it. The `k` of a JWK is not searched.
    #[must_use]
    #[inline]
    pub const fn oct(k: &'a [u8]) -> Self {
        Self {
            is_key_text: is_asymmetric_key(k),
            ..Self::new("oct", ("", ""), [("k", k), ("", &[])])
        }
    }

    const fn new(
        kty: &'a str,
        subtype: (&'static str, &'a str),
        parameters: [(&'static str, &'a [u8]); 2],
    ) -> Self {
        Self {
            kty,
            subtype,
            parameters,
            fits: None,
            is_key_text: false,
        }
    }

    /// Returns the key, restricted to the algorithms that `fits` returns true for.
    pub(crate) const fn only_for(self, fits: FitsAlgorithm) -> Self {
        Self {
            fits: Some(fits),
            ..self
        }
    }
}

/// Returns whether a key may be used with the algorithm of this name.
pub(crate) type FitsAlgorithm = fn(&str) -> bool;

/// The internal name of a point that was given as one byte string. No JWK member has this name.
const POINT: &str = "point as one string";

impl KeyParameters<'_> {
    fn parameter(&self, name: &str) -> Option<&[u8]> {
        let parameter = self.parameters.iter().find(|(n, _)| *n == name);
        parameter.map(|(_, bytes)| *bytes)
    }
}

impl ParameterSource for KeyParameters<'_> {
    fn is(&self, member: &str, value: &str) -> bool {
        match member {
            "kty" => self.kty == value,
            _ => self.subtype == (member, value),
        }
    }

    fn bytes<'b>(&'b self, member: &str, _: &'b mut [u8]) -> Result<&'b [u8], Error> {
        if self.is_key_text {
            return Err(Error::PublicKeyAsSecret);
        }
        self.parameter(member).ok_or(Error::MalformedKey)
    }

    fn is_for(&self, algorithm: &str) -> bool {
        self.fits.is_none_or(|fits| fits(algorithm))
    }

    fn point(&self) -> Option<&[u8]> {
        self.parameter(POINT)
    }
}

impl Debug for KeyParameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the values, which may be secret.
        f.debug_struct("KeyParameters")
            .field("kty", &self.kty)
            .finish_non_exhaustive()
    }
}
