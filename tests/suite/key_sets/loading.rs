//! Which keys of a JWK Set are loaded, and for which algorithms.

use std::panic::{RefUnwindSafe, UnwindSafe};

use jose_verify::alg::{
    Algorithm, Algorithms, ES256, KeyParameters, MACS, RS256, RS512, Rs256, SIGNATURES, Word,
};
use jose_verify::keys::{Inline, PreparedKey, PreparedKeySet, VerifiedBy};
use jose_verify::{
    Claim, Error, GrowingKeySet, JwsVerifier, Key, KeySet, Keys, Limit, Problem, RotatingKeys,
    scratch_len,
};
use serde_json::{Value, json};

use crate::keys::public_key;
use crate::support::hash::hmac;
use crate::support::sign::{base64url, token_signed_by};
use crate::support::verdict::signature_verdict;

#[test]
fn alg_of_the_jwk_restricts_the_key() {
    let (mut jwk, token) = public_key("RS256");
    let set = |jwk: &Value, list| {
        let jwks = json!({ "keys": [jwk] }).to_string();
        KeySet::<1>::from_jwks(jwks.as_bytes(), list).unwrap()
    };
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Ok(())
    );
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS512])),
        Err(Error::AlgorithmNotAccepted)
    );
    jwk["alg"] = json!("RS512");
    assert_eq!(
        signature_verdict(&token, &set(&jwk, &[&RS256, &RS512])),
        Err(Error::NoKey)
    );
}

#[test]
fn bad_entries_are_skipped() {
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
    let mut skipped = Vec::new();
    let report = keys
        .load(jwks.as_bytes(), &[&RS256, &ES256], |entry| {
            let key_id = entry.key_id.map(|kid| kid.to_string());
            skipped.push((entry.position, key_id, entry.reason));
        })
        .unwrap();
    assert_eq!((report.kept(), keys.len()), (2, 2));
    let positions: Vec<_> = skipped.iter().map(|(position, ..)| *position).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14]);
    let last = (14, Some("third".to_owned()), Error::KeySetFull);
    assert_eq!(skipped.last(), Some(&last));
    for (reason, count) in report.reasons() {
        let reported = skipped.iter().filter(|(.., r)| *r == reason).count();
        assert_eq!(reported, count, "{reason:?}");
    }
    for (reason, count) in [
        (Error::MalformedKey, 6),
        (Error::WeakKey, 1),
        (Error::UnsupportedKey, 2),
        (Error::WrongKeyUse, 1),
        (Error::AlgorithmNotAccepted, 1),
        (Error::KeyTooLarge, 1),
        (Error::KeySetFull, 1),
        (Error::Claim(Claim::Exp, Problem::Expired), 0),
    ] {
        assert_eq!(report.skipped(reason), count, "{reason:?}");
    }
    assert_eq!(report.reasons().map(|(_, count)| count).sum::<usize>(), 13);
    assert_eq!(signature_verdict(&token, &keys), Ok(()));
}

#[test]
fn sets_without_a_usable_key() {
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
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519"},{"kty":"other"}]}"#,
            Error::UnsupportedKey,
        ),
        (
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519"},{}]}"#,
            Error::NoUsableKey,
        ),
        (r#"{"keys":"x"}"#, Error::MalformedKeySet),
        ("{}", Error::MalformedKeySet),
        ("[]", Error::MalformedJson),
        ("", Error::MalformedJson),
    ] {
        keys.load(good.as_bytes(), &[&RS256], |_| {}).unwrap();
        assert_eq!(signature_verdict(&token, &keys), Ok(()));
        let error = keys.load(jwks.as_bytes(), &[&RS256], |_| {}).err();
        assert_eq!(error, Some(want), "{jwks}");
        // A valid set replaces the keys even if none of its keys is usable. Text that is not a set
        // changes nothing.
        let is_a_set = jwks.contains('[');
        let after = if is_a_set && jwks != "[]" {
            Err(Error::NoKey)
        } else {
            Ok(())
        };
        assert_eq!(signature_verdict(&token, &keys), after, "{jwks}");
    }
    let large = format!(r#"{{"keys":[{}]}}"#, " ".repeat(1 << 20));
    assert_eq!(
        keys.load(large.as_bytes(), &[&RS256], |_| {}).err(),
        Some(Error::Limit(Limit::KeySetLen))
    );
}

