//! Arithmetic modulo p on words of 32 bits.
//!
//! Montgomery reduction is cheap for this p. Because p is -1 modulo 2⁹⁶, the three lowest words m
//! are their own factor: adding m · p makes them zero. The product m · p needs no multiplication.
//!
//! Example with decimal words and p = 79, which is -1 modulo 10: to reduce 34, add 4 · 79. The sum
//! is 350, and without the zero it is 35. Indeed 35 · 10 is 34 modulo 79.

use crate::alg::arithmetic::{
    add_with_carry, double_and_add_squares, multiply_add, subtract_with_borrow,
};

const WORDS: usize = 8;

/// Returns a · b.
#[inline]
pub(super) fn product(a: &[u32; WORDS], b: &[u32; WORDS]) -> [u32; 2 * WORDS] {
    let a = *a;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = *b;
    let ([p0, p1, p2, p3, p4, p5, p6, p7], p8) = row([0; WORDS], a, b0);
    let ([p1, p2, p3, p4, p5, p6, p7, p8], p9) = row([p1, p2, p3, p4, p5, p6, p7, p8], a, b1);
    let ([p2, p3, p4, p5, p6, p7, p8, p9], pa) = row([p2, p3, p4, p5, p6, p7, p8, p9], a, b2);
    let ([p3, p4, p5, p6, p7, p8, p9, pa], pb) = row([p3, p4, p5, p6, p7, p8, p9, pa], a, b3);
    let ([p4, p5, p6, p7, p8, p9, pa, pb], pc) = row([p4, p5, p6, p7, p8, p9, pa, pb], a, b4);
    let ([p5, p6, p7, p8, p9, pa, pb, pc], pd) = row([p5, p6, p7, p8, p9, pa, pb, pc], a, b5);
    let ([p6, p7, p8, p9, pa, pb, pc, pd], pe) = row([p6, p7, p8, p9, pa, pb, pc, pd], a, b6);
    let ([p7, p8, p9, pa, pb, pc, pd, pe], pf) = row([p7, p8, p9, pa, pb, pc, pd, pe], a, b7);
    [
        p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pa, pb, pc, pd, pe, pf,
    ]
}

/// Returns a²: twice the products of different words, plus the squares of the words.
#[inline]
pub(super) fn square(a: &[u32; WORDS]) -> [u32; 2 * WORDS] {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let ([p1, p2, p3, p4, p5, p6, p7], p8) = row([0; 7], [a1, a2, a3, a4, a5, a6, a7], a0);
    let ([p3, p4, p5, p6, p7, p8], p9) =
        row([p3, p4, p5, p6, p7, p8], [a2, a3, a4, a5, a6, a7], a1);
    let ([p5, p6, p7, p8, p9], pa) = row([p5, p6, p7, p8, p9], [a3, a4, a5, a6, a7], a2);
    let ([p7, p8, p9, pa], pb) = row([p7, p8, p9, pa], [a4, a5, a6, a7], a3);
    let ([p9, pa, pb], pc) = row([p9, pa, pb], [a5, a6, a7], a4);
    let ([pb, pc], pd) = row([pb, pc], [a6, a7], a5);
    let ([pd], pe) = row([pd], [a7], a6);
    let mut product = [0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pa, pb, pc, pd, pe, 0];
    double_and_add_squares(&mut product, a);
    product
}

/// Returns sum + a · digit, and the carry out of the sum's words.
#[inline]
fn row<const K: usize>(mut sum: [u32; K], a: [u32; K], digit: u32) -> ([u32; K], u32) {
    let mut carry = 0;
    for (sum, a) in sum.iter_mut().zip(a) {
        (*sum, carry) = multiply_add(*sum, a, digit, carry);
    }
    (sum, carry)
}

/// Returns product · 2⁻²⁵⁶ mod p, minus 2²⁵⁶ if the flag is set.
#[inline]
pub(super) fn reduce(mut product: [u32; 2 * WORDS]) -> ([u32; WORDS], bool) {
    let [p0, p1, p2, rest @ ..] = &mut product;
    let carry0 = add_into(rest, shifted_p([*p0, *p1, *p2]));
    let [_, _, _, p3, p4, p5, rest @ ..] = &mut product;
    let carry1 = add_into(rest, shifted_p([*p3, *p4, *p5]));
    let [_, _, _, _, _, _, p6, p7, _, rest @ ..] = &mut product;
    let carry2 = add_into(rest, shifted_p([*p6, *p7, 0]));
    let [_, _, _, _, _, _, _, _, high @ ..] = product;
    (high, carry0 | carry1 | carry2)
}

/// Returns (m · p + m) / 2⁹⁶ = m + (m - m · 2³² + m · 2⁶⁴) · 2⁹⁶.
#[inline]
fn shifted_p([m0, m1, m2]: [u32; 3]) -> [u32; WORDS] {
    let (d1, borrow) = subtract_with_borrow(m1, m0, false);
    let (d2, borrow) = subtract_with_borrow(m2, m1, borrow);
    let (d3, borrow) = subtract_with_borrow(0, m2, borrow);
    let (d2, carry) = add_with_carry(d2, m0, false);
    let (d3, carry) = add_with_carry(d3, m1, carry);
    let (d4, _) = add_with_carry(m2, 0, carry);
    [
        m0,
        m1,
        m2,
        m0,
        d1,
        d2,
        d3,
        d4.wrapping_sub(u32::from(borrow)),
    ]
}

/// Computes number ← number + addend, and returns whether it carries. The words of the addend above
/// the number must be zero.
#[inline]
fn add_into(number: &mut [u32], addend: [u32; WORDS]) -> bool {
    let mut carry = false;
    let addend = addend.into_iter().chain(core::iter::repeat(0));
    for (number, addend) in number.iter_mut().zip(addend) {
        (*number, carry) = add_with_carry(*number, addend, carry);
    }
    carry
}
