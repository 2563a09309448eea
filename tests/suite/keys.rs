//! Keys: what is loaded, and what is refused.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{KeyInit, Mac};
use jose_verify::{
    Algorithm, ES256, ES384, ES512, Error, HS256, HS384, HS512, InvalidSignature, Key,
    KeyParameters, KeySet, Keys, MACS, PS256, RS256, RotatingKeys, SIGNATURES, VerificationKey,
    oidc::ReplayGuard, scratch_len, verify_jws,
};
use serde_json::{Value, json};

use super::support::sign::base64url;
use super::support::vector::cases;

/// The first public key of that type and the algorithm it verifies, from a vector file.
pub(super) fn public_key(alg: &str) -> (Value, String) {
    let all = cases("jwcrypto/signed.json");
    let fits = |case: &&Value| case["expect"]["alg"] == alg && !case["keys"].is_null();
    let case = all.iter().find(fits).expect(alg);
    let mut jwk = match &case["keys"]["keys"] {
        Value::Array(keys) => keys[0].clone(),
        _ => case["keys"].clone(),
    };
    let members = jwk.as_object_mut().unwrap();
    for name in ["kid", "alg", "use", "key_ops"] {
        members.remove(name);
    }
    (jwk, case["token"].as_str().unwrap().to_owned())
}

pub(super) fn load(jwk: &Value, list: &'static [&'static dyn Algorithm]) -> Result<Key, Error> {
    Key::from_jwk(jwk.to_string().as_bytes(), list)
}

pub(super) fn verdict(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    verify_jws(token.as_bytes(), keys, &mut scratch).map(|_| ())
}

pub(super) fn bytes(jwk: &Value, member: &str) -> Vec<u8> {
    let text = jwk[member].as_str().unwrap();
    let mut buffer = vec![0; text.len()];
    Base64UrlUnpadded::decode(text, &mut buffer)
        .unwrap()
        .to_vec()
}

