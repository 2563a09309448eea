//! Searches for bytes, a machine word at a time (SWAR, SIMD within a register).
//!
//! Example: the first quotation mark (0x22) in `ab"c`, with words of four bytes. The little-endian
//! word is `0x6322_6261`. XOR with 0x22 in every byte turns quotation marks into zeros:
//! `0x4100_4043`. Subtracting one from every byte makes the zero byte borrow, which sets its
//! highest bit: `0x3fff_3f42`. Of the highest bits, only `0x0080_0000` is set. It has 23 trailing
//! zeros, so the match is byte 23 / 8 = 2.

use core::num::NonZero;

/// Bytes in a word.
const WORD: usize = size_of::<usize>();

/// Bytes that machines with vector registers compare together.
const CHUNK: usize = 32;

/// The highest bit of each byte, which marks a match.
const HIGHEST: usize = each(0x80);

/// Returns the position of the first byte that is `wanted`, an ASCII character, or the text's
/// length if there is none.
// Not inlined, because it is called several times in a row.
#[inline(never)]
pub(crate) fn byte(text: &[u8], wanted: u8) -> usize {
    let mut rest = text;
    // Compares the whole chunk, because stopping within it would take longer.
    while let Some((chunk, after)) = rest.split_first_chunk::<CHUNK>() {
        let found = |any, byte: &u8| any | u8::from(*byte == wanted);
        if chunk.iter().fold(0, found) != 0 {
            break;
        }
        rest = after;
    }
    let passed = text.len().wrapping_sub(rest.len());
    match in_words(rest, |word| equal(word, wanted), |_| ()) {
        Some(position) => passed.wrapping_add(position),
        None => byte_in_last_word(text, wanted),
    }
}

/// Returns the position of the first byte that is special in a JSON string (RFC 8259 §7): a
/// quotation mark, a backslash, a control character or a non-ASCII byte. Returns the text's length
/// if there is none.
#[inline(never)]
pub(crate) fn special_in_string(text: &[u8]) -> usize {
    match in_words(text, specials, |_| ()) {
        Some(position) => position,
        None => special_in_last_word(text),
    }
}

/// Returns the position of the first special byte ([`special_in_string`]), if it is within the
/// whole words at the start of the text. The bytes before it are passed to `visit` in words, the
/// last one padded with zeros.
#[inline]
pub(crate) fn words_before_special(text: &[u8], visit: impl FnMut(usize)) -> Option<usize> {
    in_words(text, specials, visit)
}

/// Returns the position of the first special byte ([`special_in_string`]), if it is within the
/// first word, and the bytes before it, padded with zeros.
#[inline]
pub(crate) fn first_word_before_special(text: &[u8]) -> Option<(usize, usize)> {
    let word = usize::from_le_bytes(*text.first_chunk()?);
    before_mark(word, specials(word))
}

/// Returns the position of the first quotation mark or backslash, or the text's length if there is
/// none.
#[cfg(feature = "serde")]
#[inline]
pub(crate) fn quotation_mark_or_backslash(text: &[u8]) -> usize {
    match in_words(text, quotation_marks_and_backslashes, |_| ()) {
        Some(position) => position,
        None => quotation_mark_or_backslash_in_last_word(text),
    }
}

/// Returns the position of the first quotation mark, if it is within the first word and no
/// backslash precedes it.
#[cfg(feature = "serde")]
#[inline]
pub(crate) fn first_word_before_quotation_mark(text: &[u8]) -> Option<usize> {
    let word = usize::from_le_bytes(*text.first_chunk()?);
    let (position, _) = before_mark(word, quotation_marks_and_backslashes(word))?;
    (text.get(position) == Some(&b'"')).then_some(position)
}

/// Returns the position of the first byte that is not a digit, or the text's length if there is
/// none.
#[inline]
pub(crate) fn non_digit(text: &[u8]) -> usize {
    match in_words(text, non_digits, |_| ()) {
        Some(position) => position,
        None => non_digit_in_last_word(text),
    }
}

/// Returns the position of the first byte that `marks` marks within the whole words of the text,
/// and passes the words before it to `visit`.
#[inline]
fn in_words(
    text: &[u8],
    marks: impl Fn(usize) -> usize,
    mut visit: impl FnMut(usize),
) -> Option<usize> {
    let (words, _) = text.as_chunks();
    for (count, word) in words.iter().enumerate() {
        // Little-endian on every machine, so that the first byte is the lowest.
        let word = usize::from_le_bytes(*word);
        if let Some((position, before)) = before_mark(word, marks(word)) {
            visit(before);
            return Some(count.wrapping_mul(WORD).wrapping_add(position));
        }
        visit(word);
    }
    None
}

// The ends of the text are handled out of line, so that the loops above need fewer registers.

#[inline(never)]
fn byte_in_last_word(text: &[u8], wanted: u8) -> usize {
    in_last_word(text, |word| equal(word, wanted))
}

#[inline(never)]
fn special_in_last_word(text: &[u8]) -> usize {
    in_last_word(text, specials)
}

#[cfg(feature = "serde")]
#[inline(never)]
fn quotation_mark_or_backslash_in_last_word(text: &[u8]) -> usize {
    in_last_word(text, quotation_marks_and_backslashes)
}

#[inline(never)]
fn non_digit_in_last_word(text: &[u8]) -> usize {
    in_last_word(text, non_digits)
}

