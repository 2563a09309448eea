//! Inversion modulo an odd prime, about thirty times faster than raising to the power p - 2.
//!
//! This is a binary Euclidean algorithm. It decides thirty steps at a time from the highest and
//! lowest bits of its numbers (T. Pornin, "Optimized Binary GCD for Modular Inversion", 2020).
//!
//! In a step, if a is odd, the smaller of a and b is subtracted from the larger, and the difference
//! becomes a. Then a is halved. Example: the inverse of 3 modulo 7. Invariant: a = 3u and b = 3v,
//! modulo 7.
//!
//! | step | a | b | u | v |
//! |---|---|---|---|---|
//! | start | 3 | 7 | 1 | 0 |
//! | a = (7 - 3) / 2, b = 3 | 2 | 3 | (0 - 1) / 2 = 3 | 1 |
//! | a = 2 / 2 | 1 | 3 | 3 / 2 = 5 | 1 |
//! | a = (3 - 1) / 2, b = 1 | 1 | 1 | (1 - 5) / 2 = 5 | 5 |
//! | a = (1 - 1) / 2 | 0 | 1 | 0 | 5 |
//!
//! In the end b is the greatest common divisor, 1, so v = 5 is the inverse: 3 · 5 = 15.

use super::prime::{Prime, add, negate, reduce_word, subtract_once, with_highest};
use crate::alg::Word;
use crate::alg::arithmetic::{SignedWord, WORD_BITS, signed_sum, word_from};

/// Steps that are decided together. 30 low bits and 32 high bits fit in 64 bits, and a factor fits
/// in a signed word of 32 bits.
const STEPS: usize = 30;

/// Returns the number of rounds of [`STEPS`] steps after which b is the greatest common divisor.
/// Each step removes at least one of the 2 · `bits` bits of a and b.
pub(super) const fn rounds(bits: usize) -> usize {
    bits.saturating_mul(2).div_ceil(STEPS)
}

/// Returns the e for which [`invert`] divides its result by 2^e. Each round divides u and v by 2^W,
/// with words of W bits, where its steps require only 2^[`STEPS`].
pub(super) const fn excess(bits: usize) -> usize {
    rounds(bits).saturating_mul(WORD_BITS.saturating_sub(STEPS))
}

/// Returns `start` · number⁻¹ · 2^-[`excess`] mod p for a number below p, or zero for zero.
///
/// Invariant: a = u · number / start and b = v · number / start modulo p, up to a power of two.
#[inline(never)]
pub(super) fn invert<P: Prime<N>, const N: usize>(
    number: &[Word; N],
    start: &[Word; N],
) -> [Word; N] {
    let (mut a, mut b) = (*number, P::PRIME);
    let (mut u, mut v) = (*start, [0; N]);
    for _ in 0..rounds(P::BITS) {
        let [for_a, for_b] = decide(&a, &b);
        let (new_a, a_negated) = combined(&a, &b, for_a);
        let (new_b, b_negated) = combined(&a, &b, for_b);
        (a, b) = (new_a, new_b);
        let new_u = combined_modulo::<P, N>(&u, &v, for_a.negated_if(a_negated));
        let new_v = combined_modulo::<P, N>(&u, &v, for_b.negated_if(b_negated));
        (u, v) = (new_u, new_v);
    }
    v
}

/// The effect of some steps on a number: it becomes f · a + g · b, divided by two for each step.
#[derive(Debug, Clone, Copy)]
struct Factors {
    f: SignedWord,
    g: SignedWord,
}

impl Factors {
    const fn sub(self, other: Self) -> Self {
        Self {
            f: self.f.wrapping_sub(other.f),
            g: self.g.wrapping_sub(other.g),
        }
    }

    const fn doubled(self) -> Self {
        Self {
            f: self.f << 1,
            g: self.g << 1,
        }
    }

    const fn negated_if(self, negated: bool) -> Self {
        if negated {
            Self {
                f: self.f.wrapping_neg(),
                g: self.g.wrapping_neg(),
            }
        } else {
            self
        }
    }
}

