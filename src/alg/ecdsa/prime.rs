//! Odd primes and the arithmetic modulo them, on bare words, by Montgomery's method (P. L.
//! Montgomery, "Modular Multiplication Without Trial Division", 1985): R stands for a power of two,
//! and a number x is kept as x · R mod p.

use crate::alg::Word;
use crate::alg::arithmetic::{
    WORD_BITS, add_with_carry, multiply_add, negative_inverse, subtract_with_borrow,
};

/// An odd prime of `N` words, and arithmetic modulo it.
///
/// What is provided serves every prime; one whose form allows for a shorter way overrides it. A
/// number may be p or more, as long as it fits the words: only
/// [`is_zero`](super::field::PrimeFieldElement::is_zero) has to know.
pub(super) trait Prime<const N: usize>: Sized + 'static {
    /// The prime itself.
    const PRIME: [Word; N];

    /// How many bits it has.
    const BITS: usize;

    /// The binary logarithm of R.
    const RADIX_BITS: usize = N * WORD_BITS;

    /// -p⁻¹ modulo the range of a word.
    const NEGATIVE_INVERSE: Word = negative_inverse(Self::PRIME[0]);

    /// a · b · R⁻¹ mod p.
    #[inline]
    fn multiply(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        multiply::<Self, N>(a, b)
    }

    /// a² · R⁻¹ mod p.
    #[inline]
    fn square(a: &[Word; N]) -> [Word; N] {
        Self::multiply(a, a)
    }

    /// a + b mod p.
    #[inline]
    fn add(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        let (sum, carry) = add(a, b);
        subtract_once::<Self, N>(sum, Word::from(carry))
    }

    /// a - b mod p.
    #[inline]
    fn subtract(a: &[Word; N], b: &[Word; N]) -> [Word; N] {
        let (difference, borrow) = subtract(a, b);
        let mask = Word::from(borrow).wrapping_neg();
        add(&difference, &Self::PRIME.map(|word| word & mask)).0
    }
}

/// A number of one word.
pub(super) fn small<const N: usize>(word: Word) -> [Word; N] {
    let mut words = [0; N];
    if let Some(lowest) = words.first_mut() {
        *lowest = word;
    }
    words
}

/// Shifts to the right by a bit; into the highest bit goes `above`, 0 or 1.
#[inline]
pub(super) fn halve<const N: usize>(number: &mut [Word; N], mut above: Word) {
    for word in number.iter_mut().rev() {
        let below = *word & 1;
        *word = (*word >> 1) | (above << (Word::BITS - 1));
        above = below;
    }
}

#[inline]
pub(super) fn add<const N: usize>(a: &[Word; N], b: &[Word; N]) -> ([Word; N], bool) {
    let mut sum = [0; N];
    let mut carry = false;
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        (*sum, carry) = add_with_carry(*a, *b, carry);
    }
    (sum, carry)
}

#[inline]
pub(super) fn subtract<const N: usize>(a: &[Word; N], b: &[Word; N]) -> ([Word; N], bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    for ((difference, a), b) in difference.iter_mut().zip(a).zip(b) {
        (*difference, borrow) = subtract_with_borrow(*a, *b, borrow);
    }
    (difference, borrow)
}

/// -number, modulo the range of its words.
pub(super) fn negate<const N: usize>(number: &[Word; N]) -> [Word; N] {
    subtract(&[0; N], number).0
}

/// Makes a number below 2p, of which `top` is the word above the highest, one below p.
#[inline]
pub(super) fn subtract_once<P: Prime<N>, const N: usize>(
    number: [Word; N],
    top: Word,
) -> [Word; N] {
    let (reduced, borrow) = subtract(&number, &P::PRIME);
    // Which of the two is as good as random: a mask is quicker than a branch that is guessed wrong.
    // What is above the words is there to be borrowed from.
    let keep = Word::from(borrow).wrapping_sub(top).wrapping_neg();
    let mut result = reduced;
    for (result, number) in result.iter_mut().zip(number) {
        *result = (*result & !keep) | (number & keep);
    }
    result
}

/// a · b · R⁻¹ mod p, below p if b is: one word of b at a time, and after each, one word is reduced
/// away.
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

/// Adds the multiple of p that makes the lowest word zero, and drops that word: the other words, of
/// which the highest is not there yet, and what is carried into it.
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

/// Puts high + carry into the highest word, and tells whether that overflows.
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

/// Words of this machine from such of 64 bits.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses what would overflow or lie outside"
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

/// 2^exponent mod p.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which refuses what would overflow or lie outside"
)]
pub(super) const fn power_of_two<const N: usize>(p: [Word; N], exponent: usize) -> [Word; N] {
    let mut power = [0; N];
    power[0] = 1;
    let mut doublings = 0;
    while doublings < exponent {
        // 2 · power, and that minus p.
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
