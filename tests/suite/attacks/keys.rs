//! Keys that are weak, malformed, enormous, or meant for another use.

use jose_verify::alg::{ES256, KeyParameters, RS256, SIGNATURES};
use jose_verify::{Error, KeySet, Limit};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{OURS, rsa_token, with};
use crate::support::Keyring;
use crate::support::curve::{CURVES, curve, octets};
use crate::support::rsa::RsaKey;
use crate::support::sign::base64url;
use crate::support::verdict::signature_verdict;

/// Loads the key as a JWK, as a JWK Set of one, and from parameters. All three must agree.
fn loaded(n: &[u8], e: &[u8]) -> Result<Keyring, Error> {
    let jwk = json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)});
    let by_jwk = Keyring::from_jwk(jwk.to_string().as_bytes(), SIGNATURES);
    let jwks = json!({ "keys": [jwk] }).to_string();
    let by_set = Keyring::from_jwks(jwks.as_bytes(), SIGNATURES).err();
    let by_parts = Keyring::from_parameters(&KeyParameters::rsa(n, e), SIGNATURES).err();
    let error = by_jwk.as_ref().err().copied();
    assert_eq!((error, error), (by_set, by_parts));
    by_jwk
}

/// RSA keys that make every verification expensive or worthless. They are rejected when they are
/// loaded. `cargo xtask bounded-work` measures that this takes bounded work.
#[test]
fn rsa_key_denial_of_service() {
    let n = OURS.n.to_bytes_be();
    let e = [1, 0, 1];
    let odd = |bits: usize| ((BigUint::from(1_u8) << bits) - 1_u8).to_bytes_be();
    let mut even = n.clone();
    *even.last_mut().unwrap() ^= 1;
    for (case, n, e, want) in [
        ("16,384 bits", odd(16_384), e.to_vec(), Error::KeyTooLarge),
        ("4,104 bits", odd(4_104), e.to_vec(), Error::KeyTooLarge),
        ("4,097 bits", odd(4_097), e.to_vec(), Error::KeyTooLarge),
        (
            "a million bits",
            odd(1_000_000),
            e.to_vec(),
            Error::KeyTooLarge,
        ),
        ("2,047 bits", odd(2_047), e.to_vec(), Error::WeakKey),
        ("1,024 bits", odd(1_024), e.to_vec(), Error::WeakKey),
        ("512 bits", odd(512), e.to_vec(), Error::WeakKey),
        ("one", vec![1], e.to_vec(), Error::WeakKey),
        ("empty", vec![], e.to_vec(), Error::MalformedKey),
        ("zero", vec![0; 256], e.to_vec(), Error::MalformedKey),
        ("even", even, e.to_vec(), Error::MalformedKey),
        ("e of 4,096 bits", n.clone(), odd(4_096), Error::KeyTooLarge),
        ("e of 256 bits", n.clone(), odd(256), Error::KeyTooLarge),
        ("e of 34 bits", n.clone(), odd(34), Error::KeyTooLarge),
        ("e as large as n", n.clone(), n.clone(), Error::KeyTooLarge),
        ("e = 0", n.clone(), vec![0], Error::MalformedKey),
        ("e empty", n.clone(), vec![], Error::MalformedKey),
        ("e = 1", n.clone(), vec![1], Error::WeakKey),
        ("e = 2", n.clone(), vec![2], Error::MalformedKey),
        ("e = 4", n.clone(), vec![4], Error::MalformedKey),
        ("e = 65536", n.clone(), vec![1, 0, 0], Error::MalformedKey),
    ] {
        assert_eq!(loaded(&n, &e).err(), Some(want), "{case}");
    }
    for e in [&[3][..], &[5], &[1, 0, 1], &odd(33)] {
        assert_eq!(loaded(&n, e).err(), None, "{e:?}");
    }
    assert_eq!(loaded(&odd(4_096), &e).err(), None);
    assert_eq!(loaded(&odd(2_048), &e).err(), None);
}

