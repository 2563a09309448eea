//! ECDSA on the NIST curves (RFC 7518 §3.4), with this crate's own arithmetic.
//!
//! From the top down: `verification` computes a sum of multiples with the `table` of each `point`.
//! `field` implements numbers modulo a `prime`, and `inverse` inverts them. Each `curve` adds its
//! constants, and P-256 and P-521 also add their own reductions.

mod checksum;
mod curve;
mod field;
mod inverse;
mod p256;
mod p384;
mod p521;
mod point;
mod prime;
mod table;
mod verification;

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use sha2::digest::Digest;

use self::curve::{Curve, FieldElement};
pub(super) use self::p256::P256;
pub(super) use self::p256::WORDS as P256_WORDS;
pub(super) use self::p384::P384;
pub(super) use self::p384::WORDS as P384_WORDS;
pub(super) use self::p521::P521;
pub(super) use self::p521::WORDS as P521_WORDS;
use self::point::Affine;
use self::prime::Prime;
use self::table::Table;
use self::verification::{Signature, verifies};
use crate::alg::arithmetic::{less_than, read_big_endian};
use crate::alg::{
    Algorithm, AlgorithmKind, InvalidSignature, KeyType, ParameterSource, Precomputation, Tables,
    Word,
};
use crate::error::Error;

/// First bytes of compressed and uncompressed points (SEC 1 §2.3.3).
const COMPRESSED_EVEN: u8 = 2;
const COMPRESSED_ODD: u8 = 3;
const UNCOMPRESSED: u8 = 4;

/// Bytes of the widest coordinate, that of P-521.
const MAX_COORDINATE_LEN: usize = 66;

/// The key type of one curve. The material is the point's x and y in Montgomery form.
struct EcKey<C, const N: usize>(PhantomData<fn() -> C>);

impl<C: Curve<N>, const N: usize> Debug for EcKey<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(C::NAME)
    }
}

impl<C: Curve<N>, const N: usize> KeyType for EcKey<C, N> {
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        if !key.is("kty", "EC") || !key.is("crv", C::NAME) {
            return Err(Error::UnsupportedKey);
        }
        let point = read_point::<C, N>(key)?;
        // The order needs no check: the cofactor is 1, so there are no points of small order.
        let point = point.filter(|p| p.is_on_curve());
        let point = point.ok_or(Error::MalformedKey)?;
        let (coordinates, _) = material.as_chunks_mut();
        let [x, y, ..] = coordinates else {
            return Err(Error::KeySetFull);
        };
        (*x, *y) = (*point.x.words(), *point.y.words());
        Ok(N.saturating_mul(2))
    }
}

/// ECDSA with one curve, on numbers of `N` words, and the hash function that RFC 7518 pairs with
/// it.
#[derive(Clone, Copy)]
pub(super) struct Ecdsa<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> Ecdsa<C, N> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C: Curve<N>, const N: usize> Debug for Ecdsa<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(C::ALGORITHM)
    }
}

impl<C: Curve<N>, const N: usize> Algorithm for Ecdsa<C, N> {
    fn name(&self) -> &'static str {
        C::ALGORITHM
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &EcKey::<C, N>(PhantomData)
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let base = Table::base::<C>();
        verify::<C, N>(material, None, base, signing_input, signature)
    }
}

/// Precomputed tables for the keys of one curve.
#[derive(Clone, Copy)]
pub(super) struct EcTables<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> EcTables<C, N> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C: Curve<N>, const N: usize> Debug for EcTables<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(C::NAME)
    }
}

impl<C: Curve<N>, const N: usize> Precomputation for EcTables<C, N> {
    fn algorithm(&self) -> &'static dyn Algorithm {
        &Ecdsa::<C, N>(PhantomData)
    }

    fn table_len(&self, available: usize) -> usize {
        table::len::<C, N>(available)
    }

    fn fill(&self, material: &[Word], table: &mut [Word]) {
        if let Some(point) = loaded_point::<C, N>(material) {
            table::fill(point, table);
        }
    }

    fn fill_shared(&self, table: &mut [Word]) {
        if let Some(point) = Table::base::<C>().point::<C>() {
            table::fill(point, table);
        }
    }

    fn is_intact(&self, material: &[Word], table: &[Word]) -> bool {
        table::is_intact(loaded_point::<C, N>(material), table)
    }

    fn is_shared_intact(&self, table: &[Word]) -> bool {
        table::is_intact(Table::base::<C>().point::<C>(), table)
    }

    fn verify(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let base = Table::base::<C>();
        let base = Table::open_for::<C>(base.point(), tables.shared).unwrap_or(base);
        let table = Table::open_for::<C>(loaded_point::<C, N>(material), tables.key);
        verify::<C, N>(material, table, base, signing_input, signature)
    }
}

