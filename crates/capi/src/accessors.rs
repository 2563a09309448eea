//! Access to the claims of a verified token. After an error, every output is empty.

use core::ffi::{CStr, c_char};
use core::ptr;

use jose_verify::Error;
use jose_verify::json::{JsonStr, Value};

use crate::claims::{jv_claims, regions, verified};
use crate::code::{
    Code, JV_NO_SUCH_CLAIM, JV_NOT_UTF8, JV_NULL_POINTER, JV_OTHER_TYPE, JV_ZERO_BYTE, jv_error,
    number,
};
use crate::ffi_ptr::{Region, check_buffer, write_out, zeroed_bytes};
use crate::string::jv_string;

/// Stores the claims set in `*payload`: a JSON object, exactly as in the token. The string is valid
/// until the buffer is used again. On error, it is empty, and its `data` is not NULL.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `payload` is NULL or points to a
/// string that can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_payload(
    claims: *const jv_claims,
    payload: *mut jv_string,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let output = unsafe { Output::new(claims, payload) };
    // SAFETY: guaranteed by the caller.
    let text = unsafe { verified(claims) }.and_then(|verified| {
        if payload.is_null() {
            return Err(Code(JV_NULL_POINTER));
        }
        output.overlap?;
        Ok(jv_string::from_text(verified.claims().as_raw()))
    });
    // SAFETY: guaranteed by the caller.
    unsafe { output.write(text.unwrap_or(jv_string::EMPTY)) };
    number(text.map(|_| ()))
}

/// Copies a string claim to `buffer`, unescaped and followed by a zero byte. `len` receives the
/// length without the zero byte.
///
/// `len` may be NULL. A string that contains U+0000 is then an error (`JV_ZERO_BYTE`), because a
/// reader would stop there.
///
/// If the string and the zero byte do not fit, the error is `JV_BUFFER_TOO_SMALL`. Other errors:
/// `JV_NO_SUCH_CLAIM`, `JV_OTHER_TYPE`, `JV_NOT_VERIFIED`, and those of an invalid call. On every
/// error, `buffer` contains the empty string and `*len` is 0. An output that overlaps the claims is
/// not written (`JV_OVERLAP`).
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte. `buffer` is `buffer_len` bytes that nothing else uses. `len` is NULL or points
/// to a number that can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_string(
    claims: *const jv_claims,
    name: *const c_char,
    buffer: *mut c_char,
    buffer_len: usize,
    len: *mut usize,
) -> jv_error {
    let bytes = buffer.cast::<u8>();
    let region = Region::new(bytes, buffer_len);
    // SAFETY: guaranteed by the caller.
    let len_output = unsafe { Output::new(claims, len) };
    // SAFETY: guaranteed by the caller.
    let usable = check_buffer(bytes, buffer_len).and_then(|()| unsafe { check(claims, region) });
    // SAFETY: guaranteed by the caller.
    let copied = unsafe { find_claim(claims, name) }.and_then(|value| {
        let string = value.as_str().ok_or(Code(JV_OTHER_TYPE))?;
        usable?;
        len_output.overlap?;
        region.check_disjoint(Region::of(len))?;
        let copied_len = len_in_buffer(string, buffer_len, len.is_null())?;
        // SAFETY: guaranteed by the caller, and disjoint from the memory that is read.
        unsafe { copy(string, copied_len, bytes, buffer_len) }?;
        Ok(copied_len)
    });
    if copied.is_err() && usable.is_ok() && buffer_len > 0 {
        // SAFETY: the buffer has a byte, which does not overlap the claims.
        unsafe { write_out(bytes, 0) };
    }
    // SAFETY: guaranteed by the caller.
    unsafe { len_output.write(copied.unwrap_or(0)) };
    number(copied.map(|_| ()))
}

/// Copies `iss` to `buffer`; see `jv_claims_string`.
///
/// # Safety
///
/// See `jv_claims_string`.
#[must_use]
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
#[must_use]
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
#[must_use]
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

/// Stores a claim that is a 64-bit integer in `*integer`, which is 0 on error. A number with a
/// fraction or an exponent is `JV_OTHER_TYPE`.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte. `integer` is NULL or points to a number that can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_integer(
    claims: *const jv_claims,
    name: *const c_char,
    integer: *mut i64,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let output = unsafe { Output::new(claims, integer) };
    // SAFETY: guaranteed by the caller.
    let found = unsafe { find_claim(claims, name) }.and_then(|value| {
        output.overlap?;
        value.as_i64().ok_or(Code(JV_OTHER_TYPE))
    });
    // SAFETY: guaranteed by the caller.
    unsafe { output.write(found.unwrap_or(0)) };
    number(found.map(|_| ()))
}

