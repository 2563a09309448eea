//! Residues on machines with words of 32 bits. They have an even number of words.
//!
//! A product is computed in full, in twice the words, and then reduced. Both work on two rows at a
//! time, which saves half of the loads and stores.

use core::mem::take;

use crate::alg::Word;
use crate::alg::arithmetic::{WORD_BITS, double_and_add_squares, multiply_add, subtract_once};
use crate::limits::MAX_RSA_MODULUS_BITS;

/// Returns the bits of R for a modulus of this many words.
pub(super) const fn radix_bits(words: usize) -> usize {
    words.saturating_mul(WORD_BITS)
}

/// A number modulo n, below n.
pub(super) struct Residue<'a> {
    modulus: &'a [Word],
    /// -n⁻¹ mod 2^W, with words of W bits.
    negative_inverse: Word,
    number: &'a mut [Word],
    /// Buffer for a product before it is reduced.
    product: [Word; 2 * MAX_RSA_MODULUS_BITS / WORD_BITS],
}

impl<'a> Residue<'a> {
    /// Creates a residue from `number`, which is below the modulus and has as many words.
    pub(super) const fn new(
        modulus: &'a [Word],
        negative_inverse: Word,
        number: &'a mut [Word],
    ) -> Self {
        Self {
            modulus,
            negative_inverse,
            number,
            product: [0; 2 * MAX_RSA_MODULUS_BITS / WORD_BITS],
        }
    }

    /// Computes number ← number² · R⁻¹ mod n.
    pub(super) fn square(&mut self) {
        square(self.number, product_buf(&mut self.product, self.number));
        self.reduce();
    }

    /// Computes number ← number · factor · R⁻¹ mod n.
    pub(super) fn multiply(&mut self, factor: impl Iterator<Item = Word>) {
        let product = product_buf(&mut self.product, self.number);
        multiply(self.number, factor, product);
        self.reduce();
    }

    /// Does nothing, because the number is already in its words.
    #[expect(
        clippy::unused_self,
        reason = "the 64-bit form has to write the number back"
    )]
    pub(super) const fn finish(self) {}

    /// Computes number ← product · R⁻¹ mod n.
    fn reduce(&mut self) {
        let window_len = self.number.len().saturating_add(2);
        let mut top = 0;
        let mut rest = product_buf(&mut self.product, self.number);
        while let Some(window) = rest.get_mut(..window_len) {
            top = clear_two_words(window, top, self.modulus, self.negative_inverse);
            rest = take(&mut rest).get_mut(2..).unwrap_or_default();
        }
        // Unlike `copy_from_slice`, this leaves no panic in the program.
        self.number
            .iter_mut()
            .zip(&*rest)
            .for_each(|(to, from)| *to = *from);
        subtract_once(self.number, self.modulus, top);
    }
}

/// Returns the part of the buffer for the product of two numbers of the same length as `number`.
fn product_buf<'a>(product: &'a mut [Word], number: &[Word]) -> &'a mut [Word] {
    product
        .get_mut(..number.len().saturating_mul(2))
        .unwrap_or_default()
}

