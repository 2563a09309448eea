//! Text as bytes that are known to be UTF-8.

use core::{fmt, str};

/// Bytes that are known to be UTF-8.
///
/// Strings are validated one by one while they are parsed, and outside of them only ASCII is
/// allowed (RFC 8259 §2). So the text as a whole needs no separate scan. Only a conversion to `str`
/// validates again, because the compiler cannot know that the bytes are valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Utf8<'a>(&'a [u8]);

impl<'a> Utf8<'a> {
    /// Checks nothing: the caller must have checked that the bytes are UTF-8. If they are not,
    /// [`as_str`](Self::as_str) returns an empty string.
    pub(super) const fn assume_valid(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// O(n): revalidates the bytes as UTF-8.
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
