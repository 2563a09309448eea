//! Arithmetic on words modulo an odd prime, by Montgomery's method (P. L. Montgomery, "Modular
//! Multiplication Without Trial Division", 1985). R is a power of two, and a number x is stored as
//! x · R mod p.
//!
//! Example with decimal words, p = 97 and R = 100: -p⁻¹ is 7 modulo 10, because 7 · 97 = 679. To
//! multiply a = 56 by b = 34, start with b's lowest word:
//!
//! 1. 4 · 56 = 224. The lowest word 4 gives the factor 4 · 7 = 28, which is 8 modulo 10. The sum
//!    224 + 8 · 97 is 1000. Drop the zero: 100.
//! 2. 100 + 3 · 56 = 268. The factor is 8 · 7 = 56, which is 6. The sum 268 + 6 · 97 is 850. Drop
//!    the zero: 85.
//!
//! The result is a · b / R, because 85 · 100 and 56 · 34 are both 61 modulo 97.

use crate::alg::Word;
use crate::alg::arithmetic::{
    WORD_BITS, add_with_carry, multiply_add, negative_inverse, subtract_with_borrow,
};

/// An odd prime of `N` words, and arithmetic modulo it.
///
/// The provided methods work for every prime. A prime of a special form overrides them with faster
/// ones. A number may be p or more, as long as it fits the words.
/// [`is_zero`](super::field::PrimeFieldElement::is_zero) and
/// [`mul_number`](super::field::PrimeFieldElement::mul_number) take this into account.
pub(super) trait Prime<const N: usize>: Sized + 'static {
    /// The prime itself.
    const PRIME: [Word; N];

    /// Bits of the prime.
    const BITS: usize;

    /// The binary logarithm of R.
    const RADIX_BITS: usize = N * WORD_BITS;

    /// -p⁻¹ mod 2^W, with words of W bits.
    const NEGATIVE_INVERSE: Word = negative_inverse(Self::PRIME[0]);

    /// Returns a · b · R⁻¹ mod p.
    #[inline]
    fn multiply(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        multiply::<Self, N>(a, b)
    }

    /// Returns a² · R⁻¹ mod p.
    #[inline]
    fn square(a: &[Word; N]) -> [Word; N] {
        Self::multiply(a, a)
    }

    /// Returns a + b mod p.
    #[inline]
    fn add(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        let (sum, carry) = add(a, b);
        subtract_once::<Self, N>(sum, Word::from(carry))
    }

    /// Returns a - b mod p.
    #[inline]
    fn subtract(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        let (difference, borrow) = subtract(a, b);
        let mask = Word::from(borrow).wrapping_neg();
        add(&difference, &Self::PRIME.map(|word| word & mask)).0
    }
}

/// Returns a number that consists of `word` and zeros above it.
pub(super) fn small<const N: usize>(word: Word) -> [Word; N] {
    let mut words = [0; N];
    if let Some(lowest) = words.first_mut() {
        *lowest = word;
    }
    words
}

/// Shifts right by one bit. `above`, which is 0 or 1, becomes the highest bit.
#[inline]
pub(super) fn halve<const N: usize>(number: &mut [Word; N], mut above: Word) {
    for word in number.iter_mut().rev() {
        let below = *word & 1;
        *word = (*word >> 1) | (above << (Word::BITS - 1));
        above = below;
    }
}

/// Returns a + b, and the carry out of the highest word.
#[inline]
pub(super) fn add<const N: usize>(a: &[Word; N], b: &[Word; N]) -> ([Word; N], bool) {
    let mut sum = [0; N];
    let mut carry = false;
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        (*sum, carry) = add_with_carry(*a, *b, carry);
    }
    (sum, carry)
}

/// Returns a - b, and whether the highest word borrows.
#[inline]
pub(super) fn subtract<const N: usize>(a: &[Word; N], b: &[Word; N]) -> ([Word; N], bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    for ((difference, a), b) in difference.iter_mut().zip(a).zip(b) {
        (*difference, borrow) = subtract_with_borrow(*a, *b, borrow);
    }
    (difference, borrow)
}

/// Returns the two's complement of a number.
pub(super) fn negate<const N: usize>(number: &[Word; N]) -> [Word; N] {
    subtract(&[0; N], number).0
}

