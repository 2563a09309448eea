//! Tokens made by others (see `vectors/`): accepted and refused exactly as expected.

use super::support::vector::{assert_case, cases};

/// Runs every case of a file; their number is given, so that none is skipped in silence.
fn assert_file(file: &str, count: usize) {
    let cases = cases(file);
    cases.iter().for_each(assert_case);
    assert_eq!(cases.len(), count, "{file}");
    println!("{file}: {count} cases");
}

#[test]
fn pyjwt() {
    assert_file("pyjwt/signed.json", 121);
    assert_file("pyjwt/odd.json", 106);
}

#[test]
fn jwcrypto() {
    assert_file("jwcrypto/signed.json", 110);
    assert_file("jwcrypto/odd.json", 88);
    assert_file("jwcrypto/headers.json", 38);
}

#[test]
fn openssl() {
    assert_file("openssl/signed.json", 131);
    assert_file("openssl/odd.json", 77);
    assert_file("openssl/refused.json", 64);
}

#[test]
fn rsa_moduli_of_any_size_from_2048_to_4096_bits() {
    assert_file("openssl/rsa-sizes.json", 24);
    assert_file("openssl/rsa-refused.json", 14);
}