#[test]
fn more_keys_than_fit() {
    let (rsa, token) = public_key("RS256");
    let named = |kid: &str| {
        let mut jwk = rsa.clone();
        jwk["kid"] = json!(kid);
        jwk
    };
    let set = |keys: &[Value]| json!({ "keys": keys }).to_string().into_bytes();
    let three = set(&[named("a"), named("b"), named("c")]);
    // No key is left out silently.
    let rejected = KeySet::<2>::from_jwks(&three, &[&RS256]).err();
    assert_eq!(rejected, Some(Error::KeySetFull));
    assert_eq!(KeySet::<3>::from_jwks(&three, &[&RS256]).unwrap().len(), 3);

    // `load` reports which keys were left out.
    let without_name = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
    let mut odd_name = named("d");
    odd_name["kid"] = json!(5);
    let mixed = set(&[
        named("a"),
        json!("not an object"),
        without_name,
        odd_name,
        json!({"kty": "RSA", "kid": "enc", "use": "enc"}),
        named("b"),
        named("c\n"),
        named("e"),
    ]);
    let mut keys = KeySet::<2>::new();
    let mut skipped = Vec::new();
    let report = keys.load(&mixed, &[&RS256], |entry| {
        let key_id = entry.key_id.map(|kid| kid.to_string());
        skipped.push((entry.position, key_id, entry.reason));
    });
    let text = |kid: &str| Some(kid.to_owned());
    let want = [
        (1, None, Error::MalformedKey),
        (2, None, Error::WeakKey),
        (3, None, Error::MalformedKey),
        (4, text("enc"), Error::WrongKeyUse),
        (6, text("c\n"), Error::KeySetFull),
        (7, text("e"), Error::KeySetFull),
    ];
    assert_eq!(skipped, want);
    let report = report.unwrap();
    assert_eq!((report.kept(), keys.len()), (2, 2));
    assert_eq!(report.skipped(Error::KeySetFull), 2);
    assert_eq!(signature_verdict(&token, &keys), Ok(()));
    // If the set has no room for any key, loading fails with `KeySetFull`.
    let none = KeySet::<0>::new().load(&three, &[&RS256], |_| {}).err();
    assert_eq!(none, Some(Error::KeySetFull));
}

/// Entries that are unusable anyway do not count against the capacity.
#[test]
fn unusable_entries_after_a_full_set() {
    let (rsa, token) = public_key("RS256");
    for (useless, reason) in [
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
            Error::UnsupportedKey,
        ),
        (
            json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            Error::WeakKey,
        ),
        (json!({"kty": "RSA", "e": "AQAB"}), Error::MalformedKey),
        (json!({"kty": "RSA", "use": "enc"}), Error::WrongKeyUse),
        (
            json!({"kty": "RSA", "alg": "RSA-OAEP"}),
            Error::AlgorithmNotAccepted,
        ),
        (json!(5), Error::MalformedKey),
    ] {
        let jwks = json!({ "keys": [rsa, useless] }).to_string();
        let mut keys = KeySet::<1>::new();
        let report = keys
            .load(jwks.as_bytes(), &[&RS256, &ES256], |_| {})
            .unwrap();
        assert_eq!(report.skipped(reason), 1, "{useless}");
        let keys = KeySet::<1>::from_jwks(jwks.as_bytes(), &[&RS256, &ES256]).unwrap();
        assert_eq!(signature_verdict(&token, &keys), Ok(()), "{useless}");
    }
}

