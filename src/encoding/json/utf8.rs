//! Text as bytes that are known to be UTF-8.

use core::{fmt, str};

/// Bytes that are known to be UTF-8.
///
/// Strings are checked one by one while they are read, and nothing but ASCII stands outside of them
/// (RFC 8259 §2), so no text is looked through twice. Only what a caller wants as `str` is, for the
/// compiler cannot be told what is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Utf8<'a>(&'a [u8]);

impl<'a> Utf8<'a> {
    /// Checks nothing: the caller must have checked that the bytes are UTF-8. Of others,
    /// [`as_str`](Self::as_str) is empty.
    pub(super) const fn assume_valid(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    pub(super) const fn as_str(self) -> &'a str {
        match str::from_utf8(self.0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

impl fmt::Debug for Utf8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the text, which may be a claim or a key.
        f.write_str("..")
    }
}
