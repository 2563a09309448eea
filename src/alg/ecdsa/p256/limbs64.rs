//! Arithmetic modulo p on words of 64 bits.
//!
//! Montgomery reduction is cheap for this p. Because p is -1 modulo 2⁶⁴, the lowest word m is its
//! own factor: adding m · p makes it zero. Only one of the four products with p's words needs a
//! multiplication.
//!
//! Example with decimal words and p = 79, which is -1 modulo 10: to reduce 34, add 4 · 79. The sum
//! is 350, and without the zero it is 35. Indeed 35 · 10 is 34 modulo 79.

use crate::alg::arithmetic::{add_with_carry, multiply_add};

const WORDS: usize = 4;

/// The highest word of p.
const HIGHEST: u64 = 0xffff_ffff_0000_0001;

/// Returns a · b.
#[inline]
pub(super) fn product(a: &[u64; WORDS], b: &[u64; WORDS]) -> [u64; 2 * WORDS] {
    let row = |[s0, s1, s2, s3]: [u64; WORDS], b| {
        let [a0, a1, a2, a3] = *a;
        let (s0, carry) = multiply_add(s0, a0, b, 0);
        let (s1, carry) = multiply_add(s1, a1, b, carry);
        let (s2, carry) = multiply_add(s2, a2, b, carry);
        let (s3, carry) = multiply_add(s3, a3, b, carry);
        (s0, [s1, s2, s3, carry])
    };
    let [b0, b1, b2, b3] = *b;
    let (p0, sum) = row([0; WORDS], b0);
    let (p1, sum) = row(sum, b1);
    let (p2, sum) = row(sum, b2);
    let (p3, [p4, p5, p6, p7]) = row(sum, b3);
    [p0, p1, p2, p3, p4, p5, p6, p7]
}

/// Returns a²: twice the products of different words, plus the squares of the words.
#[inline]
pub(super) fn square(a: &[u64; WORDS]) -> [u64; 2 * WORDS] {
    let [a0, a1, a2, a3] = *a;
    let (p1, carry) = multiply_add(0, a0, a1, 0);
    let (p2, carry) = multiply_add(0, a0, a2, carry);
    let (p3, p4) = multiply_add(0, a0, a3, carry);
    let (p3, carry) = multiply_add(p3, a1, a2, 0);
    let (p4, p5) = multiply_add(p4, a1, a3, carry);
    let (p5, p6) = multiply_add(p5, a2, a3, 0);
    // The products of different words count twice.
    let twice = |below: u64, word: u64| (word << 1) | (below >> 63);
    let (q1, q2, q3, q4) = (twice(0, p1), twice(p1, p2), twice(p2, p3), twice(p3, p4));
    let (q5, q6, q7) = (twice(p4, p5), twice(p5, p6), twice(p6, 0));
    let ((s0, s1), (s2, s3)) = (multiply_add(0, a0, a0, 0), multiply_add(0, a1, a1, 0));
    let ((s4, s5), (s6, s7)) = (multiply_add(0, a2, a2, 0), multiply_add(0, a3, a3, 0));
    let (p1, carry) = add_with_carry(q1, s1, false);
    let (p2, carry) = add_with_carry(q2, s2, carry);
    let (p3, carry) = add_with_carry(q3, s3, carry);
    let (p4, carry) = add_with_carry(q4, s4, carry);
    let (p5, carry) = add_with_carry(q5, s5, carry);
    let (p6, carry) = add_with_carry(q6, s6, carry);
    let (p7, _) = add_with_carry(q7, s7, carry);
    [s0, p1, p2, p3, p4, p5, p6, p7]
}

/// Returns product · 2⁻²⁵⁶ mod p, minus 2²⁵⁶ if the flag is set.
#[inline]
pub(super) fn reduce(product: [u64; 2 * WORDS]) -> ([u64; WORDS], bool) {
    let [p0, p1, p2, p3, p4, p5, p6, p7] = product;
    // m · p = m · 2⁹⁶ - m + m · HIGHEST · 2¹⁹², and -m cancels the lowest word.
    let row = |m: u64, [s1, s2, s3]: [u64; 3]| {
        let (s1, carry) = add_with_carry(s1, m << 32, false);
        let (s2, carry) = add_with_carry(s2, m >> 32, carry);
        let (s3, s4) = multiply_add(s3, m, HIGHEST, u64::from(carry));
        (s1, [s2, s3, s4])
    };
    let (p1, sum) = row(p0, [p1, p2, p3]);
    let (p2, sum) = row(p1, sum);
    let (p3, sum) = row(p2, sum);
    let (s0, [s1, s2, s3]) = row(p3, sum);
    let (s0, carry) = add_with_carry(p4, s0, false);
    let (s1, carry) = add_with_carry(p5, s1, carry);
    let (s2, carry) = add_with_carry(p6, s2, carry);
    let (s3, carry) = add_with_carry(p7, s3, carry);
    ([s0, s1, s2, s3], carry)
}
