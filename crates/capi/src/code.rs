//! Numbers for everything that can go wrong.

use jose_verify::{Claim, Error};

use crate::string::jv_string;

/// What a function says: 0 (`JV_OK`), the stable number of an error of the library
/// (`JV_EXP_EXPIRED` and so on), or one from 1000 to 1999, which C alone can get: the call itself
/// was wrong, or it asked for a claim that is not there (`JV_NO_SUCH_CLAIM`) or not what it asked
/// for (`JV_OTHER_TYPE`).
pub type jv_error = u32;

/// Nothing is wrong.
pub const JV_OK: jv_error = 0;
/// A pointer is NULL that must not be.
pub const JV_NULL_POINTER: jv_error = 1000;
/// The first member of a struct is not the struct's size, or not one that this version knows.
pub const JV_STRUCT_SIZE: jv_error = 1001;
/// Memory for a key set does not begin at a multiple of 8 bytes, or is too small for one key.
pub const JV_UNUSABLE_MEMORY: jv_error = 1002;
/// Two buffers overlap, or a length is impossible.
pub const JV_OVERLAP: jv_error = 1003;
/// A text is not UTF-8.
pub const JV_NOT_UTF8: jv_error = 1004;
/// A check of the policy is left undecided, demands something and gives no value, or gives a value
/// that its demand does not look at.
pub const JV_UNDECIDED: jv_error = 1005;
/// A list is longer than `JV_MAX_VALUES`, or no demand, kind or profile has that number.
pub const JV_OUT_OF_RANGE: jv_error = 1006;
/// The claims are not those of a token that was verified.
pub const JV_NOT_VERIFIED: jv_error = 1007;
/// The token has no claim of that name.
pub const JV_NO_SUCH_CLAIM: jv_error = 1008;
/// The claim is of another JSON type, or a number that does not fit.
pub const JV_OTHER_TYPE: jv_error = 1009;

/// A number on its way to C.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code(pub(crate) jv_error);

impl From<Error> for Code {
    fn from(error: Error) -> Self {
        Self(error.code().into())
    }
}

/// The number for C.
pub(crate) fn number(result: Result<(), Code>) -> jv_error {
    match result {
        Ok(()) => JV_OK,
        Err(Code(code)) => code,
    }
}

/// Name and message of the errors that C alone can make.
const OF_CALLS: [(jv_error, &str, &str); 11] = [
    (JV_OK, "ok", "nothing is wrong"),
    (
        JV_NULL_POINTER,
        "null_pointer",
        "a pointer is NULL that must not be",
    ),
    (
        JV_STRUCT_SIZE,
        "struct_size",
        "the struct has another size than the library's: header and library differ",
    ),
    (
        JV_UNUSABLE_MEMORY,
        "unusable_memory",
        "the memory is too small or not aligned",
    ),
    (
        JV_OVERLAP,
        "overlap",
        "two buffers overlap, or a length is impossible",
    ),
    (JV_NOT_UTF8, "not_utf8", "a text is not UTF-8"),
    (
        JV_UNDECIDED,
        "undecided",
        "a check of the policy is undecided, lacks its value, or has a value that is not compared",
    ),
    (
        JV_OUT_OF_RANGE,
        "out_of_range",
        "a list is too long, or a number has no meaning",
    ),
    (
        JV_NOT_VERIFIED,
        "not_verified",
        "the claims are not those of a verified token",
    ),
    (
        JV_NO_SUCH_CLAIM,
        "no_such_claim",
        "the token has no claim of that name",
    ),
    (
        JV_OTHER_TYPE,
        "other_type",
        "the claim is of another type or does not fit",
    ),
];

fn describe(error: jv_error) -> (&'static str, &'static str) {
    let of_calls = OF_CALLS.iter().find(|(code, _, _)| *code == error);
    let of_tokens = || Error::all().find(|e| u32::from(e.code()) == error);
    match of_calls {
        Some((_, name, message)) => (name, message),
        None => match of_tokens() {
            Some(error) => (error.name(), error.message()),
            None => ("unknown", "no error has this number"),
        },
    }
}

/// The stable name of an error in snake case, such as `bad_signature`.
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_name(error: jv_error) -> jv_string {
    jv_string::from_static(describe(error).0)
}

/// One sentence for a person, without a full stop.
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_message(error: jv_error) -> jv_string {
    jv_string::from_static(describe(error).1)
}

/// The claim that an error is about, such as `aud`, or an empty string if it is about no claim.
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_claim(error: jv_error) -> jv_string {
    let found = Error::all().find(|e| u32::from(e.code()) == error);
    let claim = found.and_then(Error::claim);
    jv_string::from_static(claim.map_or("", Claim::name))
}

/// Whether fetching the issuer's keys again may help: for `JV_NO_KEY` only.
#[unsafe(no_mangle)]
pub extern "C" fn jv_error_refresh_keys(error: jv_error) -> bool {
    error == u32::from(Error::NoKey.code())
}
