//! The reader of JSON, through the claims of signed tokens: each production of RFC 8259, and
//! against `serde_json`.

mod differential;
mod grammar;
mod numbers;
mod reference;
pub(crate) mod texts;

use jose_verify::{Clock, Error, Verified, Verifier};

use crate::support::verdict::UNCHECKED;
use crate::support::sign::{key, token_with_header};

/// Reads a text as claims set.
fn read<T>(text: &[u8], with: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Error> {
    let mut token = token_with_header(br#"{"alg":"HS256"}"#, text).into_bytes();
    let key = key();
    let verified = Verifier::new(&key, &UNCHECKED).verify_in_place(&mut token, Clock::Absent)?;
    Ok(with(&verified))
}