#[test]
fn algorithm_list_made_at_run_time() {
    let (rsa, of_rsa) = public_key("RS256");
    let (ec, of_ec) = public_key("ES256");
    let jwks = json!({ "keys": [rsa, ec] }).to_string();
    let mut unknown = Vec::new();
    let (keys, alone) = {
        let names = ["RS256", "EdDSA", "ES256"].map(str::to_owned);
        let list = Algorithms::named(SIGNATURES, &names, |name| unknown.push(name.to_owned()));
        let list = list.unwrap();
        let by_hand: Vec<&'static dyn Algorithm> = list.iter().copied().collect();
        let keys = KeySet::<2>::from_jwks(jwks.as_bytes(), &list).unwrap();
        (
            keys,
            KeySet::<1>::from_jwk(ec.to_string().as_bytes(), &by_hand).unwrap(),
        )
    };
    assert_eq!(unknown, ["EdDSA"]);
    assert_eq!(signature_verdict(&of_rsa, &keys), Ok(()));
    assert_eq!(signature_verdict(&of_ec, &keys), Ok(()));
    assert_eq!(signature_verdict(&of_ec, &alone), Ok(()));
    let names: Vec<_> = keys.algorithms().iter().map(|a| a.name()).collect();
    assert_eq!(names, ["RS256", "ES256"]);
    assert_eq!(format!("{:?}", keys.algorithms()), r#"["RS256", "ES256"]"#);
}

#[test]
fn algorithm_lists_by_name() {
    let named = |names: &[&str]| {
        let mut unknown = Vec::new();
        let all: Vec<_> = SIGNATURES.iter().chain(MACS).copied().collect();
        let list = Algorithms::named(&all, names, |name| unknown.push(name.to_owned()));
        let list = list.map(|list| list.iter().map(|a| a.name()).collect::<Vec<_>>());
        (list, unknown)
    };
    let unusable = Error::UnusableAlgorithmList;
    for (names, want, want_unknown) in [
        (
            &["ES256", "RS256", "ES256"][..],
            Ok(vec!["ES256", "RS256"]),
            &[][..],
        ),
        (
            &["es256", "ES256", "none", "ES256 "],
            Ok(vec!["ES256"]),
            &["es256", "none", "ES256 "],
        ),
        (&["HS512", "HS256"], Ok(vec!["HS512", "HS256"]), &[]),
        (&["ES256", "HS256"], Err(unusable), &[]),
        (&["EdDSA", "EdDSA"], Err(unusable), &["EdDSA", "EdDSA"]),
        (&[], Err(unusable), &[]),
        (&[""], Err(unusable), &[""]),
    ] {
        let (list, unknown) = named(names);
        assert_eq!(list, want, "{names:?}");
        assert_eq!(unknown, want_unknown, "{names:?}");
    }
}

#[test]
fn one_secret_for_three_algorithms_is_one_entry() {
    let secret = [7; 64];
    let jwk = json!({"kty": "oct", "kid": "a", "k": base64url(&secret)});
    let published = json!({ "keys": [jwk] }).to_string();
    let published = KeySet::<1>::from_jwks(published.as_bytes(), MACS).unwrap();
    let given = KeySet::<1>::from_parameters(&KeyParameters::oct(&secret), MACS).unwrap();
    for keys in [&published, &given] {
        assert_eq!(keys.len(), 1);
        assert!(keys.key(0).is_some() && keys.key(1).is_none());
        for algorithm in ["HS256", "HS384", "HS512"] {
            let header = format!(r#"{{"alg":"{algorithm}","kid":"a"}}"#);
            let sign = |input: &[u8]| hmac(algorithm, &secret, input);
            let token = token_signed_by(header.as_bytes(), b"{}", sign);
            let mut scratch = vec![0; scratch_len(token.len())];
            let jws = JwsVerifier::new(keys).verify(token.as_bytes(), &mut scratch);
            let want = VerifiedBy {
                position: 0,
                algorithm,
            };
            assert_eq!(jws.unwrap().by(), want);
            let other = |input: &[u8]| hmac(algorithm, &[8; 64], input);
            let forged = token_signed_by(header.as_bytes(), b"{}", other);
            assert_eq!(signature_verdict(&forged, keys), Err(Error::BadSignature));
        }
    }
}

#[test]
fn keys_are_send_sync_and_unwind_safe() {
    fn assert_all<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    assert_all::<KeySet<4>>();
    assert_all::<Key<'static, Rs256>>();
    assert_all::<RotatingKeys<4>>();
    assert_all::<Algorithms>();
    assert_all::<GrowingKeySet>();
    assert_all::<PreparedKey<'static>>();
    assert_all::<PreparedKeySet<Inline<4>, Vec<Word>>>();
}

/// A foreign entry with the longest `kid` takes only its own memory.
#[test]
fn a_long_foreign_kid_leaves_room_for_the_others() {
    fn load<const N: usize>(kids: &[String]) -> Vec<String> {
        let (jwk, _) = public_key("ES256");
        let entry = |kid: &String| {
            let mut jwk = jwk.clone();
            jwk["kid"] = json!(kid);
            jwk
        };
        let entries: Vec<_> = kids.iter().map(entry).collect();
        let jwks = json!({ "keys": entries }).to_string();
        let mut keys = KeySet::<N>::new();
        let report = keys.load(jwks.as_bytes(), &[&ES256], |_| {}).unwrap();
        assert_eq!(report.kept(), keys.len());
        let id = |i| keys.key(i).unwrap().key_id().unwrap().to_string();
        (0..keys.len()).map(id).collect()
    }
    for len in [44, 45, 127, 128, 129, 200, 255, 256] {
        let foreign = "x".repeat(len);
        for position in 0..3 {
            let mut kids = vec!["a".repeat(43), "b".repeat(43)];
            kids.insert(position, foreign.clone());
            assert_eq!(load::<3>(&kids), kids, "{len} {position}");
            assert_eq!(load::<4>(&kids), kids, "{len} {position}");
            assert_eq!(load::<5>(&kids), kids, "{len} {position}");
            assert_eq!(load::<8>(&kids), kids, "{len} {position}");
        }
    }
}
