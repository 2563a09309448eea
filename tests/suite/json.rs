//! The JSON reader, tested through the claims of signed tokens: with each production of RFC 8259,
//! and against `serde_json`.

mod differential;
mod grammar;
mod numbers;
mod reference;
pub(crate) mod texts;

use jose_verify::{Clock, Error, Verified};

use crate::support::sign::token_with_header;
use crate::support::verdict::{UNCHECKED, with_verified};

/// Verifies a token with this text as its payload and reads the claims.
fn read<T>(text: &[u8], with: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Error> {
    let token = token_with_header(br#"{"alg":"HS256"}"#, text);
    with_verified(token, &UNCHECKED, Clock::Absent, with)
}
