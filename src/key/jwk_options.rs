//! Options for JWKs that deviate from RFC 7517 and RFC 7518.

use core::fmt::{self, Debug};

use crate::alg::ParameterSource;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::key::import::add_certificate;

/// What to accept in JWKs that would otherwise be skipped. The name of each option says which rule
/// it relaxes.
///
/// ```
/// use jose_verify::alg::ES512;
/// use jose_verify::keys::JwkOptions;
/// use jose_verify::{Error, KeySet};
///
/// // The first coordinate of this key has 65 bytes instead of 66.
/// const X: &str = "UazoyLW1f4QpyAQbNcAuDcfDjQQjII3L9E0TK3-Lh8xIbwB9TT2xss2oiivx9cM_jt-JKo\
///     jR6tueBk5kyZPu2So";
/// const Y: &str = "AUAmaK2v_zgE2GuqLyBmaSk5HmoF-QQww17sQP8_Mw-ElVN0XZT_ji11dDgCePJmTmzEJM\
///     mLKWRk20bELuxS-ryd";
/// let jwks = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-521","x":"{X}","y":"{Y}"}}]}}"#);
/// let mut keys = KeySet::<1>::new();
/// let strict = keys.load(jwks.as_bytes(), &[&ES512], |_| {});
/// assert_eq!(strict.err(), Some(Error::ShortCoordinate));
/// let options = JwkOptions::new().short_coordinates();
/// let lenient = keys.load_with(jwks.as_bytes(), &[&ES512], options, |_| {})?;
/// assert_eq!(lenient.kept(), 1);
/// # Ok::<(), Error>(())
/// ```
pub struct JwkOptions<'o> {
    uses: &'o [&'o str],
    /// Only [`short_coordinates`](Self::short_coordinates) refers to the function, so programs that
    /// do not call it do not link the function. The same applies to [`x5c`](Self::x5c).
    parameters: WithParameters,
    certificates: Option<(WithCertificate, &'o mut [u8])>,
}

/// Calls the function with the parameters of a JWK.
type WithParameters = fn(&Jwk<'_>, &mut Add<'_>) -> Result<(), Error>;

/// Calls the function with the parameters of a JWK's certificate, which is decoded into the buffer.
type WithCertificate = fn(&Jwk<'_>, &mut [u8], &mut Add<'_>) -> Result<(), Error>;

/// Adds a key with these parameters.
pub(crate) type Add<'a> = dyn FnMut(&dyn ParameterSource) -> Result<(), Error> + 'a;

impl<'o> JwkOptions<'o> {
    /// Creates a value without options: JWKs are read as [`KeySet::load`](crate::KeySet::load)
    /// reads them.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            uses: &["sig"],
            parameters: |jwk, add| add(jwk),
            certificates: None,
        }
    }

    /// Accepts keys with one of these values of `use`, instead of `sig`. A key without `use` is
    /// accepted too.
    ///
    /// RFC 7517 §4.2 permits other values. For example, a SPIFFE trust bundle uses `jwt-svid`. Name
    /// only values that permit the verification of signatures.
    #[must_use]
    pub const fn accept_use(self, uses: &'o [&'o str]) -> Self {
        Self { uses, ..self }
    }

    /// Accepts coordinates of an EC key whose leading zeros are missing, or that have one too many.
    ///
    /// RFC 7518 §6.2.1.2 requires the full width. Rhonabwy, which Glewlwyd uses, drops leading
    /// zeros, which affects three quarters of its P-521 keys. With this option, one key has more
    /// than one encoding.
    #[must_use]
    pub const fn short_coordinates(self) -> Self {
        Self {
            parameters: |jwk, add| add(&FullWidth(jwk)),
            ..self
        }
    }

    /// Accepts JWKs without key parameters that contain the key only in a certificate (`x5c`, RFC
    /// 7517 §4.7).
    ///
    /// The certificate is not validated. It is decoded into `scratch`, for which twice the length
    /// of the longest JWK suffices. If a JWK has key parameters, its `x5c` is not read.
    #[must_use]
    pub fn x5c(self, scratch: &'o mut [u8]) -> Self {
        Self {
            certificates: Some((add_certificate, scratch)),
            ..self
        }
    }

    /// Returns whether `use` and `key_ops` allow verification.
    pub(crate) fn may_verify(&self, jwk: &Jwk<'_>) -> bool {
        jwk.may_verify_with(self.uses)
    }

    /// Calls `add` with the parameters of the JWK or of its certificate.
    pub(crate) fn read(&mut self, jwk: &Jwk<'_>, add: &mut Add<'_>) -> Result<(), Error> {
        match &mut self.certificates {
            Some((read, scratch)) if !has_parameters(jwk) => read(jwk, scratch, add),
            _ => (self.parameters)(jwk, add),
        }
    }
}

impl Default for JwkOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl Debug for JwkOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwkOptions")
            .field("uses", &self.uses)
            .field("x5c", &self.certificates.is_some())
            .finish_non_exhaustive()
    }
}

/// Returns whether the JWK has a parameter of RFC 7518 §6, RFC 8037 §2 or RFC 9964.
fn has_parameters(jwk: &Jwk<'_>) -> bool {
    let names = ["n", "e", "x", "y", "k", "pub"];
    names.iter().any(|name| jwk.has(name))
}

/// The parameters of a JWK, with coordinates of the full width.
struct FullWidth<'j>(&'j Jwk<'j>);

/// The length in bytes of the longest coordinate, including one superfluous zero byte.
const MAX_LEN: usize = 67;

impl ParameterSource for FullWidth<'_> {
    fn is(&self, member: &str, value: &str) -> bool {
        self.0.is(member, value)
    }

    fn bytes<'b>(&'b self, member: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let width = match member {
            "x" | "y" => self.width(),
            _ => None,
        };
        let Some(width) = width else {
            return self.0.bytes(member, buffer);
        };
        let mut written = [0; MAX_LEN];
        let written = self.0.bytes(member, &mut written)?;
        let digits = match written {
            [0, digits @ ..] if digits.len() == width => digits,
            digits => digits,
        };
        let zeros = width.checked_sub(digits.len());
        let zeros = zeros.filter(|_| !digits.is_empty());
        let zeros = zeros.ok_or(Error::MalformedKey)?;
        let coordinate = buffer.get_mut(..width).ok_or(Error::KeyTooLarge)?;
        let (front, back) = coordinate.split_at_mut_checked(zeros).unwrap_or_default();
        front.fill(0);
        back.copy_from_slice(digits);
        Ok(coordinate)
    }

    fn is_for(&self, algorithm: &str) -> bool {
        self.0.is_for(algorithm)
    }
}

impl FullWidth<'_> {
    /// Returns the width of a coordinate in bytes (RFC 7518 §6.2.1.2), if the key has coordinates.
    fn width(&self) -> Option<usize> {
        let widths = [("P-256", 32), ("P-384", 48), ("P-521", 66)];
        let found = widths.iter().find(|(crv, _)| self.is("crv", crv));
        found
            .map(|(_, width)| *width)
            .filter(|_| self.is("kty", "EC"))
    }
}
