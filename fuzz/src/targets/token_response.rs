//! A token response is read as `serde_json` reads it, and rejected exactly for the errors in it.

use std::time::Duration;

use jose_verify::Error;
use jose_verify::oauth::TokenResponse;

use crate::json::{self, Json, Members};
use crate::pipeline;

const STRINGS: [&str; 5] = [
    "access_token",
    "token_type",
    "refresh_token",
    "scope",
    "id_token",
];

/// Parses `text` as a response of the token endpoint.
pub fn check(text: &[u8]) {
    let result = TokenResponse::parse(text);
    let json = Json::parse(text);
    let Some(members) = json.as_ref().and_then(Json::members) else {
        let reasons = [&json::MALFORMED[..], &[Error::MalformedTokenResponse]].concat();
        return pipeline::assert_follows(&result, &reasons);
    };
    pipeline::assert_follows(&result, &rejections(members));
    let Ok(response) = result else { return };
    let ours = [
        Some(response.access_token()),
        Some(response.token_type()),
        response.refresh_token(),
        response.scope(),
        response.id_token(),
    ];
    for (name, ours) in STRINGS.into_iter().zip(ours) {
        match (json::get(members, name), ours) {
            (Some(Json::String(raw, text)), Some(ours)) => json::assert_same_text(raw, text, ours),
            (None, None) => {}
            (this, ours) => panic!("{name}: serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
    let token_type = response.token_type().to_string();
    assert_eq!(
        response.is_bearer(),
        token_type.eq_ignore_ascii_case("bearer")
    );
    let expires_in = json::get(members, "expires_in").and_then(seconds);
    assert_eq!(response.expires_in(), expires_in);
}

/// Reads an integer from 0 to 2^63 - 1.
fn seconds(value: &Json<'_>) -> Option<Duration> {
    let seconds: i64 = value.number()?.parse().ok()?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

fn rejections(members: &Members<'_>) -> Vec<Error> {
    let mut reasons = json::stricter(members);
    let member = |name: &str| json::get(members, name);
    let is_wrong = |name: &&str| member(name).is_some_and(|value| value.text().is_none());
    let is_empty = |value: &Json<'_>| value.text().is_some_and(|text| text.is_empty());
    let missing = member("access_token").is_none_or(is_empty) || member("token_type").is_none();
    let wrong_seconds = member("expires_in").is_some_and(|value| seconds(value).is_none());
    if missing || wrong_seconds || STRINGS.iter().any(is_wrong) {
        reasons.push(Error::MalformedTokenResponse);
    }
    reasons
}