/// Adds the multiple of n that makes the number's two lowest words zero. The number has two words
/// more than n. The two lowest words are not read again, so they are left as they are.
///
/// `top` is the carry out of the previous call, and is added to the number's second highest word.
/// Returns the carry out of the highest word.
fn clear_two_words(
    number: &mut [Word],
    top: Word,
    modulus: &[Word],
    negative_inverse: Word,
) -> Word {
    let ([word0, word1, sums @ ..], [n0, n1, n @ ..]) = (number, modulus) else {
        return 0;
    };
    let m0 = word0.wrapping_mul(negative_inverse);
    let (_zero, carry) = multiply_add(*word0, *n0, m0, 0);
    let (low, carry0) = multiply_add(*word1, *n1, m0, carry);
    let m1 = low.wrapping_mul(negative_inverse);
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

/// Two rows of a product: a number times two consecutive words.
///
/// Both rows advance together. The second row starts one word higher, so in each step it multiplies
/// the word of the number that the first row multiplied in the step before.
///
/// Example with decimal words: 73 · 25, with the factors 5 and 2. The first step computes 3 · 5 and
/// the second 7 · 5 + 3 · 2. The rest, 7 · 2, is left for [`finish`](Self::finish). The sum is
/// 15 + 410 + 1400 = 1825.
struct Rows {
    factors: [Word; 2],
    /// The carry of each row into the next word.
    carries: [Word; 2],
    /// The previous word of the number, which the second row multiplies next.
    previous: Word,
}

impl Rows {
    /// Adds the rows to the sum, for the words of the number.
    #[inline]
    fn add(&mut self, sum: &mut [Word], number: &[Word]) {
        let (sums, last_sums) = sum.as_chunks_mut();
        let (words, last_words) = number.as_chunks();
        for (sums, words) in sums.iter_mut().zip(words) {
            let ([s0, s1, s2, s3], [w0, w1, w2, w3]) = (*sums, *words);
            *sums = [
                self.step(s0, w0),
                self.step(s1, w1),
                self.step(s2, w2),
                self.step(s3, w3),
            ];
        }
        for (sum, word) in last_sums.iter_mut().zip(last_words) {
            *sum = self.step(*sum, *word);
        }
    }

    /// Returns `sum` plus the rows' products for the next word of the number.
    #[inline]
    fn step(&mut self, sum: Word, word: Word) -> Word {
        let [low, high] = self.factors;
        let [carry_low, carry_high] = self.carries;
        let (sum, carry_low) = multiply_add(sum, word, low, carry_low);
        let (sum, carry_high) = multiply_add(sum, self.previous, high, carry_high);
        self.carries = [carry_low, carry_high];
        self.previous = word;
        sum
    }

    /// Adds the rest of the rows to the two words above the number, and `carry` to the lower of
    /// them. Returns the carry out of the higher one.
    #[inline]
    fn finish(self, above: &mut [Word], carry: Word) -> Word {
        let [lower, higher, ..] = above else {
            return 0;
        };
        let ([_, factor], [carry_low, carry_high]) = (self.factors, self.carries);
        let (sum, over0) = lower.overflowing_add(carry_low);
        let (sum, over1) = sum.overflowing_add(carry);
        let carry_low = Word::from(over0).wrapping_add(Word::from(over1));
        let (sum, carry_high) = multiply_add(sum, self.previous, factor, carry_high);
        *lower = sum;
        let (sum, over0) = higher.overflowing_add(carry_high);
        let (sum, over1) = sum.overflowing_add(carry_low);
        *higher = sum;
        Word::from(over0).wrapping_add(Word::from(over1))
    }
}

/// Computes product ← number · factor. The product has twice as many words as the number. Missing
/// words of the factor count as zero.
fn multiply(number: &[Word], mut factor: impl Iterator<Item = Word>, product: &mut [Word]) {
    product.fill(0);
    let mut rest = product;
    while let Some((row, above)) = rest.split_at_mut_checked(number.len()) {
        let mut rows = Rows {
            factors: [factor.next().unwrap_or(0), factor.next().unwrap_or(0)],
            carries: [0; 2],
            previous: 0,
        };
        rows.add(row, number);
        rows.finish(above, 0);
        rest = rest.get_mut(2..).unwrap_or_default();
    }
}

/// Computes product ← number². The product has twice as many words as the number.
fn square(number: &[Word], product: &mut [Word]) {
    product.fill(0);
    // Each product of two different words occurs twice in a square. Here it is added once, and
    // doubled below.
    let (mut digits, mut rest) = (number, &mut *product);
    while let ([word0, word1, higher @ ..], [_, sum1, sum2, sums @ ..]) = (digits, rest) {
        let (sum, carry) = multiply_add(*sum1, *word0, *word1, 0);
        *sum1 = sum;
        match higher.split_first() {
            None => *sum2 = carry,
            Some((word2, higher)) => {
                let (sum, carry) = multiply_add(*sum2, *word0, *word2, carry);
                *sum2 = sum;
                let mut rows = Rows {
                    factors: [*word0, *word1],
                    carries: [carry, 0],
                    previous: *word2,
                };
                if let Some((row, above)) = sums.split_at_mut_checked(higher.len()) {
                    rows.add(row, higher);
                    rows.finish(above, 0);
                }
            }
        }
        digits = higher;
        rest = sums.get_mut(1..).unwrap_or_default();
    }
    double_and_add_squares(product, number);
}
