//! Shared secrets.

use jose_verify::Error;
use jose_verify::alg::{KeyParameters, MACS};
use serde_json::{Value, json};

use super::material::strings;
use crate::support::{Keyring, algorithms};

/// Loads the secret that was sent.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let secret = sent["secret"].as_str().unwrap().as_bytes();
    let wanted = algorithms(&strings(&sent["algorithms"]));
    let accepted = if wanted.is_empty() { MACS } else { &wanted };
    let keys = Keyring::from_parameters(&KeyParameters::oct(secret), accepted)?;
    Ok(json!({ "loaded": !keys.is_empty() }))
}
