//! Public keys in ASN.1: `SubjectPublicKeyInfo`, `RSAPublicKey`, and the key in an X.509
//! certificate.

use crate::alg::{FitsAlgorithm, KeyParameters};
use crate::error::Error;
use crate::key::import::der::{Reader, Tag};

/// RFC 8017, Appendix A.1: rsaEncryption, 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// RFC 4055 §3.1: id-RSASSA-PSS, 1.2.840.113549.1.1.10.
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// RFC 4055 §2.2: id-mgf1, 1.2.840.113549.1.1.8.
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

/// RFC 4055 §2.1: id-sha256, 2.16.840.1.101.3.4.2.1.
const ID_SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// RFC 4055 §2.1: id-sha384, 2.16.840.1.101.3.4.2.2.
const ID_SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];

/// RFC 4055 §2.1: id-sha512, 2.16.840.1.101.3.4.2.3.
const ID_SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

/// RFC 5480 §2.1.1: id-ecPublicKey, 1.2.840.10045.2.1.
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// RFC 5480 §2.1.1.1: secp256r1, secp384r1, secp521r1, with their JOSE names (RFC 7518 §6.2.1.1).
const CURVES: [(&[u8], &str); 3] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], "P-256"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], "P-384"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], "P-521"),
];

/// RFC 8410 §3: id-Ed25519 and id-Ed448, with their JOSE names (RFC 8037 §3.1).
const OCTET_KEY_PAIRS: [(&[u8], &str); 2] = [
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
];

/// RFC 9881 §2: id-ml-dsa-44, id-ml-dsa-65 and id-ml-dsa-87, with their JOSE names (RFC 9964).
const ALGORITHM_KEY_PAIRS: [(&[u8], &str); 3] = [
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11],
        "ML-DSA-44",
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12],
        "ML-DSA-65",
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13],
        "ML-DSA-87",
    ),
];

/// Parses a public key (RFC 5280 §4.1): `SubjectPublicKeyInfo ::= SEQUENCE { algorithm
/// AlgorithmIdentifier, subjectPublicKey BIT STRING }`.
pub(super) fn subject_public_key_info(der: &[u8]) -> Result<KeyParameters<'_>, Error> {
    let mut outer = Reader::new(der);
    let mut info = outer.sequence()?;
    outer.end()?;
    let mut identifier = info.sequence()?;
    let key = info.bytes_of_bit_string()?;
    info.end()?;
    let algorithm = identifier.read(Tag::OBJECT_IDENTIFIER)?;
    if algorithm == RSA_ENCRYPTION {
        // RFC 3279 §2.3.1: the parameters MUST be NULL.
        if !identifier.read(Tag::NULL)?.is_empty() {
            return Err(Error::MalformedKey);
        }
        identifier.end()?;
        rsa_public_key(key)
    } else if algorithm == RSASSA_PSS {
        let algorithms = pss_algorithms(identifier)?;
        rsa_public_key(key).map(|key| key.only_for(algorithms))
    } else if algorithm == EC_PUBLIC_KEY {
        let curve = named_curve(identifier)?;
        Ok(KeyParameters::ec_point(curve, key))
    } else if let Some(crv) = named(&OCTET_KEY_PAIRS, algorithm) {
        // RFC 8410 §3: the parameters MUST be absent.
        identifier.end()?;
        Ok(KeyParameters::okp(crv, key))
    } else if let Some(alg) = named(&ALGORITHM_KEY_PAIRS, algorithm) {
        // RFC 9881 §2: the parameters MUST be absent.
        identifier.end()?;
        Ok(KeyParameters::akp(alg, key))
    } else {
        Err(Error::UnsupportedKey)
    }
}

/// Returns the algorithms that the parameters of an RSASSA-PSS key allow (RFC 4055 §3.1):
/// `RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0], maskGenAlgorithm [1], saltLength [2],
/// trailerField [3] }`. Without parameters, the key can be used with any hash.
///
/// RFC 7518 §3.5: the mask generation function uses the same hash, and the salt is as long as the
/// hash. The salt length of the key is a minimum.
fn pss_algorithms(mut identifier: Reader<'_>) -> Result<FitsAlgorithm, Error> {
    if identifier.peek().is_none() {
        return Ok(|name| matches!(name, "PS256" | "PS384" | "PS512"));
    }
    let mut parameters = identifier.sequence()?;
    identifier.end()?;
    let (mut hash, mut mask, mut salt, mut trailer) = (None, None, None, None);
    for (tag, field) in [
        (Tag::CONTEXT_0, &mut hash),
        (Tag::CONTEXT_1, &mut mask),
        (Tag::CONTEXT_2, &mut salt),
        (Tag::CONTEXT_3, &mut trailer),
    ] {
        if parameters.peek() == Some(tag) {
            *field = Some(Reader::new(parameters.read(tag)?));
        }
    }
    parameters.end()?;
    // The only trailer is 1, which is also the default.
    if trailer.is_some_and(|trailer| number(trailer) != Ok(1)) {
        return Err(Error::MalformedKey);
    }
    // The default of both is SHA-1, which no JWS algorithm uses.
    let (Some(hash), Some(mask)) = (hash, mask) else {
        return Err(Error::UnsupportedKey);
    };
    let hash = hash_algorithm(hash)?;
    let salt = salt.map_or(Ok(20), number)?;
    let (algorithms, len): (FitsAlgorithm, u8) = match hash {
        ID_SHA256 => (|name| name == "PS256", 32),
        ID_SHA384 => (|name| name == "PS384", 48),
        ID_SHA512 => (|name| name == "PS512", 64),
        _ => return Err(Error::UnsupportedKey),
    };
    if mask_hash(mask)? == hash && salt <= len {
        Ok(algorithms)
    } else {
        Err(Error::UnsupportedKey)
    }
}