/// An entry that is malformed or unknown would make the whole set unusable (CVE-2026-102274). Here
/// it is skipped.
#[test]
fn jwk_set_poisoning_cve_2026_102274() {
    let good = with(&OURS.jwk(), &json!({"kid": "good"}));
    let p256 = curve("ES256");
    let off_the_curve = with(&p256.jwk(&p256.g), &json!({"y": base64url(&[1; 32])}));
    let token = rsa_token(&OURS, &json!({"alg": "RS256", "kid": "good"}));
    for (poison, reason) in [
        (json!(null), Error::MalformedKey),
        (json!(5), Error::MalformedKey),
        (json!("x"), Error::MalformedKey),
        (json!([]), Error::MalformedKey),
        (json!({}), Error::MalformedKey),
        (json!({"kty": 5}), Error::MalformedKey),
        (json!({"kty": "RSA"}), Error::MalformedKey),
        (
            json!({"kty": "RSA", "n": "!", "e": "AQAB"}),
            Error::MalformedKey,
        ),
        (
            json!({"kty": "RSA", "n": null, "e": "AQAB"}),
            Error::MalformedKey,
        ),
        (
            json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            Error::WeakKey,
        ),
        (
            json!({"kty": "RSA", "n": "B".repeat(4_000), "e": "AQAB"}),
            Error::KeyTooLarge,
        ),
        (with(&good, &json!({"kid": 7})), Error::MalformedKey),
        (
            with(&good, &json!({"kid": "k".repeat(5_000)})),
            Error::Limit(Limit::KeyIdLen),
        ),
        (
            with(&good, &json!({"key_ops": "verify"})),
            Error::MalformedKey,
        ),
        (with(&good, &json!({"use": "enc"})), Error::WrongKeyUse),
        (
            with(&good, &json!({"alg": "RS1"})),
            Error::AlgorithmNotAccepted,
        ),
        (off_the_curve, Error::MalformedKey),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "", "y": ""}),
            Error::MalformedKey,
        ),
        (
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}),
            Error::AlgorithmNotAccepted,
        ),
        (
            json!({"kty": "oct", "k": base64url(&[7; 64])}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "unknown", "z": {"y": [{}]}}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "unknown", "x": {"y": [{}]}}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": {"y": [{}]}, "y": "AA"}),
            Error::MalformedKey,
        ),
    ] {
        for keys in [[&poison, &good], [&good, &poison]] {
            let jwks = json!({ "keys": keys }).to_string();
            let mut set = KeySet::<4>::new();
            let report = set.load(jwks.as_bytes(), SIGNATURES, |_| {}).unwrap();
            assert_eq!(
                (report.kept(), report.skipped(reason)),
                (1, 1),
                "{poison:.99}"
            );
            assert_eq!(report.reasons().count(), 1, "{poison:.99}");
            assert_eq!(signature_verdict(&token, &set), Ok(()), "{poison}");
        }
    }
}

