//! Changes to bytes that start out right.

use arbitrary::Arbitrary;

/// One change. Positions count modulo the length, so that each has an effect.
#[derive(Debug, Arbitrary)]
pub enum Edit<'a> {
    /// Bits turned over.
    Flip {
        /// Where.
        at: u16,
        /// Which.
        bits: u8,
    },
    /// Bytes written over those that are there.
    Write {
        /// From where on.
        at: u16,
        /// What.
        bytes: &'a [u8],
    },
    /// Bytes put between those that are there.
    Insert {
        /// Before which.
        at: u16,
        /// What.
        bytes: &'a [u8],
    },
    /// Bytes left out.
    Remove {
        /// From where on.
        at: u16,
        /// How many.
        count: u8,
    },
    /// Bytes repeated elsewhere.
    Copy {
        /// From where on.
        from: u16,
        /// How many.
        count: u8,
        /// Before which.
        to: u16,
    },
}

impl Edit<'_> {
    /// Applies several changes, one after the other.
    pub fn apply_all(edits: &[Self], text: &mut Vec<u8>) {
        edits.iter().for_each(|edit| edit.apply(text));
    }

    fn apply(&self, text: &mut Vec<u8>) {
        let len = text.len();
        let place = |at: u16| usize::from(at) % (len + 1);
        let range = |at: u16, count: usize| place(at)..(place(at) + count).min(len);
        match *self {
            Self::Flip { at, bits } => {
                text[range(at, 1)].iter_mut().for_each(|b| *b ^= bits);
            }
            Self::Write { at, bytes } => {
                let target = &mut text[range(at, bytes.len())];
                target.copy_from_slice(&bytes[..target.len()]);
            }
            Self::Insert { at, bytes } => {
                text.splice(range(at, 0), bytes.iter().copied());
            }
            Self::Remove { at, count } => {
                text.drain(range(at, count.into()));
            }
            Self::Copy { from, count, to } => {
                let copied = text[range(from, count.into())].to_vec();
                text.splice(range(to, 0), copied);
            }
        }
    }
}
