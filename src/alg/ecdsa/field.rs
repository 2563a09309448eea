//! Elements of a prime field: coordinates modulo p, and scalars modulo n.

use core::fmt::{self, Debug};
use core::marker::PhantomData;
use core::ops::{Add, Mul, Sub};

use super::inverse::{excess, invert};
use super::prime::{Prime, add, halve, power_of_two, small, subtract_once};
use crate::alg::Word;

/// A number x modulo the prime `P`, in Montgomery form: the words hold x · R.
pub(super) struct PrimeFieldElement<P, const N: usize> {
    words: [Word; N],
    prime: PhantomData<P>,
}

// Not derived, because that would require `P: Clone`.
impl<P, const N: usize> Clone for PrimeFieldElement<P, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, const N: usize> Copy for PrimeFieldElement<P, N> {}

impl<P, const N: usize> Debug for PrimeFieldElement<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

impl<P: Prime<N>, const N: usize> PrimeFieldElement<P, N> {
    pub(super) const ZERO: Self = Self::from_words([0; N]);
    pub(super) const ONE: Self = Self::from_words(power_of_two(P::PRIME, P::RADIX_BITS));
    const RADIX_SQUARED: Self = Self::from_words(power_of_two(P::PRIME, 2 * P::RADIX_BITS));

    /// R², times the power of two that [`invert`] divides by. The words hold x · R before inversion
    /// and must hold x⁻¹ · R = R² · (x · R)⁻¹ after it.
    const INVERSION_START: [Word; N] = power_of_two(P::PRIME, 2 * P::RADIX_BITS + excess(P::BITS));

    /// Creates an element from words in Montgomery form.
    pub(super) const fn from_words(words: [Word; N]) -> Self {
        Self {
            words,
            prime: PhantomData,
        }
    }

    /// Returns the words of the Montgomery form.
    pub(super) const fn words(&self) -> &[Word; N] {
        &self.words
    }

    /// Creates an element from a number that is not in Montgomery form.
    pub(super) fn from_number(number: [Word; N]) -> Self {
        Self::from_words(number) * Self::RADIX_SQUARED
    }

    /// Returns the number itself, below p, converted from Montgomery form.
    pub(super) fn number(self) -> [Word; N] {
        self.mul_number(small(1))
    }

    /// Returns self · number. Neither `number` nor the product is in Montgomery form.
    pub(super) fn mul_number(self, number: [Word; N]) -> [Word; N] {
        let product = P::multiply(&number, &self.words);
        subtract_once::<P, N>(product, 0)
    }

    #[inline]
    pub(super) fn squared(self) -> Self {
        Self::from_words(P::square(&self.words))
    }

    #[inline]
    pub(super) fn doubled(self) -> Self {
        self + self
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn tripled(self) -> Self {
        self.doubled() + self
    }

    pub(super) fn negated(self) -> Self {
        Self::ZERO - self
    }

    /// Returns self / 2. An odd number is made even by adding p, which is odd.
    #[inline]
    pub(super) fn halved(self) -> Self {
        let odd = self.words.first().copied().unwrap_or(0) & 1;
        let mask = odd.wrapping_neg();
        let (mut words, carry) = add(&self.words, &P::PRIME.map(|word| word & mask));
        halve(&mut words, Word::from(carry));
        Self::from_words(words)
    }

    #[inline]
    pub(super) fn is_zero(self) -> bool {
        self.words == [0; N] || self.words == P::PRIME
    }

    pub(super) fn equals(self, other: Self) -> bool {
        (self - other).is_zero()
    }

    /// Returns self to the power of `exponent`, by square and multiply from the highest bit down.
    pub(super) fn power(self, exponent: impl DoubleEndedIterator<Item = Word>) -> Self {
        let mut power = Self::ONE;
        for word in exponent.rev() {
            for bit in (0..Word::BITS).rev() {
                power = power.squared();
                if (word >> bit) & 1 == 1 {
                    power = power * self;
                }
            }
        }
        power
    }

    pub(super) fn is_odd(self) -> bool {
        self.number().first().is_some_and(|lowest| lowest & 1 == 1)
    }

    /// Returns a square root of self, if there is one and p is 3 modulo 4: self to the power of
    /// (p + 1) / 4.
    pub(super) fn square_root(self) -> Option<Self> {
        let mut exponent = P::PRIME;
        // (p - 3) / 4 + 1
        halve(&mut exponent, 0);
        halve(&mut exponent, 0);
        let exponent = add(&exponent, &small(1)).0;
        let root = self.power(exponent.into_iter());
        root.squared().equals(self).then_some(root)
    }

    /// Returns 1 / self, or zero for zero.
    pub(super) fn inverted(self) -> Self {
        Self::from_words(invert::<P, N>(&self.words, &Self::INVERSION_START))
    }
}

impl<P: Prime<N>, const N: usize> Mul for PrimeFieldElement<P, N> {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        Self::from_words(P::multiply(&self.words, &other.words))
    }
}

impl<P: Prime<N>, const N: usize> Add for PrimeFieldElement<P, N> {
    type Output = Self;

    // Not inlined where flash is scarce: the point formulas share the code.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn add(self, other: Self) -> Self {
        Self::from_words(P::add(&self.words, &other.words))
    }
}

impl<P: Prime<N>, const N: usize> Sub for PrimeFieldElement<P, N> {
    type Output = Self;

