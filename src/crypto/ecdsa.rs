//! ECDSA on the NIST curves (RFC 7518 §3.4), on the arithmetic of the curve crates.

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use ::ecdsa::elliptic_curve::array::typenum::Unsigned;
use ::ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ::ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize};
use ::ecdsa::signature::Verifier;
use ::ecdsa::{DigestAlgorithm, EcdsaCurve, Signature, VerifyingKey};
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;

use crate::algorithm::{Algorithm, InvalidSignature, KeyParameters, Kind, Word};
use crate::crypto::words;
use crate::error::Error;

/// ECDSA using P-256 and SHA-256.
pub const ES256: Ecdsa<NistP256> = Ecdsa::new("ES256", "P-256");

/// ECDSA using P-384 and SHA-384.
pub const ES384: Ecdsa<NistP384> = Ecdsa::new("ES384", "P-384");

/// ECDSA using P-521 and SHA-512.
pub const ES512: Ecdsa<NistP521> = Ecdsa::new("ES512", "P-521");

/// Bytes of the largest uncompressed point, that of P-521: a tag and two coordinates (SEC 1 §2.3.3).
const MAX_POINT_LEN: usize = 1 + 2 * 66;

/// SEC 1 §2.3.3: the tags of compressed points, and that of uncompressed ones.
const COMPRESSED_EVEN: u8 = 2;
const COMPRESSED_ODD: u8 = 3;
const UNCOMPRESSED: u8 = 4;

/// ECDSA with one curve and the hash that RFC 7518 pairs with it.
///
/// The key material is the uncompressed point.
#[derive(Clone, Copy)]
pub struct Ecdsa<C> {
    name: &'static str,
    crv: &'static str,
    curve: PhantomData<fn() -> C>,
}

impl<C> Ecdsa<C> {
    const fn new(name: &'static str, crv: &'static str) -> Self {
        Self {
            name,
            crv,
            curve: PhantomData,
        }
    }
}

impl<C> Debug for Ecdsa<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<C> Algorithm for Ecdsa<C>
where
    C: EcdsaCurve + CurveArithmetic + DigestAlgorithm,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn kind(&self) -> Kind {
        Kind::Signature
    }

    fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error> {
        let mut buffer = [0; MAX_POINT_LEN];
        let point = match *key {
            KeyParameters::Ec { crv, x, y } if crv == self.crv => {
                uncompressed(x, y, FieldBytesSize::<C>::USIZE, &mut buffer)?
            }
            KeyParameters::EcPoint { crv, point } if crv == self.crv => known_tag(point)?,
            _ => return Err(Error::UnsupportedKey),
        };
        // Refuses points that are not on the curve; the curves have no points of small order.
        let point = VerifyingKey::<C>::from_sec1_bytes(point).map_err(|_| Error::MalformedKey)?;
        words::store(material, point.to_sec1_point(false).as_bytes());
        Ok(())
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let mut buffer = [0; MAX_POINT_LEN];
        words::fetch(material, &mut buffer);
        let len = FieldBytesSize::<C>::USIZE
            .saturating_mul(2)
            .saturating_add(1);
        let point = buffer.get(..len).ok_or(InvalidSignature)?;
        let point = VerifyingKey::<C>::from_sec1_bytes(point).map_err(|_| InvalidSignature)?;
        // RFC 7518 §3.4: r and s as octet strings of the curve's full width; 0 and from n on are refused.
        let signature = Signature::<C>::from_slice(signature).map_err(|_| InvalidSignature)?;
        point
            .verify(signing_input, &signature)
            .map_err(|_| InvalidSignature)
    }
}

/// RFC 7518 §6.2.1.2: coordinates have the curve's full width, leading zeros included.
fn uncompressed<'b>(
    x: &[u8],
    y: &[u8],
    width: usize,
    buffer: &'b mut [u8; MAX_POINT_LEN],
) -> Result<&'b [u8], Error> {
    if x.len() != width || y.len() != width {
        return Err(Error::MalformedKey);
    }
    let bytes = [UNCOMPRESSED].into_iter().chain(x.iter().chain(y).copied());
    buffer
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = from);
    let len = width.saturating_mul(2).saturating_add(1);
    buffer.get(..len).ok_or(Error::MalformedKey)
}

/// Only what SEC 1 defines for points other than infinity.
fn known_tag(point: &[u8]) -> Result<&[u8], Error> {
    match point.first() {
        Some(&(COMPRESSED_EVEN | COMPRESSED_ODD | UNCOMPRESSED)) => Ok(point),
        _ => Err(Error::MalformedKey),
    }
}
