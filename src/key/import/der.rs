//! A DER reader (ITU-T X.690 §10) for the elements that public keys consist of.
//!
//! It accepts only one encoding of each value: lengths are definite and minimal, integers are
//! minimal, and trailing bytes are rejected. It is part of this crate because it is small, and
//! because most crates that parse certificates allocate.

use crate::error::Error;

/// The tag of an element: class, form and number in one byte. Numbers above 30, which take more
/// bytes, do not occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u8);

impl Tag {
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const BIT_STRING: Self = Self(0x03);
    pub(super) const NULL: Self = Self(0x05);
    pub(super) const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub(super) const SEQUENCE: Self = Self(0x30);
    /// `[0]` to `[3]`, explicit.
    pub(super) const CONTEXT_0: Self = Self(0xa0);
    pub(super) const CONTEXT_1: Self = Self(0xa1);
    pub(super) const CONTEXT_2: Self = Self(0xa2);
    pub(super) const CONTEXT_3: Self = Self(0xa3);
}

/// Reads elements from the front of a DER encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(der: &'a [u8]) -> Self {
        Self { rest: der }
    }

    /// Returns the tag of the next element, or `None` at the end.
    pub(super) fn peek(&self) -> Option<Tag> {
        self.rest.first().map(|tag| Tag(*tag))
    }

    /// Reads the next element, which must have this tag, and returns its content.
    pub(super) fn read(&mut self, tag: Tag) -> Result<&'a [u8], Error> {
        match self.any()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Error::MalformedKey),
        }
    }

    /// Reads the next element, which must have this tag. Returns all its bytes, including the tag
    /// and the length.
    pub(super) fn element(&mut self, tag: Tag) -> Result<&'a [u8], Error> {
        let before = self.rest;
        self.read(tag)?;
        let len = before.len().saturating_sub(self.rest.len());
        before.get(..len).ok_or(Error::MalformedKey)
    }

    /// Reads the next element, which must be a SEQUENCE, and returns a reader of its elements.
    pub(super) fn sequence(&mut self) -> Result<Self, Error> {
        self.read(Tag::SEQUENCE).map(Self::new)
    }

    /// Reads the next element and returns its tag and content.
    pub(super) fn any(&mut self) -> Result<(Tag, &'a [u8]), Error> {
        let (tag, rest) = self.rest.split_first().ok_or(Error::MalformedKey)?;
        if tag & 0x1f == 0x1f {
            // The tag's number is above 30.
            return Err(Error::MalformedKey);
        }
        let (len, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(len).ok_or(Error::MalformedKey)?;
        self.rest = rest;
        Ok((Tag(*tag), content))
    }

    /// Reads an INTEGER that is not negative. Returns its bytes without the zero byte that precedes
    /// a first byte above 127. For example, 128 is encoded as `02 02 00 80`, and `[0x80]` is
    /// returned.
    pub(super) fn unsigned(&mut self) -> Result<&'a [u8], Error> {
        match self.read(Tag::INTEGER)? {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
            // The number zero.
            [0] => Ok(&[]),
            bytes @ [1..=0x7f, ..] => Ok(bytes),
            // Negative, empty, or not minimal.
            _ => Err(Error::MalformedKey),
        }
    }

    /// Reads a BIT STRING of whole bytes.
    pub(super) fn bytes_of_bit_string(&mut self) -> Result<&'a [u8], Error> {
        match self.read(Tag::BIT_STRING)? {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(Error::MalformedKey),
        }
    }

    /// Checks that there are no further elements.
    pub(super) const fn end(self) -> Result<(), Error> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Error::MalformedKey)
        }
    }
}

