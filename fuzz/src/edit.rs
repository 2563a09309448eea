//! Changes to bytes that are initially valid.

use arbitrary::Arbitrary;

/// One change. Positions wrap around at the end of the text, so that every change has an effect.
#[derive(Debug, Arbitrary)]
pub enum Edit<'a> {
    /// Flips bits of a byte.
    Flip {
        /// Position of the byte.
        at: u16,
        /// The bits.
        bits: u8,
    },
    /// Overwrites bytes.
    Write {
        /// Position of the first one.
        at: u16,
        /// The new bytes.
        bytes: &'a [u8],
    },
    /// Inserts bytes.
    Insert {
        /// Position of the byte to insert them before.
        at: u16,
        /// The inserted bytes.
        bytes: &'a [u8],
    },
    /// Removes bytes.
    Remove {
        /// Position of the first one.
        at: u16,
        /// How many.
        count: u8,
    },
    /// Copies bytes to another position.
    Copy {
        /// Position of the first one.
        from: u16,
        /// How many.
        count: u8,
        /// Position of the byte to insert them before.
        to: u16,
    },
}

impl Edit<'_> {
    /// Applies changes in order.
    pub fn apply_all(edits: &[Self], text: &mut Vec<u8>) {
        edits.iter().for_each(|edit| edit.apply(text));
    }

    fn apply(&self, text: &mut Vec<u8>) {
        let len = text.len();
        let position = |at: u16| usize::from(at) % (len + 1);
        let range = |at: u16, count: usize| position(at)..(position(at) + count).min(len);
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
