//! Arithmetic on single machine words, and on numbers of several words.
//!
//! The words of a number are in order of significance, the least significant first.

use crate::alg::Word;

/// An integer twice as wide as a word.
#[cfg(target_pointer_width = "64")]
pub(super) type DoubleWord = u128;
/// An integer twice as wide as a word.
#[cfg(not(target_pointer_width = "64"))]
pub(super) type DoubleWord = u64;

/// A signed word.
#[cfg(target_pointer_width = "64")]
pub(super) type SignedWord = i64;
/// A signed word.
#[cfg(not(target_pointer_width = "64"))]
pub(super) type SignedWord = i32;

/// A signed integer twice as wide as a word.
#[cfg(target_pointer_width = "64")]
type SignedDoubleWord = i128;
/// A signed integer twice as wide as a word.
#[cfg(not(target_pointer_width = "64"))]
type SignedDoubleWord = i64;

/// Bytes of a word.
pub(super) const WORD_BYTES: usize = size_of::<Word>();

/// Bits of a word.
pub(super) const WORD_BITS: usize = 8 * WORD_BYTES;

/// Returns the two halves of a double word, the lower one first.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "truncation is intended, and this is the hottest path"
)]
#[inline]
const fn halves(wide: DoubleWord) -> (Word, Word) {
    (wide as Word, (wide >> Word::BITS) as Word)
}

/// Returns sum + a · b + carry as a low and a high word.
///
/// It never overflows, because (2^W - 1)² + 2 · (2^W - 1) = 2^2W - 1 for words of W bits.
#[inline]
pub(super) fn multiply_add(sum: Word, a: Word, b: Word, carry: Word) -> (Word, Word) {
    halves(
        product(a, b)
            .wrapping_add(DoubleWord::from(sum))
            .wrapping_add(DoubleWord::from(carry)),
    )
}

/// Returns a · b.
#[cfg(not(all(target_arch = "arm", not(target_has_atomic = "32"))))]
#[inline]
fn product(a: Word, b: Word) -> DoubleWord {
    DoubleWord::from(a).wrapping_mul(DoubleWord::from(b))
}

/// Returns a · b on Armv6-M, such as Cortex-M0. The `cfg` recognizes it by its lack of atomic
/// exchanges.
///
/// Its multiplication returns only the lower half of a product, so the product is the sum of four
/// products of half words. The compiler's library would multiply 64 bits by 64 instead.
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

/// Returns a + b + carry, and the carry out of it.
#[inline]
pub(super) fn add_with_carry(a: Word, b: Word, carry: bool) -> (Word, bool) {
    let (sum, out_of_sum) = a.overflowing_add(b);
    let (sum, out_of_carry) = sum.overflowing_add(Word::from(carry));
    (sum, out_of_sum | out_of_carry)
}

/// Returns a - b - borrow, and whether it borrows from the next word.
#[inline]
pub(super) fn subtract_with_borrow(a: Word, b: Word, borrow: bool) -> (Word, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, under_borrow) = difference.overflowing_sub(Word::from(borrow));
    (difference, under | under_borrow)
}

/// Returns a · f + b · g + carry as a low word and a signed high word. The magnitudes of f and g
/// must sum to at most a quarter of a word's range.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "splits the sum into the low word in two's complement and the signed high word"
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

/// Returns whether a < b, for numbers of equal length.
pub(super) fn less_than(a: &[Word], b: &[Word]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Reduces a number below 2n to below n. `top` is the word above the number's highest.
pub(super) fn subtract_once(number: &mut [Word], n: &[Word], top: Word) {
    if top == 0 && less_than(number, n) {
        return;
    }
    let mut borrow = false;
    for (word, n) in number.iter_mut().zip(n) {
        (*word, borrow) = subtract_with_borrow(*word, *n, borrow);
    }
}

/// Returns -number⁻¹ mod 2^W, for an odd number with this lowest word of W bits.
///
/// Example with W = 8 and the number 3. The inverse modulo 8 is 3, because 3 · 3 = 9. One step
/// makes it 3 · (2 - 9) = -21, which is 235 modulo 256, and 3 · 235 is 1 modulo 64. The next step
/// makes it 171, and 3 · 171 is 1 modulo 256. The result is 256 - 171 = 85.
pub(super) const fn negative_inverse(lowest: Word) -> Word {
    // Newton's iteration doubles the number of correct bits. It starts with three, because an odd
    // number is its own inverse modulo 8.
    let mut inverse = lowest;
    let mut correct_bits = 3;
    while correct_bits < Word::BITS {
        let product = lowest.wrapping_mul(inverse);
        inverse = inverse.wrapping_mul(product.wrapping_neg().wrapping_add(2));
        correct_bits = correct_bits.saturating_mul(2);
    }
    inverse.wrapping_neg()
}

/// Returns the words of a big-endian number, the least significant first.
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

/// Reads big-endian bytes into words, and sets the remaining words to zero.
pub(super) fn read_big_endian(bytes: &[u8], words: &mut [Word]) {
    words.fill(0);
    let numbers = words_big_endian(bytes);
    words
        .iter_mut()
        .zip(numbers)
        .for_each(|(to, from)| *to = from);
}

/// Returns the word that starts at a bit of the number. Bits above the number are zero.
pub(super) fn word_from(number: &[Word], bit: usize) -> Word {
    let (index, shift) = (bit / WORD_BITS, bit % WORD_BITS);
    let word = |index| number.get(index).copied().unwrap_or(0);
    let above = word(index.saturating_add(1));
    // Shifts left in two steps, because a shift by the width of a word would overflow.
    (word(index) >> shift) | ((above << 1) << (WORD_BITS - 1).saturating_sub(shift))
}

/// Computes product ← a · b. The product has as many words as a and b together.
#[inline]
pub(super) fn multiply(a: &[Word], b: impl Iterator<Item = Word>, product: &mut [Word]) {
    product.fill(0);
    let mut rest = product;
    for digit in b {
        add_row(rest, a, digit);
        rest = rest.get_mut(1..).unwrap_or_default();
    }
}

/// Computes product ← number². The product has twice as many words as the number.
#[inline]
pub(super) fn square(number: &[Word], product: &mut [Word]) {
    product.fill(0);
    // Each product of two different words occurs twice in a square. Here it is added once, and
    // doubled below.
    let mut rest = product.get_mut(1..).unwrap_or_default();
    let mut words = number;
    while let Some((digit, higher)) = words.split_first() {
        add_row(rest, higher, *digit);
        rest = rest.get_mut(2..).unwrap_or_default();
        words = higher;
    }
    double_and_add_squares(product, number);
}

/// Computes sum ← sum + number · digit. The word of the sum above the number's highest must be
/// zero, and receives the carry.
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

/// Computes product ← 2 · product + the squares of the number's words. Each square takes two words
/// of the product.
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
