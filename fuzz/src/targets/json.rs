//! Our JSON reader and `serde_json` read the same, but where ours is documented to be stricter.

use jose_verify::json::Value;
use jose_verify::{Check, Clock, Policy, Verifier, scratch_len};

use super::claims::refusals;
use crate::any_signature::AnySignature;
use crate::json::Json;
use crate::{answer, token};

/// `payload` under a policy that demands nothing.
pub fn check(payload: &[u8]) {
    let token = token::join(token::HEADER, payload, b"");
    let mut scratch = vec![0; scratch_len(token.len())];
    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let key = AnySignature::default();
    let answer = Verifier::new(&key, &policy).verify(&token, Clock::Absent, &mut scratch);

    let json = Json::parse(payload);
    answer::assert_follows(&answer, &refusals(payload, json.as_ref()));
    let (Ok(jwt), Some(json)) = (answer, json) else {
        return;
    };
    let claims = jwt.claims();
    assert_eq!(claims.as_raw().as_bytes(), payload);
    for (name, value) in json.members().expect("an object") {
        value.assert_same(claims.get(name).expect("the claim"));
    }
    json.assert_same(Value::Object(claims.as_object()));
}
