//! Keys with precomputed tables, in the caller's memory.

use jose_verify::alg::{
    ES256, ES384, ES512, HS256, InlineKey, KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES,
    Precomputation, RS256, SIGNATURES, Tables, Word,
};
use jose_verify::keys::{Inline, PreparedKeySet, TableInfo};
use jose_verify::{Error, Key, KeySet, Keys, Options};
use serde_json::{Value, json};

use super::keys::{accepts, serves};
use super::support::vector::{cases, token_of};
use super::support::verdict::{signature_verdict, signature_verdict_with};

const KB: usize = 1024 / size_of::<Word>();

/// Returns the first token of that algorithm and its key.
fn case(alg: &str) -> (String, Value) {
    let all = cases("jwcrypto/signed.json");
    let fits = |case: &&Value| case["expect"]["alg"] == alg && !case["keys"].is_null();
    let case = all.iter().find(fits).expect(alg);
    let jwk = match &case["keys"]["keys"] {
        Value::Array(keys) => keys[0].clone(),
        _ => case["keys"].clone(),
    };
    (token_of(case).to_owned(), jwk)
}

/// The implementations that make tables, one for each curve.
const ALL: &[&dyn Precomputation] = &[&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// Returns the same token with another signature.
fn forged(token: &str) -> String {
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (first, second, rest) = (&signature[..8], &signature[8..16], &signature[16..]);
    format!("{signing_input}.{second}{first}{rest}")
}

/// Returns a prepared set of an ES256, an ES384, an ES512 and an RS256 key.
fn mixed(words: usize) -> PreparedKeySet<Inline<8>, Vec<Word>> {
    let algorithms = ["ES256", "ES384", "ES512", "RS256"];
    let keys: Vec<Value> = algorithms.map(|alg| case(alg).1).to_vec();
    let jwks = json!({ "keys": keys }).to_string();
    let set = KeySet::<8>::from_jwks(jwks.as_bytes(), SIGNATURES).unwrap();
    set.prepare(ALL, vec![0; words])
}

#[test]
fn results_do_not_depend_on_the_memory_for_tables() {
    for words in [0, 1, 100, KB, 10 * KB, 100 * KB] {
        let set = mixed(words);
        for alg in ["ES256", "ES384", "ES512", "RS256"] {
            let (token, _) = case(alg);
            assert_eq!(signature_verdict(&token, &set), Ok(()), "{alg} {words}");
            let forged = signature_verdict(&forged(&token), &set);
            assert_eq!(forged, Err(Error::BadSignature), "{alg} {words}");
        }
    }
}

#[test]
fn memory_is_divided_evenly_and_reported() {
    let set = mixed(60 * KB);
    let tables: Vec<_> = set.tables().collect();
    let of = |alg: &str, own: bool| {
        let matches = |table: &&_| {
            let table: &TableInfo = table;
            table.algorithm == alg && table.position.is_some() == own
        };
        tables.iter().find(matches).expect(alg).bytes
    };
    assert_eq!(tables.len(), 6, "no table for RSA: {tables:?}");
    let owners: Vec<_> = tables.iter().filter_map(|table| table.position).collect();
    assert_eq!(owners, [0, 1, 2], "tables name the positions of their keys");
    let total: usize = tables.iter().map(|table| table.bytes).sum();
    assert!(total <= 60 * 1024);
    for alg in ["ES256", "ES384", "ES512"] {
        // Unused memory goes to the next key, so every table gets a fair share.
        for bytes in [of(alg, true), of(alg, false)] {
            assert!((5 * 1024..20 * 1024).contains(&bytes), "{alg} {bytes}");
        }
    }
}

#[test]
fn keys_of_one_algorithm_share_a_table() {
    let (token, jwk) = case("ES256");
    let with_kid = |kid: &str| {
        let mut jwk = jwk.clone();
        jwk["kid"] = json!(kid);
        jwk
    };
    let jwks = json!({"keys": [with_kid("a"), with_kid("b"), jwk.clone()]}).to_string();
    let set = KeySet::<4>::from_jwks(jwks.as_bytes(), &[&ES256]).unwrap();
    let mut memory = [0; 1024];
    let set = set.prepare(ALL, &mut memory[..]);
    let shared = set.tables().filter(|table| table.position.is_none());
    assert_eq!(shared.count(), 1);
    assert_eq!(set.tables().count(), 4);
    assert_eq!(signature_verdict(&token, &set), Ok(()));
    let (keys, memory) = set.into_parts();
    assert_eq!((keys.len(), memory.len()), (3, 1024));
}

#[test]
fn a_prepared_set_keeps_its_rules() {
    let (token, jwk) = case("ES256");
    let two = json!({"keys": [jwk.clone(), jwk.clone()]}).to_string();
    let set = KeySet::<4>::from_jwks(two.as_bytes(), &[&ES256, &RS256]).unwrap();
    let set = set.prepare(ALL, vec![0; KB]);
    if jwk["kid"].is_null() {
        let strict = Options::new().refuse_ambiguity();
        let rejected = signature_verdict_with(&token, &set, strict);
        assert_eq!(rejected, Err(Error::AmbiguousKey));
    }
    assert!(accepts(&set, "RS256") && !accepts(&set, "ES384"));
    let (rs256, _) = case("RS256");
    assert_eq!(signature_verdict(&rs256, &set), Err(Error::NoKey));
    let (es384, _) = case("ES384");
    assert_eq!(
        signature_verdict(&es384, &set),
        Err(Error::AlgorithmNotAccepted)
    );
}

/// Only the requested tables are made, each for the keys of its own curve.
#[test]
fn tables_for_some_of_the_curves() {
    let cases: [(&[&dyn Precomputation], &[&str]); 3] = [
        (&[], &[]),
        (&[&P384_TABLES], &["ES384"]),
        (&[&P521_TABLES, &P256_TABLES], &["ES256", "ES512"]),
    ];
    for (by, algorithms) in cases {
        let (set, memory) = mixed(0).into_parts();
        assert!(memory.is_empty());
        let set = set.prepare(by, vec![0; 20 * KB]);
        let own = set.tables().filter(|table| table.position.is_some());
        let own: Vec<_> = own.map(|table| table.algorithm).collect();
        assert_eq!(own, algorithms);
        for alg in ["ES256", "ES384", "ES512", "RS256"] {
            let (token, _) = case(alg);
            assert_eq!(signature_verdict(&token, &set), Ok(()), "{alg}");
            let forged = signature_verdict(&forged(&token), &set);
            assert_eq!(forged, Err(Error::BadSignature), "{alg}");
        }
    }
}

/// Old content of reused memory is never mistaken for a table.
#[test]
fn memory_can_be_reused() {
    let (set, used) = mixed(20 * KB).into_parts();
    let (alone, _) = mixed(0).into_parts();
    for memory in [
        used.clone(),
        vec![Word::MAX; 20 * KB],
        used[..30].to_vec(),
        used[..9].to_vec(),
    ] {
        for by in [ALL, &ALL[1..], &[]] {
            let set = alone.clone().prepare(by, memory.clone());
            for alg in ["ES256", "ES384", "ES512", "RS256"] {
                let (token, _) = case(alg);
                assert_eq!(signature_verdict(&token, &set), Ok(()), "{alg}");
                let forged = signature_verdict(&forged(&token), &set);
                assert_eq!(forged, Err(Error::BadSignature), "{alg}");
            }
        }
    }
    assert_eq!(set.len(), 4);
}

#[test]
fn tables_can_be_attached_later() {
    assert_tables_can_be_attached_later(ES256, &P256_TABLES);
    assert_tables_can_be_attached_later(ES384, &P384_TABLES);
    assert_tables_can_be_attached_later(ES512, &P521_TABLES);
}

fn assert_tables_can_be_attached_later(algorithm: impl InlineKey, by: &dyn Precomputation) {
    let alg = algorithm.name();
    let (token, jwk) = case(alg);
    let jwk = jwk.to_string();
    let key = Key::from_jwk(algorithm, jwk.as_bytes()).unwrap();
    let mut memory = vec![0; 8 * KB];
    let made = key.prepare(by, &mut memory).tables().unwrap();
    let (own, shared) = (made.key.to_vec(), made.shared.to_vec());
    assert!(!own.is_empty() && !shared.is_empty());
    // Every combination: both, either, none, truncated, and garbage in place of either. Incomplete
    // tables are not used.
    let garbage = vec![Word::MAX; 300];
    let zeros = vec![0; 300];
    for first in [
        &own[..],
        &shared,
        &[],
        &garbage,
        &zeros,
        &own[..1],
        &own[..9],
        &own[..own.len() - 1],
    ] {
        let half = shared.len() / 2;
        for second in [
            &shared[..],
            &own,
            &[],
            &garbage,
            &zeros,
            &shared[..1],
            &shared[..half],
        ] {
            let tables = Tables {
                key: first,
                shared: second,
            };
            let prepared = key.with_tables(by, tables);
            assert_eq!(signature_verdict(&token, &prepared), Ok(()), "{alg}");
            let forged = signature_verdict(&forged(&token), &prepared);
            assert_eq!(forged, Err(Error::BadSignature), "{alg}");
            if first == own {
                let used = prepared.tables().unwrap();
                assert_eq!(used.key, own, "{alg}");
                assert_eq!(used.shared == shared, second == shared, "{alg}");
            }
        }
    }
    let tables = Tables {
        key: &own,
        shared: &shared,
    };
    let prepared = key.with_tables_unchecked(by, tables);
    assert_eq!(signature_verdict(&token, &prepared), Ok(()), "{alg}");
    let rejected = signature_verdict(&forged(&token), &prepared);
    assert_eq!(rejected, Err(Error::BadSignature), "{alg}");
}

#[test]
fn keys_without_tables_leave_memory_unchanged() {
    let secret = Key::new(HS256, &KeyParameters::oct(&[7; 32])).unwrap();
    let (token, jwk) = case("RS256");
    let jwk = jwk.to_string();
    let rsa = Key::from_jwk(RS256, jwk.as_bytes()).unwrap();
    // Tables for another curve are not made either.
    let (of_p384, p384) = case("ES384");
    let p384 = p384.to_string();
    let p384 = Key::from_jwk(ES384, p384.as_bytes()).unwrap();
    let mut memory = [3; 100];
    assert!(secret.prepare(&P256_TABLES, &mut memory).tables().is_none());
    assert!(rsa.prepare(&P256_TABLES, &mut memory).tables().is_none());
    assert!(p384.prepare(&P256_TABLES, &mut memory).tables().is_none());
    assert_eq!(memory, [3; 100]);
    let prepared = rsa.prepare(&P256_TABLES, &mut memory);
    assert_eq!(signature_verdict(&token, &prepared), Ok(()));
    let garbage = Tables {
        key: &[Word::MAX; 300],
        shared: &[Word::MAX; 300],
    };
    for prepared in [
        p384.prepare(&P256_TABLES, &mut [0; 100]),
        p384.with_tables(&P256_TABLES, garbage),
        p384.with_tables_unchecked(&P256_TABLES, garbage),
    ] {
        assert!(prepared.tables().is_none());
        assert_eq!(signature_verdict(&of_p384, &prepared), Ok(()));
    }
}

#[test]
fn a_prepared_key_keeps_its_kid_and_algorithm() {
    let (token, jwk) = case("ES256");
    let jwk = jwk.to_string();
    let key = Key::from_jwk(ES256, jwk.as_bytes()).unwrap();
    let key = key.with_key_id("a");
    let mut memory = vec![0; KB];
    let prepared = key.prepare(&P256_TABLES, &mut memory);
    assert!(prepared.tables().is_some());
    let listed = prepared.key(0).unwrap();
    assert!(listed.key_id().unwrap() == "a" && prepared.key(1).is_none());
    assert!(serves(&prepared, "ES256") && !serves(&prepared, "ES384"));
    assert!(!serves(&prepared, "RS256"));
    assert_eq!(
        signature_verdict(&token, &prepared),
        signature_verdict(&token, &key)
    );
    let shown = format!("{prepared:?}");
    assert_eq!(shown, r#"PreparedKey(KeyRef { kid: Some("a"), .. })"#);
}

#[test]
fn debug_omits_key_material() {
    let set = mixed(KB);
    let text = format!("{set:?}");
    assert!(text.starts_with("PreparedKeySet { set: KeySet {") && !text.contains("material"));
    assert!(!text.contains("memory"), "{text}");
    let secret = Key::new(HS256, &KeyParameters::oct(&[0x5a; 32])).unwrap();
    let text = format!("{:?}", secret.prepare(&P256_TABLES, &mut []));
    assert!(!text.contains("90") && !text.contains("5a"), "{text}");
    let prepared = secret.prepare(&P256_TABLES, &mut []);
    assert!(prepared.key(0).unwrap().key_id().is_none());
}
