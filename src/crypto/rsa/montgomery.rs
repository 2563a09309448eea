//! Arithmetic modulo an odd number, by Montgomery's method (P. L. Montgomery, "Modular Multiplication Without Trial
//! Division", 1985), on numbers of any length, least significant word first.

use crate::algorithm::Word;
use crate::limits::MAX_RSA_MODULUS_BITS;

/// Bytes of a word.
pub(super) const WORD_BYTES: usize = size_of::<Word>();

/// Words of the longest modulus.
pub(super) const MAX_WORDS: usize = MAX_RSA_MODULUS_BITS / 8 / WORD_BYTES;

/// Twice a word.
#[cfg(target_pointer_width = "64")]
type DoubleWord = u128;
#[cfg(not(target_pointer_width = "64"))]
type DoubleWord = u64;

/// An odd modulus n of so many words; R stands for 2 to the number of their bits.
#[derive(Clone, Copy)]
pub(super) struct Modulus<'a> {
    words: &'a [Word],
    /// -n⁻¹ modulo the range of a word.
    negative_inverse: Word,
}

impl<'a> Modulus<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        let lowest = words.first().copied().unwrap_or(1);
        // Newton's iteration doubles the correct bits each time. An odd number is its own inverse modulo 8.
        let mut inverse = lowest;
        for _ in 0..5 {
            let error = Word::from(2_u8).wrapping_sub(lowest.wrapping_mul(inverse));
            inverse = inverse.wrapping_mul(error);
        }
        Self::with_inverse(words, inverse.wrapping_neg())
    }

    pub(super) const fn with_inverse(words: &'a [Word], negative_inverse: Word) -> Self {
        Self {
            words,
            negative_inverse,
        }
    }

    pub(super) const fn words(&self) -> &'a [Word] {
        self.words
    }

    pub(super) const fn negative_inverse(&self) -> Word {
        self.negative_inverse
    }

    /// R² mod n, for a modulus whose last word is not zero.
    ///
    /// From the highest power of two below n, doubling leads to R and on to 2^L · R for L words; squaring that log₂ W
    /// times, for words of W bits, leads to 2^(L·W) · R, which is R².
    pub(super) fn radix_squared(&self, result: &mut [Word]) {
        let top_bit = self.words.last().and_then(|word| word.checked_ilog2());
        result.fill(0);
        if let Some(word) = result.last_mut() {
            *word = 1 << top_bit.unwrap_or(0);
        }
        for _ in top_bit.unwrap_or(0)..Word::BITS {
            self.double(result);
        }
        for _ in self.words {
            self.double(result);
        }
        for _ in 0..Word::BITS.ilog2() {
            self.square(result);
        }
    }

    /// base ^ exponent mod n, for an odd exponent of at least 3 and a base below n.
    ///
    /// Square and multiply from the exponent's second bit down. The last product is with the base as it is, not in
    /// Montgomery form, and so leads out of that form.
    pub(super) fn power(
        &self,
        base: &[Word],
        exponent: u64,
        radix_squared: &[Word],
        result: &mut [Word],
    ) {
        let mut scaled = [0; MAX_WORDS];
        // base · R, the base in Montgomery form.
        let scaled = scaled.get_mut(..base.len()).unwrap_or_default();
        self.product(base, radix_squared, scaled);
        result.copy_from_slice(scaled);
        for bit in (0..exponent.ilog2()).rev() {
            self.square(result);
            if bit == 0 {
                self.multiply(result, base);
            } else if (exponent >> bit) & 1 == 1 {
                self.multiply(result, scaled);
            }
        }
    }

    fn square(&self, number: &mut [Word]) {
        let mut result = [0; MAX_WORDS];
        let result = result.get_mut(..number.len()).unwrap_or_default();
        self.product(number, number, result);
        number.copy_from_slice(result);
    }

    fn multiply(&self, number: &mut [Word], factor: &[Word]) {
        let mut result = [0; MAX_WORDS];
        let result = result.get_mut(..number.len()).unwrap_or_default();
        self.product(number, factor, result);
        number.copy_from_slice(result);
    }

    /// a · b · R⁻¹ mod n, for a and b below n.
    fn product(&self, a: &[Word], b: &[Word], result: &mut [Word]) {
        result.fill(0);
        let mut top = 0;
        for digit in b {
            top = self.add_product_and_shift(result, top, a, *digit);
        }
        if top != 0 || !less_than(result, self.words) {
            subtract(result, self.words);
        }
    }

    /// (sum + a · digit + n · m) / 2^W, with the m that makes the lowest word zero; `top` is the word above `sum`'s.
    fn add_product_and_shift(&self, sum: &mut [Word], top: Word, a: &[Word], digit: Word) -> Word {
        let (Some((mut slot, sum)), Some((a0, a)), Some((n0, n))) = (
            sum.split_first_mut(),
            a.split_first(),
            self.words.split_first(),
        ) else {
            return 0;
        };
        let (lowest, mut carry) = multiply_add(*slot, *a0, digit, 0);
        let m = lowest.wrapping_mul(self.negative_inverse);
        let (_zero, mut carry_m) = multiply_add(lowest, *n0, m, 0);
        for ((next, a), n) in sum.iter_mut().zip(a).zip(n) {
            let low;
            (low, carry) = multiply_add(*next, *a, digit, carry);
            (*slot, carry_m) = multiply_add(low, *n, m, carry_m);
            slot = next;
        }
        let (high, overflow) = top.overflowing_add(carry);
        let (high, overflow_m) = high.overflowing_add(carry_m);
        *slot = high;
        Word::from(overflow).wrapping_add(Word::from(overflow_m))
    }

    /// 2 · number mod n.
    fn double(&self, number: &mut [Word]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            let doubled = (*word << 1) | carry;
            carry = *word >> (Word::BITS - 1);
            *word = doubled;
        }
        if carry != 0 || !less_than(number, self.words) {
            subtract(number, self.words);
        }
    }
}

/// a < b, for numbers of as many words.
pub(super) fn less_than(a: &[Word], b: &[Word]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// a - b, modulo the range of a's words.
fn subtract(a: &mut [Word], b: &[Word]) {
    let mut borrow = false;
    for (a, b) in a.iter_mut().zip(b) {
        let (difference, under) = a.overflowing_sub(*b);
        let (difference, under_borrow) = difference.overflowing_sub(Word::from(borrow));
        *a = difference;
        borrow = under || under_borrow;
    }
}

/// sum + a · b + carry as low and high word. It always fits: (2^W - 1)² + 2 · (2^W - 1) = 2^2W - 1.
fn multiply_add(sum: Word, a: Word, b: Word, carry: Word) -> (Word, Word) {
    let wide = DoubleWord::from(a)
        .wrapping_mul(DoubleWord::from(b))
        .wrapping_add(DoubleWord::from(sum))
        .wrapping_add(DoubleWord::from(carry));
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "the two halves of a double word, on the hottest path"
    )]
    let halves = (wide as Word, (wide >> Word::BITS) as Word);
    halves
}