/// Reads an INTEGER below 256. No usable key has a greater salt length or trailer.
fn number(mut field: Reader<'_>) -> Result<u8, Error> {
    let number = field.unsigned()?;
    field.end()?;
    match number {
        [] => Ok(0),
        [number] => Ok(*number),
        _ => Err(Error::UnsupportedKey),
    }
}

/// Returns the identifier of a hash function. RFC 4055 §2.1: its parameters are NULL or absent.
fn hash_algorithm(mut field: Reader<'_>) -> Result<&[u8], Error> {
    let mut identifier = field.sequence()?;
    field.end()?;
    let hash = identifier.read(Tag::OBJECT_IDENTIFIER)?;
    if identifier.peek().is_some() && !identifier.read(Tag::NULL)?.is_empty() {
        return Err(Error::MalformedKey);
    }
    identifier.end()?;
    Ok(hash)
}

/// Returns the hash function of the mask generation function MGF1 (RFC 4055 §2.2).
fn mask_hash(mut field: Reader<'_>) -> Result<&[u8], Error> {
    let mut identifier = field.sequence()?;
    field.end()?;
    if identifier.read(Tag::OBJECT_IDENTIFIER)? != MGF1 {
        return Err(Error::UnsupportedKey);
    }
    hash_algorithm(identifier)
}

/// Returns the JOSE name of a named curve. RFC 5480 §2.1.1: explicit curve parameters "MUST NOT be
/// used".
fn named_curve(mut parameters: Reader<'_>) -> Result<&'static str, Error> {
    if parameters.peek() != Some(Tag::OBJECT_IDENTIFIER) {
        return Err(Error::UnsupportedKey);
    }
    let curve = parameters.read(Tag::OBJECT_IDENTIFIER)?;
    parameters.end()?;
    named(&CURVES, curve).ok_or(Error::UnsupportedKey)
}

/// Returns the name for an identifier.
fn named(names: &[(&[u8], &'static str)], identifier: &[u8]) -> Option<&'static str> {
    let found = names.iter().find(|(i, _)| *i == identifier);
    found.map(|(_, name)| *name)
}

/// Parses an RSA public key (RFC 8017, Appendix A.1.1): `RSAPublicKey ::= SEQUENCE { modulus
/// INTEGER, publicExponent INTEGER }`.
pub(super) fn rsa_public_key(der: &[u8]) -> Result<KeyParameters<'_>, Error> {
    let mut outer = Reader::new(der);
    let mut numbers = outer.sequence()?;
    outer.end()?;
    let (n, e) = (numbers.unsigned()?, numbers.unsigned()?);
    numbers.end()?;
    Ok(KeyParameters::rsa(n, e))
}

/// Parses the `subjectPublicKeyInfo` of a certificate (RFC 5280 §4.1). Of all other fields, only
/// the outer structure is checked.
pub(super) fn certificate(der: &[u8]) -> Result<KeyParameters<'_>, Error> {
    let mut outer = Reader::new(der);
    let mut certificate = outer.sequence()?;
    outer.end()?;
    let mut to_be_signed = certificate.sequence()?;
    // signatureAlgorithm, signatureValue
    certificate.sequence()?;
    certificate.read(Tag::BIT_STRING)?;
    certificate.end()?;
    if to_be_signed.peek() == Some(Tag::CONTEXT_0) {
        // version
        to_be_signed.read(Tag::CONTEXT_0)?;
    }
    // serialNumber. Negative serial numbers occur in practice.
    to_be_signed.read(Tag::INTEGER)?;
    // signature, issuer, validity, subject
    for _ in 0..4 {
        to_be_signed.sequence()?;
    }
    let key = to_be_signed.element(Tag::SEQUENCE)?;
    // issuerUniqueID, subjectUniqueID, extensions
    while to_be_signed.peek().is_some() {
        to_be_signed.any()?;
    }
    subject_public_key_info(key)
}
