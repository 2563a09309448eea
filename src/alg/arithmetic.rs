//! Arithmetic on single words, of which all larger numbers are made.
//!
//! Numbers of several words have the least significant first.

use crate::alg::Word;

/// Twice a word.
#[cfg(target_pointer_width = "64")]
pub(super) type DoubleWord = u128;
/// Twice a word.
#[cfg(not(target_pointer_width = "64"))]
pub(super) type DoubleWord = u64;

/// A word with a sign.
#[cfg(target_pointer_width = "64")]
pub(super) type SignedWord = i64;
/// A word with a sign.
#[cfg(not(target_pointer_width = "64"))]
pub(super) type SignedWord = i32;

/// Twice a word, with a sign.
#[cfg(target_pointer_width = "64")]
type SignedDoubleWord = i128;
/// Twice a word, with a sign.
#[cfg(not(target_pointer_width = "64"))]
type SignedDoubleWord = i64;

/// Bytes of a word.
pub(super) const WORD_BYTES: usize = size_of::<Word>();

/// Bits of a word.
pub(super) const WORD_BITS: usize = 8 * WORD_BYTES;

/// The two halves of a double word, the lower one first.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "truncation is what is wanted, on the hottest path"
)]
#[inline]
const fn halves(wide: DoubleWord) -> (Word, Word) {
    (wide as Word, (wide >> Word::BITS) as Word)
}

/// sum + a · b + carry as low and high word. It always fits: (2^W - 1)² + 2 · (2^W - 1) = 2^2W - 1.
#[inline]
pub(super) fn multiply_add(sum: Word, a: Word, b: Word, carry: Word) -> (Word, Word) {
    halves(
        product(a, b)
            .wrapping_add(DoubleWord::from(sum))
            .wrapping_add(DoubleWord::from(carry)),
    )
}

/// a · b
#[cfg(not(all(target_arch = "arm", not(target_has_atomic = "32"))))]
#[inline]
fn product(a: Word, b: Word) -> DoubleWord {
    DoubleWord::from(a).wrapping_mul(DoubleWord::from(b))
}

/// a · b
///
/// On Cortex-M0 and its like (Armv6-M, to be told by the want of atomic exchanges), whose
/// multiplication gives the lower half alone: of four halves, where the library would multiply 64
/// bits by 64.
#[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
#[inline]
fn product(a: Word, b: Word) -> DoubleWord {
    let (a_low, a_high) = (a & 0xffff, a >> 16);
    let (b_low, b_high) = (b & 0xffff, b >> 16);
    let low = a_low.wrapping_mul(b_low);
    let high = a_high.wrapping_mul(b_high);
    let middle = a_low.wrapping_mul(b_high);
    let (middle, over) = middle.overflowing_add(a_high.wrapping_mul(b_low));
    let (low, carry) = low.overflowing_add(middle << 16);
    let high = high
        .wrapping_add(middle >> 16)
        .wrapping_add(Word::from(over) << 16)
        .wrapping_add(Word::from(carry));
    (DoubleWord::from(high) << Word::BITS) | DoubleWord::from(low)
}

/// a + b + carry, and what is carried out.
#[inline]
pub(super) fn add_with_carry(a: Word, b: Word, carry: bool) -> (Word, bool) {
    let (sum, out_of_sum) = a.overflowing_add(b);
    let (sum, out_of_carry) = sum.overflowing_add(Word::from(carry));
    (sum, out_of_sum | out_of_carry)
}

/// a - b - borrow, and whether it borrows from what is above.
#[inline]
pub(super) fn subtract_with_borrow(a: Word, b: Word, borrow: bool) -> (Word, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, under_borrow) = difference.overflowing_sub(Word::from(borrow));
    (difference, under | under_borrow)
}

/// a · f + b · g + carry, for factors whose magnitudes sum to at most a quarter of a word's range.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the low half in two's complement, and the rest with its sign"
)]
#[inline]
pub(super) fn signed_sum(
    (a, f): (Word, SignedWord),
    (b, g): (Word, SignedWord),
    carry: SignedWord,
) -> (Word, SignedWord) {
    let product = |a, f| SignedDoubleWord::from(a).wrapping_mul(SignedDoubleWord::from(f));
    let sum = product(a, f)
        .wrapping_add(product(b, g))
        .wrapping_add(SignedDoubleWord::from(carry));
    (sum as Word, (sum >> Word::BITS) as SignedWord)
}

