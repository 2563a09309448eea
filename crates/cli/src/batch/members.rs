//! A line of `batch` as it is written.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::json::from_object;

/// The members, none of them looked into. One that is unknown or there twice refuses the line: a
/// check that is misspelled must not be left out in silence.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) token: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) keys: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) pem: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) secret: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) secret_base64url: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) algs: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) profile: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) issuer: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) audience: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) nonce: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) subject: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) acr: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) typ: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) now: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) leeway: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) max_age: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) access_token: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) state: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    /// Reads a line, or says what is wrong with it.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, String> {
        from_object(line).map_err(|error| described(&error))
    }
}

/// What is wrong and where, without anything of the line itself: it holds secrets, maybe where none
/// belong.
fn described(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // There is but one line.
    let what = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    let what = match what.rsplit_once(", expected ") {
        Some((_, known)) if error.classify() == Category::Data => {
            format!("unknown member, expected {known}")
        }
        _ => what.to_owned(),
    };
    match error.column() {
        0 => what,
        column => format!("{what} at column {column}"),
    }
}

/// The value of a member, unless absent or null. What stands there instead is not told, for it may
/// be a secret.
pub(super) fn read<'a, T: Deserialize<'a>>(
    name: &str,
    value: Option<&'a RawValue>,
    expected: &str,
) -> Result<Option<T>, String> {
    let value = value.map(|value| serde_json::from_str(value.get()));
    value
        .transpose()
        .map_err(|_| format!("{name}: expected {expected}"))
}