/// Verifies a signature with a table of the base point, and one of the key if there is one.
// Not inlined, so that verification with and without tables shares the code.
#[inline(never)]
fn verify<C: Curve<N>, const N: usize>(
    material: &[Word],
    table: Option<Table<'_, N>>,
    base: Table<'_, N>,
    signing_input: &[u8],
    signature: &[u8],
) -> Result<(), InvalidSignature> {
    let key = loaded_point::<C, N>(material).ok_or(InvalidSignature)?;
    let signature = parse_signature::<C, N>(signature).ok_or(InvalidSignature)?;
    let hash = hash::<C, N>(signing_input);
    if verifies::<C, N>(key, table, base, hash, &signature) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

/// Returns the message's digest as a number. RFC 7518 §3.4 pairs each curve with a hash function
/// whose digest is not longer than a scalar, so the digest is never truncated.
// Not inlined, so that its stack is released before the curve arithmetic runs.
#[inline(never)]
fn hash<C: Curve<N>, const N: usize>(message: &[u8]) -> [Word; N] {
    let mut number = [0; N];
    read_big_endian(&C::Hash::digest(message), &mut number);
    number
}

/// Returns the point that [`load`](KeyType::load) wrote.
fn loaded_point<C: Curve<N>, const N: usize>(material: &[Word]) -> Option<Affine<C, N>> {
    let (coordinates, _) = material.as_chunks();
    let [x, y, ..] = coordinates else {
        return None;
    };
    // (0, 0) is on none of the curves, so it marks material into which no key was loaded.
    let loaded = *x != [0; N] || *y != [0; N];
    loaded.then(|| Affine {
        x: FieldElement::<C, N>::from_words(*x),
        y: FieldElement::<C, N>::from_words(*y),
    })
}

/// Parses a signature. RFC 7518 §3.4: r and s are octet strings of the curve's full width. SEC 1
/// §4.1.4: both are from 1 to n - 1.
fn parse_signature<C: Curve<N>, const N: usize>(signature: &[u8]) -> Option<Signature<N>> {
    let (r, s) = signature.split_at_checked(C::BYTES)?;
    let scalar = |bytes| read_below(bytes, &C::Order::PRIME, C::BYTES).filter(|n| *n != [0; N]);
    Some(Signature {
        r: scalar(r)?,
        s: scalar(s)?,
    })
}

/// Reads the key's point, or returns `None` if its encoding is invalid. Does not check that the
/// point is on the curve.
fn read_point<C: Curve<N>, const N: usize>(
    key: &dyn ParameterSource,
) -> Result<Option<Affine<C, N>>, Error> {
    let (mut x, mut y) = ([0; MAX_COORDINATE_LEN], [0; MAX_COORDINATE_LEN]);
    if let Some(point) = key.point() {
        return Ok(decode_point(point));
    }
    let (x, y) = (key.bytes("x", &mut x)?, key.bytes("y", &mut y)?);
    if is_short::<C, N>(x) || is_short::<C, N>(y) {
        return Err(Error::ShortCoordinate);
    }
    Ok(affine(x, y))
}

/// Returns whether a coordinate seems to lack leading zeros: at most eight bytes of them. If more
/// are missing, the coordinate probably belongs to another curve.
const fn is_short<C: Curve<N>, const N: usize>(coordinate: &[u8]) -> bool {
    matches!(C::BYTES.checked_sub(coordinate.len()), Some(1..=8))
}

/// Parses a point's coordinates. RFC 7518 §6.2.1.2: they have the curve's full width, including
/// leading zeros.
fn affine<C: Curve<N>, const N: usize>(x: &[u8], y: &[u8]) -> Option<Affine<C, N>> {
    Some(Affine {
        x: coordinate::<C, N>(x)?,
        y: coordinate::<C, N>(y)?,
    })
}

/// Decodes a point (SEC 1 §2.3.4). The point at infinity is not a valid key.
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

fn coordinate<C: Curve<N>, const N: usize>(bytes: &[u8]) -> Option<FieldElement<C, N>> {
    read_below(bytes, &C::Field::PRIME, C::BYTES).map(FieldElement::<C, N>::from_number)
}

/// Reads a big-endian number, which must have exactly `len` bytes and be below `bound`.
fn read_below<const N: usize>(bytes: &[u8], bound: &[Word; N], len: usize) -> Option<[Word; N]> {
    if bytes.len() != len {
        return None;
    }
    let mut number = [0; N];
    read_big_endian(bytes, &mut number);
    less_than(&number, bound).then_some(number)
}
