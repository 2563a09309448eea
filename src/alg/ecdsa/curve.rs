//! What a curve is to the rest: y² = x³ - 3x + b over a prime field, with a base point of prime
//! order (SP 800-186 §3.2.1).

use core::fmt::Debug;

use sha2::digest::Digest;

use super::field::PrimeFieldElement;
use super::prime::Prime;
use crate::alg::Word;

/// One curve, on numbers of `N` words, with the hash that RFC 7518 §3.4 pairs with it.
pub(super) trait Curve<const N: usize>: Debug + Sized + 'static {
    /// The name in the JSON Web Key Elliptic Curve registry.
    const NAME: &'static str;

    /// The name of ECDSA with it (RFC 7518 §3.4).
    const ALGORITHM: &'static str;

    /// What coordinates are modulo.
    type Field: Prime<N>;

    /// What multiples of points are modulo: the order of the base point.
    type Order: Prime<N>;

    type Hash: Digest;

    /// The coefficient b.
    const B: [Word; N];

    /// The base point's multiples by 1, 2, 3 and so on: the entries of a [table](super::table) of
    /// one window.
    const BASE: &'static [Word];

    /// Bits of that window.
    const BASE_WIDTH: usize;

    /// Bits of a scalar.
    const SCALAR_BITS: usize = Self::Order::BITS;

    /// Bytes of a coordinate or a scalar.
    const BYTES: usize = Self::Field::BITS.div_ceil(8);
}

pub(super) type FieldElement<C, const N: usize> = PrimeFieldElement<<C as Curve<N>>::Field, N>;
pub(super) type Scalar<C, const N: usize> = PrimeFieldElement<<C as Curve<N>>::Order, N>;
