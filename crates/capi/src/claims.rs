//! Reading the claims of a token that was verified.

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

/// Words of 64 bits in which a verified token fits, on any machine.
pub const JV_CLAIMS_WORDS: usize = 80;

/// What stands in `verified` of claims that were verified, and of no others by chance.
const VERIFIED: u32 = 0x4A56_0001;

/// The claims of a verified token. Initialise it with `JV_CLAIMS_INIT` and give it to `jv_verify`;
/// only that fills it. It reads from the buffer that the token was decoded into.
#[repr(C)]
#[derive(Debug)]
pub struct jv_claims {
    /// `sizeof(jv_claims)`
    pub struct_size: usize,
    /// For the library alone.
    pub verified: u32,
    /// For the library alone.
    pub storage: [u64; JV_CLAIMS_WORDS],
}

const _: () = assert!(size_of::<Verified<'static>>() <= size_of::<[u64; JV_CLAIMS_WORDS]>());
const _: () = assert!(align_of::<Verified<'static>>() <= align_of::<u64>());

impl jv_claims {
    pub(crate) const fn clear(&mut self) {
        self.verified = 0;
    }

    /// # Safety
    ///
    /// What the token borrows stays as it is until the claims are cleared or read for the last
    /// time.
    pub(crate) unsafe fn set(&mut self, verified: &Verified<'_>) {
        // SAFETY: the caller's promise.
        let verified = unsafe { transmute::<&Verified<'_>, &Verified<'static>>(verified) };
        // SAFETY: large and aligned enough, as asserted above; the type needs no drop.
        unsafe { ptr::write(self.storage.as_mut_ptr().cast(), *verified) };
        self.verified = VERIFIED;
    }

    fn get(&self) -> Result<&Verified<'_>, Code> {
        if self.verified != VERIFIED {
            return Err(Code(JV_NOT_VERIFIED));
        }
        // SAFETY: `set` has written it; nobody else writes the mark.
        Ok(unsafe { &*self.storage.as_ptr().cast() })
    }
}

/// # Safety
///
/// `claims` is NULL or claims whose buffer is untouched, `name` NULL or a string that ends with a
/// zero byte.
unsafe fn find<'a>(claims: *const jv_claims, name: *const c_char) -> Result<Value<'a>, Code> {
    // SAFETY: the caller's promise.
    let claims: &'a jv_claims = unsafe { sized_reference(claims) }?;
    if name.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: not NULL; the rest is the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    let name = name.to_str().map_err(|_| Code(JV_NOT_UTF8))?;
    let value = claims.get()?.claims().get(name);
    value.ok_or(Code(JV_NO_SUCH_CLAIM))
}

/// The claims set as it is written: a JSON object, in `*payload`. It ends where the buffer is used
/// again.
///
/// # Safety
///
/// `claims` is NULL or claims whose buffer is untouched, `payload` NULL or a place for a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_payload(
    claims: *const jv_claims,
    payload: *mut jv_string,
) -> jv_error {
    // SAFETY: the caller's promise.
    let claims = unsafe { sized_reference(claims) };
    number(claims.and_then(|claims| {
        let text = jv_string::from_text(claims.get()?.claims().as_raw());
        if payload.is_null() {
            return Err(Code(JV_NULL_POINTER));
        }
        // SAFETY: the caller's promise.
        unsafe { write_out(payload, text) };
        Ok(())
    }))
}

/// A claim that is a string, unescaped, with a zero byte behind it: the buffer has room for both,
/// or nothing is written (`JV_BUFFER_TOO_SMALL`). `len`, which may be NULL, receives the length
/// without the zero byte; a string may hold zero bytes of its own. Other errors:
/// `JV_NO_SUCH_CLAIM`, `JV_OTHER_TYPE`, `JV_NOT_VERIFIED`.
///
/// # Safety
///
/// `claims` is NULL or claims whose buffer is untouched, `name` NULL or a string that ends with a
/// zero byte, `buffer` is `buffer_len` bytes that nobody else uses, `len` NULL or a place for a
/// number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_string(
    claims: *const jv_claims,
    name: *const c_char,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    let value = unsafe { find(claims, name) };
    // SAFETY: the caller's promise.
    let disjoint = unsafe { apart_from_claims(claims, buffer.cast(), buffer_len) };
    let written = value.and_then(|value| {
        let string = value.as_str().ok_or(Code(JV_OTHER_TYPE))?;
        disjoint?;
        // SAFETY: the caller's promise, and what is read from is not there.
        unescape(string, unsafe { bytes_mut(buffer.cast(), buffer_len) }?)
    });
    // SAFETY: the caller's promise.
    unsafe { write_out(len, *written.as_ref().unwrap_or(&0)) };
    number(written.map(|_| ()))
}

