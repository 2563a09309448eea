//! A line of `batch` as JSON members.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::json::from_object;

/// The members of a line, not yet parsed. An unknown or duplicate member is an error: a misspelled
/// check must not be skipped silently.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) token: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) key: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) keys: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) pem: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) secret: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) secret_base64url: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) short_coordinates: Option<&'a RawValue>,
    #[serde(borrow, rename = "use")]
    pub(super) uses: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) algs: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) profile: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) issuer: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) audience: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) azp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) ignore_azp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) client_id: Option<&'a RawValue>,
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
    #[serde(borrow)]
    pub(super) hashes_if_present: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) no_exp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) padded: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    /// Parses a line.
    ///
    /// # Errors
    ///
    /// A message that says what is wrong with the line.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, String> {
        from_object(line).map_err(|error| describe(&error))
    }
}

/// Describes what is wrong and where. Never quotes the line, which may contain secrets in
/// unexpected places.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // The input is a single line, so only the column is useful.
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

/// Returns the value of a member, or `None` if it is absent or null.
///
/// # Errors
///
/// A message that names the member and what was expected. It does not quote the value, which may be
/// a secret.
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
