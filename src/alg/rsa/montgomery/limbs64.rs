//! Residues on machines with words of 64 bits: signed digits of 61 bits.
//!
//! A product of two digits is at most 2¹²⁰ in magnitude. A column of a long product sums about a
//! hundred of them. The sum fits in 128 bits, so it needs no carries between the additions. A
//! product of two digits therefore costs one multiplication and two additions. A product of two
//! full words would cost four additions, because its sums overflow.
//!
//! Example with decimal digits from -5 to 4: 97 is 1, 0, -3, because 97 = 100 - 3. To divide 34 by
//! 10 modulo 97, the column 34 gives the factor 34 · 7 = 238, where 7 is -97⁻¹ modulo 10. The digit
//! that 238 ends in is -2, and 34 - 2 · 97 = -160. Drop the zero: -16. Indeed -160 is 34 modulo 97.

use core::mem::take;

use crate::alg::Word;
use crate::alg::arithmetic::word_from;
use crate::limits::{MAX_RSA_MODULUS_BITS, MIN_RSA_MODULUS_BITS};

/// Bits of a digit.
const DIGIT_BITS: usize = 61;

/// Digits of a block. A block is processed without a loop. Two blocks hold 2,048 bits, three 3,072
/// and four 4,096.
const BLOCK: usize = 17;

/// Bits of a block.
const BLOCK_BITS: usize = BLOCK * DIGIT_BITS;

/// Words of the longest modulus.
const MAX_WORDS: usize = MAX_RSA_MODULUS_BITS / 64;

const _: () = assert!(
    blocks_of(MIN_RSA_MODULUS_BITS / 64) == 2 && blocks_of(MAX_WORDS) == 4,
    "residues have two to four blocks"
);

const _: () = assert!(
    6 * BLOCK < 1 << (127 - 2 * (DIGIT_BITS - 1)),
    "a column of three blocks holds 51 products, and 51 more from the reduction"
);

/// Digits, each from -2⁶⁰ to 2⁶⁰ - 1, the least significant first.
type Digits = [i64; BLOCK];

/// Sums of products of digits.
type Columns = [i128; BLOCK];

/// Returns the blocks for a modulus of this many words.
///
/// R is at least four times the range of the words. The digits represent numbers from about -R/2 to
/// R/2, so a number between -n and n fits, and the highest digit has room for the last carry.
const fn blocks_of(words: usize) -> usize {
    words
        .saturating_mul(64)
        .saturating_add(2)
        .div_ceil(BLOCK_BITS)
}

/// Returns the bits of R for a modulus of this many words.
pub(super) const fn radix_bits(words: usize) -> usize {
    blocks_of(words).saturating_mul(BLOCK_BITS)
}

