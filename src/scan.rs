//! Bytes looked for a machine word at a time.

/// Bytes in a word.
const WORD: usize = size_of::<usize>();

/// Bytes that machines with vectors look at together.
const CHUNK: usize = 32;

/// The highest bit of each byte: where [`position`] finds its marks.
const HIGHEST: usize = each(0x80);

/// The position of the first byte `wanted`, an ASCII character.
pub(crate) fn byte(text: &[u8], wanted: u8) -> Option<usize> {
    let (chunks, _) = text.as_chunks::<CHUNK>();
    // All of a chunk at once: to stop within it would take longer.
    let found = |chunk: &[u8; CHUNK]| chunk.iter().fold(0, |any, b| any | u8::from(*b == wanted));
    let without = |chunk: &&[u8; CHUNK]| found(chunk) == 0;
    let passed = chunks
        .iter()
        .take_while(without)
        .count()
        .wrapping_mul(CHUNK);
    let marks = |word: usize| zeros(word ^ each(wanted)) & !word;
    let position = position(text.get(passed..)?, marks)?;
    Some(passed.wrapping_add(position))
}

/// The position of the first byte that cannot stand in a JSON string as it is (RFC 8259 §7): a quotation mark, a
/// backslash, a control character.
pub(crate) fn special_in_string(text: &[u8]) -> Option<usize> {
    position(text, |word| {
        // Exactly these are below 0x21 with that bit changed.
        let controls_and_quotation_marks = (word ^ each(0x02)).wrapping_sub(each(0x21));
        let backslashes = zeros(word ^ each(b'\\'));
        (controls_and_quotation_marks | backslashes) & !word
    })
}

/// The position of the first byte that `marks` marks by its highest bit.
///
/// Marks on later bytes may be wrong: a subtraction that marks one borrows from the next.
#[inline]
fn position(text: &[u8], marks: impl Fn(usize) -> usize) -> Option<usize> {
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk() {
        // The first byte lowest, whatever the machine.
        if let Some(position) = first_marked(marks(usize::from_le_bytes(*word))) {
            return Some(text.len().wrapping_sub(rest.len()).wrapping_add(position));
        }
        rest = after;
    }
    // Less than a word is left, in which only the lowest byte counts.
    let is_marked = |byte: &u8| first_marked(marks(usize::from(*byte))) == Some(0);
    let position = rest.iter().position(is_marked)?;
    Some(text.len().wrapping_sub(rest.len()).wrapping_add(position))
}

/// The place of the first byte that is marked.
fn first_marked(marks: usize) -> Option<usize> {
    let marked = marks & HIGHEST;
    let bits = usize::try_from(marked.trailing_zeros()).unwrap_or_default();
    (marked != 0).then_some(bits / 8)
}

/// The byte in every byte of a word.
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

    /// Every byte at every place, also behind others that make a subtraction borrow, or nearly.
    #[test]
    fn as_one_by_one() {
        // Under Miri, which is slow, those where something changes.
        let specials: Vec<u8> = if cfg!(miri) {
            b"\0\x1f !\"#-./[\\]\x7f\x80\xff".to_vec()
        } else {
            (0..=u8::MAX).collect()
        };
        for neighbour in [b'a', 0x21, 0x2d, 0x2f, 0x5b, 0x5d, 0x80, 0xae, 0xff] {
            for &special in &specials {
                for at in 0..2 * WORD + 3 {
                    let mut text: Vec<u8> = std::vec![neighbour; 2 * WORD + 3];
                    text[at] = special;
                    text[2 * WORD + 2] = b'.';
                    let dot = text.iter().position(|b| *b == b'.');
                    assert_eq!(byte(&text, b'.'), dot, "{text:?}");
                    let stop = |b: &u8| *b == b'"' || *b == b'\\' || *b < b' ';
                    let stops = text.iter().position(stop);
                    assert_eq!(special_in_string(&text), stops, "{text:?}");
                }
            }
        }
        assert_eq!(byte(b"", b'.'), None);
    }

    #[test]
    fn the_first_of_two() {
        // Through several chunks; under Miri, which is slow, through one.
        let len = if cfg!(miri) { CHUNK } else { 3 * CHUNK } + 3;
        for first in 0..len {
            for second in first..len {
                let mut text: Vec<u8> = std::vec![b'a'; len];
                text[first] = b'.';
                text[second] = b'.';
                assert_eq!(byte(&text, b'.'), Some(first), "{text:?}");
            }
        }
        assert_eq!(byte(&std::vec![b'a'; len], b'.'), None);
        assert_eq!(byte(&std::vec![b'.'; len], b'.'), Some(0));
    }
}
