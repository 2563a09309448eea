//! Keys: what is loaded, what is refused, and which key a token is verified with.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{KeyInit, Mac};
use jose_verify::{
    Algorithm, ES256, ES384, ES512, Error, HS256, HS384, HS512, InvalidSignature, Key,
    KeyParameters, KeyQuery, KeySet, Keys, MACS, PS256, RS256, RS512, RotatingKeys, SIGNATURES,
    VerificationKey, oidc::ReplayGuard, scratch_len, verify_jws,
};
use serde_json::{Value, json};

use super::support::sign::{base64url, token_with_header, token_with_secret};
use super::support::vector::cases;

/// The first public key of that type and the algorithm it verifies, from a vector file.
fn public_key(alg: &str) -> (Value, String) {
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

fn load(jwk: &Value, list: &'static [&'static dyn Algorithm]) -> Result<Key, Error> {
    Key::from_jwk(jwk.to_string().as_bytes(), list)
}

fn verdict(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    verify_jws(token.as_bytes(), keys, &mut scratch).map(|_| ())
}

fn bytes(jwk: &Value, member: &str) -> Vec<u8> {
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

/// A set of secrets under these identifiers; the secret repeats its number.
fn set_of(keys: &[(Option<&str>, u8)]) -> KeySet<4> {
    let jwk = |(kid, number): &(Option<&str>, u8)| {
        let mut jwk = json!({"kty": "oct", "k": base64url(&[*number; 32])});
        if let Some(kid) = kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    };
    let keys: Vec<Value> = keys.iter().map(jwk).collect();
    let jwks = json!({ "keys": keys }).to_string();
    KeySet::from_jwks(jwks.as_bytes(), MACS).unwrap()
}

fn signed_by(number: u8, header: &str) -> String {
    token_with_secret(&[number; 32], header.as_bytes(), b"{}")
}

#[test]
fn selection_in_a_set() {
    let keys = set_of(&[(Some("a"), 1), (Some("b"), 2), (None, 3), (Some("b"), 4)]);
    for (signer, header, want) in [
        (1, r#"{"alg":"HS256","kid":"a"}"#, Ok(())),
        (1, r#"{"alg":"HS256","kid":"\u0061"}"#, Ok(())),
        (2, r#"{"alg":"HS256","kid":"b"}"#, Ok(())),
        (4, r#"{"alg":"HS256","kid":"b"}"#, Ok(())),
        (2, r#"{"alg":"HS256","kid":"a"}"#, Err(Error::BadSignature)),
        (3, r#"{"alg":"HS256","kid":"a"}"#, Err(Error::BadSignature)),
        (1, r#"{"alg":"HS256","kid":"c"}"#, Err(Error::NoKey)),
        (3, r#"{"alg":"HS256","kid":""}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256","kid":"A"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256","kid":"a\u0000"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS256"}"#, Ok(())),
        (3, r#"{"alg":"HS256"}"#, Ok(())),
        (4, r#"{"alg":"HS256"}"#, Ok(())),
        (9, r#"{"alg":"HS256"}"#, Err(Error::BadSignature)),
        (1, r#"{"alg":"HS512","kid":"a"}"#, Err(Error::NoKey)),
        (1, r#"{"alg":"HS512"}"#, Err(Error::NoKey)),
        (
            1,
            r#"{"alg":"RS256","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
        (
            1,
            r#"{"alg":"HS2560","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
        (
            1,
            r#"{"alg":"hs256","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
        ),
    ] {
        assert_eq!(
            verdict(&signed_by(signer, header), &keys),
            want,
            "{signer} {header}"
        );
    }
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(10_000));
    assert_eq!(verdict(&signed_by(1, &long), &keys), Err(Error::NoKey));
    let long = format!(r#"{{"alg":"{}"}}"#, "H".repeat(10_000));
    assert_eq!(
        verdict(&signed_by(1, &long), &keys),
        Err(Error::AlgorithmNotAccepted)
    );
    let empty = KeySet::<4>::new();
    let verdict = verdict(&signed_by(1, r#"{"alg":"HS256"}"#), &empty);
    assert_eq!(verdict, Err(Error::NoKey));
}

#[test]
fn ambiguity_can_be_refused() {
    let keys = set_of(&[(Some("a"), 1), (Some("b"), 2)]).refusing_ambiguity();
    let unnamed = signed_by(2, r#"{"alg":"HS256"}"#);
    assert_eq!(verdict(&unnamed, &keys), Err(Error::AmbiguousKey));
    assert_eq!(
        verdict(&signed_by(2, r#"{"alg":"HS256","kid":"b"}"#), &keys),
        Ok(())
    );
    let alone = set_of(&[(Some("b"), 2)]).refusing_ambiguity();
    assert_eq!(verdict(&unnamed, &alone), Ok(()));
}

#[test]
fn one_key_alone() {
    let key = Key::from_secret(&[1; 32], &[&HS256]).unwrap();
    let named = key.clone().with_key_id("a").unwrap();
    for (header, unnamed_key, named_key) in [
        (r#"{"alg":"HS256"}"#, Ok(()), Ok(())),
        (r#"{"alg":"HS256","kid":"a"}"#, Ok(()), Ok(())),
        (r#"{"alg":"HS256","kid":"b"}"#, Ok(()), Err(Error::NoKey)),
        (
            r#"{"alg":"HS512","kid":"a"}"#,
            Err(Error::AlgorithmNotAccepted),
            Err(Error::AlgorithmNotAccepted),
        ),
    ] {
        assert_eq!(
            verdict(&signed_by(1, header), &key),
            unnamed_key,
            "{header}"
        );
        assert_eq!(
            verdict(&signed_by(1, header), &named),
            named_key,
            "{header}"
        );
    }
    assert_eq!(
        key.with_key_id(&"k".repeat(129)).err(),
        Some(Error::KeyTooLarge)
    );
}

#[test]
fn alg_of_the_jwk_binds() {
    let (mut jwk, token) = public_key("RS256");
    let set = |jwk: &Value, list| {
        let jwks = json!({ "keys": [jwk] }).to_string();
        KeySet::<1>::from_jwks(jwks.as_bytes(), list).unwrap()
    };
    assert_eq!(verdict(&token, &set(&jwk, &[&RS256, &RS512])), Ok(()));
    assert_eq!(
        verdict(&token, &set(&jwk, &[&RS512])),
        Err(Error::AlgorithmNotAccepted)
    );
    jwk["alg"] = json!("RS512");
    assert_eq!(
        verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Err(Error::NoKey)
    );
}

#[test]
fn a_bad_entry_never_spoils_the_set() {
    let (good, token) = public_key("RS256");
    let with = |member: &str, value: Value| {
        let mut jwk = good.clone();
        jwk[member] = value;
        jwk
    };
    let jwks = json!({"extra": [1], "keys": [
        {}, 5, null, "x", [],
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "oct", "k": base64url(&[1; 64])},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        with("use", json!("enc")),
        with("alg", json!("RSA-OAEP")),
        with("n", json!("A".repeat(3000))),
        with("n", json!("not base64url!")),
        good, with("kid", json!("second")), with("kid", json!("third")),
    ]});
    // A duplicate member, which `json!` cannot write.
    let jwks = jwks
        .to_string()
        .replacen("{}", r#"{"kty":"RSA","kty":"EC"}"#, 1);
    let mut keys = KeySet::<2>::new();
    let report = keys.load(jwks.as_bytes(), &[&RS256, &ES256]).unwrap();
    assert_eq!((report.kept(), keys.keys().len()), (2, 2));
    for (reason, count) in [
        (Error::MalformedKey, 6),
        (Error::WeakKey, 1),
        (Error::UnsupportedKey, 2),
        (Error::WrongKeyUse, 1),
        (Error::AlgorithmNotAccepted, 1),
        (Error::KeyTooLarge, 1),
        (Error::KeySetFull, 1),
        (Error::Expired, 0),
    ] {
        assert_eq!(report.skipped(reason), count, "{reason:?}");
    }
    assert_eq!(report.reasons().map(|(_, count)| count).sum::<usize>(), 13);
    assert_eq!(verdict(&token, &keys), Ok(()));
}

#[test]
fn a_set_without_a_usable_key() {
    let (good, token) = public_key("RS256");
    let mut keys = KeySet::<2>::new();
    let good = json!({ "keys": [good] }).to_string();
    for (jwks, want) in [
        (r#"{"keys":[]}"#, Error::NoUsableKey),
        (
            r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
            Error::WeakKey,
        ),
        (
            r#"{"keys":[{"kty":"OKP"},{"kty":"AKP"}]}"#,
            Error::UnsupportedKey,
        ),
        (r#"{"keys":[{"kty":"OKP"},{}]}"#, Error::NoUsableKey),
        (r#"{"keys":"x"}"#, Error::MalformedKeySet),
        ("{}", Error::MalformedKeySet),
        ("[]", Error::MalformedJson),
        ("", Error::MalformedJson),
    ] {
        keys.load(good.as_bytes(), &[&RS256]).unwrap();
        assert_eq!(verdict(&token, &keys), Ok(()));
        let error = keys.load(jwks.as_bytes(), &[&RS256]).err();
        assert_eq!(error, Some(want), "{jwks}");
        // Another set replaces the keys, though nothing in it can be used; what is no set changes nothing.
        let is_a_set = jwks.contains('[');
        let left = if is_a_set && jwks != "[]" {
            Err(Error::NoKey)
        } else {
            Ok(())
        };
        assert_eq!(verdict(&token, &keys), left, "{jwks}");
    }
    let large = format!(r#"{{"keys":[{}]}}"#, " ".repeat(1 << 20));
    assert_eq!(
        keys.load(large.as_bytes(), &[&RS256]).err(),
        Some(Error::LimitExceeded)
    );
}

/// Keys of another kind, which say no more than they must.
struct Two(Key, Key);

impl Keys for Two {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        algorithm == "HS256"
    }

    fn candidates<'k>(&'k self, query: &'k KeyQuery) -> impl Iterator<Item = impl VerificationKey> {
        [&self.0, &self.1]
            .into_iter()
            .filter(|key| query.allows(key.key_id()))
    }
}

#[test]
fn every_candidate_is_tried_unless_the_keys_say_otherwise() {
    let key = |number| Key::from_secret(&[number; 32], &[&HS256]).unwrap();
    let keys = Two(key(1), key(2));
    for (signer, want) in [(1, Ok(())), (2, Ok(())), (3, Err(Error::BadSignature))] {
        let token = signed_by(signer, r#"{"alg":"HS256"}"#);
        assert_eq!(verdict(&token, &keys), want, "{signer}");
    }
}

/// A key held somewhere else: it knows its algorithm, and accepts one signature.
struct HardwareKey;

impl VerificationKey for HardwareKey {
    fn key_id(&self) -> Option<&str> {
        Some("slot-7")
    }

    fn accepts(&self, algorithm: &str) -> bool {
        algorithm == "HS256"
    }

    fn verify(&self, _: &str, _: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if signature.len() == 32 {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

#[test]
fn hardware_can_be_the_key() {
    let token = |kid: &str| {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        token_with_header(header.as_bytes(), b"{}")
    };
    assert_eq!(verdict(&token("slot-7"), &HardwareKey), Ok(()));
    assert_eq!(verdict(&token("slot-8"), &HardwareKey), Err(Error::NoKey));
    let cut = token("slot-7");
    let cut = &cut[..=cut.rfind('.').unwrap()];
    assert_eq!(verdict(cut, &HardwareKey), Err(Error::BadSignature));
    let by_reference: &dyn VerificationKey = &HardwareKey;
    assert!(by_reference.accepts("HS256"));
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
fn pinned_keys_can_make_a_set() {
    let key = |number, kid: &str| {
        let key = Key::from_secret(&[number; 32], &[&HS256]).unwrap();
        key.with_key_id(kid).unwrap()
    };
    let mut keys = KeySet::<2>::new();
    keys.push(key(1, "now")).unwrap();
    let other = Key::from_secret(&[7; 64], &[&HS512]).unwrap();
    assert_eq!(keys.push(other), Err(Error::UnusableAlgorithmList));
    keys.push(key(2, "next")).unwrap();
    assert_eq!(keys.push(key(3, "more")), Err(Error::KeySetFull));
    for (signer, kid, want) in [
        (1, "now", Ok(())),
        (2, "next", Ok(())),
        (1, "next", Err(Error::BadSignature)),
        (3, "more", Err(Error::NoKey)),
    ] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        assert_eq!(verdict(&signed_by(signer, &header), &keys), want, "{kid}");
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

#[test]
fn dyn_keys_are_keys() {
    let key: &dyn VerificationKey = &HardwareKey;
    let token = token_with_header(br#"{"alg":"HS256"}"#, b"{}");
    assert_eq!(verdict(&token, &key), Ok(()));
    let unsigned = &token[..=token.rfind('.').unwrap()];
    assert_eq!(verdict(unsigned, &key), Err(Error::BadSignature));
}
