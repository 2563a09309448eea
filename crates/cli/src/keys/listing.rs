//! The rows of the list, one for each key.

use std::collections::HashSet;

use base64ct::{Base64, Encoding};
use jose_verify::alg::{KeyParameters, ParameterSource, SIGNATURES};
use jose_verify::keys::jwk_set_entries;
use jose_verify::{Error, GrowingKeySet, Keys};
use serde_json::value::RawValue;

use crate::json::{from_object, members};
use crate::jwk_leniency::JwkLeniency;
use crate::key_file::der::Outline;
use crate::key_file::{Fallback, Form};
use crate::loaded_keys::{parameters, scratch};
use crate::output::escaped;

use super::cell::cut;
use super::jwks::{Members, of_jwks};

pub(super) const COLUMNS: usize = 5;

/// A key of the file.
pub(super) struct Row {
    pub(super) cells: [String; COLUMNS],
    pub(super) is_usable: bool,
    pub(super) key_id: Option<String>,
    /// The members of a JWK that only a private key has.
    pub(super) private_members: Vec<String>,
    /// The modulus of an RSA key.
    pub(super) modulus: Option<Vec<u8>>,
    /// The certificate that the key comes with, in DER.
    pub(super) certificate: Option<Vec<u8>>,
}

/// Returns a row for each key of a file.
pub(super) fn rows(text: &[u8], leniency: &JwkLeniency) -> Result<Vec<Row>, Error> {
    match Form::of(text, Fallback::Json) {
        Form::Set => of_jwks(jwk_set_entries(text)?, leniency),
        Form::Jwk => {
            let jwk: &RawValue = from_object(text).map_err(|_| Error::MalformedJson)?;
            // RFC 7517 §4.1: every JWK has `kty`. An object without it is not a JWK.
            match from_object::<Members<'_>>(text) {
                Ok(Members { kty: None, .. }) => Err(Error::MalformedKeySet),
                _ => of_jwks([jwk.get().as_bytes()], leniency),
            }
        }
        Form::PemMap => {
            let members = members(text).map_err(|_| Error::MalformedJson)?;
            let mut names = HashSet::new();
            let row = |(key_id, pem): &(Option<String>, &RawValue)| match key_id {
                // The library uses the first of several members with the same name.
                Some(key_id) if names.insert(key_id.clone()) => of_member(key_id, pem),
                _ => unusable(key_id.as_deref(), Error::MalformedKey),
            };
            Ok(members.iter().map(row).collect())
        }
        form @ (Form::Realm | Form::PemMember | Form::Der(_) | Form::Pem) => {
            let mut scratch = scratch(text);
            let key = parameters(text, form, &mut scratch)?;
            let certificate = match form {
                Form::Der(Outline::Certificate) => Some(text.to_vec()),
                Form::Pem => pem_certificate(text),
                _ => None,
            };
            Ok(vec![of_parameters(None, &key, certificate)])
        }
    }
}

pub(super) fn verdict(usable: &Result<Vec<&str>, Error>) -> String {
    match usable {
        Ok(names) => format!("usable with {}", names.join(", ")),
        Err(error) => format!("{}: {error}", error.name()),
    }
}

/// Returns a row for a member of a map from `kid` to PEM.
fn of_member(key_id: &str, pem: &RawValue) -> Row {
    let Ok(text) = serde_json::from_str::<String>(pem.get()) else {
        return unusable(Some(key_id), Error::MalformedKey);
    };
    let mut scratch = scratch(text.as_bytes());
    match KeyParameters::from_pem(text.as_bytes(), &mut scratch) {
        Ok(key) => of_parameters(Some(key_id), &key, pem_certificate(text.as_bytes())),
        Err(error) => unusable(Some(key_id), error),
    }
}

fn unusable(key_id: Option<&str>, error: Error) -> Row {
    let none = || "-".to_owned();
    let key = key_id.map_or_else(none, cell_of);
    Row {
        cells: [key, none(), none(), none(), verdict(&Err(error))],
        is_usable: false,
        key_id: key_id.map(str::to_owned),
        private_members: Vec::new(),
        modulus: None,
        certificate: None,
    }
}

fn of_parameters(
    key_id: Option<&str>,
    key: &KeyParameters<'_>,
    certificate: Option<Vec<u8>>,
) -> Row {
    let named = |member: &str, names: &[&'static str]| {
        let found = names.iter().find(|name| key.is(member, name));
        found.copied()
    };
    let kty = named("kty", &["RSA", "EC", "OKP", "AKP"]).unwrap_or("-");
    let crv = named("crv", &["P-256", "P-384", "P-521", "Ed25519", "Ed448"]);
    let modulus = key.bytes("n", &mut []).ok().map(<[u8]>::to_vec);
    let usable = GrowingKeySet::from_parameters(key, SIGNATURES);
    let usable = usable.and_then(|keys| {
        let key = keys.key(0).ok_or(Error::NoUsableKey)?;
        Ok(key.algorithms().collect())
    });
    let bits = modulus.as_deref().map(significant_bits);
    let bits = bits.or(crv.and_then(curve_bits));
    let cells = [
        key_id.map_or_else(|| "-".to_owned(), cell_of),
        crv.map_or_else(|| kty.to_owned(), |crv| format!("{kty} {crv}")),
        named("alg", &["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
            .map_or("-", |alg| alg)
            .to_owned(),
        bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string()),
        verdict(&usable),
    ];
    Row {
        cells,
        is_usable: usable.is_ok(),
        key_id: key_id.map(str::to_owned),
        private_members: Vec::new(),
        modulus,
        certificate,
    }
}

fn cell_of(key_id: &str) -> String {
    let json = serde_json::to_string(key_id).unwrap_or_default();
    cut(escaped(&json, &[]).into_owned())
}

/// Returns the certificate in DER, if it is the first block that is a key or a certificate.
fn pem_certificate(pem: &[u8]) -> Option<Vec<u8>> {
    // The text outside the blocks can have any encoding.
    let text = String::from_utf8_lossy(pem);
    let start = |label: &str| text.find(&format!("-----BEGIN {label}-----"));
    let at = start("CERTIFICATE")?;
    if ["PUBLIC KEY", "RSA PUBLIC KEY"]
        .iter()
        .any(|key| start(key).is_some_and(|key| key < at))
    {
        return None;
    }
    let body = text.get(at..)?.split("-----").nth(2)?;
    let base64: String = body.split_ascii_whitespace().collect();
    Base64::decode_vec(&base64).ok()
}

pub(super) fn curve_bits(crv: &str) -> Option<usize> {
    match crv {
        "P-256" => Some(256),
        "P-384" => Some(384),
        "P-521" => Some(521),
        _ => None,
    }
}

/// Returns the number of bits of a big-endian number, without leading zeros.
pub(super) fn significant_bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    let first = digits
        .next()
        .map_or(0, |byte| u8::BITS.saturating_sub(byte.leading_zeros()));
    let rest = digits.count().saturating_mul(8);
    usize::try_from(first).unwrap_or(0).saturating_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_numbers() {
        for (number, bits) in [
            (&[][..], 0),
            (&[0, 0], 0),
            (&[1], 1),
            (&[0, 0x80, 0], 16),
            (&[3, 255], 10),
        ] {
            assert_eq!(significant_bits(number), bits, "{number:?}");
        }
    }
}