/// Entries and sets that `json!` cannot write: with duplicate names, exceeded limits and unpaired
/// surrogates.
#[test]
fn jwk_set_poisoning_by_limits_cve_2026_102274() {
    let (good, token) = (OURS.jwk(), rsa_token(&OURS, &json!({"alg": "RS256"})));
    let names: Vec<String> = (0..200).map(|i| format!("\"{i}\":0")).collect();
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for poison in [
        String::from(r#"{"kty":"RSA","kty":"RSA"}"#),
        format!("{{{}}}", names.join(",")),
        format!(r#"{{"z":{}}}"#, deep(33)),
        format!(r#"{{"z":{}}}"#, deep(100_000)),
        format!(r#"{{"z":{}}}"#, deep(40).replacen("[]", r#"["]}"]"#, 1)),
        deep(33),
        String::from(r#"{"z":"\ud800"}"#),
        String::from(r#"{"\udc00":1}"#),
        String::from(r#"{"kty":"RSA","kid":"\ud800"}"#),
        String::from(r#""\ud800""#),
        String::from("1e99999"),
    ] {
        let jwks = format!(r#"{{"keys":[{poison},{good}]}}"#);
        let mut set = KeySet::<4>::new();
        let report = set.load(jwks.as_bytes(), SIGNATURES, |_| {}).unwrap();
        assert_eq!(
            (report.kept(), report.skipped(Error::MalformedKey)),
            (1, 1),
            "{poison}"
        );
        assert_eq!(signature_verdict(&token, &set), Ok(()));
    }
    // The other members of a set are not read either. Text that is not JSON is rejected.
    for (around, want) in [
        (format!(r#""z":{},"#, deep(33)), Ok(1)),
        (format!("{},", names.join(",")), Ok(1)),
        (String::from(r#""\ud800":"\ud800","z":1,"z":2,"#), Ok(1)),
        (String::from(r#""keys":[],"#), Err(Error::DuplicateMember)),
        (
            String::from(r#""\u006beys":[],"#),
            Err(Error::DuplicateMember),
        ),
        (String::from(r#""z":tru,"#), Err(Error::MalformedJson)),
        (String::from(r#""z":01,"#), Err(Error::MalformedJson)),
        (String::from(r#""z":[}],"#), Err(Error::MalformedJson)),
        (
            format!(r#""z":{},"#, "[".repeat(33)),
            Err(Error::MalformedJson),
        ),
    ] {
        let jwks = format!(r#"{{{around}"keys":[{good}]}}"#);
        let set = KeySet::<4>::from_jwks(jwks.as_bytes(), SIGNATURES);
        assert_eq!(set.map(|set| set.len()), want, "{around}");
    }
}

/// A key for encryption, or for a use other than verification.
#[test]
fn wrong_use_and_key_ops_rfc_7517() {
    let token = rsa_token(&OURS, &json!({"alg": "RS256"}));
    for (members, usable) in [
        (json!({"use": "enc"}), false),
        (json!({"use": "tls"}), false),
        (json!({"use": "SIG"}), false),
        (json!({"use": ""}), false),
        (json!({"key_ops": ["encrypt"]}), false),
        (json!({"key_ops": ["sign"]}), false),
        (json!({"key_ops": ["wrapKey", "deriveBits"]}), false),
        (json!({"key_ops": ["Verify"]}), false),
        (json!({"key_ops": [5]}), false),
        (json!({"key_ops": []}), false),
        (json!({"use": "sig", "key_ops": ["encrypt"]}), false),
        (json!({"use": "enc", "key_ops": ["verify"]}), false),
        (json!({}), true),
        (json!({"use": "sig"}), true),
        (json!({"key_ops": ["sign", "verify"]}), true),
        (json!({"use": "sig", "key_ops": ["verify"]}), true),
    ] {
        let jwk = with(&OURS.jwk(), &members);
        let key = Keyring::from_jwk(jwk.to_string().as_bytes(), SIGNATURES);
        assert_eq!(
            key.err(),
            (!usable).then_some(Error::WrongKeyUse),
            "{members}"
        );

        let second = with(
            &curve("ES256").jwk(&curve("ES256").g),
            &json!({"kid": "other"}),
        );
        let jwks = json!({ "keys": [jwk, second] }).to_string();
        let mut set = KeySet::<4>::new();
        let report = set
            .load(jwks.as_bytes(), &[&RS256, &ES256], |_| {})
            .unwrap();
        assert_eq!(
            report.skipped(Error::WrongKeyUse),
            usize::from(!usable),
            "{members}"
        );
        let want = if usable { Ok(()) } else { Err(Error::NoKey) };
        assert_eq!(signature_verdict(&token, &set), want, "{members}");
    }
}

/// Returns a modulus with the fingerprint of CVE-2017-15361 (ROCA): both factors are powers of
/// 65537 modulo the product of the first primes. For that, the factors need not be prime.
fn roca_modulus() -> BigUint {
    let primes = (2_u32..).filter(|n| (2..*n).all(|d| n % d != 0));
    let primorial = primes
        .take(126)
        .fold(BigUint::from(1_u8), |product, prime| product * prime);
    let factor = |k: u32, a: u32| {
        let multiple = &primorial << (1_023 - usize::try_from(primorial.bits()).unwrap());
        multiple * k + BigUint::from(65_537_u32).modpow(&BigUint::from(a), &primorial)
    };
    factor(3, 1_234) * factor(3, 5_679)
}

/// Badly generated keys, and keys written with leading zeros. Loading rejects what bounded work can
/// detect. It does not detect that a modulus is easy to factor: that is the responsibility of the
/// provider that generates and publishes it.
#[test]
fn weak_modulus_cve_2017_15361_and_leading_zeros() {
    let roca = roca_modulus();
    assert!([3_u32, 5, 7, 11, 13, 17, 19, 23].iter().all(|prime| {
        let powers =
            (0..*prime).map(|i| BigUint::from(65_537_u32).modpow(&i.into(), &(*prime).into()));
        powers.into_iter().any(|power| power == &roca % prime)
    }));
    let repeated =
        BigUint::from_bytes_be(&[0xc0, 0xde, 0xba, 0xad].repeat(64)) | BigUint::from(1_u8);
    let one_bits = (BigUint::from(1_u8) << 2_048_u32) - 1_u8;
    for (case, n) in [
        ("ROCA", roca),
        ("repeated bits", repeated),
        ("all ones", one_bits),
    ] {
        assert_eq!(
            loaded(&n.to_bytes_be(), &[1, 0, 1]).err(),
            None,
            "{case}: not detected"
        );
    }

    // Leading zeros of n and e, which some providers publish, are ignored.
    let padded = |number: &BigUint, zeros: usize| [vec![0; zeros], number.to_bytes_be()].concat();
    let token = rsa_token(&OURS, &json!({"alg": "RS256"}));
    for zeros in [1, 2, 8, 16] {
        let key = loaded(&padded(&OURS.n, zeros), &[1, 0, 1]).unwrap();
        assert_eq!(
            signature_verdict(&token, &key),
            Ok(()),
            "{zeros} zeros before n"
        );
        let key = loaded(&OURS.n.to_bytes_be(), &padded(&OURS.e, zeros.min(13))).unwrap();
        assert_eq!(
            signature_verdict(&token, &key),
            Ok(()),
            "{zeros} zeros before e"
        );
    }
    // Leading zeros do not make a weak modulus strong.
    let weak = (BigUint::from(1_u8) << 1_024_u32) - 1_u8;
    assert_eq!(
        loaded(&padded(&weak, 128), &[1, 0, 1]).err(),
        Some(Error::WeakKey)
    );
    // In a JWK, the longest modulus may have sixteen leading zeros, more than any provider
    // publishes.
    let key = RsaKey::new(9, 10, 65_537);
    let jwk = |n: Vec<u8>| with(&key.jwk(), &json!({"n": base64url(&n)}));
    let load = |jwk: Value| Keyring::from_jwk(jwk.to_string().as_bytes(), SIGNATURES).err();
    assert_eq!(load(jwk(padded(&key.n, 16))), None);
    assert_eq!(load(jwk(padded(&key.n, 17))), Some(Error::KeyTooLarge));

    // Coordinates have a fixed width (RFC 7518 §6.2.1.2): neither more nor fewer leading zeros are
    // accepted.
    for curve in &*CURVES {
        for width in [curve.width + 1, curve.width + 8] {
            let x = base64url(&octets(&curve.g.0, width));
            let jwk = with(&curve.jwk(&curve.g), &json!({ "x": x }));
            let rejected = load(jwk);
            let want = if width > 66 {
                Error::KeyTooLarge
            } else {
                Error::MalformedKey
            };
            assert_eq!(rejected, Some(want), "{} {width}", curve.crv);
        }
        let small = (1_u32..).find_map(|x| curve.lift(&x.into())).unwrap();
        assert_eq!(load(curve.jwk(&small)), None);
        let cut = with(
            &curve.jwk(&small),
            &json!({"x": base64url(&small.0.to_bytes_be())}),
        );
        assert_eq!(load(cut), Some(Error::MalformedKey));
    }
}
