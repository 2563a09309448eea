//! Single-use tokens, presented one after the other.

use core::time::Duration;

use jose_verify::oauth::ReplayGuard;
use jose_verify::{Clock, Error, NumericDate};
use serde_json::{Value, json};

use crate::support::sign::token;
use crate::support::verdict::{UNCHECKED, with_verified};

/// Presents the tokens of the steps to one guard.
pub(super) fn answer(sent: &Value) -> Value {
    let mut guard = ReplayGuard::<8>::new();
    let mut results = Vec::new();
    for step in sent["steps"].as_array().unwrap() {
        let claims = json!({ "jti": step["jti"], "exp": step["exp"] });
        let now = NumericDate::from_seconds(step["now"].as_i64().unwrap());
        let token = token(&claims.to_string());
        let admitted = with_verified(token, &UNCHECKED, Clock::Absent, |jwt| {
            guard.admit(jwt, Duration::ZERO, now)
        });
        let admitted = admitted.unwrap();
        results.push(json!(admitted.map_or_else(Error::name, |()| "accepted")));
    }
    json!({ "results": results })
}
