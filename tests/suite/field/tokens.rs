//! What people pass instead of a token.

use jose_verify::{Error, TokenMistake};
use serde_json::{Value, json};

use crate::support::Keyring;
use crate::support::verdict::signature_verdict;

/// Verifies the text that was sent, and names the mistake in it.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let text = sent["token"].as_str().unwrap();
    let jwk = sent["jwk"].as_str().unwrap();
    let keys = Keyring::from_jwk(jwk.as_bytes(), jose_verify::alg::SIGNATURES)?;
    let verdict = signature_verdict(text, &keys).map_or_else(Error::name, |()| "accepted");
    let mistake = TokenMistake::find(text.as_bytes()).map(|mistake| format!("{mistake:?}"));
    Ok(json!({ "mistake": mistake, "verdict": verdict }))
}
