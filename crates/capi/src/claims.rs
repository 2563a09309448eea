//! Access to the claims of a token that was verified.

use core::ffi::{CStr, c_char};
use core::mem::{align_of, size_of, transmute};
use core::ptr;

use jose_verify::json::{JsonStr, Value};
use jose_verify::{Error, Verified};

use crate::code::{
    Code, JV_NO_SUCH_CLAIM, JV_NOT_UTF8, JV_NOT_VERIFIED, JV_NULL_POINTER, JV_OTHER_TYPE, jv_error,
    number,
};
use crate::ffi_ptr::{bytes_mut, check_disjoint, sized_reference, write_out};
use crate::string::jv_string;

/// Number of 64-bit words that can hold the result of verification on any machine.
pub const JV_CLAIMS_WORDS: usize = 80;

/// Value of `jv_claims::verified` after successful verification. Uninitialized memory is unlikely
/// to contain it.
const VERIFIED: u32 = 0x4A56_0001;

/// The claims of a token that was verified. Initialize it with `JV_CLAIMS_INIT`. Only `jv_verify`
/// and `jv_verify_in_place` fill it in. It borrows from the buffer that the token was decoded into.
#[repr(C)]
#[derive(Debug)]
pub struct jv_claims {
    /// `sizeof(jv_claims)`
    pub struct_size: usize,
    /// Private to the library.
    pub verified: u32,
    /// Private to the library.
    pub storage: [u64; JV_CLAIMS_WORDS],
}

const _: () = assert!(size_of::<Verified<'static>>() <= size_of::<[u64; JV_CLAIMS_WORDS]>());
const _: () = assert!(align_of::<Verified<'static>>() <= align_of::<u64>());

impl jv_claims {
    pub(crate) const fn clear(&mut self) {
        self.verified = 0;
    }

    /// Stores the result of verification.
    ///
    /// # Safety
    ///
    /// The buffer that `verified` borrows is not modified until the claims are cleared or no longer
    /// read.
    pub(crate) unsafe fn set(&mut self, verified: &Verified<'_>) {
        // SAFETY: guaranteed by the caller.
        let verified = unsafe { transmute::<&Verified<'_>, &Verified<'static>>(verified) };
        // SAFETY: `storage` is large and aligned enough, as asserted above, and `Verified` needs no
        // drop.
        unsafe { ptr::write(self.storage.as_mut_ptr().cast(), *verified) };
        self.verified = VERIFIED;
    }

    fn get(&self) -> Result<&Verified<'_>, Code> {
        if self.verified != VERIFIED {
            return Err(Code(JV_NOT_VERIFIED));
        }
        // SAFETY: only `set` writes the mark, and it writes `storage` first.
        Ok(unsafe { &*self.storage.as_ptr().cast() })
    }
}

/// Returns the claim with this name.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte.
unsafe fn find_claim<'a>(claims: *const jv_claims, name: *const c_char) -> Result<Value<'a>, Code> {
    // SAFETY: guaranteed by the caller.
    let claims: &'a jv_claims = unsafe { sized_reference(claims) }?;
    if name.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: not NULL; the caller guarantees the rest.
    let name = unsafe { CStr::from_ptr(name) };
    let name = name.to_str().map_err(|_| Code(JV_NOT_UTF8))?;
    let value = claims.get()?.claims().get(name);
    value.ok_or(Code(JV_NO_SUCH_CLAIM))
}

/// Stores the claims set in `*payload`: a JSON object, exactly as in the token. The string is valid
/// until the buffer is used again.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `payload` is NULL or points to a
/// string that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_payload(
    claims: *const jv_claims,
    payload: *mut jv_string,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let claims = unsafe { sized_reference(claims) };
    number(claims.and_then(|claims| {
        let text = jv_string::from_text(claims.get()?.claims().as_raw());
        if payload.is_null() {
            return Err(Code(JV_NULL_POINTER));
        }
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(payload, text) };
        Ok(())
    }))
}

