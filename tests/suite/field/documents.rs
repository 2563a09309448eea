//! Responses of a provider: tokens, metadata and UserInfo.

use core::time::Duration;

use jose_verify::json::JsonStr;
use jose_verify::oauth::{ProviderMetadata, Scopes, TokenResponse};
use jose_verify::oidc::UserInfo;
use jose_verify::{Clock, Error};
use serde_json::{Map, Value, json};

use crate::support::sign::token;
use crate::support::verdict::{UNCHECKED, with_verified};

/// Parses the document that was sent, and returns the members that the right answer names.
pub(super) fn answer(sent: &Value, right: &Value) -> Result<Value, Error> {
    let text = |member: &str| sent[member].as_str();
    if let Some(response) = text("token_response") {
        let response = TokenResponse::parse(response.as_bytes())?;
        Ok(named(right, |member| token_response(&response, member)))
    } else if let Some(metadata) = text("metadata") {
        let issuer = text("issuer").unwrap();
        let parse = match text("document") {
            Some("oauth") => ProviderMetadata::parse_authorization_server,
            _ => ProviderMetadata::parse,
        };
        let metadata = parse(metadata.as_bytes(), issuer)?;
        Ok(named(right, |member| provider_metadata(&metadata, member)))
    } else {
        let response = text("user_info").unwrap().as_bytes();
        let id_token = token(r#"{"sub":"248289761001"}"#);
        with_verified(id_token, &UNCHECKED, Clock::Absent, |id_token| {
            UserInfo::parse(response, id_token).map(|_| ())
        })??;
        Ok(json!({ "accepted": true }))
    }
}

/// Returns an object with the members of the right answer.
fn named(right: &Value, value: impl Fn(&str) -> Value) -> Value {
    let members = right.as_object().unwrap().keys();
    let members: Map<_, _> = members.map(|name| (name.clone(), value(name))).collect();
    Value::Object(members)
}

fn token_response(response: &TokenResponse<'_>, member: &str) -> Value {
    let text = |text: Option<JsonStr<'_>>| json!(text.map(|text| text.to_string()));
    let asked = match member {
        "refresh_token" => Ok(text(response.refresh_token())),
        "id_token" => Ok(text(response.id_token())),
        "expires_in" => response
            .expires_in()
            .map(|span| span.map_or(Value::Null, seconds)),
        "scope" => response.scope().map(|scopes| json!(scopes.map(list))),
        "error" => Ok(Value::Null),
        other => panic!("member {other}"),
    };
    asked.unwrap_or_else(|error| json!({ "error": error.name() }))
}

/// Returns a whole number if the duration has no fraction, as the right answers do.
fn seconds(span: Duration) -> Value {
    match span.subsec_nanos() {
        0 => json!(span.as_secs()),
        _ => json!(span.as_secs_f64()),
    }
}

fn list(scopes: Scopes<'_>) -> Vec<String> {
    scopes.iter().map(|scope| scope.to_string()).collect()
}

fn provider_metadata(metadata: &ProviderMetadata<'_>, member: &str) -> Value {
    let text = match member {
        "jwks_uri" => metadata.jwks_uri(),
        "token_endpoint" => metadata.token_endpoint(),
        "end_session_endpoint" => metadata.end_session_endpoint(),
        "error" => None,
        other => panic!("member {other}"),
    };
    json!(text.map(|text| text.to_string()))
}
