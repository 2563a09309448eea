//! The JSON objects that `verify --json` and `batch` write.

use std::io;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::Error;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::diagnostic::Diagnostic;
use crate::expectations::{Accepted, CheckLine, Content};
use crate::json::compact;

/// An answer. Members that are `None` are omitted.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<&'a [CheckLine]>,
}

impl<'a> Answer<'a> {
    /// Returns the answer for a verified token, with its payload in base64url.
    pub(crate) fn with_payload(accepted: &Accepted<'_>) -> Self {
        Self {
            payload: Some(base64url(accepted.content.as_bytes())),
            ..Self::accepted(accepted)
        }
    }

    /// Returns the answer for a verified token. Claims are written as in the token, but on one
    /// line. Any other payload is in base64url.
    pub(crate) fn with_claims(accepted: &Accepted<'_>) -> io::Result<Self> {
        match accepted.content {
            Content::Payload(_) => Ok(Self::with_payload(accepted)),
            Content::Claims(text) => Ok(Self {
                claims: Some(RawValue::from_string(compact(text))?),
                ..Self::accepted(accepted)
            }),
        }
    }

    fn accepted(accepted: &Accepted<'_>) -> Self {
        Self {
            ok: true,
            alg: Some(accepted.header.algorithm().chars().collect()),
            kid: accepted.header.key_id().map(|kid| kid.chars().collect()),
            ..Self::default()
        }
    }

    /// Returns the answer for a rejected token, with a message if the error alone does not say why.
    pub(crate) fn rejected(error: Error, message: Option<String>) -> Self {
        Self {
            error: Some(error.name()),
            code: Some(error.code()),
            message,
            ..Self::default()
        }
    }

    /// Returns the answer for a failure, including the message for people.
    pub(crate) fn failed(diagnostic: &Diagnostic) -> Self {
        Self {
            error: Some(diagnostic.name()),
            code: Some(diagnostic.code()),
            message: Some(diagnostic.message().to_owned()),
            expected: diagnostic.values().expected.clone(),
            found: diagnostic.values().found.clone(),
            hint: diagnostic.hint(),
            ..Self::default()
        }
    }

    /// Adds the outcome of every check, if requested.
    pub(crate) fn with_checks(self, checks: Option<&'a [CheckLine]>) -> Self {
        Self { checks, ..self }
    }

    /// Returns the answer for a line that is not a valid request.
    pub(crate) fn bad_request(message: String) -> Self {
        Self {
            error: Some("bad_request"),
            code: Some(0),
            message: Some(message),
            ..Self::default()
        }
    }

    /// Sets the `id` of the request, or null if it has none.
    pub(crate) fn with_id(self, id: Option<&'a RawValue>) -> Self {
        Self {
            id: id.or(Some(RawValue::NULL)),
            ..self
        }
    }

    /// Serializes the answer as one line.
    pub(crate) fn to_line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
