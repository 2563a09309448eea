//! Parsers for the formats of the RFCs, without cryptography: compact serialization, header,
//! claims, JWK.

pub(crate) mod claims;
pub(crate) mod compact;
pub(crate) mod header;
pub(crate) mod jwk;
pub(crate) mod strings;

use crate::encoding::json::{Span, Value};

/// Returns whether a value is `null`.
fn is_null(text: &[u8], value: Span) -> bool {
    matches!(value.value(text), Some(Value::Null))
}
