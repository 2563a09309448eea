//! The encodings of text, base64url and JSON. Independent of tokens.

pub(crate) mod base64url;
pub(crate) mod json;
pub(crate) mod swar;
