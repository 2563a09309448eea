//! ECDSA on the NIST curves (RFC 7518 §3.4), on arithmetic of our own.

mod curve;
mod inverse;
mod p256;
mod p384;
mod p521;
mod point;
mod prime;
mod residue;
mod table;
mod verification;

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use sha2::digest::Digest;

use self::curve::{Curve, Field};
use self::p256::P256;
use self::p384::P384;
use self::p521::P521;
use self::point::Affine;
use self::prime::Prime;
use self::table::Table;
use self::verification::{Signature, verifies};
use crate::alg::arithmetic::{less_than, read_big_endian};
use crate::alg::{Algorithm, InvalidSignature, KeyParameters, Kind, Tables, Word};
use crate::error::Error;

/// ECDSA using P-256 and SHA-256. A signature is r and s, 32 bytes each (RFC 7518 §3.4); one in DER is refused.
pub const ES256: Ecdsa<P256, { p256::WORDS }> = Ecdsa::new("ES256");

/// ECDSA using P-384 and SHA-384.
pub const ES384: Ecdsa<P384, { p384::WORDS }> = Ecdsa::new("ES384");

/// ECDSA using P-521 and SHA-512.
pub const ES512: Ecdsa<P521, { p521::WORDS }> = Ecdsa::new("ES512");

/// SEC 1 §2.3.3: the tags of compressed points, and that of uncompressed ones.
const COMPRESSED_EVEN: u8 = 2;
const COMPRESSED_ODD: u8 = 3;
const UNCOMPRESSED: u8 = 4;

/// ECDSA with one curve, on numbers of `N` words, and the hash that RFC 7518 pairs with it.
///
/// The key material is the point: x and y, as the curve's arithmetic has them.
#[derive(Clone, Copy)]
pub struct Ecdsa<C, const N: usize> {
    name: &'static str,
    curve: PhantomData<fn() -> C>,
}

impl<C, const N: usize> Ecdsa<C, N> {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            curve: PhantomData,
        }
    }
}

impl<C, const N: usize> Debug for Ecdsa<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<C: Curve<N>, const N: usize> Algorithm for Ecdsa<C, N> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn kind(&self) -> Kind {
        Kind::Signature
    }

    fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error> {
        let point = match *key {
            KeyParameters::Ec { crv, x, y } if crv == C::NAME => affine::<C, N>(x, y),
            KeyParameters::EcPoint { crv, point } if crv == C::NAME => decode_point::<C, N>(point),
            _ => return Err(Error::UnsupportedKey),
        };
        // The curves have no points of small order.
        let point = point
            .filter(|p| p.is_on_curve())
            .ok_or(Error::MalformedKey)?;
        let (coordinates, _) = material.as_chunks_mut();
        let [x, y, ..] = coordinates else {
            return Err(Error::KeyTooLarge);
        };
        (*x, *y) = (*point.x.words(), *point.y.words());
        Ok(())
    }

    fn table_len(&self, available: usize) -> usize {
        table::len::<C, N>(available)
    }

    fn fill_table(&self, material: &[Word], table: &mut [Word]) {
        if let Some(point) = loaded_point::<C, N>(material) {
            table::fill(point, table);
        }
    }

    fn fill_shared_table(&self, table: &mut [Word]) {
        if let Some(point) = Table::open::<C>(C::BASE).and_then(|base| base.point::<C>()) {
            table::fill(point, table);
        }
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.verify_with_tables(material, Tables::default(), signing_input, signature)
    }

    fn verify_with_tables(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = loaded_point::<C, N>(material).ok_or(InvalidSignature)?;
        let signature = parse_signature::<C, N>(signature).ok_or(InvalidSignature)?;
        let hash = hash::<C, N>(signing_input);
        let base = Table::open::<C>(C::BASE).ok_or(InvalidSignature)?;
        let base = Table::open_for::<C>(base.point(), tables.shared).unwrap_or(base);
        let table = Table::open_for(Some(key), tables.key);
        if verifies::<C, N>(key, table, base, hash, &signature) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

/// The message's hash as a number. RFC 7518 §3.4 pairs each curve with a hash that is not longer than its scalars: there
/// is nothing to cut off.
// A frame of its own: what it needs on the stack is free again for the curve.
#[inline(never)]
fn hash<C: Curve<N>, const N: usize>(message: &[u8]) -> [Word; N] {
    let mut number = [0; N];
    read_big_endian(&C::Hash::digest(message), &mut number);
    number
}

/// The point that [`load`](Algorithm::load) put there.
fn loaded_point<C: Curve<N>, const N: usize>(material: &[Word]) -> Option<Affine<C, N>> {
    let (coordinates, _) = material.as_chunks();
    let [x, y, ..] = coordinates else {
        return None;
    };
    // (0, 0) lies on none of the curves: it is what material looks like into which nothing was loaded.
    let loaded = *x != [0; N] || *y != [0; N];
    loaded.then(|| Affine {
        x: Field::<C, N>::from_words(*x),
        y: Field::<C, N>::from_words(*y),
    })
}

/// RFC 7518 §3.4: r and s as octet strings of the curve's full width; SEC 1 §4.1.4: from 1 to n - 1.
fn parse_signature<C: Curve<N>, const N: usize>(signature: &[u8]) -> Option<Signature<N>> {
    let (r, s) = signature.split_at_checked(C::BYTES)?;
    let scalar = |bytes| read_below(bytes, &C::Order::PRIME, C::BYTES).filter(|n| *n != [0; N]);
    Some(Signature {
        r: scalar(r)?,
        s: scalar(s)?,
    })
}

/// RFC 7518 §6.2.1.2: coordinates have the curve's full width, leading zeros included.
fn affine<C: Curve<N>, const N: usize>(x: &[u8], y: &[u8]) -> Option<Affine<C, N>> {
    Some(Affine {
        x: coordinate::<C, N>(x)?,
        y: coordinate::<C, N>(y)?,
    })
}

/// SEC 1 §2.3.4; the point at infinity is no key.
fn decode_point<C: Curve<N>, const N: usize>(point: &[u8]) -> Option<Affine<C, N>> {
    match point.split_first()? {
        (&UNCOMPRESSED, coordinates) => {
            let (x, y) = coordinates.split_at_checked(C::BYTES)?;
            affine(x, y)
        }
        (&tag @ (COMPRESSED_EVEN | COMPRESSED_ODD), x) => {
            Affine::decompress(coordinate::<C, N>(x)?, tag == COMPRESSED_ODD)
        }
        _ => None,
    }
}

fn coordinate<C: Curve<N>, const N: usize>(bytes: &[u8]) -> Option<Field<C, N>> {
    read_below(bytes, &C::Field::PRIME, C::BYTES).map(Field::<C, N>::from_number)
}

/// A big-endian number of exactly that many bytes, below the bound.
fn read_below<const N: usize>(bytes: &[u8], bound: &[Word; N], len: usize) -> Option<[Word; N]> {
    if bytes.len() != len {
        return None;
    }
    let mut number = [0; N];
    read_big_endian(bytes, &mut number);
    less_than(&number, bound).then_some(number)
}
