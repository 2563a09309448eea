//! The memory of a key set: inline, lent by the caller, or on the heap.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::alg::Word;
use crate::alg::material_len::RSA_2048;
use crate::key::entry::HEADER_WORDS;
use crate::limits::{KEY_ID_BYTES_PER_KEY, SPARE_KEY_ID_BYTES};

/// Number of words that a 2048-bit RSA key takes in a [`KeySet`](crate::KeySet).
pub const WORDS_PER_KEY: usize = RSA_2048 + HEADER_WORDS;

/// The positions and lengths of one key's parts in a set's memory.
#[derive(Clone, Copy, Default)]
pub struct Slot {
    pub(crate) words_at: u32,
    pub(crate) kid_at: u32,
    pub(crate) words_len: u16,
    pub(crate) kid_len: u16,
}

impl Slot {
    /// A slot that holds no key.
    pub const EMPTY: Self = Self {
        words_at: 0,
        kid_at: 0,
        words_len: 0,
        kid_len: 0,
    };
}

impl Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

/// A shared view of a set's memory.
#[derive(Clone, Copy)]
pub struct Parts<'m> {
    pub(crate) slots: &'m [Slot],
    /// Two pieces of memory. Positions continue from the first piece to the second. Invariant: a
    /// `kid` is entirely in one piece.
    pub(crate) kids: [&'m [u8]; 2],
    pub(crate) words: &'m [Word],
}

/// A mutable view of a set's memory.
pub struct PartsMut<'m> {
    pub(crate) slots: &'m mut [Slot],
    pub(crate) kids: [&'m mut [u8]; 2],
    pub(crate) words: &'m mut [Word],
}

impl Debug for PartsMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartsMut")
    }
}

impl Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

/// The memory of a key set: [`Inline`], [`Lent`] or, with the feature `alloc`, `Heap`.
pub trait KeyMemory {
    #[doc(hidden)]
    fn parts(&self) -> Parts<'_>;

    #[doc(hidden)]
    fn parts_mut(&mut self) -> PartsMut<'_>;

    /// Grows the memory. Returns whether it succeeded.
    #[doc(hidden)]
    fn grow(&mut self) -> bool {
        false
    }
}

/// Memory that a set can create itself: [`Inline`] or, with the feature `alloc`, `Heap`.
pub trait OwnedMemory: KeyMemory + Default + Clone {
    /// The retirement times of the keys.
    #[doc(hidden)]
    type Times: AsRef<[Duration]> + AsMut<[Duration]> + Clone;

    /// Returns a list that has `time` for at least `keys` keys, or for as many keys as the memory
    /// can hold.
    #[doc(hidden)]
    fn times(time: Duration, keys: usize) -> Self::Times;
}

/// Inline memory with room for `N` keys of `WORDS` words on average. Longer keys take more of it
/// and shorter keys take less.
#[derive(Clone)]
pub struct Inline<const N: usize, const WORDS: usize = WORDS_PER_KEY> {
    slots: [Slot; N],
    kids: [[u8; KEY_ID_BYTES_PER_KEY]; N],
    spare_kids: [u8; SPARE_KEY_ID_BYTES],
    words: [[Word; WORDS]; N],
}

impl<const N: usize, const WORDS: usize> Inline<N, WORDS> {
    pub(crate) const EMPTY: Self = Self {
        slots: [Slot::EMPTY; N],
        kids: [[0; KEY_ID_BYTES_PER_KEY]; N],
        spare_kids: [0; SPARE_KEY_ID_BYTES],
        words: [[0; WORDS]; N],
    };
}

impl<const N: usize, const WORDS: usize> Default for Inline<N, WORDS> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize, const WORDS: usize> Debug for Inline<N, WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inline")
    }
}

impl<const N: usize, const WORDS: usize> KeyMemory for Inline<N, WORDS> {
    fn parts(&self) -> Parts<'_> {
        Parts {
            slots: &self.slots,
            kids: [self.kids.as_flattened(), &self.spare_kids],
            words: self.words.as_flattened(),
        }
    }

    fn parts_mut(&mut self) -> PartsMut<'_> {
        PartsMut {
            slots: &mut self.slots,
            kids: [self.kids.as_flattened_mut(), &mut self.spare_kids],
            words: self.words.as_flattened_mut(),
        }
    }
}

impl<const N: usize, const WORDS: usize> OwnedMemory for Inline<N, WORDS> {
    type Times = [Duration; N];

    fn times(time: Duration, _: usize) -> [Duration; N] {
        [time; N]
    }
}

/// Memory that the caller lends, such as a buffer of a C program, a linker section or a memory
/// pool.
///
/// A set in this memory has at most one key for each slot. Its `kid`s must fit into `kids`, and its
/// key material must fit into `words`. A 2048-bit RSA key takes [`WORDS_PER_KEY`] words.
pub struct Lent<'m> {
    /// One slot for each key.
    pub slots: &'m mut [Slot],
    /// Memory for the `kid`s.
    pub kids: &'m mut [u8],
    /// Memory for the key material.
    pub words: &'m mut [Word],
}

impl Debug for Lent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lent")
    }
}

impl KeyMemory for Lent<'_> {
    fn parts(&self) -> Parts<'_> {
        Parts {
            slots: self.slots,
            kids: [self.kids, &[]],
            words: self.words,
        }
    }

    fn parts_mut(&mut self) -> PartsMut<'_> {
        PartsMut {
            slots: self.slots,
            kids: [self.kids, &mut []],
            words: self.words,
        }
    }
}

/// Memory on the heap, which grows as keys are added.
#[cfg(feature = "alloc")]
#[derive(Clone, Default)]
pub struct Heap {
    slots: alloc::vec::Vec<Slot>,
    kids: alloc::vec::Vec<u8>,
    words: alloc::vec::Vec<Word>,
}

#[cfg(feature = "alloc")]
impl Debug for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Heap")
    }
}

#[cfg(feature = "alloc")]
impl KeyMemory for Heap {
    fn parts(&self) -> Parts<'_> {
        Parts {
            slots: &self.slots,
            kids: [&self.kids, &[]],
            words: &self.words,
        }
    }

    fn parts_mut(&mut self) -> PartsMut<'_> {
        PartsMut {
            slots: &mut self.slots,
            kids: [&mut self.kids, &mut []],
            words: &mut self.words,
        }
    }

    fn grow(&mut self) -> bool {
        use crate::limits::{MAX_KEYS_ON_HEAP, MAX_KID_LEN};
        // Doubles the capacity. The first allocation has room for a `kid` of the maximum length.
        let keys = self.slots.len().saturating_mul(2).max(4);
        if keys > MAX_KEYS_ON_HEAP {
            return false;
        }
        let kids = keys.saturating_mul(KEY_ID_BYTES_PER_KEY).max(MAX_KID_LEN);
        self.slots.resize(keys, Slot::EMPTY);
        self.kids.resize(kids, 0);
        self.words.resize(keys.saturating_mul(WORDS_PER_KEY), 0);
        true
    }
}

#[cfg(feature = "alloc")]
impl OwnedMemory for Heap {
    type Times = alloc::vec::Vec<Duration>;

    fn times(time: Duration, keys: usize) -> alloc::vec::Vec<Duration> {
        alloc::vec![time; keys]
    }
}
