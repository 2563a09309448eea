//! JWK Sets that are fetched one after the other.

use core::time::Duration;

use jose_verify::alg::SIGNATURES;
use jose_verify::{Error, RotatingKeys};
use serde_json::{Map, Value, json};

use super::keys::verdicts;
use crate::support::secs;

/// The number of keys for which there is room.
const ROOM: usize = 4;

/// Updates the keys with each published text, and verifies the tokens that the right answer names.
pub(super) fn answer(sent: &Value, right: &Value) -> Value {
    let time = |value: &Value| secs(value.as_u64().unwrap());
    let mut keys = Box::new(RotatingKeys::<ROOM>::new());
    for text in sent["published"].as_array().unwrap() {
        *keys = updated(
            &keys,
            text["jwks"].as_str().unwrap(),
            time(&sent["keep"]),
            time(&text["at"]),
        );
    }
    let mut answer = Map::new();
    if !right["tokens"].is_null() {
        answer.insert("tokens".into(), verdicts(keys.set(), right));
    }
    let fresh = &sent["fresh"];
    if !fresh.is_null() {
        let fresh = keys.fresh(time(&fresh["max_age"]), time(&fresh["now"]));
        let fresh = fresh.map_or_else(Error::name, |_| "accepted");
        answer.insert("fresh".into(), json!(fresh));
    }
    Value::Object(answer)
}

/// Returns the keys after a fetch. A rejected text changes nothing.
fn updated(
    keys: &RotatingKeys<ROOM>,
    text: &str,
    keep: Duration,
    now: Duration,
) -> RotatingKeys<ROOM> {
    let updated = keys.updated(text.as_bytes(), SIGNATURES, keep, now, |_| {});
    updated.map_or_else(|_| keys.clone(), |(keys, _)| keys)
}