/// Reduces a number below 2p to below p. `top` is the word above the number's highest.
#[inline]
pub(super) fn subtract_once<P: Prime<N>, const N: usize>(
    number: [Word; N],
    top: Word,
) -> [Word; N] {
    let (reduced, borrow) = subtract(&number, &P::PRIME);
    // Keeps the number if the subtraction borrows and `top` is zero. Both cases are about equally
    // likely, so a mask is faster than a branch that is often mispredicted.
    let keep = Word::from(borrow).wrapping_sub(top).wrapping_neg();
    let mut result = reduced;
    for (result, number) in result.iter_mut().zip(number) {
        *result = (*result & !keep) | (number & keep);
    }
    result
}

/// Returns a · b · R⁻¹ mod p, which is below p if b is. Each word of b adds one word to the sum,
/// and the reduction after it removes one.
#[inline]
fn multiply<P: Prime<N>, const N: usize>(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
    let mut sum = [0; N];
    let mut top = 0;
    for b in b {
        let mut carry = 0;
        for (sum, a) in sum.iter_mut().zip(a) {
            (*sum, carry) = multiply_add(*sum, *a, *b, carry);
        }
        let (high, over) = add_with_carry(top, carry, false);
        let (reduced, carry) = reduce_word::<P, N>(&sum);
        let over_below;
        (sum, over_below) = with_highest(reduced, high, carry);
        top = Word::from(over).wrapping_add(Word::from(over_below));
    }
    subtract_once::<P, N>(sum, top)
}

/// Adds the multiple of p that makes the lowest word zero, and drops that word. Returns the other
/// words, of which the highest is still missing, and the carry into the highest.
#[inline]
pub(super) fn reduce_word<P: Prime<N>, const N: usize>(number: &[Word; N]) -> ([Word; N], Word) {
    let lowest = number.first().copied().unwrap_or(0);
    let factor = lowest.wrapping_mul(P::NEGATIVE_INVERSE);
    let mut reduced = [0; N];
    let mut carry = 0;
    let mut dropped = 0;
    let mut to = &mut dropped;
    for ((number, p), next) in number.iter().zip(&P::PRIME).zip(&mut reduced) {
        (*to, carry) = multiply_add(*number, *p, factor, carry);
        to = next;
    }
    (reduced, carry)
}

/// Sets the highest word to high + carry, and returns whether that overflows.
#[inline]
pub(super) fn with_highest<const N: usize>(
    mut number: [Word; N],
    high: Word,
    carry: Word,
) -> ([Word; N], bool) {
    let (sum, overflow) = high.overflowing_add(carry);
    if let Some(highest) = number.last_mut() {
        *highest = sum;
    }
    (number, overflow)
}

/// Converts words of 64 bits to words of this machine.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where overflow and a wrong index are errors"
)]
pub(super) const fn words<const WIDE: usize, const N: usize>(wide: [u64; WIDE]) -> [Word; N] {
    let mut words = [0; N];
    let mut i = 0;
    while i < N {
        let bit = WORD_BITS * i;
        words[i] = (wide[bit / 64] >> (bit % 64)) as Word;
        i += 1;
    }
    words
}

/// Returns 2^exponent mod p.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated at compile time, where overflow and a wrong index are errors"
)]
pub(super) const fn power_of_two<const N: usize>(p: [Word; N], exponent: usize) -> [Word; N] {
    let mut power = [0; N];
    power[0] = 1;
    let mut doublings = 0;
    while doublings < exponent {
        // `power` becomes 2 · power, and `reduced` becomes 2 · power - p.
        let mut reduced = [0; N];
        let (mut carry, mut borrow): (Word, bool) = (0, false);
        let mut i = 0;
        while i < N {
            let doubled: Word = (power[i] << 1) | carry;
            carry = power[i] >> (Word::BITS - 1);
            power[i] = doubled;
            let (difference, under) = doubled.overflowing_sub(p[i]);
            let (difference, under_borrow) = difference.overflowing_sub(if borrow { 1 } else { 0 });
            reduced[i] = difference;
            borrow = under || under_borrow;
            i += 1;
        }
        if carry == 1 || !borrow {
            power = reduced;
        }
        doublings += 1;
    }
    power
}