#[test]
fn members_of_a_jwk_decide() {
    let (rsa, _) = public_key("RS256");
    let (ec, _) = public_key("ES256");
    for (jwk, member, value, want) in [
        (&rsa, "use", json!("sig"), None),
        (&rsa, "use", json!("enc"), Some(Error::WrongKeyUse)),
        (&rsa, "use", json!(5), Some(Error::MalformedKey)),
        (&rsa, "key_ops", json!(["verify"]), None),
        (
            &rsa,
            "key_ops",
            json!(["encrypt"]),
            Some(Error::WrongKeyUse),
        ),
        (&rsa, "key_ops", json!([]), Some(Error::WrongKeyUse)),
        (&rsa, "alg", json!("RS256"), None),
        (&rsa, "alg", json!("RS384"), None),
        (
            &rsa,
            "alg",
            json!("RSA-OAEP"),
            Some(Error::AlgorithmNotAccepted),
        ),
        (&rsa, "alg", json!("ES256"), Some(Error::UnsupportedKey)),
        (
            &rsa,
            "alg",
            json!("HS256"),
            Some(Error::AlgorithmNotAccepted),
        ),
        (&rsa, "kty", json!("EC"), Some(Error::MalformedKey)),
        (&rsa, "kty", json!("oct"), Some(Error::MalformedKey)),
        (&rsa, "kty", json!("OKP"), Some(Error::UnsupportedKey)),
        (&rsa, "kty", json!("rsa"), Some(Error::UnsupportedKey)),
        (&rsa, "kty", json!(null), Some(Error::MalformedKey)),
        (&rsa, "kid", json!("k".repeat(128)), None),
        (
            &rsa,
            "kid",
            json!("k".repeat(129)),
            Some(Error::KeyTooLarge),
        ),
        (&rsa, "kid", json!(1), Some(Error::MalformedKey)),
        (&rsa, "n", json!(""), Some(Error::MalformedKey)),
        (&rsa, "n", json!("AQ=="), Some(Error::MalformedKey)),
        (&rsa, "n", json!("+/8"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQAB"), None),
        (&rsa, "e", json!("AAAAAQAB"), None),
        (&rsa, "e", json!("Aw"), None),
        (&rsa, "e", json!("Af____8"), None),
        (&rsa, "e", json!("AgAAAAE"), Some(Error::KeyTooLarge)),
        (&rsa, "e", json!("A".repeat(684)), Some(Error::KeyTooLarge)),
        (&rsa, "e", json!(""), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AA"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQ"), Some(Error::WeakKey)),
        (&rsa, "e", json!("Ag"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQAA"), Some(Error::MalformedKey)),
        (&rsa, "x5c", json!(["not even a certificate"]), None),
        (&ec, "crv", json!("P-384"), Some(Error::MalformedKey)),
        (&ec, "crv", json!("secp256k1"), Some(Error::UnsupportedKey)),
        (
            &ec,
            "crv",
            json!("a curve with quite a long name"),
            Some(Error::UnsupportedKey),
        ),
        (&ec, "crv", json!(null), Some(Error::MalformedKey)),
        (&ec, "x", ec["y"].clone(), Some(Error::MalformedKey)),
        (&ec, "x", json!("AA"), Some(Error::MalformedKey)),
        (&ec, "x", json!("A".repeat(88)), Some(Error::MalformedKey)),
        (&ec, "x", json!("A".repeat(90)), Some(Error::KeyTooLarge)),
        (&ec, "y", json!(null), Some(Error::MalformedKey)),
        (&ec, "d", json!("private, and none of our business"), None),
    ] {
        let mut changed = jwk.clone();
        changed[member] = value.clone();
        if value.is_null() {
            changed.as_object_mut().unwrap().remove(member);
        }
        assert_eq!(load(&changed, SIGNATURES).err(), want, "{member}: {value}");
    }
}

#[test]
fn both_coordinates_zero_is_no_point() {
    for (crv, width) in [("P-256", 32), ("P-384", 48), ("P-521", 66)] {
        let zero = base64url(&vec![0; width]);
        let jwk = json!({"kty": "EC", "crv": crv, "x": zero, "y": zero});
        assert_eq!(
            load(&jwk, SIGNATURES).err(),
            Some(Error::MalformedKey),
            "{crv}"
        );
    }
}

#[test]
fn leading_zeros_of_a_modulus_do_not_matter() {
    let (jwk, token) = public_key("RS256");
    for (zeros, want) in [(1, Ok(())), (16, Ok(()))] {
        let mut n = vec![0; zeros];
        n.extend(bytes(&jwk, "n"));
        let mut padded = jwk.clone();
        padded["n"] = json!(base64url(&n));
        assert_eq!(verdict(&token, &load(&padded, &[&RS256]).unwrap()), want);
    }
}

#[test]
fn keys_in_their_parts() {
    let (rsa, token) = public_key("PS256");
    let (n, e) = (bytes(&rsa, "n"), bytes(&rsa, "e"));
    let key = Key::from_parameters(&KeyParameters::Rsa { n: &n, e: &e }, &[&PS256]).unwrap();
    assert_eq!(verdict(&token, &key), Ok(()));
    for (alg, crv) in [("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521")] {
        let (jwk, token) = public_key(alg);
        let (x, y) = (bytes(&jwk, "x"), bytes(&jwk, "y"));
        let load = |key| Key::from_parameters(&key, &[&ES256, &ES384, &ES512]);
        let key = load(KeyParameters::Ec { crv, x: &x, y: &y }).unwrap();
        assert_eq!(verdict(&token, &key), Ok(()), "{alg}");

        let full = [&[4][..], &x, &y].concat();
        let half = [&[2 + (y.last().unwrap() & 1)][..], &x].concat();
        for point in [&full, &half] {
            let key = load(KeyParameters::EcPoint { crv, point }).unwrap();
            assert_eq!(verdict(&token, &key), Ok(()), "{alg}");
        }
        let hybrid = [&[6 + (y.last().unwrap() & 1)][..], &x, &y].concat();
        let compact = [&[5][..], &x].concat();
        for point in [&full[..full.len() - 1], &hybrid, &compact, &[0], &[], &[4]] {
            let error = load(KeyParameters::EcPoint { crv, point }).err();
            assert_eq!(error, Some(Error::MalformedKey), "{alg} {point:?}");
        }
    }
}

#[test]
fn secrets_are_as_long_as_the_hash() {
    let lengths: [(&'static [&'static dyn Algorithm], usize); 3] =
        [(&[&HS256], 32), (&[&HS384], 48), (&[&HS512], 64)];
    for (list, len) in lengths {
        let secret = vec![7; 600];
        assert!(Key::from_secret(&secret[..len], list).is_ok());
        let short = Key::from_secret(&secret[..len - 1], list);
        assert_eq!(short.err(), Some(Error::WeakKey));
        assert_eq!(Key::from_secret(&[], list).err(), Some(Error::WeakKey));
        assert!(Key::from_secret(&secret[..528], list).is_ok());
        let long = Key::from_secret(&secret[..529], list);
        assert_eq!(long.err(), Some(Error::KeyTooLarge));
    }
    let key = Key::from_secret(&[7; 48], MACS).unwrap();
    assert!(["HS256", "HS384"].iter().all(|a| key.accepts(a)));
    assert!(!key.accepts("HS512"));
}

#[test]
fn algorithm_lists_do_not_mix_macs_with_signatures() {
    let lists: [&'static [&'static dyn Algorithm]; 4] = [
        &[],
        &[&HS256, &RS256],
        &[&ES256, &HS512, &RS256],
        &[&ES256, &RS256, &ES256],
    ];
    for list in lists {
        let refused = Some(Error::UnusableAlgorithmList);
        assert_eq!(Key::from_secret(&[7; 64], list).err(), refused);
        assert_eq!(Key::from_jwk(b"{}", list).err(), refused);
        assert_eq!(KeySet::<1>::from_jwks(b"{}", list).err(), refused);
    }
    let nine = || SIGNATURES.iter().copied();
    let seventeen = Vec::leak(nine().chain(nine()).take(17).collect());
    let refused = Key::from_jwk(b"{}", seventeen).err();
    assert_eq!(refused, Some(Error::UnusableAlgorithmList));
}

#[test]
fn secrets_stay_out_of_debug() {
    let key = Key::from_secret(&[0x77; 64], MACS)
        .unwrap()
        .with_key_id("id")
        .unwrap();
    assert_eq!(format!("{key:?}"), r#"Key { id: Some("id"), .. }"#);
    let (n, e, x, y) = (&[0x77; 256], &[3], &[0x77; 32], &[0x77; 32]);
    let (crv, point) = ("P-256", &[0x77; 65]);
    for (parameters, want) in [
        (KeyParameters::Oct { k: b"secret" }, "Oct { .. }"),
        (KeyParameters::Rsa { n, e }, "Rsa { .. }"),
        (KeyParameters::Ec { crv, x, y }, "Ec { .. }"),
        (KeyParameters::EcPoint { crv, point }, "EcPoint { .. }"),
    ] {
        assert_eq!(format!("{parameters:?}"), want);
    }
}

#[test]
fn algorithms_print_their_names_and_nothing_else() {
    for algorithm in SIGNATURES.iter().chain(MACS) {
        assert_eq!(format!("{algorithm:?}"), algorithm.name());
    }
    let same = format!("{}", Error::BadSignature);
    assert_eq!(format!("{InvalidSignature}"), same);
}

#[test]
fn sizes_stand_in_the_readme() {
    let readme = include_str!("../../README.md");
    let key = size_of::<Key>();
    let thousands = |n: usize| format!("{},{:03}", n / 1000, n % 1000);
    let set = size_of::<KeySet<4>>() - 4 * key;
    let rotating = size_of::<RotatingKeys<5>>() - size_of::<RotatingKeys<4>>();
    let rotating_rest = size_of::<RotatingKeys<4>>() - 4 * rotating;
    let seen = size_of::<ReplayGuard<5>>() - size_of::<ReplayGuard<4>>();
    let guard = size_of::<ReplayGuard<4>>() - 4 * seen;
    for line in [
        format!("| `Key` | {} |", thousands(key)),
        format!(
            "| `KeySet<N>` | {} for each key, and {set} |",
            thousands(key)
        ),
        format!(
            "| `RotatingKeys<N>` | {} for each key, and {rotating_rest} |",
            thousands(rotating)
        ),
        format!("| `oidc::ReplayGuard<N>` | {seen} for each token, and {guard} |"),
    ] {
        assert!(readme.contains(&line), "{line}");
    }
}

#[test]
fn hmac_refuses_material_into_which_nothing_was_loaded() {
    let empty = [0; jose_verify::MAX_KEY_WORDS];
    // HMAC-SHA-256 of nothing with the empty key (RFC 2104 pads it with zeros).
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"")
        .unwrap()
        .finalize()
        .into_bytes();
    assert_eq!(HS256.verify(&empty, b"", &mac), Err(InvalidSignature));
    assert_eq!(HS512.verify(&[], b"", &mac), Err(InvalidSignature));
    assert_eq!(Key::from_secret(&[0; 64], MACS).err(), Some(Error::WeakKey));
    assert_eq!(RS256.verify(&empty, b"", &[0; 256]), Err(InvalidSignature));
    assert_eq!(ES256.verify(&empty, b"", &[0; 64]), Err(InvalidSignature));
}
