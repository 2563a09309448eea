//! Public keys in DER are read as the crates `spki`, `pkcs1` and `x509-cert` read them. Encodings
//! other than DER are rejected; for certificates, this is not checked.

use jose_verify::alg::{KeyParameters, SIGNATURES};
use jose_verify::{Error, KeySet};
use pkcs1::{RsaPssParamsOwned, RsaPublicKeyRef};
use spki::der::asn1::{AnyRef, ObjectIdentifier};
use spki::der::{Decode, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::Certificate;

use crate::parameters::Parameters;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
/// Hash functions, with the algorithms of RFC 7518 §3.5 and the length of a hash in bytes.
const PSS_HASHES: [(ObjectIdentifier, &str, u8); 3] = [
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        "PS256",
        32,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        "PS384",
        48,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        "PS512",
        64,
    ),
];
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
];
const OCTET_KEY_PAIRS: [(ObjectIdentifier, &str); 2] = [
    (ObjectIdentifier::new_unwrap("1.3.101.112"), "Ed25519"),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "Ed448"),
];
const ALGORITHM_KEY_PAIRS: [(ObjectIdentifier, &str); 3] = [
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"),
        "ML-DSA-44",
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"),
        "ML-DSA-65",
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"),
        "ML-DSA-87",
    ),
];

/// Reads `der` in each of the three forms.
pub fn check(der: &[u8]) {
    check_rsa(der);
    check_spki(der);
    check_certificate(der);
    // Loading must not panic, whatever the bytes are.
    for read in [
        KeyParameters::from_rsa_der(der),
        KeyParameters::from_spki_der(der),
        KeyParameters::from_certificate_der(der),
    ] {
        let _ = read.and_then(|key| KeySet::<2>::from_parameters(&key, SIGNATURES));
    }
}

fn check_rsa(der: &[u8]) {
    let ours = KeyParameters::from_rsa_der(der);
    let theirs = RsaPublicKeyRef::from_der(der)
        .ok()
        .filter(|key| is_canonical(key, der));
    match (&ours, theirs) {
        (Ok(ours), Some(theirs)) => assert_same(ours, &rsa_parameters(&theirs)),
        (ours, Some(theirs)) => panic!("{ours:?}, expected {theirs:?}"),
        (Ok(_), None) => panic!("accepted {der:?}"),
        (Err(_), None) => {}
    }
}

fn assert_same(ours: &KeyParameters<'_>, theirs: &KeyParameters<'_>) {
    assert_eq!(Parameters::of(ours), Parameters::of(theirs));
}

/// Converts a key. Zero is an empty string in this crate, and one byte in the other.
fn rsa_parameters<'a>(key: &RsaPublicKeyRef<'a>) -> KeyParameters<'a> {
    let bytes = |bytes: &'a [u8]| if bytes == [0] { &[][..] } else { bytes };
    let (n, e) = (key.modulus, key.public_exponent);
    KeyParameters::rsa(bytes(n.as_bytes()), bytes(e.as_bytes()))
}

/// Returns whether encoding the value again gives the same bytes.
fn is_canonical(value: &impl Encode, der: &[u8]) -> bool {
    value.to_der().is_ok_and(|again| again == der)
}

/// Compares a `SubjectPublicKeyInfo`. Only those of supported keys are accepted.
pub(super) fn check_spki(der: &[u8]) {
    let ours = KeyParameters::from_spki_der(der);
    let Ok(theirs) = SubjectPublicKeyInfoRef::from_der(der) else {
        assert!(ours.is_err(), "accepted {der:?}");
        return;
    };
    if !is_canonical(&theirs, der) {
        assert!(ours.is_err(), "accepted {der:?}");
        return;
    }
    let Some(key) = theirs.subject_public_key.as_bytes() else {
        assert_eq!(ours.err(), Some(Error::MalformedKey));
        return;
    };
    let (algorithm, parameters) = (theirs.algorithm.oid, theirs.algorithm.parameters);
    let mut allowed = None;
    let expected = if algorithm == PSS {
        allowed = pss_algorithms(parameters);
        let key = RsaPublicKeyRef::from_der(key).ok();
        key.filter(|_| allowed.is_some())
            .map(|key| rsa_parameters(&key))
    } else if algorithm == RSA && parameters.is_some_and(|p| p == AnyRef::NULL) {
        let key = RsaPublicKeyRef::from_der(key);
        key.ok().map(|key| rsa_parameters(&key))
    } else if algorithm == EC {
        let named_curve = parameters.and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
        let curve = named_curve.and_then(|curve| named(&CURVES, curve));
        curve.map(|crv| KeyParameters::ec_point(crv, key))
    } else if parameters.is_none() {
        let crv = named(&OCTET_KEY_PAIRS, algorithm).map(|crv| KeyParameters::okp(crv, key));
        let alg = named(&ALGORITHM_KEY_PAIRS, algorithm);
        crv.or(alg.map(|alg| KeyParameters::akp(alg, key)))
    } else {
        None
    };
    match (ours, expected) {
        (Ok(ours), Some(expected)) => {
            let expected = Parameters::of(&expected);
            let expected = match allowed {
                Some(algorithms) => expected.only_for(&algorithms),
                None => expected,
            };
            assert_eq!(Parameters::of(&ours), expected);
        }
        (ours, Some(expected)) => panic!("{ours:?}, expected {expected:?}"),
        (Ok(_), None) => panic!("accepted {theirs:?}"),
        (Err(_), None) => {}
    }
}

/// Returns the algorithms that the parameters of an RSASSA-PSS key allow, or `None` if they allow
/// none of RFC 7518 §3.5 or are malformed.
fn pss_algorithms(parameters: Option<AnyRef<'_>>) -> Option<Vec<&'static str>> {
    let Some(parameters) = parameters else {
        return Some(PSS_HASHES.map(|(_, name, _)| name).to_vec());
    };
    let parameters: RsaPssParamsOwned = parameters.decode_as().ok()?;
    let is_valid = |hash: &AlgorithmIdentifierOwned| {
        hash.parameters
            .as_ref()
            .is_none_or(|p| AnyRef::from(p) == AnyRef::NULL)
    };
    let (hash, mask) = (parameters.hash, parameters.mask_gen);
    let mask_hash = mask.parameters.filter(|_| mask.oid == MGF1)?;
    let found = PSS_HASHES.into_iter().find(|(id, ..)| *id == hash.oid);
    let (_, name, len) = found?;
    let holds = is_valid(&hash)
        && is_valid(&mask_hash)
        && mask_hash.oid == hash.oid
        && parameters.salt_len <= len;
    holds.then(|| vec![name])
}

fn named(names: &[(ObjectIdentifier, &'static str)], id: ObjectIdentifier) -> Option<&'static str> {
    let found = names.iter().find(|(named, _)| *named == id);
    found.map(|(_, name)| *name)
}

/// Compares the key in a certificate that the other crate reads. This crate reads less of it, so it
/// may accept more.
fn check_certificate(der: &[u8]) {
    let Ok(theirs) = Certificate::from_der(der) else {
        return;
    };
    if !is_canonical(&theirs, der) {
        return;
    }
    let info = theirs.tbs_certificate().subject_public_key_info();
    let info = info.to_der().expect("a parsed key encodes");
    let ours = KeyParameters::from_certificate_der(der).map(|key| Parameters::of(&key));
    let alone = KeyParameters::from_spki_der(&info).map(|key| Parameters::of(&key));
    assert_eq!(ours, alone);
}
