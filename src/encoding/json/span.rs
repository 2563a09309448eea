//! Where names and values stand in a text, in few bytes.

use core::{fmt, num::NonZero};

use crate::encoding::json::utf8::Utf8;
use crate::limits::MAX_JSON_LEN;

/// Where a name or value that was checked stands in its text, and what it is.
///
/// Takes a third of the memory of a [`Value`](crate::json::Value). A reader of an object keeps the
/// places of what matters, and makes values only when they are asked for.
// From the lowest bit on: a one, seven bits for the kind, 28 each for start and end.
#[derive(Clone, Copy)]
pub(crate) struct Span(NonZero<u64>);

/// What stands there. An even number, for the lowest bit of a [`Span`] is a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueKind(u64);

impl ValueKind {
    /// A string written without escapes, without its quotation marks.
    pub(crate) const PLAIN_STRING: Self = Self(0);
    /// A string written with escapes, without its quotation marks.
    pub(crate) const ESCAPED_STRING: Self = Self(2);
    pub(crate) const NUMBER: Self = Self(4);
    /// A number of few digits and nothing else.
    pub(crate) const SHORT_NUMBER: Self = Self(6);
    pub(crate) const ARRAY: Self = Self(8);
    pub(crate) const OBJECT: Self = Self(10);
    pub(crate) const TRUE: Self = Self(12);
    pub(crate) const FALSE: Self = Self(14);
    pub(crate) const NULL: Self = Self(16);

    /// The bits of a [`Span`] that hold it.
    const BITS: u64 = 0xfe;
}

/// Where in a [`Span`] the positions are.
const START: u32 = 8;
const END: u32 = START + POSITION_BITS;
const POSITION_BITS: u32 = (u64::BITS - START) / 2;
const POSITION: u64 = (1 << POSITION_BITS) - 1;

const _: () = assert!(MAX_JSON_LEN < 1 << POSITION_BITS, "a position fits");

impl Span {
    /// From `start` on, and before `end`; both at most [`MAX_JSON_LEN`].
    #[inline]
    pub(super) fn new(kind: ValueKind, start: usize, end: usize) -> Self {
        debug_assert!(start <= MAX_JSON_LEN && end <= MAX_JSON_LEN);
        let bits = |position| u64::try_from(position).unwrap_or_default() & POSITION;
        Self(NonZero::<u64>::MIN | kind.0 | bits(start) << START | bits(end) << END)
    }

    #[inline]
    fn position(self, shift: u32) -> usize {
        let position = (self.0.get() >> shift) & POSITION;
        usize::try_from(position).unwrap_or_default()
    }

    /// What it is.
    #[inline]
    pub(super) fn kind(self) -> ValueKind {
        ValueKind(self.0.get() & ValueKind::BITS)
    }

    /// Where it starts.
    #[inline]
    pub(super) fn start(self) -> usize {
        self.position(START)
    }

    /// Where it ends: the position behind its last byte.
    #[inline]
    pub(super) fn end(self) -> usize {
        self.position(END)
    }

    /// Bytes from start to end.
    pub(super) fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    /// Whether it is a string, however it is written.
    #[inline]
    pub(crate) fn is_string(self) -> bool {
        matches!(
            self.kind(),
            ValueKind::PLAIN_STRING | ValueKind::ESCAPED_STRING
        )
    }

    /// Whether it is an array.
    #[inline]
    pub(crate) fn is_array(self) -> bool {
        self.kind() == ValueKind::ARRAY
    }

    /// Whether it is an object.
    #[inline]
    pub(crate) fn is_object(self) -> bool {
        self.kind() == ValueKind::OBJECT
    }

    /// Whether it is a number of few digits and nothing else, which any integer type has room for.
    #[inline]
    pub(crate) fn is_short_number(self) -> bool {
        self.kind() == ValueKind::SHORT_NUMBER
    }

    /// What is written there.
    #[inline]
    pub(super) fn raw(self, text: &[u8]) -> Option<Utf8<'_>> {
        text.get(self.start()..self.end()).map(Utf8::assume_valid)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start(), self.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in() {
        let kinds = [
            ValueKind::PLAIN_STRING,
            ValueKind::ESCAPED_STRING,
            ValueKind::NUMBER,
            ValueKind::SHORT_NUMBER,
            ValueKind::ARRAY,
            ValueKind::OBJECT,
            ValueKind::TRUE,
            ValueKind::FALSE,
            ValueKind::NULL,
        ];
        let positions = [
            0,
            1,
            0xff,
            0x100,
            0x5a5_a5a5,
            MAX_JSON_LEN - 1,
            MAX_JSON_LEN,
        ];
        for kind in kinds {
            for start in positions {
                for end in positions {
                    let span = Span::new(kind, start, end);
                    assert_eq!((span.kind(), span.start(), span.end()), (kind, start, end));
                }
            }
        }
    }
}
