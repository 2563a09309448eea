//! Text and bytes as C has them.

/// Text or bytes that belong to somebody else. Not ended by a zero byte; print it with `"%.*s",
/// (int)s.len, s.data`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_string {
    /// The first byte; may be NULL if there is none.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

impl jv_string {
    /// What a static text looks like to C.
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self::from_text(text)
    }

    /// What a text looks like to C, which has to mind how long it lives.
    pub(crate) const fn from_text(text: &str) -> Self {
        Self {
            data: text.as_ptr(),
            len: text.len(),
        }
    }
}
