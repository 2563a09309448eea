//! Keys in every form: JWK Sets, JWKs, PEM files, maps of certificates and realm documents.

use base64ct::{Base64, Encoding};
use jose_verify::alg::{Algorithm, KeyParameters, SIGNATURES};
use jose_verify::keys::{JwkOptions, LoadReport, Skipped};
use jose_verify::{Error, KeySet, Keys, scratch_len};
use serde_json::{Map, Value, json};

use super::material::strings;
use crate::support::verdict::signature_verdict;
use crate::support::{Keyring, algorithms};

/// Loads the keys that were sent, and verifies the tokens that the right answer names.
pub(super) fn answer(sent: &Value, right: &Value) -> Result<Value, Error> {
    let wanted = algorithms(&strings(&sent["algorithms"]));
    let accepted = if wanted.is_empty() {
        SIGNATURES
    } else {
        &wanted
    };
    let text = |member: &str| sent[member].as_str();
    if let Some(jwks) = text("jwks") {
        return jwk_set(jwks, accepted, &sent["options"], right);
    }
    if let Some(map) = text("pem_map") {
        let mut scratch = vec![0; 2 * map.len()];
        return loaded(right, |keys, skip| {
            keys.load_pem_map(map.as_bytes(), accepted, &mut scratch, skip)
        });
    }
    let keys = if let Some(jwk) = text("jwk") {
        Keyring::from_jwk(jwk.as_bytes(), accepted)?
    } else if let Some(pem) = text("pem") {
        from_pem(pem.as_bytes(), accepted)?
    } else if let Some(realm) = text("realm") {
        let mut scratch = vec![0; 2 * realm.len()];
        let realm = realm.as_bytes();
        let key = KeyParameters::from_spki_member(realm, "public_key", &mut scratch)?;
        Keyring::from_parameters(&key, accepted)?
    } else if let Some(der) = text("pem_base64") {
        from_pem(&Base64::decode_vec(der).unwrap(), accepted)?
    } else {
        panic!("{sent}")
    };
    Ok(json!({ "tokens": verdicts(&keys, right) }))
}

fn from_pem(pem: &[u8], accepted: &[&'static dyn Algorithm]) -> Result<Keyring, Error> {
    let mut scratch = vec![0; scratch_len(pem.len())];
    Keyring::from_parameters(&KeyParameters::from_pem(pem, &mut scratch)?, accepted)
}

fn jwk_set(
    jwks: &str,
    accepted: &[&'static dyn Algorithm],
    wanted: &Value,
    right: &Value,
) -> Result<Value, Error> {
    let (uses, mut scratch) = (strings(&wanted["uses"]), vec![0; 2 * jwks.len()]);
    loaded(right, |keys, skip| {
        if wanted.is_null() {
            return keys.load(jwks.as_bytes(), accepted, skip);
        }
        let options = options(wanted, &uses, &mut scratch);
        keys.load_with(jwks.as_bytes(), accepted, options, skip)
    })
}

/// Calls `load` with a set, and returns what the set kept, what it skipped, and the verdicts.
fn loaded(
    right: &Value,
    load: impl FnOnce(&mut KeySet<8>, &mut dyn FnMut(Skipped<'_>)) -> Result<LoadReport, Error>,
) -> Result<Value, Error> {
    let mut keys = Box::new(KeySet::new());
    let mut skipped = Map::new();
    let report = load(&mut keys, &mut |entry| {
        skipped.insert(entry.position.to_string(), json!(entry.reason.name()));
    })?;
    let mut answer = json!({ "kept": report.kept(), "tokens": verdicts(&*keys, right) });
    if !skipped.is_empty() {
        answer["skipped"] = Value::Object(skipped);
    }
    Ok(answer)
}

/// Returns the options that the case names.
fn options<'o>(wanted: &Value, uses: &'o [&str], scratch: &'o mut [u8]) -> JwkOptions<'o> {
    let mut options = JwkOptions::new();
    if !uses.is_empty() {
        options = options.accept_use(uses);
    }
    if wanted["short_coordinates"] == true {
        options = options.short_coordinates();
    }
    if wanted["x5c"] == true {
        options = options.x5c(scratch);
    }
    options
}

/// Returns the verdict for each token of the right answer.
pub(super) fn verdicts(keys: &impl Keys, right: &Value) -> Value {
    let tokens = right["tokens"].as_object();
    let verdict = |token: &String| {
        let verdict = signature_verdict(token, keys);
        let name = verdict.map_or_else(Error::name, |()| "accepted");
        (token.clone(), json!(name))
    };
    Value::Object(
        tokens
            .into_iter()
            .flatten()
            .map(|(token, _)| verdict(token))
            .collect(),
    )
}
