//! The parameters of a curve: y² = x³ - 3x + b over a prime field, with a base point of prime order
//! (SP 800-186 §3.2.1).

use core::fmt::Debug;

use sha2::digest::Digest;

use super::field::PrimeFieldElement;
use super::prime::Prime;
use crate::alg::Word;

/// A curve, on numbers of `N` words, with the hash function that RFC 7518 §3.4 pairs with it.
pub(super) trait Curve<const N: usize>: Debug + Sized + 'static {
    /// The name in the JSON Web Key Elliptic Curve registry.
    const NAME: &'static str;

    /// The name of ECDSA with this curve (RFC 7518 §3.4).
    const ALGORITHM: &'static str;

    /// The prime p of the field, the modulus of coordinates.
    type Field: Prime<N>;

    /// The order n of the base point, the modulus of scalars.
    type Order: Prime<N>;

    /// The hash function of [`ALGORITHM`](Self::ALGORITHM).
    type Hash: Digest;

    /// The coefficient b.
    const B: [Word; N];

    /// The entries of the base point's [table](super::table) with one window: the multiples by 1,
    /// 2, 3 and so on.
    const BASE: &'static [Word];

    /// Width in bits of the window of [`BASE`](Self::BASE).
    const BASE_WIDTH: usize;

    /// Bits of a scalar.
    const SCALAR_BITS: usize = Self::Order::BITS;

    /// Bytes of a coordinate or a scalar.
    const BYTES: usize = Self::Field::BITS.div_ceil(8);
}

pub(super) type FieldElement<C, const N: usize> = PrimeFieldElement<<C as Curve<N>>::Field, N>;
pub(super) type Scalar<C, const N: usize> = PrimeFieldElement<<C as Curve<N>>::Order, N>;
