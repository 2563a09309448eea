//! PEM is read as another decoder reads it, and rejected for the same reason.

use jose_verify::alg::{Algorithm, KeyParameters, SIGNATURES};
use jose_verify::{Error, GrowingKeySet, scratch_len};
use serde_json::json;

use crate::keys::{self, Listed};
use crate::parameters::Parameters;
use crate::pem::Block;

/// Reads `text` alone, and as a member of a JSON object.
pub fn check(text: &[u8]) {
    let mut scratch = vec![0; scratch_len(text.len())];
    let result = KeyParameters::from_pem(text, &mut scratch);
    let block = Block::decode(text);
    let expected = block.as_ref().map_err(|error| *error);
    let expected = expected.and_then(Block::parameters);
    assert_same(&result, &expected);
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let json = json!({"x": 1, "public_key": text}).to_string();
    let mut scratch = vec![0; 2 * json.len()];
    let member = KeyParameters::from_pem_member(json.as_bytes(), "public_key", &mut scratch);
    assert_same(&member, &expected);
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