/// Decides [`STEPS`] steps for a and b, where b is odd, and returns their effect on a and b.
///
/// The lowest bits are exact, and decide whether a is odd. The highest bits are an approximation,
/// and decide which number is larger. A wrong decision makes at worst one of the two negative.
///
/// Example: one step for a = 3 and b = 7 returns the factors (-1, 1) for a and (2, 0) for b. So a
/// becomes (-1 · 3 + 1 · 7) / 2 = 2, and b becomes (2 · 3 + 0 · 7) / 2 = 3.
fn decide<const N: usize>(a: &[Word; N], b: &[Word; N]) -> [Factors; 2] {
    let (mut a, mut b) = ends(a, b);
    let (mut for_a, mut for_b) = (Factors { f: 1, g: 0 }, Factors { f: 0, g: 1 });
    for _ in 0..STEPS {
        if a & 1 == 1 {
            if a < b {
                (a, b) = (b, a);
                (for_a, for_b) = (for_b, for_a);
            }
            a = a.wrapping_sub(b);
            for_a = for_a.sub(for_b);
        }
        a >>= 1;
        for_b = for_b.doubled();
    }
    [for_a, for_b]
}

/// Returns the lowest [`STEPS`] bits of two numbers and, above these, 32 of their highest bits.
/// Those end at the highest bit of the longer number. Short numbers are returned whole.
fn ends<const N: usize>(a: &[Word; N], b: &[Word; N]) -> (u64, u64) {
    let len = bits_of(a).max(bits_of(b));
    let from = len.saturating_sub(STEPS.saturating_add(2));
    if from <= STEPS {
        return (bits_from(a, 0), bits_from(b, 0));
    }
    let low = (1 << STEPS) - 1;
    let ends = |number| (bits_from(number, 0) & low) | (bits_from(number, from) << STEPS);
    (ends(a), ends(b))
}

/// Returns the length of a number in bits.
fn bits_of(number: &[Word]) -> usize {
    let mut bits = number.len().saturating_mul(WORD_BITS);
    for word in number.iter().rev() {
        if *word != 0 {
            let zeros = usize::try_from(word.leading_zeros()).unwrap_or(0);
            return bits.saturating_sub(zeros);
        }
        bits = bits.saturating_sub(WORD_BITS);
    }
    bits
}

/// Returns the 64 bits of the number that start at `bit`.
#[cfg(target_pointer_width = "64")]
fn bits_from(number: &[Word], bit: usize) -> u64 {
    word_from(number, bit)
}

/// Returns the 64 bits of the number that start at `bit`.
#[cfg(not(target_pointer_width = "64"))]
fn bits_from(number: &[Word], bit: usize) -> u64 {
    let above = word_from(number, bit.saturating_add(WORD_BITS));
    u64::from(word_from(number, bit)) | (u64::from(above) << WORD_BITS)
}

/// Returns the absolute value of (f · a + g · b) / 2^[`STEPS`], and whether it was negated. The
/// division leaves no remainder.
fn combined<const N: usize>(
    a: &[Word; N],
    b: &[Word; N],
    Factors { f, g }: Factors,
) -> ([Word; N], bool) {
    let mut words = [0; N];
    let mut carry = 0;
    for ((word, a), b) in words.iter_mut().zip(a).zip(b) {
        (*word, carry) = signed_sum((*a, f), (*b, g), carry);
    }
    let mut above = carry.cast_unsigned() << (WORD_BITS - STEPS);
    for word in words.iter_mut().rev() {
        let below = *word << (WORD_BITS - STEPS);
        *word = (*word >> STEPS) | above;
        above = below;
    }
    if carry < 0 {
        (negate(&words), true)
    } else {
        (words, false)
    }
}

/// Returns (f · u + g · v) / 2^W mod p, with words of W bits.
fn combined_modulo<P: Prime<N>, const N: usize>(
    u: &[Word; N],
    v: &[Word; N],
    Factors { f, g }: Factors,
) -> [Word; N] {
    let mut words = [0; N];
    let mut above = 0;
    for ((word, u), v) in words.iter_mut().zip(u).zip(v) {
        (*word, above) = signed_sum((*u, f), (*v, g), above);
    }
    // The Montgomery reduction of one word leaves a number between -p and 2p.
    let (words, carry) = reduce_word::<P, N>(&words);
    let (words, overflow) = with_highest(words, above.cast_unsigned(), carry);
    match (above < 0, overflow) {
        (true, false) => add(&words, &P::PRIME).0,
        (false, true) => subtract_once::<P, N>(words, 1),
        _ => subtract_once::<P, N>(words, 0),
    }
}
