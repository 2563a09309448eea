//! Headers of tokens that are signed with a shared secret.

use jose_verify::alg::{HS256, KeyParameters};
use jose_verify::{Check, Clock, Error, Policy, Verifier};
use serde_json::{Value, json};

use crate::support::Keyring;
use crate::support::sign::{SECRET, token_with_secret};
use crate::support::verdict::UNCHECKED;

/// Verifies a token with the header that was sent, and returns its `kid`.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let text = |member: &str| sent[member].as_str();
    let secret = text("signed_with").map_or(SECRET, str::as_bytes);
    let token = token_with_secret(secret, text("header").unwrap().as_bytes(), b"{}");
    let mut keys = Keyring::new();
    keys.accept(&[&HS256])?;
    keys.add(&KeyParameters::oct(SECRET), text("secret_kid"))?;
    let typ = sent["policy"]["typ"].as_str();
    let policy = Policy {
        typ: typ.map_or(Check::NotChecked, Check::Required),
        ..UNCHECKED
    };
    let mut token = token.into_bytes();
    let verifier = Verifier::new(&keys, &policy);
    let jwt = verifier.verify_in_place(&mut token, Clock::Absent)?;
    let kid = jwt.header().key_id().map(|kid| kid.to_string());
    Ok(json!({ "key_id": kid }))
}
