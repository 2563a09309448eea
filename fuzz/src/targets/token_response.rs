//! A token response is read as `serde_json` reads it, and rejected exactly for the errors in it.

use std::time::Duration;

use jose_verify::Error;
use jose_verify::oauth::TokenResponse;

use crate::json::{self, Json, Members};
use crate::{decimal, pipeline};

const STRINGS: [&str; 4] = ["access_token", "token_type", "refresh_token", "id_token"];

/// The members for which `null` does not count as absent.
const REQUIRED: [&str; 2] = ["access_token", "token_type"];

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
        response.id_token(),
    ];
    for (name, ours) in STRINGS.into_iter().zip(ours) {
        match (json::get(members, name), ours) {
            (Some(Json::String(raw, text)), Some(ours)) => json::assert_same_text(raw, text, ours),
            (None | Some(Json::Null), None) => {}
            (this, ours) => panic!("{name}: serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
    let token_type = response.token_type().to_string();
    assert_eq!(
        response.is_bearer(),
        token_type.eq_ignore_ascii_case("bearer")
    );
    let malformed = Err(Error::MalformedTokenResponse);
    let present = |name| json::get(members, name).filter(|value| !matches!(value, Json::Null));
    let expires_in = match present("expires_in") {
        None => Ok(None),
        Some(value) => lifetime(value).map_or(malformed, |lifetime| Ok(Some(lifetime))),
    };
    assert_eq!(response.expires_in(), expires_in);
    let scope = match present("scope") {
        None => Ok(None),
        Some(Json::String(_, text)) => {
            Ok(Some(text.split(' ').filter(|s| !s.is_empty()).collect()))
        }
        Some(value) => value.texts().map(Some).ok_or(Error::MalformedTokenResponse),
    };
    let ours = response.scope().map(|ours| {
        ours.map(|scopes| {
            scopes
                .iter()
                .map(|scope| scope.to_string())
                .collect::<Vec<_>>()
        })
    });
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(ours, scope.map(|scope| scope.map(owned)));
}

/// Reads a lifetime from 0 to 2^63 - 1 seconds, as a number or as decimal digits in a string.
fn lifetime(value: &Json<'_>) -> Option<Duration> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let date = match value {
        Json::Number(number) => decimal::numeric_date(number)?,
        Json::String(_, text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let is_decimal = is_digits(whole) && is_digits(fraction);
            is_decimal.then(|| decimal::numeric_date(text))??
        }
        _ => return None,
    };
    let seconds = u64::try_from(date.seconds()).ok()?;
    Some(Duration::new(seconds, date.subsec_nanos()))
}

fn rejections(members: &Members<'_>) -> Vec<Error> {
    let mut reasons = json::stricter(members);
    let member = |name: &str| json::get(members, name);
    let is_wrong = |name: &&str| match member(name) {
        None | Some(Json::String(..)) => false,
        Some(Json::Null) => REQUIRED.contains(name),
        Some(_) => true,
    };
    let is_empty = |value: &Json<'_>| value.text().is_some_and(|text| text.is_empty());
    let missing = member("access_token").is_none_or(is_empty) || member("token_type").is_none();
    if missing || STRINGS.iter().any(is_wrong) {
        reasons.push(Error::MalformedTokenResponse);
    }
    reasons
}