/// That a buffer has nothing in common with what is read.
///
/// # Safety
///
/// As for [`find`].
unsafe fn apart_from_claims(
    claims: *const jv_claims,
    buffer: *const u8,
    buffer_len: usize,
) -> Result<(), Code> {
    check_disjoint(buffer, buffer_len, claims.cast(), size_of::<jv_claims>())?;
    // SAFETY: the caller's promise.
    let payload = unsafe { sized_reference(claims) }?.get()?.claims().as_raw();
    check_disjoint(buffer, buffer_len, payload.as_ptr(), payload.len())
}

fn unescape(string: JsonStr<'_>, buffer: &mut [u8]) -> Result<usize, Code> {
    // Counted first: what does not fit is not begun.
    let len = string
        .chars()
        .fold(0_usize, |len, c| len.saturating_add(c.len_utf8()));
    let (room, end) = buffer
        .split_at_mut_checked(len)
        .ok_or(Error::BufferTooSmall)?;
    *end.first_mut().ok_or(Error::BufferTooSmall)? = 0;
    if let Some(plain) = string.as_plain_str() {
        // Without escapes it stands in the token as it is, and only there.
        let bytes = room.iter_mut().zip(plain.bytes());
        bytes.for_each(|(to, from)| *to = from);
    } else {
        string.unescape(room)?;
    }
    Ok(len)
}

/// `iss`; see [`jv_claims_string`].
///
/// # Safety
///
/// See [`jv_claims_string`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_issuer(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    unsafe { jv_claims_string(claims, c"iss".as_ptr(), buffer, buffer_len, len) }
}

/// `sub`; see [`jv_claims_string`].
///
/// # Safety
///
/// See [`jv_claims_string`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_subject(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    unsafe { jv_claims_string(claims, c"sub".as_ptr(), buffer, buffer_len, len) }
}

/// `jti`; see [`jv_claims_string`].
///
/// # Safety
///
/// See [`jv_claims_string`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_jwt_id(
    claims: *const jv_claims,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    unsafe { jv_claims_string(claims, c"jti".as_ptr(), buffer, buffer_len, len) }
}

/// A claim that is an integer of 64 bits, written without fraction and exponent.
///
/// # Safety
///
/// `claims` is NULL or claims whose buffer is untouched, `name` NULL or a string that ends with a
/// zero byte, `integer` NULL or a place for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_integer(
    claims: *const jv_claims,
    name: *const c_char,
    integer: *mut i64,
) -> jv_error {
    // SAFETY: the caller's promise.
    let value = unsafe { find(claims, name) };
    number(value.and_then(|value| {
        let found = value.as_i64().ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: the caller's promise.
        unsafe { write_out(integer, found) };
        Ok(())
    }))
}

/// A claim that is a time: seconds since 1970-01-01T00:00:00Z, rounded towards the past, and
/// nanoseconds after them, which may be NULL.
///
/// # Safety
///
/// See [`jv_claims_integer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_time(
    claims: *const jv_claims,
    name: *const c_char,
    seconds: *mut i64,
    nanoseconds: *mut u32,
) -> jv_error {
    // SAFETY: the caller's promise.
    let value = unsafe { find(claims, name) };
    number(value.and_then(|value| {
        let time = value.as_number().and_then(|number| number.numeric_date());
        let time = time.ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: the caller's promise.
        unsafe { write_out(seconds, time.seconds()) };
        // SAFETY: the caller's promise.
        unsafe { write_out(nanoseconds, time.subsec_nanos()) };
        Ok(())
    }))
}

/// A claim that is `true` or `false`.
///
/// # Safety
///
/// See [`jv_claims_integer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_boolean(
    claims: *const jv_claims,
    name: *const c_char,
    boolean: *mut bool,
) -> jv_error {
    // SAFETY: the caller's promise.
    let value = unsafe { find(claims, name) };
    number(value.and_then(|value| {
        let found = value.as_bool().ok_or(Code(JV_OTHER_TYPE))?;
        // SAFETY: the caller's promise.
        unsafe { write_out(boolean, found) };
        Ok(())
    }))
}
