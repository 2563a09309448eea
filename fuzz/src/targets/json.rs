//! This crate reads JSON as `serde_json` does, except where it is documented to be stricter.

use jose_verify::json::Value;
use jose_verify::{Check, Clock, Policy, Verifier, scratch_len};

use super::claims::rejections;
use crate::any_signature::AnySignature;
use crate::json::Json;
use crate::{pipeline, token};

/// Reads `payload` with a policy and a clock that check nothing.
pub fn check(payload: &[u8]) {
    let token = token::join(token::HEADER, payload, b"");
    let mut scratch = vec![0; scratch_len(token.len())];
    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let key = AnySignature::default();
    let result = Verifier::new(&key, &policy).verify(&token, Clock::Absent, &mut scratch);

    let json = Json::parse(payload);
    pipeline::assert_follows(&result, &rejections(payload, json.as_ref()));
    let (Ok(jwt), Some(json)) = (result, json) else {
        return;
    };
    let claims = jwt.claims();
    assert_eq!(claims.as_raw().as_bytes(), payload);
    for (name, value) in json.members().expect("an object") {
        value.assert_same(claims.get(name).expect("the claim"));
    }
    json.assert_same(Value::Object(claims.as_object()));
}
