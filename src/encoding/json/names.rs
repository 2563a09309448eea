//! The names of one object, each of which may appear only once.

use heapless::Vec;

use crate::encoding::json::name::Name;
use crate::encoding::json::span::Span;
use crate::encoding::json::string::{JsonStr, scan_string};
use crate::error::{Error, Limit};
use crate::limits::{MAX_JSON_LEN, MAX_MEMBERS, MAX_NAME_COLLISIONS};

/// The names seen so far in one object.
///
/// A name is looked up by its hash and compared only with earlier names that have the same hash. A
/// lookup therefore takes one pass over the name. Too many equal hashes are an error.
pub(super) struct Names {
    collisions: usize,
    seen: Vec<Seen, MAX_MEMBERS>,
}

/// An entry of the table. It is small because the table is on the stack: eight bytes, or six on
/// 32-bit machines, which keep only half of the hash.
struct Seen {
    hash: ShortHash,
    start: Start,
}

#[cfg(target_pointer_width = "64")]
pub(super) type ShortHash = u32;
#[cfg(not(target_pointer_width = "64"))]
pub(super) type ShortHash = u16;

/// The position of a name in the text, after its opening quotation mark. 32-bit machines store two
/// halves, because a `u32` would need two more bytes for its alignment.
#[cfg(target_pointer_width = "64")]
type Start = u32;
#[cfg(not(target_pointer_width = "64"))]
type Start = [u16; 2];

#[cfg(target_pointer_width = "64")]
pub(super) const fn short(hash: u32) -> ShortHash {
    hash
}

/// Returns the upper half, which depends on every byte of the name.
#[cfg(not(target_pointer_width = "64"))]
pub(super) const fn short(hash: u32) -> ShortHash {
    let [high, low, ..] = hash.to_be_bytes();
    u16::from_be_bytes([high, low])
}

#[cfg(target_pointer_width = "64")]
const fn stored(start: u32) -> Start {
    start
}

#[cfg(not(target_pointer_width = "64"))]
const fn stored(start: u32) -> Start {
    let [a, b, c, d] = start.to_be_bytes();
    [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
}

#[cfg(target_pointer_width = "64")]
const fn loaded(start: Start) -> u32 {
    start
}

#[cfg(not(target_pointer_width = "64"))]
const fn loaded(start: Start) -> u32 {
    let ([a, b], [c, d]) = (start[0].to_be_bytes(), start[1].to_be_bytes());
    u32::from_be_bytes([a, b, c, d])
}

impl Names {
    // Not `const`: the compiler would fill the table with zeros.
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            collisions: 0,
            seen: Vec::new(),
        }
    }

    /// Adds a name without comparing it.
    #[inline]
    pub(super) fn add(&mut self, name: &Name<'_>) -> Result<(), Error> {
        let seen = Seen {
            hash: short(name.hash),
            start: stored(u32::try_from(name.start() & MAX_JSON_LEN).unwrap_or(u32::MAX)),
        };
        let added = self.seen.push(seen);
        added.map_err(|_| Error::Limit(Limit::Members))
    }

    /// Rejects a name that the object already has.
    #[inline(never)]
    pub(super) fn compare(&mut self, text: &[u8], name: Span, hash: u32) -> Result<(), Error> {
        for seen in self.seen.iter().filter(|seen| seen.hash == short(hash)) {
            let earlier = seen.name(text);
            if earlier.is_none() || earlier == name.as_str(text) {
                return Err(Error::DuplicateMember);
            }
            self.collisions = self.collisions.saturating_add(1);
            if self.collisions > MAX_NAME_COLLISIONS {
                return Err(Error::Limit(Limit::NameCollisions));
            }
        }
        Ok(())
    }
}

impl Seen {
    /// Scans the name again in the text.
    #[cold]
    fn name<'a>(&self, text: &'a [u8]) -> Option<JsonStr<'a>> {
        let start = usize::try_from(loaded(self.start)).ok()?;
        scan_string(text, start)?.as_str(text)
    }
}

/// A set of the highest bits of all hashes so far, one bit for each value. Most names are new, and
/// this shows it without a search of the table.
#[derive(Default)]
pub(super) struct Filter(usize);

impl Filter {
    /// Returns whether a name with this hash may have been seen before, and records the hash.
    #[inline]
    pub(super) fn may_have(&mut self, hash: u32) -> bool {
        const SHIFT: u32 = u32::BITS - usize::BITS.ilog2();
        let bit = 1_usize.wrapping_shl(hash >> SHIFT);
        let may_have = self.0 & bit != 0;
        self.0 |= bit;
        may_have
    }
}