/// Reads a length and returns it with the rest. X.690 §8.1.3 and §10.1: the length is definite and
/// takes as few bytes as possible.
fn length(der: &[u8]) -> Result<(usize, &[u8]), Error> {
    match der {
        [short @ 0..=0x7f, rest @ ..] => Ok((usize::from(*short), rest)),
        [0x81, len @ 0x80..=0xff, rest @ ..] => Ok((usize::from(*len), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            let len = u16::from_be_bytes([*high, *low]);
            Ok((usize::from(len), rest))
        }
        // 64 KiB or more. No acceptable key and no realistic certificate is that long.
        [0x83..=0xff, ..] => Err(Error::KeyTooLarge),
        _ => Err(Error::MalformedKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_in_order() {
        let mut reader = Reader::new(&[0x30, 0x03, 0x02, 0x01, 0x05, 0x05, 0x00]);
        assert_eq!(reader.peek(), Some(Tag::SEQUENCE));
        let mut inner = reader.sequence().unwrap();
        assert_eq!(inner.unsigned(), Ok(&[5][..]));
        assert!(inner.peek().is_none() && inner.end().is_ok());
        assert_eq!(reader.end(), Err(Error::MalformedKey));
        assert_eq!(reader.read(Tag::NULL), Ok(&[][..]));
        assert_eq!(reader.any(), Err(Error::MalformedKey));
    }

    #[test]
    fn lengths_must_be_definite_and_minimal() {
        for (len, head) in [
            (0, &[0x04, 0x00][..]),
            (127, &[0x04, 0x7f]),
            (128, &[0x04, 0x81, 0x80]),
            (255, &[0x04, 0x81, 0xff]),
            (256, &[0x04, 0x82, 0x01, 0x00]),
            (65_535, &[0x04, 0x82, 0xff, 0xff]),
        ] {
            let mut der = head.to_vec();
            der.resize(head.len() + len, 7);
            let (_, content) = Reader::new(&der).any().unwrap();
            assert_eq!(content.len(), len);
            if len > 0 {
                der.pop();
                assert_eq!(Reader::new(&der).any(), Err(Error::MalformedKey), "{len}");
            }
        }
        for malformed in [
            &[0x04][..],
            // Indefinite.
            &[0x30, 0x80, 0x00, 0x00],
            // Not minimal.
            &[0x04, 0x81, 0x00],
            &[0x04, 0x81, 0x01, 7],
            &[0x04, 0x82, 0x00, 0x01, 7],
            // Truncated.
            &[0x04, 0x81],
            &[0x04, 0x82, 0x01],
            &[0x04, 0x01],
            // A tag of several bytes.
            &[0x1f, 0x00],
            &[0xbf, 0x20, 0x00],
            &[],
        ] {
            assert_eq!(Reader::new(malformed).any(), Err(Error::MalformedKey));
        }
        for large in [0x83, 0x84, 0x88, 0xff] {
            let der = [0x04, large, 1, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(Reader::new(&der).any(), Err(Error::KeyTooLarge));
        }
    }

    #[test]
    fn integers_must_be_minimal_and_non_negative() {
        for (der, want) in [
            (&[0x02, 1, 0][..], Ok(&[][..])),
            (&[0x02, 1, 1], Ok(&[1])),
            (&[0x02, 1, 127], Ok(&[127])),
            (&[0x02, 2, 0, 128], Ok(&[128])),
            (&[0x02, 2, 1, 0], Ok(&[1, 0])),
            (&[0x02, 0], Err(Error::MalformedKey)),
            (&[0x02, 1, 128], Err(Error::MalformedKey)),
            (&[0x02, 2, 0, 127], Err(Error::MalformedKey)),
            (&[0x02, 2, 0, 0], Err(Error::MalformedKey)),
            (&[0x02, 2, 255, 0], Err(Error::MalformedKey)),
            (&[0x03, 1, 1], Err(Error::MalformedKey)),
        ] {
            assert_eq!(Reader::new(der).unsigned(), want, "{der:?}");
        }
    }

    #[test]
    fn bit_strings_must_have_whole_bytes() {
        for (der, want) in [
            (&[0x03, 1, 0][..], Ok(&[][..])),
            (&[0x03, 3, 0, 1, 2], Ok(&[1, 2])),
            (&[0x03, 0], Err(Error::MalformedKey)),
            (&[0x03, 2, 1, 2], Err(Error::MalformedKey)),
            (&[0x04, 2, 0, 2], Err(Error::MalformedKey)),
        ] {
            assert_eq!(Reader::new(der).bytes_of_bit_string(), want, "{der:?}");
        }
    }
}
