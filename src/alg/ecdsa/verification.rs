//! ECDSA verification (FIPS 186-5 §6.4.2), on parsed numbers. It runs in variable time, because all
//! inputs are public.

use super::curve::{Curve, FieldElement, Scalar};
use super::point::{Affine, Jacobian};
use super::prime::{Prime, add};
use super::table::{Shape, Table};
use crate::alg::Word;
use crate::alg::arithmetic::{WORD_BITS, less_than};

/// The window width, in bits, of the temporary table. It is made for a key that has no table. On
/// 32-bit machines, it is one bit below the fastest width, which halves the table on the stack.
const TEMPORARY_WIDTH: usize = if WORD_BITS == 64 { 5 } else { 4 };

/// Coordinates of the temporary table: two for each multiple.
const TEMPORARY_COORDINATES: usize = 2 << (TEMPORARY_WIDTH - 1);

/// A signature: r and s, each from 1 to n - 1.
pub(super) struct Signature<const N: usize> {
    pub(super) r: [Word; N],
    pub(super) s: [Word; N],
}

/// Returns whether `signature` is a signature by `key` over the message with that `hash`.
///
/// `base` is a table of the base point, and `table` a table of the key. Without the latter, a
/// temporary table is made on the stack.
pub(super) fn verifies<C: Curve<N>, const N: usize>(
    key: Affine<C, N>,
    table: Option<Table<'_, N>>,
    base: Table<'_, N>,
    hash: [Word; N],
    signature: &Signature<N>,
) -> bool {
    let [u1, u2] = scalars::<C, N>(hash, signature);
    let sum = match table {
        Some(table) => sum(&base, &u1, &table, &u2),
        None => sum_with_table_on_stack(key, &base, &u1, &u2),
    };
    is_x_modulo_order::<C, N>(&sum, signature.r)
}

/// Returns u1 = hash / s and u2 = r / s modulo n.
#[inline(never)]
fn scalars<C: Curve<N>, const N: usize>(
    hash: [Word; N],
    signature: &Signature<N>,
) -> [[Word; N]; 2] {
    let inverse = Scalar::<C, N>::from_number(signature.s).inverted();
    [hash, signature.r].map(|number| inverse.mul_number(number))
}

#[inline(never)]
fn sum_with_table_on_stack<C: Curve<N>, const N: usize>(
    key: Affine<C, N>,
    base: &Table<'_, N>,
    u1: &[Word; N],
    u2: &[Word; N],
) -> Jacobian<C, N> {
    let mut memory = [[0; N]; TEMPORARY_COORDINATES];
    let shape = Shape::single(TEMPORARY_WIDTH, C::SCALAR_BITS);
    let table = Table::make(shape, key, &mut memory);
    sum(base, u1, &table, u2)
}

/// Returns u1 · G + u2 · Q, where G is the base point and Q the key.
fn sum<C: Curve<N>, const N: usize>(
    base: &Table<'_, N>,
    u1: &[Word; N],
    key: &Table<'_, N>,
    u2: &[Word; N],
) -> Jacobian<C, N> {
    let mut sum = Jacobian::INFINITY;
    for position in (0..base.end().max(key.end())).rev() {
        sum = sum.doubled();
        base.add_at(position, u1, &mut sum);
        key.add_at(position, u2, &mut sum);
    }
    sum
}

/// Returns whether the point's x coordinate is r modulo n.
///
/// The only candidates are r, and r + n if it is below p, because p is below 2n. A candidate times
/// z² is compared with the Jacobian x, which saves an inversion.
fn is_x_modulo_order<C: Curve<N>, const N: usize>(point: &Jacobian<C, N>, r: [Word; N]) -> bool {
    if point.is_infinity() {
        return false;
    }
    let zz = point.z.squared();
    let is_x = |x| (FieldElement::<C, N>::from_number(x) * zz).equals(point.x);
    let (beyond, overflow) = add(&r, &C::Order::PRIME);
    is_x(r) || (!overflow && less_than(&beyond, &C::Field::PRIME) && is_x(beyond))
}
