//! The key of a realm document is the one that `serde_json`, `base64` and `spki` read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose_verify::Error;
use jose_verify::alg::KeyParameters;

use crate::json::{self, Json};
use crate::parameters::Parameters;
use crate::targets::der;

const MEMBER: &str = "public_key";

/// Reads the member `public_key` of `text`.
pub fn check(text: &[u8]) {
    let mut scratch = vec![0; 2 * text.len()];
    let ours = KeyParameters::from_spki_member(text, MEMBER, &mut scratch);
    let ours = ours.map(|key| Parameters::of(&key));
    let json = Json::parse(text);
    let Some(members) = json.as_ref().and_then(Json::members) else {
        return assert!(ours.is_err_and(|error| json::MALFORMED.contains(&error)));
    };
    let reasons = json::stricter(members);
    if !reasons.is_empty() {
        return assert!(ours.is_err_and(|error| reasons.contains(&error)));
    }
    let der = json::get(members, MEMBER).and_then(Json::text);
    let Some(der) = der.and_then(|text| STANDARD.decode(text).ok()) else {
        return assert_eq!(ours, Err(Error::MalformedKey));
    };
    der::check_spki(&der);
    let theirs = KeyParameters::from_spki_der(&der).map(|key| Parameters::of(&key));
    assert_eq!(ours, theirs);
}
