//! The checksum of a table, which detects accidental damage.

use crate::alg::Word;

/// Computes two sums over a table's entries, 32 bits at a time, the same on every machine.
///
/// Each step of the first sum is one-to-one, so a change of a single 32-bit value always changes
/// the first sum. The second sum adds up the first sum at every step, so that two changes that
/// cancel out in the first sum show in the second.
pub(super) fn checksum(start: u32, words: &[Word]) -> [u32; 2] {
    /// An odd number without an obvious bit pattern: 2³² divided by the golden ratio.
    const FACTOR: u32 = 0x9e37_79b1;
    let (mut first, mut second) = (start, 0_u32);
    for word in words {
        for half in halves(*word) {
            first = (first.rotate_left(5) ^ half).wrapping_mul(FACTOR);
            second = second.wrapping_add(first);
        }
    }
    [first, second]
}

/// Returns the 32-bit halves of a word, the lower one first.
#[cfg(target_pointer_width = "64")]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "truncation to the lower half is intended"
)]
#[inline]
const fn halves(word: Word) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// Returns the word itself, which has 32 bits.
#[cfg(not(target_pointer_width = "64"))]
#[inline]
const fn halves(word: Word) -> [u32; 1] {
    [word]
}
