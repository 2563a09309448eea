//! Signatures with wrong values, lengths or encodings.

use std::fs;
use std::path::Path;

use jose_verify::Error;
use jose_verify::alg::{KeyParameters, MACS, SIGNATURES};
use num_bigint::BigUint;
use serde_json::json;

use super::{CLAIMS, OURS, set};
use crate::support::curve::{CURVES, Curve, curve};
use crate::support::hash::hmac;
use crate::support::sign::token_signed_by;
use crate::support::verdict::signature_verdict;
use crate::support::{Keyring, algorithms};

pub(super) const BAD: Result<(), Error> = Err(Error::BadSignature);

/// Returns a token with this algorithm and signature.
pub(super) fn token(alg: &str, signature: &[u8]) -> String {
    token_made(alg, |_| signature.to_vec())
}

pub(super) fn token_made(alg: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = json!({ "alg": alg }).to_string();
    token_signed_by(header.as_bytes(), CLAIMS, sign)
}

/// Returns the private scalar of the tests' elliptic-curve keys, and a nonce.
fn secrets() -> (BigUint, BigUint) {
    (
        BigUint::from(0xc0ff_ee11_u32),
        BigUint::from(0x00de_cade_u32),
    )
}

fn good_signature(curve: &Curve, input: &[u8]) -> Vec<u8> {
    let (d, k) = secrets();
    curve.sign(&d, &k, input)
}

fn public_key(curve: &Curve) -> Keyring {
    curve.key(&curve.point(&secrets().0))
}

/// "Psychic signatures" (CVE-2022-21449): r or s is zero, or not below the order of the curve.
#[test]
fn psychic_signatures_cve_2022_21449() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let good = token_made(curve.alg, |input| good_signature(curve, input));
        assert_eq!(signature_verdict(&good, &key), Ok(()));

        let zero = BigUint::from(0_u8);
        let one = BigUint::from(1_u8);
        let most = (BigUint::from(1_u8) << (8 * curve.width)) - 1_u8;
        let n = &curve.n;
        let out_of_range = [&zero, n, &(n + 1_u8), &curve.p, &most];
        for value in out_of_range {
            for other in out_of_range.iter().chain(&[&one, &(n - 1_u8)]) {
                for (r, s) in [(value, *other), (*other, value)] {
                    let forged = token(curve.alg, &curve.octets(r, s));
                    assert_eq!(
                        signature_verdict(&forged, &key),
                        BAD,
                        "{} {r:x} {s:x}",
                        curve.crv
                    );
                }
            }
            let half = |input: &[u8]| {
                let good = good_signature(curve, input);
                let (r, s) = good.split_at(curve.width);
                (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s))
            };
            let forged = token_made(curve.alg, |input| curve.octets(&half(input).0, value));
            assert_eq!(signature_verdict(&forged, &key), BAD);
            let forged = token_made(curve.alg, |input| curve.octets(value, &half(input).1));
            assert_eq!(signature_verdict(&forged, &key), BAD);
        }
    }
}

/// Encodes a signature as a SEQUENCE of two INTEGERs, as in X.509 and TLS (RFC 3279 §2.2.3).
fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let integer = |bytes: &[u8]| {
        let number = BigUint::from_bytes_be(bytes).to_bytes_be();
        let sign = if number[0] & 0x80 == 0 { &[][..] } else { &[0] };
        let len = u8::try_from(sign.len() + number.len()).unwrap();
        [&[2, len], sign, &number].concat()
    };
    let contents = [integer(r), integer(s)].concat();
    let len = u8::try_from(contents.len()).unwrap();
    let long_form = if len < 0x80 { &[][..] } else { &[0x81] };
    [&[0x30], long_form, &[len], &contents[..]].concat()
}

/// A valid ECDSA signature in DER, or with any length other than r and s at full width.
#[test]
fn der_encoded_ecdsa_signature() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let assert_rejected = |change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
            let forged = token_made(curve.alg, |input| change(good_signature(curve, input)));
            assert_eq!(signature_verdict(&forged, &key), BAD, "{}", curve.crv);
        };
        assert_rejected(&|good| der(&good));
        for len in [
            0,
            1,
            curve.width,
            63,
            65,
            66,
            95,
            96,
            97,
            104,
            131,
            133,
            192,
        ] {
            if len != 2 * curve.width {
                assert_rejected(&|mut good| {
                    good.resize(len, 0);
                    good
                });
                assert_rejected(&|good| {
                    let zeros = len.saturating_sub(good.len());
                    [&vec![0; zeros], &good[..good.len().min(len)]].concat()
                });
            }
        }
        // A zero byte before r and before s.
        assert_rejected(&|good| {
            let (r, s) = good.split_at(curve.width);
            [&[0], r, &[0], s].concat()
        });
    }
}

