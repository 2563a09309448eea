//! Public keys in DER are what the crates `spki`, `pkcs1` and `x509-cert` read in them; what has another encoding is
//! refused.

use jose_verify::{Error, Key, KeyParameters, SIGNATURES};
use pkcs1::RsaPublicKeyRef;
use spki::SubjectPublicKeyInfoRef;
use spki::der::asn1::{AnyRef, ObjectIdentifier};
use spki::der::{Decode, Encode};
use x509_cert::Certificate;

use crate::recorder::{self, RECORDER};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
];

/// `der` as each of the three forms.
pub fn check(der: &[u8]) {
    check_rsa(der);
    check_spki(der);
    check_certificate(der);
    // Whatever it is, loading it for real neither panics nor accepts more than reading it.
    for (real, recorded) in [
        (
            Key::from_rsa_der(der, SIGNATURES),
            Key::from_rsa_der(der, RECORDER),
        ),
        (
            Key::from_spki_der(der, SIGNATURES),
            Key::from_spki_der(der, RECORDER),
        ),
        (
            Key::from_certificate_der(der, SIGNATURES),
            Key::from_certificate_der(der, RECORDER),
        ),
    ] {
        assert!(real.is_err() || recorded.is_ok());
    }
}

fn check_rsa(der: &[u8]) {
    let ours = Key::from_rsa_der(der, RECORDER);
    let theirs = RsaPublicKeyRef::from_der(der)
        .ok()
        .filter(|key| is_canonical(key, der));
    match (&ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            assert!(recorder::is(ours, &rsa_parameters(&theirs)));
        }
        (ours, Some(theirs)) => panic!("{ours:?}, but {theirs:?}"),
        (Ok(_), None) => panic!("{der:?}"),
        (Err(_), None) => {}
    }
}

/// Zero is no byte to us, and a byte to them.
fn rsa_parameters<'a>(key: &RsaPublicKeyRef<'a>) -> KeyParameters<'a> {
    let bytes = |bytes: &'a [u8]| if bytes == [0] { &[][..] } else { bytes };
    KeyParameters::Rsa {
        n: bytes(key.modulus.as_bytes()),
        e: bytes(key.public_exponent.as_bytes()),
    }
}

/// Encoding it again gives the same bytes.
fn is_canonical(value: &impl Encode, der: &[u8]) -> bool {
    value.to_der().is_ok_and(|again| again == der)
}

/// What a `SubjectPublicKeyInfo` says, if it is one of a key of ours.
fn check_spki(der: &[u8]) {
    let ours = Key::from_spki_der(der, RECORDER);
    let Ok(theirs) = SubjectPublicKeyInfoRef::from_der(der) else {
        assert!(ours.is_err(), "{der:?}");
        return;
    };
    if !is_canonical(&theirs, der) {
        assert!(ours.is_err(), "{der:?}");
        return;
    }
    let Some(key) = theirs.subject_public_key.as_bytes() else {
        assert_eq!(ours.err(), Some(Error::MalformedKey));
        return;
    };
    let (algorithm, parameters) = (theirs.algorithm.oid, theirs.algorithm.parameters);
    let expected = if algorithm == RSA && parameters.is_some_and(|p| p == AnyRef::NULL) {
        let key = RsaPublicKeyRef::from_der(key);
        key.ok().map(|key| rsa_parameters(&key))
    } else if algorithm == EC {
        let named = parameters.and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
        let curve = named.and_then(|named| CURVES.iter().find(|(id, _)| *id == named));
        curve.map(|(_, crv)| KeyParameters::EcPoint { crv, point: key })
    } else {
        None
    };
    match (ours, expected) {
        (Ok(ours), Some(expected)) => assert!(recorder::is(&ours, &expected)),
        (ours, Some(expected)) => panic!("{ours:?}, but {expected:?}"),
        (Ok(_), None) => panic!("{theirs:?}"),
        (Err(_), None) => {}
    }
}

/// The key of a certificate that they read is the one that we find in it. We look at less of it than they.
fn check_certificate(der: &[u8]) {
    let Ok(theirs) = Certificate::from_der(der) else {
        return;
    };
    if !is_canonical(&theirs, der) {
        return;
    }
    let info = theirs.tbs_certificate().subject_public_key_info();
    let info = info.to_der().expect("it was read");
    let ours = Key::from_certificate_der(der, RECORDER).map(|_| ());
    let alone = Key::from_spki_der(&info, RECORDER).map(|_| ());
    assert_eq!(ours, alone);
}
