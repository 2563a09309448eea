//! Error numbers, with their names and messages.

use jose_verify::Error;

use crate::string::jv_string;

/// The result of a function: 0 (`JV_OK`) or an error.
///
/// Numbers below 1000 and from 2000 on are the stable error numbers of the library, such as
/// `JV_EXP_EXPIRED`. Numbers from 1000 to 1999 exist only in C: the call itself is wrong, or a
/// claim is absent (`JV_NO_SUCH_CLAIM`) or has another type (`JV_OTHER_TYPE`).
pub type jv_error = u32;

/// Success.
pub const JV_OK: jv_error = 0;
/// A required pointer is NULL or misaligned.
pub const JV_NULL_POINTER: jv_error = 1000;
/// The first member of a struct is not its size, or not a size that this version knows.
pub const JV_STRUCT_SIZE: jv_error = 1001;
/// Memory for a key set is not aligned to 8 bytes, or is too small for one key.
pub const JV_UNUSABLE_MEMORY: jv_error = 1002;
/// Two buffers overlap, or a length is too large for any buffer.
pub const JV_OVERLAP: jv_error = 1003;
/// A string is not UTF-8.
pub const JV_NOT_UTF8: jv_error = 1004;
/// A check of the policy is undecided, lacks the value that its demand compares, or has a value
/// that its demand does not compare.
pub const JV_UNDECIDED: jv_error = 1005;
/// A list has too many entries (see `JV_MAX_VALUES`) or too few, or a number is not a known demand,
/// kind or profile.
pub const JV_OUT_OF_RANGE: jv_error = 1006;
/// The claims are not from a token that was verified.
pub const JV_NOT_VERIFIED: jv_error = 1007;
/// The token has no claim with this name.
pub const JV_NO_SUCH_CLAIM: jv_error = 1008;
/// The claim has another JSON type, or is a number out of range.
pub const JV_OTHER_TYPE: jv_error = 1009;
/// The time is before 1970, or its nanoseconds are a second or more. An example is `(time_t)-1`,
/// with which `time` reports a failure.
pub const JV_TIME_OUT_OF_RANGE: jv_error = 1010;
/// The string contains U+0000, at which a reader that does not know the length would stop.
pub const JV_ZERO_BYTE: jv_error = 1011;

/// An error number for C.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code(pub(crate) jv_error);

impl From<Error> for Code {
    fn from(error: Error) -> Self {
        Self(error.code().into())
    }
}

/// Converts a result to the number that C receives.
pub(crate) fn number(result: Result<(), Code>) -> jv_error {
    match result {
        Ok(()) => JV_OK,
        Err(Code(code)) => code,
    }
}

/// Names and messages of the errors that exist only in C.
const CALL_ERRORS: [(jv_error, &str, &str); 13] = [
    (JV_OK, "ok", "success"),
    (
        JV_NULL_POINTER,
        "null_pointer",
        "a required pointer is NULL or misaligned",
    ),
    (
        JV_STRUCT_SIZE,
        "struct_size",
        "the size of the struct differs from the library's: header and library do not match",
    ),
    (
        JV_UNUSABLE_MEMORY,
        "unusable_memory",
        "the memory is too small or not aligned",
    ),
    (
        JV_OVERLAP,
        "overlap",
        "two buffers overlap, or a length is too large for any buffer",
    ),
    (JV_NOT_UTF8, "not_utf8", "a string is not UTF-8"),
    (
        JV_UNDECIDED,
        "undecided",
        "a check of the policy is undecided, lacks its value, or has a value that is not compared",
    ),
    (
        JV_OUT_OF_RANGE,
        "out_of_range",
        "a list has too many or too few entries, or a number is not a known value",
    ),
    (
        JV_NOT_VERIFIED,
        "not_verified",
        "the claims are not from a token that was verified",
    ),
    (
        JV_NO_SUCH_CLAIM,
        "no_such_claim",
        "the token has no claim with this name",
    ),
    (
        JV_OTHER_TYPE,
        "other_type",
        "the claim has another JSON type or is out of range",
    ),
    (
        JV_TIME_OUT_OF_RANGE,
        "time_out_of_range",
        "the time is negative, or its nanoseconds are a second or more",
    ),
    (
        JV_ZERO_BYTE,
        "zero_byte",
        "the string contains U+0000, and its length was not requested",
    ),
];

fn describe(error: jv_error) -> (&'static str, &'static str) {
    let call_error = CALL_ERRORS.iter().find(|(code, _, _)| *code == error);
    let library_error = || Error::all().find(|e| u32::from(e.code()) == error);
    match call_error {
        Some((_, name, message)) => (name, message),
        None => match library_error() {
            Some(error) => (error.name(), error.message()),
            None => ("unknown", "no error has this number"),
        },
    }
}

/// Returns the stable name of an error in snake case, such as `bad_signature`.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_name(error: jv_error) -> jv_string {
    jv_string::from_static(describe(error).0)
}

/// Returns a message for people: one sentence without a full stop.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_message(error: jv_error) -> jv_string {
    jv_string::from_static(describe(error).1)
}

/// Returns the claim that an error is about, such as `aud`, or an empty string if it is not about a
/// claim.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_claim(error: jv_error) -> jv_string {
    let found = Error::all().find(|e| u32::from(e.code()) == error);
    let claim = found.and_then(Error::claim);
    claim.map_or(jv_string::EMPTY, |claim| {
        jv_string::from_static(claim.name())
    })
}

/// Returns whether fetching the issuer's keys again may help. Only `JV_NO_KEY` returns true.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_refresh_keys(error: jv_error) -> bool {
    error == u32::from(Error::NoKey.code())
}
