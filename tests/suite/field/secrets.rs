//! Shared secrets.

use jose_verify::Error;
use jose_verify::alg::{KeyParameters, MACS};
use serde_json::{Value, json};

use super::material::strings;
use crate::support::{Keyring, algorithms};

/// Loads the secret that was sent.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let secret = sent["secret"].as_str().unwrap().as_bytes();
    let names = strings(&sent["algorithms"]);
    let named = algorithms(&names);
    let accepted = if names.is_empty() { MACS } else { &named };
    let keys = Keyring::from_parameters(&KeyParameters::oct(secret), accepted)?;
    Ok(json!({ "loaded": !keys.is_empty() }))
}