/// A number modulo n, of two to four blocks.
#[expect(
    clippy::large_enum_variant,
    reason = "the large variant cannot be boxed without an allocator"
)]
pub(super) enum Residue<'a> {
    Two(Blocks<'a, 2>),
    Three(Blocks<'a, 3>),
    Four(Blocks<'a, 4>),
}

/// Evaluates an expression with the blocks of a residue of any length.
macro_rules! each {
    ($residue:expr, $blocks:ident => $result:expr) => {
        match $residue {
            Residue::Two($blocks) => $result,
            Residue::Three($blocks) => $result,
            Residue::Four($blocks) => $result,
        }
    };
}

impl<'a> Residue<'a> {
    /// Creates a residue from the number in `words`, which is below the modulus and has as many
    /// words. `negative_inverse` is -n⁻¹ mod 2⁶⁴.
    pub(super) fn new(modulus: &[Word], negative_inverse: Word, words: &'a mut [Word]) -> Self {
        match blocks_of(modulus.len()) {
            ..=2 => Self::Two(Blocks::new(modulus, negative_inverse, words)),
            3 => Self::Three(Blocks::new(modulus, negative_inverse, words)),
            _ => Self::Four(Blocks::new(modulus, negative_inverse, words)),
        }
    }

    /// Computes number ← number² · R⁻¹ mod n.
    pub(super) fn square(&mut self) {
        each!(self, blocks => blocks.square());
    }

    /// Computes number ← number · factor · R⁻¹ mod n.
    pub(super) fn multiply(&mut self, factor: impl Iterator<Item = Word>) {
        let mut words = [0; MAX_WORDS];
        words
            .iter_mut()
            .zip(factor)
            .for_each(|(to, from)| *to = from);
        each!(self, blocks => blocks.multiply(&words));
    }

    /// Writes the number back into its words, below n.
    pub(super) fn finish(self) {
        each!(self, blocks => blocks.finish());
    }
}

/// A number in K blocks, with its modulus and a buffer.
///
/// Invariant: the number is between -n and n. A product of two such numbers is below n · R/4 in
/// magnitude, and reduction adds at most R/2 · n before it divides by R.
pub(super) struct Blocks<'a, const K: usize> {
    words: &'a mut [Word],
    modulus: [Digits; K],
    negative_inverse: Word,
    number: [Digits; K],
    /// Buffer for a product before it is reduced.
    product: [[Columns; 2]; K],
}

impl<'a, const K: usize> Blocks<'a, K> {
    fn new(modulus: &[Word], negative_inverse: Word, words: &'a mut [Word]) -> Self {
        Self {
            modulus: digits_of(modulus),
            negative_inverse,
            number: digits_of(words),
            product: [[[0; BLOCK]; 2]; K],
            words,
        }
    }

    fn square(&mut self) {
        self.product = [[[0; BLOCK]; 2]; K];
        add_square(
            self.product.as_flattened_mut().as_flattened_mut(),
            &self.number,
        );
        self.reduce();
    }

    fn multiply(&mut self, factor: &[Word]) {
        self.product = [[[0; BLOCK]; 2]; K];
        let factor: [Digits; K] = digits_of(factor);
        let mut row = self.product.as_flattened_mut().as_flattened_mut();
        for digit in factor.as_flattened() {
            add_row(row, &self.number, *digit);
            row = take(&mut row).get_mut(1..).unwrap_or_default();
        }
        self.reduce();
    }

    /// Computes number ← product · R⁻¹ mod n.
    fn reduce(&mut self) {
        carry_middle_columns(self.product.as_flattened_mut());
        let mut row = self.product.as_flattened_mut().as_flattened_mut();
        for _ in self.modulus.as_flattened() {
            let Some(lowest) = row.first() else { return };
            // Adds the multiple of n that clears the low 61 bits of the lowest column, and carries
            // its other bits. An inverse modulo 2⁶⁴ is also an inverse modulo 2⁶¹.
            let factor = digit(low(*lowest).wrapping_mul(self.negative_inverse));
            add_row(row, &self.modulus, factor);
            let Some((lowest, above)) = row.split_first_mut() else {
                return;
            };
            if let Some(next) = above.first_mut() {
                *next = next.wrapping_add(*lowest >> DIGIT_BITS);
            }
            row = above;
        }
        let mut carry = 0;
        for (digit, sum) in self.number.as_flattened_mut().iter_mut().zip(row) {
            (*digit, carry) = carried(sum.wrapping_add(carry));
        }
    }

    fn finish(mut self) {
        // The highest digit that is not zero has the number's sign, because all digits below it add
        // up to at most about half a unit of it. A negative number plus n is between 0 and n.
        let mut digits = self.number.as_flattened().iter().rev();
        if digits
            .find(|digit| **digit != 0)
            .is_some_and(|highest| *highest < 0)
        {
            let digits = self.number.as_flattened_mut().iter_mut();
            for (digit, n) in digits.zip(self.modulus.as_flattened()) {
                *digit = digit.wrapping_add(*n);
            }
        }
        write(self.number.as_flattened(), self.words);
    }
}

/// Splits a number into digits.
fn digits_of<const K: usize>(words: &[Word]) -> [Digits; K] {
    let mut digits = [[0; BLOCK]; K];
    let mut carry = 0;
    for (place, to) in digits.as_flattened_mut().iter_mut().enumerate() {
        let bits =
            word_from(words, place.wrapping_mul(DIGIT_BITS)) & (Word::MAX >> (64 - DIGIT_BITS));
        (*to, carry) = carried(i128::from(bits).wrapping_add(carry));
    }
    digits
}

/// Writes the number with these digits to words. The number must not be negative. Its digits may be
/// negative, and may exceed the range of digits.
fn write(digits: &[i64], words: &mut [Word]) {
    let mut digits = digits.iter();
    let (mut pending, mut bits) = (0_i128, 0_usize);
    for word in words {
        while bits < 64 {
            let digit = i128::from(digits.next().copied().unwrap_or(0));
            pending = pending.wrapping_add(digit << bits);
            bits = bits.wrapping_add(DIGIT_BITS);
        }
        *word = low(pending);
        pending >>= 64;
        bits = bits.wrapping_sub(64);
    }
}

/// Splits a sum into a digit and the carry into the next column.
fn carried(sum: i128) -> (i64, i128) {
    let digit = digit(low(sum));
    (digit, sum.wrapping_sub(i128::from(digit)) >> DIGIT_BITS)
}

/// Returns the signed digit with the lowest 61 of these bits.
const fn digit(bits: Word) -> i64 {
    const UNUSED: usize = 64 - DIGIT_BITS;
    (bits << UNUSED).cast_signed() >> UNUSED
}

/// Returns the lowest word of a sum.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "truncation is intended, and this is the hottest path"
)]
const fn low(sum: i128) -> Word {
    sum as Word
}

