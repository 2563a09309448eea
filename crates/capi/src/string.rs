//! Strings as C represents them: pointer and length.

/// A borrowed string of UTF-8. It does not end with a zero byte; print it with
/// `"%.*s", (int)s.len, (const char *)s.data`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_string {
    /// Pointer to the first byte. May be NULL if the length is 0.
    pub data: *const u8,
    /// Number of bytes.
    pub len: usize,
}

impl jv_string {
    /// The empty string. Its pointer is not NULL: C code that ignores the length reads a zero byte.
    pub(crate) const EMPTY: Self = Self {
        data: c"".as_ptr().cast(),
        len: 0,
    };

    /// Returns a static string for C.
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self::from_text(text)
    }

    /// Returns a string for C. C must not use it for longer than the text lives.
    pub(crate) const fn from_text(text: &str) -> Self {
        Self {
            data: text.as_ptr(),
            len: text.len(),
        }
    }
}
