//! The name of a member, with a hash for the table of names.

use core::mem;

use heapless::String;

use crate::encoding::json::span::{Span, ValueKind};
use crate::encoding::json::string::{JsonStr, scan_string};
use crate::encoding::json::utf8::Utf8;
use crate::encoding::swar;

/// A buffer for an unescaped name. A longer name matches none of the names that are looked up. The
/// longest of those so far, `auth_time` and `client_id`, have nine bytes, and tests write each of
/// them with escapes.
pub(crate) type NameBuf = String<32>;

/// A member's name.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    /// The text between the quotation marks, which is well-formed.
    raw: Utf8<'a>,
    /// The position of its first byte.
    start: usize,
    kind: ValueKind,
    /// The hash of the unescaped name.
    pub(super) hash: u32,
}

/// Scans the name that starts at `start`, after its opening quotation mark.
#[allow(clippy::inline_always, reason = "as in the cursor, which calls this")]
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(super) fn scan_name(text: &[u8], start: usize) -> Option<Name<'_>> {
    let rest = text.get(start..)?;
    // Most names are shorter than a word.
    let (len, hash) = match swar::first_word_before_special(rest) {
        Some((len, word)) => (len, NameHash::default().with(word).finish(len)),
        None => long_name(rest),
    };
    let (len, hash, kind) = if rest.get(len) == Some(&b'"') {
        (len, hash, ValueKind::PLAIN_STRING)
    } else {
        let name = scan_as_string(text, start)?;
        (name.len(), hash_of(name.as_str(text)?), name.kind())
    };
    Some(Name {
        raw: Utf8::assume_valid(rest.get(..len)?),
        start,
        kind,
        hash,
    })
}

/// Returns the length and the hash of the name at the start of `text`. They are valid only if the
/// name is plain ASCII and ends within the whole words of the text.
#[inline(never)]
fn long_name(text: &[u8]) -> (usize, u32) {
    let mut hash = NameHash::default();
    let len = swar::words_before_special(text, |word| hash = hash.with(word));
    let len = len.unwrap_or(text.len());
    (len, hash.finish(len))
}

/// Scans a name with escapes or non-ASCII characters, or at the end of the text.
#[cold]
#[inline(never)]
fn scan_as_string(text: &[u8], start: usize) -> Option<Span> {
    scan_string(text, start)
}

/// Hashes a name by its unescaped bytes. A plain name gets the same hash from [`scan_name`].
#[cold]
#[inline(never)]
fn hash_of(name: JsonStr<'_>) -> u32 {
    let (mut hash, mut word, mut bits, mut len) = (NameHash::default(), 0, 0, 0_usize);
    for c in name.chars() {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            word |= usize::from(byte) << bits;
            bits = u32::wrapping_add(bits, 8) % usize::BITS;
            len = len.wrapping_add(1);
            if bits == 0 {
                hash = hash.with(mem::take(&mut word));
            }
        }
    }
    hash.with(word).finish(len)
}

impl<'a> Name<'a> {
    /// Returns the name's span.
    #[inline]
    pub(super) fn span(&self) -> Span {
        Span::new(self.kind, self.start, self.end())
    }

    /// Returns the position of its first byte.
    #[inline]
    pub(super) const fn start(&self) -> usize {
        self.start
    }

    /// Returns the position of its closing quotation mark.
    #[inline]
    pub(super) const fn end(&self) -> usize {
        self.start.wrapping_add(self.raw.as_bytes().len())
    }

    /// Returns the name, unescaped into `buf` if necessary. A name that does not fit becomes empty.
    #[inline]
    pub(crate) fn unescape<'s>(&self, buf: &'s mut NameBuf) -> &'s [u8]
    where
        'a: 's,
    {
        if self.kind != ValueKind::PLAIN_STRING {
            *buf = unescaped(self.raw);
            return buf.as_bytes();
        }
        self.raw.as_bytes()
    }
}

#[cold]
#[inline(never)]
fn unescaped(raw: Utf8<'_>) -> NameBuf {
    let name = JsonStr::escaped(raw);
    name.to_heapless().unwrap_or_default()
}