    // Not inlined where flash is scarce: the point formulas share the code.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn sub(self, other: Self) -> Self {
        Self::from_words(P::subtract(&self.words, &other.words))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::many_single_char_names,
        reason = "big integers do not overflow, and a small one that does fails the test"
    )]

    use std::vec::Vec;

    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;
    use crate::alg::arithmetic::WORD_BITS;
    use crate::alg::ecdsa::curve::Curve;
    use crate::alg::ecdsa::{p256, p384, p521};

    fn value<const N: usize>(words: &[Word; N]) -> BigUint {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    fn words<const N: usize>(value: &BigUint) -> [Word; N] {
        let bytes = value.to_bytes_le();
        let mut words = [0; N];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks(WORD_BITS / 8)) {
            *word = chunk
                .iter()
                .rev()
                .fold(0, |word, byte| (word << 8) | Word::from(*byte));
        }
        words
    }

    /// Compares every operation on two numbers with the same operation on big integers. The words
    /// may hold p or more.
    fn agree<P: Prime<N>, const N: usize>(a: &BigUint, b: &BigUint) {
        let p = &value(&P::PRIME);
        let radix = &(BigUint::from(1_u32) << P::RADIX_BITS);
        let (x, y): (PrimeFieldElement<P, N>, PrimeFieldElement<P, N>) = (
            PrimeFieldElement::from_words(words(a)),
            PrimeFieldElement::from_words(words(b)),
        );
        let is = |ours: PrimeFieldElement<P, N>, theirs: BigUint| {
            assert_eq!(value(ours.words()) % p, theirs % p, "{a:x}, {b:x}");
        };
        is(x + y, a + b);
        is(x - y, a + p + p - b % p);
        is(x.negated(), p + p - a % p);
        is(x.halved().doubled(), a.clone());
        is(x.tripled(), a * 3_u32);
        assert_eq!(
            value((x * y).words()) * radix % p,
            a * b % p,
            "{a:x}, {b:x}"
        );
        assert_eq!(value(x.squared().words()) * radix % p, a * a % p, "{a:x}");
        assert_eq!(
            value(&x.number()),
            a * radix.modinv(p).unwrap() % p,
            "{a:x}"
        );
        assert_eq!(x.equals(y), a % p == b % p, "{a:x}, {b:x}");
        assert_eq!(x.is_zero(), a % p == BigUint::ZERO, "{a:x}");
        let one = x * x.inverted();
        assert!(one.equals(PrimeFieldElement::ONE) || x.is_zero(), "{a:x}");
        if p % 4_u32 == BigUint::from(3_u32) {
            let root = x.squared().square_root().unwrap();
            assert!(root.equals(x) || root.equals(x.negated()), "{a:x}");
        }
    }

    /// Returns numbers below `bound`, the bound of the prime's arithmetic. Those close to an edge
    /// case are more frequent.
    fn numbers<P: Prime<N>, const N: usize>(bound: BigUint) -> impl Strategy<Value = BigUint> {
        let p = value(&P::PRIME);
        let top = bound.clone() - 1_u32;
        let near =
            (0..3_usize, any::<u16>(), any::<bool>()).prop_map(move |(base, offset, below)| {
                let base = [&p, &top, &(&p >> 1_u32)][base].clone();
                if below { base - offset } else { base + offset }
            });
        let bytes = prop::collection::vec(any::<u8>(), 0..=N * WORD_BITS / 8)
            .prop_map(|bytes| BigUint::from_bytes_le(&bytes));
        let small = any::<u16>().prop_map(BigUint::from);
        let power = (0..P::BITS).prop_map(|bit| BigUint::from(1_u32) << bit);
        prop_oneof![near, bytes, small, power].prop_map(move |number| number % &bound)
    }

    fn all_agree<P: Prime<N>, const N: usize>(bound: BigUint) {
        let config = ProptestConfig {
            failure_persistence: None,
            cases: if cfg!(miri) { 1 } else { 500 },
            ..ProptestConfig::default()
        };
        let pairs = (numbers::<P, N>(bound.clone()), numbers::<P, N>(bound));
        proptest!(config, |((a, b) in pairs)| agree::<P, N>(&a, &b));
    }

    fn power_of_two(exponent: u32) -> BigUint {
        BigUint::from(1_u32) << exponent
    }

    #[test]
    fn coordinates_of_p256() {
        type Field = <p256::P256 as Curve<{ p256::WORDS }>>::Field;
        // They may be p or more, up to 2²⁵⁶ - 1.
        all_agree::<Field, _>(power_of_two(256));
    }

    #[test]
    fn coordinates_of_p384() {
        type Field = <p384::P384 as Curve<{ p384::WORDS }>>::Field;
        all_agree::<Field, _>(value(&Field::PRIME));
    }

    #[test]
    fn coordinates_of_p521() {
        type Field = <p521::P521 as Curve<{ p521::WORDS }>>::Field;
        all_agree::<Field, _>(power_of_two(521) + power_of_two(12));
    }

    #[test]
    fn scalars() {
        type P256Order = <p256::P256 as Curve<{ p256::WORDS }>>::Order;
        type P384Order = <p384::P384 as Curve<{ p384::WORDS }>>::Order;
        type P521Order = <p521::P521 as Curve<{ p521::WORDS }>>::Order;
        all_agree::<P256Order, _>(value(&P256Order::PRIME));
        all_agree::<P384Order, _>(value(&P384Order::PRIME));
        all_agree::<P521Order, _>(value(&P521Order::PRIME));
    }
}
