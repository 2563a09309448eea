//! Products of long numbers, formed two rows at a time: half of what single rows load and store is saved that way.
//!
//! Numbers have an even number of words, the least significant first.

use crate::algorithm::Word;
use crate::crypto::arithmetic::{double_and_add_squares, multiply_add};

/// Two rows of a product: a number times two words that stand one above the other.
pub(super) struct Rows {
    pub(super) factors: [Word; 2],
    /// What each row carries into the next word.
    pub(super) carries: [Word; 2],
    /// The word of the number that the second row comes to next, one behind the first.
    pub(super) previous: Word,
}

impl Rows {
    /// sum ← sum + the rows, as far as the number goes.
    #[inline]
    pub(super) fn add(&mut self, sum: &mut [Word], number: &[Word]) {
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

    /// Adds what is left of the rows to the two words above the number, and `carry` to the lower of them. Returns what
    /// is carried out of the higher one.
    #[inline]
    pub(super) fn finish(self, above: &mut [Word], carry: Word) -> Word {
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

/// product ← number · factor, for a product of as many words as the two have together; words that the factor lacks are
/// zero.
pub(super) fn multiply(
    number: &[Word],
    mut factor: impl Iterator<Item = Word>,
    product: &mut [Word],
) {
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

/// product ← number², for a product of twice the words.
pub(super) fn square(number: &[Word], product: &mut [Word]) {
    product.fill(0);
    // The products of different words, each of which a square holds twice.
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
