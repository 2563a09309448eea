//! The parameters of a key, wherever they come from.

use core::fmt::{self, Debug};

use crate::error::Error;

/// Where a [key type](crate::KeyType) reads the parameters of a key: [`KeyParameters`] that were given one by one, or a
/// [`Jwk`](crate::Jwk).
///
/// A key type asks for what it needs by the names that the RFCs give to the members of a JWK, and judges the answers. So
/// a key type of another crate gets at whatever its keys have.
pub trait ParameterSource {
    /// Whether the member is the string `value`, such as `kty` and `RSA`, or `crv` and `P-256`.
    fn is(&self, member: &str, value: &str) -> bool;

    /// The member, decoded from base64url; `buffer` receives it where it has to be decoded.
    ///
    /// Numbers are big-endian. A point on a curve that was given in one string is the member `point`, which no JWK has.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: there is none, or it is not a string in strict base64url.
    /// - [`Error::KeyTooLarge`]: it does not fit the buffer.
    fn bytes<'b>(&'b self, member: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Error>;
}

/// A key as its parameters, decoded but not judged.
///
/// ```
/// use jose_verify::{ES256, Error, Key, KeyParameters};
///
/// const POINT: [u8; 65] = [
///     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19,
///     186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244,
///     179, 105, 93, 110, 169, 11, 36, 173, 138, 70, 35, 40, 133, 136, 229, 173,
/// ];
/// let key = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT))?;
/// # let _ = key;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct KeyParameters<'a> {
    kty: &'a str,
    /// `crv`, or of an AKP key `alg`.
    subtype: (&'static str, &'a str),
    parameters: [(&'static str, &'a [u8]); 2],
}

impl<'a> KeyParameters<'a> {
    /// An RSA public key (RFC 7518 §6.3.1): the modulus `n` and the exponent `e`, both big-endian.
    #[must_use]
    pub const fn rsa(n: &'a [u8], e: &'a [u8]) -> Self {
        Self::new("RSA", ("", ""), [("n", n), ("e", e)])
    }

    /// A point on an elliptic curve by its coordinates, each at the curve's full width (RFC 7518 §6.2.1). `crv` is a
    /// name of the JSON Web Key Elliptic Curve registry, such as `P-256`.
    #[must_use]
    pub const fn ec(crv: &'a str, x: &'a [u8], y: &'a [u8]) -> Self {
        Self::new("EC", ("crv", crv), [("x", x), ("y", y)])
    }

    /// A point on an elliptic curve as one string of bytes, compressed or not (SEC 1 §2.3.3).
    #[must_use]
    pub const fn ec_point(crv: &'a str, point: &'a [u8]) -> Self {
        Self::new("EC", ("crv", crv), [("point", point), ("", &[])])
    }

    /// The public key of an octet key pair (RFC 8037 §2), such as one of Ed25519.
    #[must_use]
    pub const fn okp(crv: &'a str, x: &'a [u8]) -> Self {
        Self::new("OKP", ("crv", crv), [("x", x), ("", &[])])
    }

    /// The public key of an algorithm key pair (RFC 9964), such as one of `ML-DSA-44`.
    #[must_use]
    pub const fn akp(alg: &'a str, public_key: &'a [u8]) -> Self {
        Self::new("AKP", ("alg", alg), [("pub", public_key), ("", &[])])
    }

    /// A shared secret, byte for byte (RFC 7518 §6.4).
    #[must_use]
    pub const fn oct(k: &'a [u8]) -> Self {
        Self::new("oct", ("", ""), [("k", k), ("", &[])])
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
        }
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
        let parameter = self.parameters.iter().find(|(name, _)| *name == member);
        parameter
            .map(|(_, bytes)| *bytes)
            .ok_or(Error::MalformedKey)
    }
}

impl Debug for KeyParameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the values: they may be a secret.
        f.debug_struct("KeyParameters")
            .field("kty", &self.kty)
            .finish_non_exhaustive()
    }
}
