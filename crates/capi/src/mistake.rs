//! What people pass instead of a token.

use jose_verify::TokenMistake;

use crate::ffi_ptr::array;
use crate::string::jv_string;

/// Returns what is wrong with a text that is not a token, as a clause for people, such as "the
/// token is in quotation marks". The string is empty if the mistake is not a known one. It contains
/// nothing from the text.
///
/// Use it for a message after `JV_MALFORMED_TOKEN` or `JV_MALFORMED_BASE64URL`. It does not affect
/// what is accepted. `jv_verify_in_place` overwrites the token, so pass a copy that was made
/// before.
///
/// # Safety
///
/// `token` is NULL or `token_len` bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_token_mistake(token: *const u8, token_len: usize) -> jv_string {
    // SAFETY: guaranteed by the caller.
    let mistake = unsafe { array(token, token_len) }.map(TokenMistake::find);
    match mistake {
        Ok(Some(mistake)) => jv_string::from_static(mistake.message()),
        _ => jv_string::EMPTY,
    }
}
