//! The rows of JWKs.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use jose_verify::alg::{Algorithm, KeyParameters, MACS, ParameterSource, SIGNATURES};
use jose_verify::{Error, GrowingKeySet, Keys};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{from_object, members};
use crate::jwk_leniency::JwkLeniency;

use super::cell::{cut, quoted, text_of, word};
use super::listing::{Row, curve_bits, significant_bits, verdict};

/// The members of a JWK that are shown, as written in the file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    kid: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) kty: Option<&'a RawValue>,
    #[serde(borrow)]
    alg: Option<&'a RawValue>,
    #[serde(borrow)]
    crv: Option<&'a RawValue>,
    #[serde(borrow)]
    n: Option<&'a RawValue>,
    #[serde(borrow)]
    k: Option<&'a RawValue>,
    #[serde(borrow)]
    x5c: Option<&'a RawValue>,
}

pub(super) fn of_jwks<'a>(
    entries: impl IntoIterator<Item = &'a [u8]>,
    leniency: &JwkLeniency,
) -> Result<Vec<Row>, Error> {
    // No verifier uses both secrets and public keys, so each kind has its own set.
    let (mut secrets, mut public_keys) = (accepting(MACS)?, accepting(SIGNATURES)?);
    let row = |entry: &'a [u8]| {
        let members: Members<'_> = from_object(entry).unwrap_or_default();
        let is_secret = text_of(members.kty) == "oct";
        let others = if is_secret {
            &mut secrets
        } else {
            &mut public_keys
        };
        let usable = usable_with(entry, others, leniency);
        of_jwk(entry, &members, &usable)
    };
    Ok(entries.into_iter().map(row).collect())
}

/// Returns an empty set for keys that can be used with these algorithms.
fn accepting(algorithms: &[&'static dyn Algorithm]) -> Result<GrowingKeySet, Error> {
    let mut keys = GrowingKeySet::default();
    keys.accept(algorithms)?;
    Ok(keys)
}

/// Adds the key to the others, and returns the algorithms that the library accepts it for.
fn usable_with(
    jwk: &[u8],
    others: &mut GrowingKeySet,
    leniency: &JwkLeniency,
) -> Result<Vec<&'static str>, Error> {
    if !jwk.starts_with(b"{") {
        return Err(Error::MalformedKey);
    }
    let add =
        |keys: &mut GrowingKeySet| leniency.with(jwk, |options| keys.add_jwk_with(jwk, options));
    // First, because an error in the key itself takes precedence over a full set.
    let mut alone = accepting(others.algorithms())?;
    add(&mut alone)?;
    add(others)?;
    let key = alone.key(0).ok_or(Error::NoUsableKey)?;
    Ok(key.algorithms().collect())
}

fn of_jwk(entry: &[u8], members: &Members<'_>, usable: &Result<Vec<&'static str>, Error>) -> Row {
    let kty = match members.crv {
        Some(crv) => format!("{} {}", word(members.kty), word(Some(crv))),
        None => word(members.kty),
    };
    let certificate = members.x5c.and_then(first_certificate);
    let modulus = modulus(members, certificate.as_deref());
    let cells = [
        cut(quoted(members.kid)),
        cut(kty),
        cut(word(members.alg)),
        size(members, modulus.as_deref()),
        verdict(usable),
    ];
    let key_id = members.kid.map(|kid| serde_json::from_str(kid.get()));
    Row {
        cells,
        is_usable: usable.is_ok(),
        key_id: key_id.and_then(Result::ok),
        private_members: private_members(entry, &text_of(members.kty)),
        modulus,
        certificate,
    }
}

/// Returns the members that only a private key has: RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2, RFC
/// 9964. The only parameter of a shared secret is private, so it is not a mistake there.
fn private_members(entry: &[u8], kty: &str) -> Vec<String> {
    let private: &[&str] = match kty {
        "RSA" => &["d", "p", "q", "dp", "dq", "qi", "oth"],
        "EC" | "OKP" => &["d"],
        "AKP" => &["priv"],
        _ => &[],
    };
    let members = members(entry).unwrap_or_default();
    // The library treats null as absent, too.
    let present = members
        .into_iter()
        .filter(|(_, value)| value.get() != "null");
    let names = present.filter_map(|(name, _)| name);
    names
        .filter(|name| private.contains(&name.as_str()))
        .collect()
}

/// RFC 7517 §4.7: the certificate of the key is the first, in base64.
fn first_certificate(x5c: &RawValue) -> Option<Vec<u8>> {
    let chain: Vec<String> = serde_json::from_str(x5c.get()).ok()?;
    Base64::decode_vec(chain.first()?).ok()
}

/// Returns the size of the key in bits, or `-` if it has none.
fn size(members: &Members<'_>, modulus: Option<&[u8]>) -> String {
    let bits = match text_of(members.kty).as_str() {
        "RSA" => modulus.map(significant_bits),
        "oct" => decoded(members.k).map(|k| k.len().saturating_mul(8)),
        "EC" => curve_bits(&text_of(members.crv)),
        _ => None,
    };
    bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string())
}

/// Returns the modulus of an RSA key. In some sets, only the certificate contains it.
fn modulus(members: &Members<'_>, certificate: Option<&[u8]>) -> Option<Vec<u8>> {
    if text_of(members.kty) != "RSA" {
        return None;
    }
    if members.n.is_some() {
        return decoded(members.n);
    }
    let key = KeyParameters::from_certificate_der(certificate?).ok()?;
    key.bytes("n", &mut []).ok().map(<[u8]>::to_vec)
}

fn decoded(member: Option<&RawValue>) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(&text_of(member)).ok()
}