/// A multiplicative hash of words. It does not resist an attacker, who can find different names
/// with the same hash; see [`MAX_NAME_COLLISIONS`](crate::limits::MAX_NAME_COLLISIONS).
///
/// Example with 64 bits: `aud` is the word `0x64_7561`. Multiplied by [`FACTOR`](Self::FACTOR),
/// modulo 2⁶⁴, it is `0xda1c_9f8e_be22_9cf5`. The hash is its upper half XOR the length 3:
/// `0xda1c_9f8d`.
#[derive(Clone, Copy, Default)]
struct NameHash(usize);

impl NameHash {
    /// 2⁶⁴ or 2³² divided by the golden ratio. A multiplication by it lets every bit affect the
    /// highest one.
    const FACTOR: usize = match 0x9e37_79b9_7f4a_7c15_u64.to_be_bytes().first_chunk() {
        Some(word) => usize::from_be_bytes(*word),
        None => 1,
    };

    #[inline]
    const fn with(self, word: usize) -> Self {
        // The highest bits depend on all earlier words. Folded down, they affect all later ones.
        let folded = self.0 ^ self.0 >> (usize::BITS / 2);
        Self((folded ^ word).wrapping_mul(Self::FACTOR))
    }

    /// Returns the highest bits XOR the length. The length distinguishes zero bytes at the end of a
    /// name from zeros that pad its last word.
    #[inline]
    fn finish(self, len: usize) -> u32 {
        const SHIFT: u32 = usize::BITS - u32::BITS;
        u32::try_from((self.0 ^ len << SHIFT) >> SHIFT).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json::names;
    use crate::limits::MAX_NAME_COLLISIONS;
    use std::collections::HashSet;
    use std::string::String as StdString;

    fn letters(len: usize) -> StdString {
        ('a'..='z').cycle().take(len).collect()
    }

    fn hash(name: &str) -> u32 {
        // Enough text follows for the name to be read in words.
        let text = std::format!("{name}\":0,\"another\":0}}");
        let read = scan_name(text.as_bytes(), 0).unwrap();
        assert_eq!(read.raw.as_bytes(), name.as_bytes());
        read.hash
    }

    #[test]
    fn escapes_do_not_change_the_hash() {
        // Miri is slow, so it tests only some lengths.
        for len in (0..4 * size_of::<usize>()).step_by(if cfg!(miri) { 5 } else { 1 }) {
            let name = letters(len);
            let want = hash(&name);
            assert_eq!(
                want,
                hash_of(JsonStr::plain(Utf8::assume_valid(name.as_bytes())))
            );
            for escaped in name.chars().take(26) {
                let escape = std::format!("\\u{:04x}", u32::from(escaped));
                let written = name.replace(escaped, &escape);
                assert_eq!(hash(&written), want, "{written}");
            }
            // At the end of the text, where no whole word is left.
            let text = std::format!("{name}\"");
            assert_eq!(scan_name(text.as_bytes(), 0).unwrap().hash, want, "{name}");
        }
    }

    #[test]
    fn zero_bytes_at_the_end_change_the_hash() {
        let names = (0..20).map(|zeros| std::format!("a{}", "\\u0000".repeat(zeros)));
        let hashes: HashSet<_> = names
            .map(|name| hash_of(JsonStr::escaped(Utf8::assume_valid(name.as_bytes()))))
            .collect();
        assert_eq!(hashes.len(), 20);
    }

    /// Names with numbers, as people write them: no two have the same hash.
    #[test]
    fn numbered_names_do_not_collide() {
        // Miri is slow, so it tests only some of them.
        let (lengths, count) = if cfg!(miri) { (7..8, 2) } else { (0..20, 128) };
        for len in lengths {
            let prefix = letters(len);
            for first in [0_u64, 95, 990, 9_990, 99_990, 999_950, 99_999_950] {
                for step in [1, 2, 7, 10, 100, 256] {
                    let numbers = (0..count).map(|i| first + i * step);
                    let names = numbers.flat_map(|n| {
                        [
                            std::format!("{prefix}{n}"),
                            std::format!("{prefix}_{n:x}_of_it"),
                        ]
                    });
                    let (mut seen, mut short) = (HashSet::new(), HashSet::new());
                    for name in names {
                        assert!(seen.insert(hash(&name)), "{name}");
                        short.insert(names::short(hash(&name)));
                    }
                    // 32-bit machines keep only part of a hash. A few of those collide, far fewer
                    // than the limit.
                    let pairs = seen.len() - short.len();
                    assert!(pairs <= MAX_NAME_COLLISIONS / 2, "{prefix}{first}: {pairs}");
                }
            }
        }
    }
}
