//! Base64url and JSON. Neither depends on tokens.

pub(crate) mod base64url;
pub(crate) mod json;
pub(crate) mod swar;
