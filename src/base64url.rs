//! Strict base64url without padding (RFC 7515 §2), the encoding of digests and thumbprints in
//! claims.

use crate::encoding::base64url;
use crate::error::Error;

/// Returns the number of bytes that a text of this length decodes to. No text has a length of
/// 4n + 1. For such a length, the result is that of 4n.
#[must_use]
pub const fn decoded_len(encoded_len: usize) -> usize {
    base64url::decoded_len(encoded_len)
}

/// Returns the length of the text that encodes `bytes` bytes, or `usize::MAX` if it overflows.
#[must_use]
pub const fn encoded_len(bytes: usize) -> usize {
    // Four characters for every three bytes. A remainder of one or two bytes takes one character
    // more than it has bytes.
    let (groups, rest) = (bytes.wrapping_div(3), bytes.wrapping_rem(3));
    let tail = if rest == 0 { 0 } else { rest.wrapping_add(1) };
    match groups.checked_mul(4) {
        Some(whole) => whole.saturating_add(tail),
        None => usize::MAX,
    }
}

/// Decodes a text into the front of `buffer` and returns the bytes.
///
/// Each byte string has exactly one encoding. Padding, white space, other characters and non-zero
/// trailing bits are errors.
///
/// # Errors
///
/// [`Error::MalformedBase64url`], [`Error::BufferTooSmall`]
///
/// ```
/// use jose_verify::base64url;
///
/// let mut buffer = [0; base64url::decoded_len(43)];
/// let digest = base64url::decode(b"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", &mut buffer)?;
/// assert_eq!(digest.len(), 32);
/// # Ok::<(), jose_verify::Error>(())
/// ```
pub fn decode<'b>(text: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    base64url::decode(text, buffer, Error::BufferTooSmall)
}

/// Encodes bytes into the front of `buffer` and returns the text.
///
/// # Errors
///
/// [`Error::BufferTooSmall`]
pub fn encode<'b>(bytes: &[u8], buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    base64url::encode(bytes, buffer)
}