/// Returns the position of the first byte that `marks` marks, given that there is none in the whole
/// words. Returns the text's length if there is none.
#[inline]
fn in_last_word(text: &[u8], marks: impl Fn(usize) -> usize) -> usize {
    // The bytes that overlap with the previous word are not marked.
    let (word, start) = match text.last_chunk() {
        Some(word) => (usize::from_le_bytes(*word), text.len().wrapping_sub(WORD)),
        None => (short_word(text), 0),
    };
    match before_mark(word, marks(word)) {
        Some((position, _)) => text.len().min(start.wrapping_add(position)),
        None => text.len(),
    }
}

/// Reads a text shorter than a word, padded with zeros.
#[cold]
#[inline(never)]
fn short_word(text: &[u8]) -> usize {
    let bytes = text.iter().rev();
    bytes.fold(0, |word, byte| word << 8 | usize::from(*byte))
}

/// Returns the position of the first marked byte, and the bytes before it, padded with zeros.
///
/// Bytes are marked by their highest bit. Marks on later bytes may be wrong, because an addition or
/// subtraction that marks a byte carries into the next.
#[inline]
fn before_mark(word: usize, marks: usize) -> Option<(usize, usize)> {
    let marked = NonZero::new(marks & HIGHEST)?;
    let position = usize::try_from(marked.trailing_zeros()).unwrap_or_default() / 8;
    // All bits below the marked byte. For example, 0x80_0000 becomes 0xff_ffff and then 0xffff.
    let before = (marked.get() ^ marked.get().wrapping_sub(1)) >> 8;
    Some((position, word & before))
}

/// Marks the bytes that are `wanted`, an ASCII character.
const fn equal(word: usize, wanted: u8) -> usize {
    zeros(word ^ each(wanted)) & !word
}

/// Marks quotation marks, backslashes, control characters and non-ASCII bytes.
const fn specials(word: usize) -> usize {
    // With the bit 0x02 flipped, only quotation marks and control characters are below 0x21: a
    // quotation mark (0x22) becomes 0x20, a space (0x20) becomes 0x22, and control characters stay
    // below 0x20.
    let controls_and_quotation_marks = (word ^ each(0x02)).wrapping_sub(each(0x21));
    let backslashes = zeros(word ^ each(b'\\'));
    controls_and_quotation_marks | backslashes | word
}

/// Marks quotation marks and backslashes.
#[cfg(feature = "serde")]
const fn quotation_marks_and_backslashes(word: usize) -> usize {
    equal(word, b'"') | equal(word, b'\\')
}

/// Marks all bytes that are not digits.
const fn non_digits(word: usize) -> usize {
    let digits = word ^ each(b'0');
    // Digits are now 0 to 9. For anything from ten on, the sum reaches the highest bit.
    digits.wrapping_add(each(0x80 - 10)) | digits
}

/// Returns a word that has `byte` in every byte.
const fn each(byte: u8) -> usize {
    usize::from_ne_bytes([byte; WORD])
}

/// Marks bytes that are zero, and those above `0x80`.
const fn zeros(word: usize) -> usize {
    word.wrapping_sub(each(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// Tests every byte at every position, and next to bytes that make a subtraction borrow or come
    /// close to it.
    #[test]
    fn agrees_with_a_search_byte_by_byte() {
        // Miri is slow, so it tests only the bytes next to a boundary.
        let specials: Vec<u8> = if cfg!(miri) {
            b"\0\x1f !\"#-./[\\]\x7f\x80\xff".to_vec()
        } else {
            (0..=u8::MAX).collect()
        };
        let neighbours = [b'0', 0x80, b'a', 0x21, 0x2d, 0x2f, 0x5b, 0x5d, 0xae, 0xff];
        for neighbour in neighbours.into_iter().take(if cfg!(miri) { 1 } else { 10 }) {
            for &special in &specials {
                for at in 0..2 * WORD + 3 {
                    let mut text: Vec<u8> = std::vec![neighbour; 2 * WORD + 3];
                    text[at] = special;
                    text[2 * WORD + 2] = b'.';
                    let found = |stop: &dyn Fn(u8) -> bool| {
                        let position = text.iter().position(|b| stop(*b));
                        position.unwrap_or(text.len())
                    };
                    assert_eq!(byte(&text, b'.'), found(&|b| b == b'.'), "{text:?}");
                    let is_special = |b: u8| b == b'"' || b == b'\\' || b < b' ' || !b.is_ascii();
                    assert_eq!(special_in_string(&text), found(&is_special), "{text:?}");
                    #[cfg(feature = "serde")]
                    {
                        let ends_or_escapes = |b: u8| b == b'"' || b == b'\\';
                        let position = quotation_mark_or_backslash(&text);
                        assert_eq!(position, found(&ends_or_escapes), "{text:?}");
                    }
                    let is_non_digit = |b: u8| !b.is_ascii_digit();
                    assert_eq!(non_digit(&text), found(&is_non_digit), "{text:?}");
                }
            }
        }
        assert_eq!(byte(b"", b'.'), 0);
    }

    #[test]
    fn finds_the_first_of_two() {
        // Spans several chunks; under Miri, which is slow, one.
        let len = if cfg!(miri) { CHUNK } else { 3 * CHUNK } + 3;
        for first in 0..len {
            for second in first..len {
                let mut text: Vec<u8> = std::vec![b'a'; len];
                text[first] = b'.';
                text[second] = b'.';
                assert_eq!(byte(&text, b'.'), first, "{text:?}");
            }
        }
        assert_eq!(byte(&std::vec![b'a'; len], b'.'), len);
        assert_eq!(byte(&std::vec![b'.'; len], b'.'), 0);
    }
}