/// Carries out of the two middle blocks of the longest products, which have eight blocks.
///
/// A column in these blocks may sum 68 products of digits, and 68 more from the reduction, but only
/// 127 fit. All other columns, and those of shorter products, sum at most 102.
fn carry_middle_columns(product: &mut [Columns]) {
    let [_, _, _, lower, upper, [above, ..], _, _] = product else {
        return;
    };
    let mut carry = 0;
    for sum in lower.iter_mut().chain(upper) {
        let (digit, more) = carried(sum.wrapping_add(carry));
        (*sum, carry) = (i128::from(digit), more);
    }
    *above = above.wrapping_add(carry);
}

/// Computes sums ← sums + number².
#[inline]
fn add_square(mut sums: &mut [i128], number: &[Digits]) {
    let mut blocks = number;
    while let [block, higher @ ..] = blocks {
        if let Some(sums) = sums.first_chunk_mut() {
            add_square_of_block(sums, block);
        }
        sums = take(&mut sums).get_mut(BLOCK..).unwrap_or_default();
        let mut row = &mut *sums;
        for digit in block {
            // Products of different digits count twice.
            add_row(row, higher, digit.wrapping_mul(2));
            row = take(&mut row).get_mut(1..).unwrap_or_default();
        }
        sums = take(&mut sums).get_mut(BLOCK..).unwrap_or_default();
        blocks = higher;
    }
}

// Not a loop, because the arrays become shorter with each step.
macro_rules! seventeen_times {
    ($($step:tt)*) => {
        $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)*
        $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)*
    };
}

/// Computes sums ← sums + digits².
#[inline(never)]
fn add_square_of_block(sums: &mut [i128; 2 * BLOCK], digits: &Digits) {
    // Each row is one digit shorter than the previous one, and starts two columns higher.
    seventeen_times! {
        let ([digit, digits @ ..], [square, sums @ ..]) = (digits, sums);
        add_product(square, *digit, *digit);
        if let Some(row) = sums.first_chunk_mut() {
            add_products(row, digits, digit.wrapping_mul(2));
        }
        let [_, sums @ ..] = sums;
    }
    let ([], []) = (digits, sums);
}

/// Adds a row of a long product: sums ← sums + number · factor. Leaves additional sums unchanged.
#[inline]
fn add_row(mut sums: &mut [i128], number: &[Digits], factor: i64) {
    let (pairs, last) = number.as_chunks();
    for pair in pairs {
        let Some((row, above)) = take(&mut sums).split_first_chunk_mut() else {
            return;
        };
        add_pair(row, pair, factor);
        sums = above;
    }
    if let ([block], Some(row)) = (last, sums.first_chunk_mut()) {
        add_block(row, block, factor);
    }
}

/// [`add_products`] for two blocks.
// Not inlined: in the caller's loop, sums and digits would be addressed by an index, which is
// slower.
#[inline(never)]
fn add_pair(sums: &mut [i128; 2 * BLOCK], [low, high]: &[Digits; 2], factor: i64) {
    if let Some((low_sums, high_sums)) = sums.split_first_chunk_mut() {
        add_products(low_sums, low, factor);
        if let Some(high_sums) = high_sums.first_chunk_mut() {
            add_products(high_sums, high, factor);
        }
    }
}

/// [`add_products`] for one block.
// Not inlined, for the same reason.
#[inline(never)]
fn add_block(sums: &mut Columns, digits: &Digits, factor: i64) {
    add_products(sums, digits, factor);
}

/// Computes sums ← sums + digits · factor, column by column.
#[inline]
fn add_products<const N: usize>(sums: &mut [i128; N], digits: &[i64; N], factor: i64) {
    for (sum, digit) in sums.iter_mut().zip(digits) {
        add_product(sum, *digit, factor);
    }
}

/// Computes sum ← sum + a · b.
#[inline]
fn add_product(sum: &mut i128, a: i64, b: i64) {
    *sum = sum.wrapping_add(i128::from(a).wrapping_mul(i128::from(b)));
}
