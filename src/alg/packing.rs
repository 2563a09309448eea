//! Conversion of byte strings to the words of key material and back.

use crate::alg::Word;
use crate::alg::arithmetic::WORD_BYTES;

/// Stores `bytes` in the first words, each in little-endian order.
pub(super) fn pack(words: &mut [Word], bytes: &[u8]) {
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(WORD_BYTES)) {
        let mut le = [0; WORD_BYTES];
        le.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        *word = Word::from_le_bytes(le);
    }
}

/// Reads the bytes that [`pack`] stored.
pub(super) fn unpack(words: &[Word], bytes: &mut [u8]) {
    for (word, chunk) in words.iter().zip(bytes.chunks_mut(WORD_BYTES)) {
        let le = word.to_le_bytes();
        chunk.iter_mut().zip(le).for_each(|(to, from)| *to = from);
    }
}
