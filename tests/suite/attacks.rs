//! Attacks that have succeeded against other implementations, one test each: what the attacker
//! sends, and the exact error that rejects it.

mod algorithm;
mod claims;
mod header;
mod json;
mod keys;
mod padding;
mod signature;
mod sources;
mod text;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jose_verify::KeySet;
use jose_verify::alg::Algorithm;
use serde_json::{Value, json};

use crate::support::report::report;
use crate::support::rsa::RsaKey;
use crate::support::sign::token_signed_by;

/// The key whose public half is trusted.
static OURS: LazyLock<RsaKey> = LazyLock::new(RsaKey::usual);

/// The attacker's key.
static THEIRS: LazyLock<RsaKey> = LazyLock::new(|| RsaKey::new(2, 3, 65_537));

/// Valid claims. They expire after [`NOW`](crate::support::verdict::NOW).
const CLAIMS: &[u8] = br#"{"iss":"https://issuer.example.com","sub":"u","exp":1750003600}"#;

/// Returns a token with [`CLAIMS`], signed with RSA by the algorithm that its header names.
fn rsa_token(key: &RsaKey, header: &Value) -> String {
    let alg = header["alg"].as_str().unwrap().to_owned();
    let header = header.to_string();
    token_signed_by(header.as_bytes(), CLAIMS, |input| key.sign(&alg, input))
}

/// Loads a JWK Set of these keys. Boxed, because it is large.
fn set(keys: &[Value], list: &[&'static dyn Algorithm]) -> Box<KeySet<8>> {
    let jwks = json!({ "keys": keys }).to_string();
    Box::new(KeySet::from_jwks(jwks.as_bytes(), list).unwrap())
}

/// Returns a copy of the JWK with these members added or replaced.
fn with(jwk: &Value, members: &Value) -> Value {
    let mut changed = jwk.clone();
    let target = changed.as_object_mut().unwrap();
    target.extend(members.as_object().unwrap().clone());
    changed
}

/// Every test that a table in SECURITY.md or `docs/conformance.md` names exists in `tests/suite`.
#[test]
fn every_test_named_in_a_table_exists() {
    for (page, want) in [
        ("SECURITY.md", NAMED_IN_SECURITY_MD),
        ("docs/conformance.md", NAMED_IN_CONFORMANCE_MD),
    ] {
        let count = assert_named_tests_exist(page);
        assert_eq!(count, want, "tests named in {page}");
        report(format_args!(
            "attacks: {count} tests named in {page}, each with its own table of cases"
        ));
    }
}

/// Returns the number of tests that the last columns of the page's tables name.
fn assert_named_tests_exist(page: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join(page)).unwrap();
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let named = rows.filter_map(|row| row.trim_end_matches(['|', ' ']).rsplit_once('|'));
    let quoted = named.flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2));
    let mut count = 0;
    for test in quoted.filter(|test| !test.contains([' ', '/']) && !test.contains("::tests::")) {
        let (module, name) = test.rsplit_once("::").unwrap_or_default();
        let file = format!("tests/suite/{}.rs", module.replace("::", "/"));
        let source = fs::read_to_string(root.join(file)).expect(test);
        let signature = format!("\n#[test]\nfn {name}() {{\n");
        assert_eq!(source.matches(&signature).count(), 1, "{test}");
        count += 1;
    }
    count
}

/// The number of tests that the tables in SECURITY.md name.
const NAMED_IN_SECURITY_MD: usize = 108;

/// The number of tests that the tables in `docs/conformance.md` name.
const NAMED_IN_CONFORMANCE_MD: usize = 9;
