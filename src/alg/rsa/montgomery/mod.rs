//! Arithmetic modulo an odd number n, by Montgomery's method (P. L. Montgomery, "Modular
//! Multiplication Without Trial Division", 1985).
//!
//! Numbers are stored with the least significant word first, in an even number of words, because
//! `limbs32` works on pairs of words. Between products, their form depends on the machine. A square
//! takes half the multiplications of a general product. Sixteen of the eighteen products for the
//! usual exponent, 65537, are squares.
//!
//! Example of a reduction, with decimal words, n = 97 and R = 100: -n⁻¹ is 7 modulo 10, because
//! 7 · 97 = 679. To divide 1904 by R modulo n, clear one word after the other:
//!
//! 1. The lowest word 4 gives the factor 4 · 7 = 28, which is 8 modulo 10. The sum 1904 + 8 · 97 is
//!    2680. Drop the zero: 268.
//! 2. The lowest word 8 gives the factor 8 · 7 = 56, which is 6. The sum 268 + 6 · 97 is 850. Drop
//!    the zero: 85.
//!
//! Indeed, 85 · 100 and 1904 are both 61 modulo 97.

#[cfg_attr(target_pointer_width = "64", path = "limbs64.rs")]
#[cfg_attr(not(target_pointer_width = "64"), path = "limbs32.rs")]
mod limbs;

// The form of 32-bit machines, which the tests check on 64-bit machines too.
#[cfg(all(test, target_pointer_width = "64"))]
#[path = "limbs32.rs"]
mod limbs32;

use limbs::{Residue, radix_bits};

use crate::alg::Word;
use crate::alg::arithmetic::{WORD_BITS, WORD_BYTES, negative_inverse, subtract_once};
use crate::limits::MAX_RSA_MODULUS_BITS;

/// Words of the longest modulus.
pub(super) const MAX_WORDS: usize = MAX_RSA_MODULUS_BITS / 8 / WORD_BYTES;

/// Returns the words of a number with this many bits, rounded up to an even number.
pub(super) const fn words_of(bits: usize) -> usize {
    bits.div_ceil(2 * 8 * WORD_BYTES).saturating_mul(2)
}

/// Squarings on the way to R². Each one halves the number of doublings before it. A sixth would
/// cost more than it saves.
const SQUARINGS: usize = 5;

/// An odd modulus n. The Montgomery radix R is a power of two above n.
#[derive(Clone, Copy)]
pub(super) struct Modulus<'a> {
    words: &'a [Word],
    /// -n⁻¹ mod 2^W, with words of W bits.
    negative_inverse: Word,
}