/// a < b, for numbers of as many words.
pub(super) fn less_than(a: &[Word], b: &[Word]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Makes a number below 2n, whose word above the highest is `top`, one below n.
pub(super) fn subtract_once(number: &mut [Word], n: &[Word], top: Word) {
    if top == 0 && less_than(number, n) {
        return;
    }
    let mut borrow = false;
    for (word, n) in number.iter_mut().zip(n) {
        (*word, borrow) = subtract_with_borrow(*word, *n, borrow);
    }
}

/// -number⁻¹ modulo the range of a word, for an odd number of which this is the lowest word.
pub(super) const fn negative_inverse(lowest: Word) -> Word {
    // Newton's iteration doubles the correct bits each time. An odd number is its own inverse
    // modulo 8.
    let mut inverse = lowest;
    let mut correct_bits = 3;
    while correct_bits < Word::BITS {
        let product = lowest.wrapping_mul(inverse);
        inverse = inverse.wrapping_mul(product.wrapping_neg().wrapping_add(2));
        correct_bits = correct_bits.saturating_mul(2);
    }
    inverse.wrapping_neg()
}

/// Big-endian bytes as words, least significant first.
pub(super) fn words_big_endian(bytes: &[u8]) -> impl Iterator<Item = Word> + Clone {
    bytes
        .rchunks(WORD_BYTES)
        .map(|chunk| match chunk.try_into() {
            Ok(whole) => Word::from_be_bytes(whole),
            Err(_) => chunk
                .iter()
                .fold(0, |word, byte| (word << 8) | Word::from(*byte)),
        })
}

/// Reads big-endian bytes into words, of which those that are left become zero.
pub(super) fn read_big_endian(bytes: &[u8], words: &mut [Word]) {
    words.fill(0);
    let numbers = words_big_endian(bytes);
    words
        .iter_mut()
        .zip(numbers)
        .for_each(|(to, from)| *to = from);
}

/// The word that begins at that bit of a number; above the number there are zeros.
pub(super) fn word_from(number: &[Word], bit: usize) -> Word {
    let (index, shift) = (bit / WORD_BITS, bit % WORD_BITS);
    let word = |index| number.get(index).copied().unwrap_or(0);
    let above = word(index.saturating_add(1));
    // In two steps: a shift by all of a word's bits is none.
    (word(index) >> shift) | ((above << 1) << (WORD_BITS - 1).saturating_sub(shift))
}

/// product ← a · b, for a product of as many words as the two have together.
#[inline]
pub(super) fn multiply(a: &[Word], b: impl Iterator<Item = Word>, product: &mut [Word]) {
    product.fill(0);
    let mut rest = product;
    for digit in b {
        add_row(rest, a, digit);
        rest = rest.get_mut(1..).unwrap_or_default();
    }
}

/// product ← number², for a product of twice the words.
#[inline]
pub(super) fn square(number: &[Word], product: &mut [Word]) {
    product.fill(0);
    // The products of different words, each of which a square holds twice.
    let mut rest = product.get_mut(1..).unwrap_or_default();
    let mut words = number;
    while let Some((digit, higher)) = words.split_first() {
        add_row(rest, higher, *digit);
        rest = rest.get_mut(2..).unwrap_or_default();
        words = higher;
    }
    double_and_add_squares(product, number);
}

/// sum ← sum + number · digit, and what is carried into the word above the number's, which is zero
/// before.
#[inline]
fn add_row(sum: &mut [Word], number: &[Word], digit: Word) {
    let mut carry = 0;
    let Some((row, above)) = sum.split_at_mut_checked(number.len()) else {
        return;
    };
    for (sum, word) in row.iter_mut().zip(number) {
        (*sum, carry) = multiply_add(*sum, *word, digit, carry);
    }
    if let Some(above) = above.first_mut() {
        *above = carry;
    }
}

/// product ← 2 · product + the squares of the number's words, each in two words of the product.
#[inline]
pub(super) fn double_and_add_squares(product: &mut [Word], number: &[Word]) {
    let (mut shifted_out, mut carry) = (0, false);
    for ([low, high], digit) in product.as_chunks_mut().0.iter_mut().zip(number) {
        let doubled_low = (*low << 1) | shifted_out;
        let doubled_high = (*high << 1) | (*low >> (Word::BITS - 1));
        shifted_out = *high >> (Word::BITS - 1);
        let (square_low, square_high) = multiply_add(0, *digit, *digit, 0);
        (*low, carry) = add_with_carry(doubled_low, square_low, carry);
        (*high, carry) = add_with_carry(doubled_high, square_high, carry);
    }
}
