//! Keys with tables, in memory that the caller lends.

use jose_verify::{
    ES256, Error, HS256, Key, KeySet, Keys, PreparedKeySet, RS256, SIGNATURES, Tables,
    VerificationKey, Word, scratch_len, verify_jws,
};
use serde_json::{Value, json};

use super::support::vector::{cases, token_of};

const KB: usize = 1024 / size_of::<Word>();

/// The first token of that algorithm and its key.
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

fn verdict(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    verify_jws(token.as_bytes(), keys, &mut scratch).map(|_| ())
}

/// The same token with another signature.
fn forged(token: &str) -> String {
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (first, second, rest) = (&signature[..8], &signature[8..16], &signature[16..]);
    format!("{signing_input}.{second}{first}{rest}")
}

/// A set of an ES256, an ES384, an ES512 and an RS256 key, prepared.
fn mixed(words: usize) -> PreparedKeySet<Vec<Word>, 8> {
    let algorithms = ["ES256", "ES384", "ES512", "RS256"];
    let keys: Vec<Value> = algorithms.map(|alg| case(alg).1).to_vec();
    let jwks = json!({ "keys": keys }).to_string();
    let set = KeySet::<8>::from_jwks(jwks.as_bytes(), SIGNATURES).unwrap();
    set.prepare(vec![0; words])
}

#[test]
fn a_set_answers_as_before_whatever_it_is_lent() {
    for words in [0, 1, 100, KB, 10 * KB, 100 * KB] {
        let set = mixed(words);
        for alg in ["ES256", "ES384", "ES512", "RS256"] {
            let (token, _) = case(alg);
            assert_eq!(verdict(&token, &set), Ok(()), "{alg} {words}");
            let forged = verdict(&forged(&token), &set);
            assert_eq!(forged, Err(Error::BadSignature), "{alg} {words}");
        }
    }
}

#[test]
fn memory_is_divided_evenly_and_reported() {
    let set = mixed(60 * KB);
    let uses: Vec<_> = set.tables().collect();
    let of = |alg: &str, own: bool| {
        let its = |table: &&_| {
            let table: &jose_verify::TableUse<'_> = table;
            table.algorithm == alg && table.key.is_some() == own
        };
        uses.iter().find(its).expect(alg).bytes
    };
    assert_eq!(uses.len(), 6, "none for RSA: {uses:?}");
    let total: usize = uses.iter().map(|table| table.bytes).sum();
    assert!(total <= 60 * 1024);
    for alg in ["ES256", "ES384", "ES512"] {
        // What one leaves falls to the next, and no share stays unused for the greater part.
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
    let set = set.prepare(&mut memory[..]);
    assert_eq!(set.tables().filter(|table| table.key.is_none()).count(), 1);
    assert_eq!(set.tables().count(), 4);
    assert_eq!(verdict(&token, &set), Ok(()));
    let (keys, memory) = set.into_parts();
    assert_eq!((keys.keys().len(), memory.len()), (3, 1024));
}

#[test]
fn the_set_keeps_its_rules() {
    let (token, jwk) = case("ES256");
    let two = json!({"keys": [jwk.clone(), jwk.clone()]}).to_string();
    let set = KeySet::<4>::from_jwks(two.as_bytes(), &[&ES256, &RS256]).unwrap();
    let strict = set.clone().refusing_ambiguity().prepare(vec![0; KB]);
    if jwk["kid"].is_null() {
        assert_eq!(verdict(&token, &strict), Err(Error::AmbiguousKey));
    }
    let set = set.prepare(vec![0; KB]);
    assert!(set.accepts_algorithm("RS256") && !set.accepts_algorithm("ES384"));
    let (rs256, _) = case("RS256");
    assert_eq!(verdict(&rs256, &set), Err(Error::NoKey));
    let (es384, _) = case("ES384");
    assert_eq!(verdict(&es384, &set), Err(Error::AlgorithmNotAccepted));
}

#[test]
fn tables_outlive_their_making() {
    for alg in ["ES256", "ES384", "ES512"] {
        let (token, jwk) = case(alg);
        let key = Key::from_jwk(jwk.to_string().as_bytes(), SIGNATURES).unwrap();
        let mut memory = vec![0; 8 * KB];
        let made = key.prepare(&mut memory).tables();
        let (own, shared) = (made.key.to_vec(), made.shared.to_vec());
        assert!(!own.is_empty() && !shared.is_empty());
        // In every combination: both, either, none, a part, and with nonsense in place of either. What is not whole is not used.
        let nonsense = vec![Word::MAX; 300];
        let zeros = vec![0; 300];
        for first in [
            &own[..],
            &shared,
            &[],
            &nonsense,
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
                &nonsense,
                &zeros,
                &shared[..1],
                &shared[..half],
            ] {
                let tables = Tables {
                    key: first,
                    shared: second,
                };
                let prepared = key.with_tables(tables);
                assert_eq!(verdict(&token, &prepared), Ok(()), "{alg}");
                let forged = verdict(&forged(&token), &prepared);
                assert_eq!(forged, Err(Error::BadSignature), "{alg}");
            }
        }
    }
}

#[test]
fn keys_without_tables_leave_memory_alone() {
    let secret = Key::from_secret(&[7; 32], &[&HS256]).unwrap();
    let (token, jwk) = case("RS256");
    let rsa = Key::from_jwk(jwk.to_string().as_bytes(), &[&RS256]).unwrap();
    for key in [&secret, &rsa] {
        let mut memory = [3; 100];
        assert!(key.prepare(&mut memory).tables().key.is_empty());
        assert_eq!(memory, [3; 100]);
    }
    assert_eq!(verdict(&token, &rsa.prepare(&mut [0; 100])), Ok(()));
}

#[test]
fn a_prepared_key_is_still_the_key() {
    let (token, jwk) = case("ES256");
    let key = Key::from_jwk(jwk.to_string().as_bytes(), &[&ES256]).unwrap();
    let key = key.with_key_id("a").unwrap();
    let mut memory = vec![0; KB];
    let prepared = key.prepare(&mut memory);
    assert_eq!(prepared.key_id(), Some("a"));
    assert!(prepared.accepts("ES256") && !prepared.accepts("ES384") && !prepared.accepts("RS256"));
    assert_eq!(verdict(&token, &prepared), verdict(&token, &key));
    assert_eq!(
        format!("{prepared:?}"),
        r#"PreparedKey(Key { id: Some("a"), .. })"#
    );
}

#[test]
fn debugging_shows_no_material() {
    let set = mixed(KB);
    let text = format!("{set:?}");
    assert!(text.starts_with("PreparedKeySet { keys: KeySet {") && !text.contains("material"));
    let secret = Key::from_secret(&[0x5a; 32], &[&HS256]).unwrap();
    let text = format!("{:?}", secret.prepare(&mut []));
    assert!(!text.contains("90") && !text.contains("5a"), "{text}");
    assert_eq!(secret.prepare(&mut []).key_id(), None);
}