/// Stores a time claim. `*seconds` receives the whole seconds since 1970-01-01T00:00:00Z, rounded
/// down, and `*nanoseconds` receives the rest. Both are 0 on error. Either pointer may be NULL.
///
/// # Safety
///
/// See `jv_claims_integer`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_time(
    claims: *const jv_claims,
    name: *const c_char,
    seconds: *mut i64,
    nanoseconds: *mut u32,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let seconds_output = unsafe { Output::new(claims, seconds) };
    // SAFETY: guaranteed by the caller.
    let nanoseconds_output = unsafe { Output::new(claims, nanoseconds) };
    // SAFETY: guaranteed by the caller.
    let time = unsafe { find_claim(claims, name) }.and_then(|value| {
        seconds_output.overlap?;
        nanoseconds_output.overlap?;
        Region::of(seconds).check_disjoint(Region::of(nanoseconds))?;
        let time = value.as_number().and_then(|number| number.numeric_date());
        time.ok_or(Code(JV_OTHER_TYPE))
    });
    let (whole, rest) = time.map_or((0, 0), |time| (time.seconds(), time.subsec_nanos()));
    // SAFETY: guaranteed by the caller.
    unsafe { seconds_output.write(whole) };
    // SAFETY: guaranteed by the caller.
    unsafe { nanoseconds_output.write(rest) };
    number(time.map(|_| ()))
}

/// Stores a claim that is `true` or `false` in `*boolean`, which is `false` on error.
///
/// # Safety
///
/// See `jv_claims_integer`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_claims_boolean(
    claims: *const jv_claims,
    name: *const c_char,
    boolean: *mut bool,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let output = unsafe { Output::new(claims, boolean) };
    // SAFETY: guaranteed by the caller.
    let found = unsafe { find_claim(claims, name) }.and_then(|value| {
        output.overlap?;
        value.as_bool().ok_or(Code(JV_OTHER_TYPE))
    });
    // SAFETY: guaranteed by the caller.
    unsafe { output.write(found.unwrap_or(false)) };
    number(found.map(|_| ()))
}

/// Returns the claim with this name.
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
/// with a zero byte.
unsafe fn find_claim<'a>(claims: *const jv_claims, name: *const c_char) -> Result<Value<'a>, Code> {
    // SAFETY: guaranteed by the caller.
    let verified = unsafe { verified(claims) };
    if name.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: not NULL; the caller guarantees the rest.
    let name = unsafe { CStr::from_ptr(name) };
    let name = name.to_str().map_err(|_| Code(JV_NOT_UTF8))?;
    verified?.claims().get(name).ok_or(Code(JV_NO_SUCH_CLAIM))
}

/// A pointer to a number, string or `bool` that C wants to receive.
struct Output<T> {
    /// NULL if C does not want it, or if it overlaps the claims.
    pointer: *mut T,
    overlap: Result<(), Code>,
}

impl<T> Output<T> {
    /// Checks that an output does not overlap the claims. Writing it would change them.
    ///
    /// # Safety
    ///
    /// `claims` is NULL, or claims whose buffer was not modified.
    unsafe fn new(claims: *const jv_claims, pointer: *mut T) -> Self {
        // SAFETY: guaranteed by the caller.
        let overlap = unsafe { check(claims, Region::of(pointer)) };
        let pointer = match overlap {
            Ok(()) => pointer,
            Err(_) => ptr::null_mut(),
        };
        Self { pointer, overlap }
    }

    /// Writes the value, unless C does not want it or it overlaps the claims.
    ///
    /// # Safety
    ///
    /// Unless it is NULL, the pointer is writable for a `T` that nothing else uses.
    unsafe fn write(&self, value: T) {
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(self.pointer, value) }
    }
}

/// Checks that memory overlaps neither the claims nor the payload that they borrow.
///
/// # Safety
///
/// As for [`find_claim`].
unsafe fn check(claims: *const jv_claims, region: Region) -> Result<(), Code> {
    // SAFETY: guaranteed by the caller.
    let regions = unsafe { regions(claims) };
    regions
        .into_iter()
        .try_for_each(|used| region.check_disjoint(used))
}

/// Returns the number of bytes of a string.
///
/// # Errors
///
/// `JV_ZERO_BYTE` if `only_text` and the string contains U+0000; `JV_BUFFER_TOO_SMALL` if the
/// string and a zero byte do not fit into the buffer.
fn len_in_buffer(string: JsonStr<'_>, buffer_len: usize, only_text: bool) -> Result<usize, Code> {
    if only_text && string.chars().any(|c| c == '\0') {
        return Err(Code(JV_ZERO_BYTE));
    }
    let len = string
        .chars()
        .fold(0_usize, |len, c| len.saturating_add(c.len_utf8()));
    if len < buffer_len {
        Ok(len)
    } else {
        Err(Error::BufferTooSmall.into())
    }
}

/// Copies a string of `len` bytes, unescaped and followed by a zero byte.
///
/// # Errors
///
/// Those of [`zeroed_bytes`].
///
/// # Safety
///
/// As for [`zeroed_bytes`].
unsafe fn copy(
    string: JsonStr<'_>,
    len: usize,
    buffer: *mut u8,
    buffer_len: usize,
) -> Result<(), Code> {
    // SAFETY: guaranteed by the caller.
    let bytes = unsafe { zeroed_bytes(buffer, buffer_len, len.saturating_add(1)) }?;
    let text = bytes.get_mut(..len).ok_or(Error::BufferTooSmall)?;
    if let Some(plain) = string.as_plain_str() {
        // Without escapes, the string is a part of the token and only needs to be copied.
        let bytes = text.iter_mut().zip(plain.bytes());
        bytes.for_each(|(to, from)| *to = from);
    } else {
        string.unescape(text)?;
    }
    Ok(())
}