impl<'a> Modulus<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        let lowest = words.first().copied().unwrap_or(1);
        Self {
            words,
            negative_inverse: negative_inverse(lowest),
        }
    }

    pub(super) const fn words(&self) -> &'a [Word] {
        self.words
    }

    /// Computes R² mod n, for R = 2^r.
    ///
    /// Starts at the highest power of two below n, and doubles it to R and then to 2^e · R, where e
    /// are the highest bits of r. A Montgomery squaring turns 2^e · R into 2^2e · R, and doubling
    /// adds the next bit of r, until e is r.
    ///
    /// Example with r = 10, 1010 in binary, and two squarings: two doublings make 2² · R. Squared,
    /// it is 2⁴ · R, and doubled 2⁵ · R. Squared again, it is 2¹⁰ · R = R².
    pub(super) fn radix_squared(&self, result: &mut [Word]) {
        result.fill(0);
        let mut missing_bits = 1;
        for (word, n) in result.iter_mut().zip(self.words).rev() {
            missing_bits = n.leading_zeros().saturating_add(missing_bits);
            if let Some(highest) = n.checked_ilog2() {
                *word = 1 << highest;
                break;
            }
        }
        for _ in 0..missing_bits {
            self.double(result);
        }
        let radix_bits = radix_bits(self.words.len());
        for _ in self.words.len().saturating_mul(WORD_BITS)..radix_bits {
            self.double(result);
        }
        for _ in 0..radix_bits >> SQUARINGS {
            self.double(result);
        }
        for bit in (0..SQUARINGS).rev() {
            let mut residue = self.residue(result);
            residue.square();
            residue.finish();
            if (radix_bits >> bit) & 1 == 1 {
                self.double(result);
            }
        }
    }

    /// Computes number ← number ^ exponent mod n, for an odd exponent of at least 3 and a number
    /// below n. `base` yields the words of the same number again.
    ///
    /// This is square and multiply from the exponent's second highest bit down, in Montgomery form
    /// (times R). `base` is not in Montgomery form, so a product with it leaves that form. Except
    /// after the last bit, a product with R² restores it.
    pub(super) fn power(
        &self,
        number: &mut [Word],
        base: &(impl Iterator<Item = Word> + Clone),
        exponent: u64,
        radix_squared: &[Word],
    ) {
        let mut power = self.residue(number);
        power.multiply(radix_squared.iter().copied());
        for bit in (0..exponent.checked_ilog2().unwrap_or(0)).rev() {
            power.square();
            if (exponent >> bit) & 1 == 1 {
                power.multiply(base.clone());
                if bit != 0 {
                    power.multiply(radix_squared.iter().copied());
                }
            }
        }
        power.finish();
    }

    fn residue<'n>(&self, number: &'n mut [Word]) -> Residue<'n>
    where
        'a: 'n,
    {
        Residue::new(self.words, self.negative_inverse, number)
    }

    /// Computes number ← 2 · number mod n.
    fn double(&self, number: &mut [Word]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            let doubled = (*word << 1) | carry;
            carry = *word >> (Word::BITS - 1);
            *word = doubled;
        }
        subtract_once(number, self.words, carry);
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        reason = "big integers do not overflow, and a small one that does fails the test"
    )]

    use std::vec::Vec;

    use super::*;
    use num_bigint::BigUint;

    fn value(words: &[Word]) -> BigUint {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    fn words(value: &BigUint, len: usize) -> Vec<Word> {
        let mut words: Vec<Word> = value
            .to_bytes_le()
            .chunks(WORD_BYTES)
            .map(|chunk| {
                chunk
                    .iter()
                    .rev()
                    .fold(0, |word, byte| (word << 8) | Word::from(*byte))
            })
            .collect();
        words.resize(len, 0);
        words
    }

    /// Compares products and squares of residues with those of big integers.
    macro_rules! agree {
        ($limbs:ident, $n:expr, $a:expr, $b:expr) => {{
            let n = words($n, words_of(usize::try_from($n.bits()).unwrap()));
            let (a, b) = ($a % $n, $b % $n);
            let radix = &(BigUint::from(1_u32) << $limbs::radix_bits(n.len()));
            let inverse = negative_inverse(n[0]);

            let mut number = words(&a, n.len());
            let mut residue = $limbs::Residue::new(&n, inverse, &mut number);
            residue.multiply(words(&b, n.len()).into_iter());
            residue.finish();
            let product = value(&number);
            assert!(product < *$n, "{a:x} * {b:x} mod {:x}", $n);
            assert_eq!(product * radix % $n, &a * &b % $n, "{a:x} * {b:x} mod {:x}", $n);

            let mut number = words(&a, n.len());
            let mut residue = $limbs::Residue::new(&n, inverse, &mut number);
            residue.square();
            residue.multiply(words(&b, n.len()).into_iter());
            residue.square();
            residue.finish();
            let fourfold = &(&a * &a % $n * &b % $n);
            let square = value(&number);
            assert!(square < *$n, "{a:x}, {b:x} mod {:x}", $n);
            // R⁻¹ occurs five times. The first square and the product contribute one each. The last
            // square doubles these and adds one.
            let square = (0..5).fold(square, |square, _| square * radix % $n);
            assert_eq!(square, fourfold * fourfold % $n, "{a:x}, {b:x} mod {:x}", $n);
        }};
    }

    fn all_agree(n: &BigUint, a: &BigUint, b: &BigUint) {
        agree!(limbs, n, a, b);
        #[cfg(target_pointer_width = "64")]
        agree!(limbs32, n, a, b);
    }

    /// Returns a number of `bits` bits that repeats the same digit, which makes sums of products
    /// large.
    fn repeating(digit: &BigUint, digit_bits: u64, bits: u64) -> BigUint {
        let places = (0..bits.div_ceil(digit_bits)).map(|place| digit << (place * digit_bits));
        let below = (BigUint::from(1_u32) << bits) - 1_u32;
        let number: BigUint = places.sum();
        number & below
    }

    /// Returns numbers with the largest digits of both signs, for both forms.
    fn extremes(bits: u64) -> Vec<BigUint> {
        let one = BigUint::from(1_u32);
        let half = &one << 60_u32;
        let mut numbers: Vec<_> = [
            &half - 1_u32,
            half.clone(),
            &half + 1_u32,
            (&one << 61_u32) - 1_u32,
        ]
        .iter()
        .map(|digit| repeating(digit, 61, bits))
        .collect();
        // Positive and negative digits alternate.
        let alternating = repeating(&(((&half - 1_u32) << 61_u32) - &half), 122, bits);
        numbers.push((&alternating << 61_u32) % (&one << bits));
        numbers.push(alternating);
        numbers.push((&one << bits) - 1_u32);
        numbers.push(one);
        numbers.push(BigUint::ZERO);
        numbers
    }

    #[test]
    fn extreme_digits() {
        let lengths: &[u64] = if cfg!(miri) {
            &[2048]
        } else {
            &[2048, 2049, 2074, 3072, 3111, 4096]
        };
        for bits in lengths {
            let numbers = extremes(*bits);
            let kept = if cfg!(miri) { 1 } else { usize::MAX };
            for n in numbers.iter().take(kept) {
                let mut n = n.clone();
                n.set_bit(0, true);
                n.set_bit(bits - 1, true);
                let highest = &n - 1_u32;
                let factors = || numbers.iter().chain([&highest]).take(kept);
                for a in factors() {
                    factors().for_each(|b| all_agree(&n, a, b));
                }
            }
        }
    }

    #[test]
    fn powers() {
        let (lengths, exponents): (&[u64], &[u64]) = if cfg!(miri) {
            (&[2048], &[5])
        } else {
            let exponents = &[3, 5, 7, 0x1_0001, 0x1_ffff_ffff];
            (&[2048, 2049, 2176, 4096], exponents)
        };
        for &bits in lengths {
            let n = &repeating(&BigUint::from(0x9e37_79b9_7f4a_7c15_u64), 59, bits);
            let n = n | BigUint::from(1_u32) << (bits - 1) | BigUint::from(1_u32);
            let words_of_n = words(&n, words_of(usize::try_from(bits).unwrap()));
            let modulus = Modulus::new(&words_of_n);
            let mut radix_squared = words_of_n.clone();
            modulus.radix_squared(&mut radix_squared);
            let radix = BigUint::from(1_u32) << radix_bits(words_of_n.len());
            assert_eq!(value(&radix_squared), &radix * &radix % &n, "{bits} bits");

            let base = &n / 3_u32;
            for &exponent in exponents {
                let mut number = words(&base, words_of_n.len());
                let copy = number.clone();
                modulus.power(&mut number, &copy.into_iter(), exponent, &radix_squared);
                // Not `modpow`, which takes Miri a minute.
                let want = (0..exponent.ilog2())
                    .rev()
                    .fold(base.clone(), |power, bit| {
                        let square = &power * &power % &n;
                        match (exponent >> bit) & 1 {
                            0 => square,
                            _ => square * &base % &n,
                        }
                    });
                assert_eq!(value(&number), want, "{bits} bits, exponent {exponent}");
            }
        }
    }
}
