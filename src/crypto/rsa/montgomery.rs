//! Arithmetic modulo an odd number, by Montgomery's method (P. L. Montgomery, "Modular Multiplication Without Trial
//! Division", 1985), on numbers of an even number of words, the least significant first.
//!
//! A product is formed whole, in twice the words, and then reduced two words at a time. Squares take half the
//! multiplications of other products, and sixteen of the eighteen products of a usual exponent are squares.

use core::mem::take;

use super::rows::{self, Rows};
use crate::algorithm::Word;
use crate::crypto::arithmetic::{
    WORD_BYTES, less_than, multiply_add, negative_inverse, subtract_with_borrow,
};
use crate::limits::MAX_RSA_MODULUS_BITS;

/// Words of the longest modulus.
pub(super) const MAX_WORDS: usize = MAX_RSA_MODULUS_BITS / 8 / WORD_BYTES;

/// Words that a number of so many bits takes: an even number.
pub(super) const fn words_of(bits: usize) -> usize {
    bits.div_ceil(2 * 8 * WORD_BYTES).saturating_mul(2)
}

/// An odd modulus n; R stands for 2 to the number of its words' bits.
#[derive(Clone, Copy)]
pub(super) struct Modulus<'a> {
    words: &'a [Word],
    /// -n⁻¹ modulo the range of a word.
    negative_inverse: Word,
}

impl<'a> Modulus<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        let lowest = words.first().copied().unwrap_or(1);
        Self::with_inverse(words, negative_inverse(lowest))
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

    /// R² mod n.
    ///
    /// From the highest power of two below n, doubling leads to R and on to 2^L · R for L words; squaring that log₂ W
    /// times, for words of W bits, leads to 2^(L·W) · R, which is R².
    pub(super) fn radix_squared(&self, result: &mut [Word]) {
        result.fill(0);
        let mut missing_bits = 1;
        for (word, n) in result.iter_mut().zip(self.words).rev() {
            missing_bits = n.leading_zeros().saturating_add(missing_bits);
            if *n != 0 {
                *word = (1 << (Word::BITS - 1)) >> n.leading_zeros();
                break;
            }
        }
        for _ in 0..missing_bits {
            self.double(result);
        }
        for _ in self.words {
            self.double(result);
        }
        let mut product = Product::new();
        for _ in 0..Word::BITS.ilog2() {
            product.square(self, result);
        }
    }

    /// number ← number ^ exponent mod n, for an odd exponent of at least 3 and a number below n, of which `base` are
    /// the words once more.
    ///
    /// Square and multiply, from the exponent's second bit down, in Montgomery form (times R). A product with the base
    /// as it is takes the number out of that form. The last bit leaves it so; after any other the product with R²
    /// puts it back.
    pub(super) fn power(
        &self,
        number: &mut [Word],
        base: &(impl Iterator<Item = Word> + Clone),
        exponent: u64,
        radix_squared: &[Word],
    ) {
        let mut product = Product::new();
        product.multiply(self, number, radix_squared.iter().copied());
        for bit in (0..exponent.checked_ilog2().unwrap_or(0)).rev() {
            product.square(self, number);
            if (exponent >> bit) & 1 == 1 {
                product.multiply(self, number, base.clone());
                if bit != 0 {
                    product.multiply(self, number, radix_squared.iter().copied());
                }
            }
        }
    }

    /// 2 · number mod n.
    fn double(&self, number: &mut [Word]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            let doubled = (*word << 1) | carry;
            carry = *word >> (Word::BITS - 1);
            *word = doubled;
        }
        self.subtract_once(number, carry);
    }

    /// Makes a number below 2n, whose word above the highest is `top`, one below n.
    fn subtract_once(&self, number: &mut [Word], top: Word) {
        if top != 0 || !less_than(number, self.words) {
            subtract(number, self.words);
        }
    }

    /// Adds to a number, of two words more than n, the multiple of n that makes its two lowest words zero. `top`
    /// is what was carried out of the number's second highest word before; what is carried out of its highest
    /// word is returned.
    fn clear_two_words(&self, number: &mut [Word], top: Word) -> Word {
        let ([word0, word1, sums @ ..], [n0, n1, n @ ..]) = (number, self.words) else {
            return 0;
        };
        let m0 = word0.wrapping_mul(self.negative_inverse);
        let (_zero, carry) = multiply_add(*word0, *n0, m0, 0);
        let (low, carry0) = multiply_add(*word1, *n1, m0, carry);
        let m1 = low.wrapping_mul(self.negative_inverse);
        let (_zero, carry1) = multiply_add(low, *n0, m1, 0);
        let mut rows = Rows {
            factors: [m0, m1],
            carries: [carry0, carry1],
            previous: *n1,
        };
        match sums.split_at_mut_checked(n.len()) {
            Some((row, above)) => {
                rows.add(row, n);
                rows.finish(above, top)
            }
            None => 0,
        }
    }
}

/// Room for a product before it is reduced.
struct Product {
    words: [Word; 2 * MAX_WORDS],
}

impl Product {
    const fn new() -> Self {
        Self {
            words: [0; 2 * MAX_WORDS],
        }
    }

    /// number ← number · factor · R⁻¹ mod n
    fn multiply(
        &mut self,
        modulus: &Modulus<'_>,
        number: &mut [Word],
        factor: impl Iterator<Item = Word>,
    ) {
        let product = self.of(number.len());
        rows::multiply(number, factor, product);
        reduce(modulus, product, number);
    }

    /// number ← number² · R⁻¹ mod n
    fn square(&mut self, modulus: &Modulus<'_>, number: &mut [Word]) {
        let product = self.of(number.len());
        rows::square(number, product);
        reduce(modulus, product, number);
    }

    /// Room for the product of two numbers of so many words.
    fn of(&mut self, words: usize) -> &mut [Word] {
        let product = self.words.get_mut(..words.saturating_mul(2));
        product.unwrap_or_default()
    }
}

/// product · R⁻¹ mod n
fn reduce(modulus: &Modulus<'_>, product: &mut [Word], result: &mut [Word]) {
    let window = result.len().saturating_add(2);
    let mut top = 0;
    let mut rest = &mut *product;
    while let Some(number) = rest.get_mut(..window) {
        top = modulus.clear_two_words(number, top);
        rest = take(&mut rest).get_mut(2..).unwrap_or_default();
    }
    copy(rest, result);
    modulus.subtract_once(result, top);
}

/// For numbers of as many words. Unlike `copy_from_slice` it leaves no panic in the program.
fn copy(from: &[Word], to: &mut [Word]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// a - b, modulo the range of a's words.
fn subtract(a: &mut [Word], b: &[Word]) {
    let mut borrow = false;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, borrow) = subtract_with_borrow(*a, *b, borrow);
    }
}
