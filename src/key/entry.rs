//! The layout of a key in a set's memory.
//!
//! An entry has one block of key material for each key type that accepted the key. An RSA or EC key
//! has one block, which its algorithms share. A secret has one block for each hash, because its
//! material depends on the hash. A header word before each block contains the length of the block
//! and the algorithms that use it:
//!
//! ```text
//! len << 16 | algorithms, material …, len << 16 | algorithms, material …
//! ```
//!
//! Bit `i` of `algorithms` is set if algorithm `i` of the set's list uses the block. For example, a
//! block of 8 words for the algorithms 0 and 2 has the header `0x0008_0005`.

use crate::alg::{Algorithm, KeyType, ParameterSource, Word, is_same_key_type};
use crate::error::Error;
use crate::limits::MAX_ALGORITHMS;

/// Number of header words before each block of material.
pub(crate) const HEADER_WORDS: usize = 1;

const _: () = assert!(MAX_ALGORITHMS <= 16, "a header has 16 bits for algorithms");

/// Returns the block of material for the algorithm at this index of the set's list.
pub(crate) fn material(entry: &[Word], algorithm: usize) -> Option<&[Word]> {
    let mut materials = materials(entry);
    materials
        .find(|(algorithms, _)| has_bit(*algorithms, algorithm))
        .map(|(_, material)| material)
}

/// Returns whether the bit of the algorithm at this index is set.
pub(crate) const fn has_bit(algorithms: u16, algorithm: usize) -> bool {
    algorithm < MAX_ALGORITHMS && (algorithms >> algorithm) & 1 == 1
}

/// Iterates over the blocks of material, each with the bits of its algorithms.
pub(crate) fn materials(entry: &[Word]) -> impl Iterator<Item = (u16, &[Word])> {
    let mut rest = entry;
    core::iter::from_fn(move || {
        let (header, after) = rest.split_first()?;
        let (algorithms, len) = decoded(*header);
        let (material, after) = after.split_at_checked(len)?;
        rest = after;
        Some((algorithms, material))
    })
}

fn encoded(algorithms: u16, len: usize) -> Option<Word> {
    let len = u16::try_from(len).ok()?;
    Some(Word::from(len) << 16 | Word::from(algorithms))
}

fn decoded(header: Word) -> (u16, usize) {
    let half = |word: Word| u16::try_from(word & 0xffff).unwrap_or_default();
    (half(header), usize::from(half(header >> 16)))
}

/// Writes an entry for a key to the front of `memory` and returns its length in words. The key is
/// loaded for each algorithm of `list` that satisfies three conditions. Its name satisfies `fits`,
/// the key may be used with it, and its key type accepts the key.
///
/// # Errors
///
/// The errors of the key types, [`Error::UnsupportedKey`] if no key type accepts the key, and
/// [`Error::KeySetFull`] if `memory` is too short.
pub(crate) fn load(
    key: &dyn ParameterSource,
    list: &[&'static dyn Algorithm],
    fits: &dyn Fn(&str) -> bool,
    memory: &mut [Word],
) -> Result<usize, Error> {
    let mut len = 0_usize;
    let mut rejection = (Error::UnsupportedKey, None::<&'static dyn KeyType>);
    for (bit, algorithm) in bits().zip(list) {
        let name = algorithm.name();
        if !fits(name) || !key.is_for(name) {
            continue;
        }
        let key_type = algorithm.key_type();
        if rejection
            .1
            .is_some_and(|other| is_same_key_type(other, key_type))
        {
            continue;
        }
        let (entry, rest) = memory.split_at_mut_checked(len).unwrap_or_default();
        if let Some(header) = header_of_type(entry, list, key_type) {
            *header |= Word::from(bit);
            continue;
        }
        // Loads the key even without room, so that an unusable key is reported as unusable.
        let (header, material) = match rest.split_first_mut() {
            Some((header, material)) => (Some(header), material),
            None => (None, Default::default()),
        };
        let capacity = material.len();
        match key_type.load(key, material) {
            Ok(words) => {
                let header = header
                    .filter(|_| words <= capacity)
                    .ok_or(Error::KeySetFull)?;
                *header = encoded(bit, words).ok_or(Error::KeyTooLarge)?;
                len = len.saturating_add(words).saturating_add(HEADER_WORDS);
            }
            Err(Error::UnsupportedKey) => {}
            Err(Error::KeySetFull) => return Err(Error::KeySetFull),
            Err(reason) => rejection = (reason, Some(key_type)),
        }
    }
    if len == 0 { Err(rejection.0) } else { Ok(len) }
}

/// Returns the header of the block for `key_type`, if the entry has one.
fn header_of_type<'e>(
    entry: &'e mut [Word],
    list: &[&'static dyn Algorithm],
    key_type: &'static dyn KeyType,
) -> Option<&'e mut Word> {
    let mut rest = entry;
    while let Some((header, after)) = rest.split_first_mut() {
        let (algorithms, len) = decoded(*header);
        let first = usize::try_from(algorithms.trailing_zeros()).ok()?;
        if is_same_key_type(list.get(first)?.key_type(), key_type) {
            return Some(header);
        }
        rest = after.get_mut(len..)?;
    }
    None
}

/// Returns the bits 1, 2, 4, … for the algorithms of a list, in order.
fn bits() -> impl Iterator<Item = u16> {
    (0..u16::BITS).map(|i| 1 << i)
}

/// Copies an entry of a set with the list `from` to the front of `memory`, for a set with the list
/// `to`. Only blocks for algorithms in both lists are copied.
///
/// Returns the length of the copy in words, which is 0 if no block was copied. Returns `None` if
/// `memory` is too short.
pub(crate) fn translate(
    entry: &[Word],
    from: &[&'static dyn Algorithm],
    to: &[&'static dyn Algorithm],
    memory: &mut [Word],
) -> Option<usize> {
    let mut len = 0_usize;
    for (algorithms, material) in materials(entry) {
        let users = from
            .iter()
            .enumerate()
            .filter(|(i, _)| has_bit(algorithms, *i));
        let uses_block = |a: &dyn Algorithm| {
            let mut users = users.clone();
            users.any(|(_, b)| a.name() == b.name() && is_same_key_type(a.key_type(), b.key_type()))
        };
        let kept = bits().zip(to).filter(|(_, a)| uses_block(**a));
        let kept_bits = kept.fold(0, |all, (bit, _)| all | bit);
        if kept_bits == 0 {
            continue;
        }
        let end = len
            .saturating_add(HEADER_WORDS)
            .saturating_add(material.len());
        let (header, copy) = memory.get_mut(len..end)?.split_first_mut()?;
        *header = encoded(kept_bits, material.len())?;
        copy.copy_from_slice(material);
        len = end;
    }
    Some(len)
}
