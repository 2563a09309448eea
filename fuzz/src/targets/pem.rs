//! PEM is read as a simple decoder on top of the crate `base64` reads it, or both reject it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose_verify::alg::{Algorithm, KeyParameters, SIGNATURES};
use jose_verify::{Error, GrowingKeySet, scratch_len};
use serde_json::json;

use crate::keys::{self, Listed};
use crate::parameters::Parameters;

/// Reads `text` alone, and as a member of a JSON object.
pub fn check(text: &[u8]) {
    let mut scratch = vec![0; scratch_len(text.len())];
    let result = KeyParameters::from_pem(text, &mut scratch);
    let block = decode(text).ok_or(Error::MalformedKey);
    let expected = block.as_ref().map_err(|error| *error);
    let expected = expected.and_then(|(label, der)| from_der(label, der));
    assert_same(&result, &expected);
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let json = json!({"x": 1, "public_key": text}).to_string();
    let mut scratch = vec![0; 2 * json.len()];
    let member = KeyParameters::from_pem_member(json.as_bytes(), "public_key", &mut scratch);
    assert_same(&member, &expected);
}

fn from_der<'a>(label: &str, der: &'a [u8]) -> Result<KeyParameters<'a>, Error> {
    match label {
        "PUBLIC KEY" => KeyParameters::from_spki_der(der),
        "RSA PUBLIC KEY" => KeyParameters::from_rsa_der(der),
        "CERTIFICATE" => KeyParameters::from_certificate_der(der),
        _ => Err(Error::MalformedKey),
    }
}

/// Asserts that the parameters are equal, and the keys loaded from them.
fn assert_same(
    result: &Result<KeyParameters<'_>, Error>,
    expected: &Result<KeyParameters<'_>, Error>,
) {
    let parameters = |key: &KeyParameters<'_>| (Parameters::of(key), loaded(key, SIGNATURES));
    assert_eq!(
        result.as_ref().map(parameters),
        expected.as_ref().map(parameters)
    );
}

fn loaded(
    key: &KeyParameters<'_>,
    algorithms: &[&'static dyn Algorithm],
) -> Result<Vec<Listed>, Error> {
    let set = GrowingKeySet::from_parameters(key, algorithms)?;
    Ok(keys::listed(&set))
}

/// Returns the label and the content of a text that is exactly one block.
fn decode(text: &[u8]) -> Option<(&str, Vec<u8>)> {
    let text = str::from_utf8(text).ok()?;
    let text = text
        .strip_suffix('\n')
        .map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    let mut lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len() - 1;
    for line in &mut lines[..last] {
        *line = line.strip_suffix('\r').unwrap_or(line);
    }
    let [first, body @ .., end] = &lines[..] else {
        return None;
    };
    let label = first.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    (*end == format!("-----END {label}-----")).then_some(())?;
    let (last, others) = body.split_last().unzip();
    let others = others.unwrap_or_default();
    let whole = |line: &&str| !line.is_empty() && !line.contains('=');
    (others.iter().all(whole) && last.is_none_or(|line| !line.is_empty())).then_some(())?;
    let lines: Option<Vec<_>> = body.iter().map(|line| STANDARD.decode(line).ok()).collect();
    Some((label, lines?.concat()))
}