/// An algorithm for a curve other than the key's. The values are resized to the width that the
/// algorithm expects.
#[test]
fn curve_mismatch() {
    for (key_curve, alg) in [
        ("ES256", "ES384"),
        ("ES256", "ES512"),
        ("ES384", "ES256"),
        ("ES384", "ES512"),
        ("ES512", "ES256"),
        ("ES512", "ES384"),
    ] {
        let (from, to) = (curve(key_curve), curve(alg));
        let forged = token_made(alg, |input| {
            let good = good_signature(from, input);
            let (r, s) = good.split_at(from.width);
            let fitted = |half: &[u8]| {
                let zeros = vec![0; to.width.saturating_sub(half.len())];
                let cut = half.len().saturating_sub(to.width);
                [&zeros, &half[cut..]].concat()
            };
            [fitted(r), fitted(s)].concat()
        });
        let key = public_key(from);
        assert_eq!(signature_verdict(&forged, &key), Err(Error::NoKey));
        let jwk = from.jwk(&from.point(&secrets().0));
        let list = algorithms(&[key_curve]);
        let alone = Keyring::from_jwk(jwk.to_string().as_bytes(), &list).unwrap();
        assert_eq!(
            signature_verdict(&forged, &alone),
            Err(Error::AlgorithmNotAccepted)
        );
        let keys = set(&[jwk], SIGNATURES);
        assert_eq!(
            signature_verdict(&forged, &*keys),
            Err(Error::NoKey),
            "{key_curve} {alg}"
        );
    }
}

/// Not an attack by itself: for each valid (r, s), (r, n - s) is valid too, as in the standard. A
/// token therefore has more than one text, so a deny list must not be keyed on the text.
#[test]
fn ecdsa_malleability() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let twin = token_made(curve.alg, |input| {
            let good = good_signature(curve, input);
            let (r, s) = good.split_at(curve.width);
            let s = BigUint::from_bytes_be(s);
            curve.octets(&BigUint::from_bytes_be(r), &(&curve.n - s))
        });
        let good = token_made(curve.alg, |input| good_signature(curve, input));
        assert_ne!(good, twin);
        assert_eq!(signature_verdict(&good, &key), Ok(()));
        assert_eq!(signature_verdict(&twin, &key), Ok(()));
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("Key a deny list on `jti`"),
        "docs/policies.md warns about deny lists keyed on the text"
    );
}

/// Signatures of the wrong length, and numbers at or beyond the ends of the range.
#[test]
fn signatures_of_the_wrong_length() {
    for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        let len = OURS.len();
        let key = OURS.key();
        let good = |input: &[u8]| OURS.sign(alg, input);
        assert_eq!(signature_verdict(&token_made(alg, good), &key), Ok(()));
        for wrong in [0, 1, len - 1, len + 1, 2 * len] {
            let forged = token_made(alg, |input| {
                let mut signature = good(input);
                signature.resize(wrong, 0);
                signature
            });
            assert_eq!(signature_verdict(&forged, &key), BAD, "{alg} {wrong}");
            assert_eq!(signature_verdict(&token(alg, &vec![0; wrong]), &key), BAD);
        }
        let prefixed = token_made(alg, |input| [&[0], &good(input)[..]].concat());
        assert_eq!(signature_verdict(&prefixed, &key), BAD);
        let n = &OURS.n;
        for number in [n - 1_u8, n.clone(), n + 1_u8] {
            assert_eq!(
                signature_verdict(&token(alg, &OURS.octets(&number)), &key),
                BAD
            );
        }
        for byte in [0, 1, 0xff] {
            assert_eq!(signature_verdict(&token(alg, &vec![byte; len]), &key), BAD);
        }
        // The valid signature plus n is the same number modulo n.
        let above = token_made(alg, |input| {
            let sum = BigUint::from_bytes_be(&good(input)) + n;
            let bytes = sum.to_bytes_be();
            [&vec![0; len.saturating_sub(bytes.len())], &bytes[..]].concat()
        });
        assert_eq!(signature_verdict(&above, &key), BAD);
    }
    for (alg, len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let key = Keyring::from_parameters(&KeyParameters::oct(&[7; 64]), MACS).unwrap();
        for forged in [0, 1, len - 1, len, len + 1] {
            assert_eq!(signature_verdict(&token(alg, &vec![0; forged]), &key), BAD);
        }
    }
}

/// A comparison that stops at the first difference leaks how much of a guess was right. Results
/// alone do not show this, so the test reads the source: the comparison must be the constant-time
/// one of the crate `digest`.
#[test]
fn mac_comparison_timing() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/alg/hmac.rs");
    let source = fs::read_to_string(source).unwrap();
    let constant_time = "CtOutput::<D::Core>::new(expected) == CtOutput::from(signature)";
    assert_eq!(source.matches(constant_time).count(), 1);
    assert_eq!(source.matches("expected").count(), 2);
    for other in ["verify_truncated", "== signature", "signature =="] {
        assert!(!source.contains(other), "{other}");
    }
    for (alg, len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let key = Keyring::from_parameters(&KeyParameters::oct(&[7; 64]), MACS).unwrap();
        let good = |input: &[u8]| hmac(alg, &[7; 64], input);
        assert_eq!(signature_verdict(&token_made(alg, good), &key), Ok(()));
        for at in 0..len {
            let flipped = token_made(alg, |input| {
                let mut mac = good(input);
                mac[at] ^= 1;
                mac
            });
            assert_eq!(signature_verdict(&flipped, &key), BAD, "{alg}: byte {at}");
            let cut = token_made(alg, |input| good(input)[..at].to_vec());
            assert_eq!(signature_verdict(&cut, &key), BAD, "{alg}: {at} bytes");
        }
        let longer = token_made(alg, |input| [&good(input)[..], &[0]].concat());
        assert_eq!(signature_verdict(&longer, &key), BAD);
    }
}