/// Copies a string claim to `buffer`, unescaped and followed by a zero byte.
///
/// If the string and the zero byte do not fit, nothing is written (`JV_BUFFER_TOO_SMALL`). `len`,
/// which may be NULL, receives the length without the zero byte. The string itself may contain zero
/// bytes. Other errors: `JV_NO_SUCH_CLAIM`, `JV_OTHER_TYPE`, `JV_NOT_VERIFIED`.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte. `buffer` is `buffer_len` bytes that nothing else uses. `len` is NULL or points
/// to a number that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_string(
    claims: *const jv_claims,
    name: *const c_char,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let value = unsafe { find_claim(claims, name) };
    // SAFETY: guaranteed by the caller.
    let disjoint = unsafe { check_disjoint_from_claims(claims, buffer.cast(), buffer_len) };
    let written = value.and_then(|value| {
        let string = value.as_str().ok_or(Code(JV_OTHER_TYPE))?;
        disjoint?;
        // SAFETY: guaranteed by the caller, and disjoint from the memory that is read.
        unescape(string, unsafe { bytes_mut(buffer.cast(), buffer_len) }?)
    });
    // SAFETY: guaranteed by the caller.
    unsafe { write_out(len, *written.as_ref().unwrap_or(&0)) };
    number(written.map(|_| ()))
}

/// Checks that a buffer overlaps neither the claims nor the payload that they borrow.
///
/// # Safety
///
/// As for [`find_claim`].
unsafe fn check_disjoint_from_claims(
    claims: *const jv_claims,
    buffer: *const u8,
    buffer_len: usize,
) -> Result<(), Code> {
    check_disjoint(buffer, buffer_len, claims.cast(), size_of::<jv_claims>())?;
    // SAFETY: guaranteed by the caller.
    let payload = unsafe { sized_reference(claims) }?.get()?.claims().as_raw();
    check_disjoint(buffer, buffer_len, payload.as_ptr(), payload.len())
}

/// Copies a string, unescaped and followed by a zero byte, and returns its length.
fn unescape(string: JsonStr<'_>, buffer: &mut [u8]) -> Result<usize, Code> {
    // Counted first, so that nothing is written if the string does not fit.
    let len = string
        .chars()
        .fold(0_usize, |len, c| len.saturating_add(c.len_utf8()));
    let (text, end) = buffer
        .split_at_mut_checked(len)
        .ok_or(Error::BufferTooSmall)?;
    *end.first_mut().ok_or(Error::BufferTooSmall)? = 0;
    if let Some(plain) = string.as_plain_str() {
        // Without escapes, the string is a part of the token and only has to be copied.
        let bytes = text.iter_mut().zip(plain.bytes());
        bytes.for_each(|(to, from)| *to = from);
    } else {
        string.unescape(text)?;
    }
    Ok(len)
}

/// Copies `iss` to `buffer`; see `jv_claims_string`.
///
/// # Safety
///
/// See `jv_claims_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_issuer(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    unsafe { jv_claims_string(claims, c"iss".as_ptr(), buffer, buffer_len, len) }
}

/// Copies `sub` to `buffer`; see `jv_claims_string`.
///
/// # Safety
///
/// See `jv_claims_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_subject(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    unsafe { jv_claims_string(claims, c"sub".as_ptr(), buffer, buffer_len, len) }
}

/// Copies `jti` to `buffer`; see `jv_claims_string`.
///
/// # Safety
///
/// See `jv_claims_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_jwt_id(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    unsafe { jv_claims_string(claims, c"jti".as_ptr(), buffer, buffer_len, len) }
}

/// Stores a claim that is a 64-bit integer in `*integer`. A number with a fraction or an exponent
/// is `JV_OTHER_TYPE`.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte. `integer` is NULL or points to a number that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_integer(
    claims: *const jv_claims,
    name: *const c_char,
    integer: *mut i64,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let value = unsafe { find_claim(claims, name) };
    number(value.and_then(|value| {
        let found = value.as_i64().ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(integer, found) };
        Ok(())
    }))
}

/// Stores a time claim. `*seconds` receives the whole seconds since 1970-01-01T00:00:00Z, rounded
/// down, and `*nanoseconds` receives the rest. Either pointer may be NULL.
///
/// # Safety
///
/// See `jv_claims_integer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_time(
    claims: *const jv_claims,
    name: *const c_char,
    seconds: *mut i64,
    nanoseconds: *mut u32,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let value = unsafe { find_claim(claims, name) };
    number(value.and_then(|value| {
        let time = value.as_number().and_then(|number| number.numeric_date());
        let time = time.ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(seconds, time.seconds()) };
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(nanoseconds, time.subsec_nanos()) };
        Ok(())
    }))
}

/// Stores a claim that is `true` or `false` in `*boolean`.
///
/// # Safety
///
/// See `jv_claims_integer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_boolean(
    claims: *const jv_claims,
    name: *const c_char,
    boolean: *mut bool,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let value = unsafe { find_claim(claims, name) };
    number(value.and_then(|value| {
        let found = value.as_bool().ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(boolean, found) };
        Ok(())
    }))
}
