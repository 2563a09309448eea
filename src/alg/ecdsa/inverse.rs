//! Inversion modulo an odd prime, by a binary Euclidean algorithm that decides thirty steps at a
//! time from the ends of its numbers (T. Pornin, "Optimized Binary GCD for Modular Inversion",
//! 2020): some thirty times quicker than a power.

use super::prime::{Prime, add, negate, reduce_word, subtract_once, with_highest};
use crate::alg::Word;
use crate::alg::arithmetic::{SignedWord, WORD_BITS, signed_sum, word_from};

/// Steps decided together. So many low bits, and two more of the high ones, fit 64 bits; a factor
/// fits a word of 32.
const STEPS: usize = 30;

/// Rounds of that many steps until the greatest common divisor stands: each step takes a bit off
/// two numbers that have `bits` of them each.
pub(super) const fn rounds(bits: usize) -> usize {
    bits.saturating_mul(2).div_ceil(STEPS)
}

/// The binary logarithm of what [`invert`] multiplies the inverse by: each round divides by a word
/// instead of by two for each step.
pub(super) const fn excess(bits: usize) -> usize {
    rounds(bits).saturating_mul(WORD_BITS.saturating_sub(STEPS))
}

/// `start` · number⁻¹ · 2^-[`excess`] mod p, for a number below p; of zero, zero or anything.
///
/// At any time a = u · number / start and b = v · number / start, modulo p and a power of two.
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

/// What a number becomes in some steps: f · a + g · b, divided by two for each step.
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

/// The steps for a and b, where b is odd: if a is odd too, the smaller is taken off the larger;
/// then a is halved.
///
/// The lowest bits decide about oddness, exactly; the highest about size, so nearly that at worst
/// one of the two becomes negative.
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

/// The lowest [`STEPS`] bits of two numbers, and above them the highest that the longer one has.
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

/// How many bits a number has.
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

/// The number without its lowest `bit` bits, as far as it fits.
#[cfg(target_pointer_width = "64")]
fn bits_from(number: &[Word], bit: usize) -> u64 {
    word_from(number, bit)
}

/// The number without its lowest `bit` bits, as far as it fits.
#[cfg(not(target_pointer_width = "64"))]
fn bits_from(number: &[Word], bit: usize) -> u64 {
    let above = word_from(number, bit.saturating_add(WORD_BITS));
    u64::from(word_from(number, bit)) | (u64::from(above) << WORD_BITS)
}

/// (f · a + g · b) / 2^[`STEPS`], made positive, and whether it had to be. The division leaves no
/// remainder.
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

/// (f · u + g · v) / 2^W mod p, where W is the number of a word's bits.
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
    // Montgomery's reduction by one word: between -p and 2p.
    let (words, carry) = reduce_word::<P, N>(&words);
    let (words, overflow) = with_highest(words, above.cast_unsigned(), carry);
    match (above < 0, overflow) {
        (true, false) => add(&words, &P::PRIME).0,
        (false, true) => subtract_once::<P, N>(words, 1),
        _ => subtract_once::<P, N>(words, 0),
    }
}
