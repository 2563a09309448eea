//! How texts are written: base64url and JSON. Knows nothing of tokens.

pub(crate) mod base64url;
pub(crate) mod json;
pub(crate) mod swar;
