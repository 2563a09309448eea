//! The position and kind of names and values in a text, in eight bytes.

use core::{fmt, num::NonZero};

use crate::encoding::json::utf8::Utf8;
use crate::error::Problem;
use crate::limits::MAX_JSON_LEN;

/// The position of a validated name or value in its text, and its kind.
///
/// On 64-bit machines, it takes a third of the memory of a [`Value`](crate::json::Value). The
/// parser of an object keeps the spans of the members that it needs, and makes values only on
/// demand.
// From the lowest bit up: a one, seven bits for the kind, 28 bits each for start and end. Example:
// a short number (kind 6) from 5 to 7 is 7 · 2³⁶ + 5 · 2⁸ + 6 + 1 = 0x70_0000_0507.
#[derive(Clone, Copy)]
pub(crate) struct Span(NonZero<u64>);

/// The kind of a name or value. It is even, because the lowest bit of a [`Span`] is always one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueKind(u64);

impl ValueKind {
    /// A string without escapes. Its span excludes the quotation marks.
    pub(crate) const PLAIN_STRING: Self = Self(0);
    /// A string with escapes. Its span excludes the quotation marks.
    pub(crate) const ESCAPED_STRING: Self = Self(2);
    pub(crate) const NUMBER: Self = Self(4);
    /// A positive integer of at most 18 digits.
    pub(crate) const SHORT_NUMBER: Self = Self(6);
    pub(crate) const ARRAY: Self = Self(8);
    pub(crate) const OBJECT: Self = Self(10);
    pub(crate) const TRUE: Self = Self(12);
    pub(crate) const FALSE: Self = Self(14);
    pub(crate) const NULL: Self = Self(16);
    /// Any value, marked with [`Span::with_problem`].
    const WRONG_TYPE: Self = Self(18);
    const OUT_OF_RANGE: Self = Self(20);

    /// The bits of a [`Span`] that store the kind.
    const BITS: u64 = 0xfe;
}

/// The bits of a [`Span`] at which the positions begin.
const START: u32 = 8;
const END: u32 = START + POSITION_BITS;
const POSITION_BITS: u32 = (u64::BITS - START) / 2;
const POSITION: u64 = (1 << POSITION_BITS) - 1;

const _: () = assert!(
    MAX_JSON_LEN < 1 << POSITION_BITS,
    "a position fits its bits"
);

impl Span {
    /// Creates a span from `start` up to, but not including, `end`. Both are at most
    /// [`MAX_JSON_LEN`].
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

    /// Returns the kind.
    #[inline]
    pub(super) fn kind(self) -> ValueKind {
        ValueKind(self.0.get() & ValueKind::BITS)
    }

    /// Returns the span marked with a problem of its type. It has no value any more.
    #[cold]
    pub(crate) fn with_problem(self, problem: Problem) -> Self {
        let kind = match problem {
            Problem::OutOfRange => ValueKind::OUT_OF_RANGE,
            _ => ValueKind::WRONG_TYPE,
        };
        Self::new(kind, self.start(), self.end())
    }

    /// Returns the problem that the span is marked with.
    #[inline]
    pub(crate) fn problem(self) -> Option<Problem> {
        match self.kind() {
            ValueKind::WRONG_TYPE => Some(Problem::WrongType),
            ValueKind::OUT_OF_RANGE => Some(Problem::OutOfRange),
            _ => None,
        }
    }

    /// Returns the position of the first byte.
    #[inline]
    pub(super) fn start(self) -> usize {
        self.position(START)
    }

    /// Returns the position after the last byte.
    #[inline]
    pub(super) fn end(self) -> usize {
        self.position(END)
    }

    /// Returns the length in bytes.
    pub(super) fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    /// Returns whether it is a string, with or without escapes.
    #[inline]
    pub(crate) fn is_string(self) -> bool {
        matches!(
            self.kind(),
            ValueKind::PLAIN_STRING | ValueKind::ESCAPED_STRING
        )
    }

    /// Returns whether it is an array.
    #[inline]
    pub(crate) fn is_array(self) -> bool {
        self.kind() == ValueKind::ARRAY
    }

    /// Returns whether it is null.
    #[inline]
    pub(crate) fn is_null(self) -> bool {
        self.kind() == ValueKind::NULL
    }

    /// Returns whether it is an object.
    #[inline]
    pub(crate) fn is_object(self) -> bool {
        self.kind() == ValueKind::OBJECT
    }

    /// Returns whether it is a positive integer of at most 18 digits, which fits any 64-bit
    /// integer.
    #[inline]
    pub(crate) fn is_short_number(self) -> bool {
        self.kind() == ValueKind::SHORT_NUMBER
    }

    /// Returns the text at this position.
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
    fn kind_and_positions_round_trip() {
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
