//! Tokens made by other implementations (see `vectors/`): each is accepted or rejected exactly as
//! expected, and each accepted one is rejected after a bit flip.

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::SIGNATURES;
use jose_verify::{Error, Keys};
use serde_json::Value;

use super::support::report::report;
use super::support::sign::base64url;
use super::support::vector::{assert_case, cases, run, token_of};
use super::support::{ALL_TWELVE, Keyring};

/// Runs every case of a file, and two forgeries of each accepted case. Compares the numbers of all
/// cases and of accepted cases with the expected numbers, so that no case is skipped silently.
fn assert_file(file: &str, count: usize, accepted: usize) {
    let cases = cases(file);
    cases.iter().for_each(assert_case);
    let good: Vec<&Value> = cases.iter().filter(|case| is_accepted(case)).collect();
    for case in &good {
        assert_forgeries_rejected(case);
    }
    assert_eq!((cases.len(), good.len()), (count, accepted), "{file}");
    report(format_args!(
        "{file}: {count} cases, {accepted} accepted, {} forgeries of these rejected",
        2 * accepted
    ));
}

fn is_accepted(case: &Value) -> bool {
    case["expect"]["ok"] == true
}

/// Asserts that the token is rejected after a bit flip in the middle of its payload, and of its
/// signature.
fn assert_forgeries_rejected(case: &Value) {
    for segment in [1, 2] {
        let forged = flipped(token_of(case), segment);
        let rejected = run(case, &forged).err();
        assert_eq!(
            rejected,
            Some(Error::BadSignature),
            "{}: segment {segment}",
            case["name"]
        );
    }
}

/// Returns the token with one bit of a decoded segment flipped, encoded again. An empty segment
/// gets a byte.
fn flipped(token: &str, segment: usize) -> String {
    let mut segments: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut bytes = Base64UrlUnpadded::decode_vec(&segments[segment]).unwrap();
    let middle = bytes.len() / 2;
    match bytes.get_mut(middle) {
        Some(byte) => *byte ^= 0x10,
        None => bytes.push(0x10),
    }
    segments[segment] = base64url(&bytes);
    segments.join(".")
}

/// Runs the files of one implementation. Its accepted tokens must cover all twelve algorithms,
/// except those that it does not have.
fn assert_implementation(lacking: &[&str], files: &[(&str, usize, usize)]) {
    for (file, count, accepted) in files {
        assert_file(file, *count, *accepted);
    }
    let signed = cases(files[0].0);
    for alg in ALL_TWELVE {
        let is_of_alg = |case: &Value| is_accepted(case) && case["expect"]["alg"] == alg;
        let has = signed.iter().any(is_of_alg);
        assert_eq!(has, !lacking.contains(&alg), "{}: {alg}", files[0].0);
    }
}

#[test]
fn devices() {
    assert_file("device/device.json", 8, 2);
}

#[test]
fn rfc7515_appendix_a() {
    assert_file("rfc7515/appendix-a.json", 19, 13);
}

#[test]
fn rfc7520_section_4() {
    assert_file("rfc7520/section-4.json", 10, 10);
}

#[test]
fn rfc7638_section_3_1() {
    let text = fs::read_to_string(folder().join("rfc7638/section-3.1.json")).unwrap();
    let example: Value = serde_json::from_str(&text).unwrap();
    let keys = Keyring::from_jwk(example["jwk"].to_string().as_bytes(), SIGNATURES).unwrap();
    let key = keys.key(0).unwrap();
    assert!(key.key_id().unwrap() == "2011-04-29");
    assert!(format!("{key:?}").contains("2011-04-29"));
}

#[test]
fn rfc7797_section_4() {
    assert_file("rfc7797/section-4.json", 2, 1);
    assert_file("rfc7797/derived.json", 7, 0);
}

#[test]
fn pyjwt() {
    assert_implementation(
        &[],
        &[("pyjwt/signed.json", 121, 97), ("pyjwt/odd.json", 106, 102)],
    );
}

#[test]
fn jwcrypto() {
    assert_implementation(
        &[],
        &[
            ("jwcrypto/signed.json", 110, 98),
            ("jwcrypto/odd.json", 88, 86),
            ("jwcrypto/headers.json", 38, 37),
            ("jwcrypto/refused.json", 6, 0),
        ],
    );
}

#[test]
fn joserfc() {
    assert_implementation(
        &[],
        &[
            ("joserfc/signed.json", 84, 72),
            ("joserfc/odd.json", 75, 75),
        ],
    );
}

#[test]
fn npm_jose() {
    assert_implementation(
        &[],
        &[
            ("npm-jose/signed.json", 108, 96),
            ("npm-jose/odd.json", 91, 90),
        ],
    );
}

#[test]
fn npm_jsonwebtoken() {
    assert_implementation(
        &[],
        &[
            ("npm-jsonwebtoken/signed.json", 96, 84),
            ("npm-jsonwebtoken/odd.json", 77, 76),
        ],
    );
}

#[test]
fn crate_jsonwebtoken() {
    assert_implementation(
        &["ES512"],
        &[
            ("crate-jsonwebtoken/signed.json", 89, 78),
            ("crate-jsonwebtoken/odd.json", 105, 105),
        ],
    );
}

#[test]
fn crate_jwt_simple() {
    assert_implementation(
        &["ES512"],
        &[
            ("crate-jwt-simple/signed.json", 89, 78),
            ("crate-jwt-simple/odd.json", 94, 94),
        ],
    );
}

#[test]
fn crate_josekit() {
    assert_implementation(
        &[],
        &[
            ("crate-josekit/signed.json", 96, 84),
            ("crate-josekit/odd.json", 113, 113),
        ],
    );
}

#[test]
fn openssl() {
    assert_implementation(
        &[],
        &[
            ("openssl/signed.json", 131, 131),
            ("openssl/odd.json", 77, 77),
            ("openssl/refused.json", 64, 0),
        ],
    );
}

#[test]
fn rsa_moduli_of_any_size_from_2048_to_4096_bits() {
    assert_file("openssl/rsa-sizes.json", 24, 24);
    assert_file("openssl/rsa-refused.json", 14, 0);
}

#[test]
fn demo() {
    assert_file("demo/systems.json", 87, 65);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Returns every file with cases in `vectors/`, by its path there, except those that `field` runs.
fn files_with_cases() -> Vec<String> {
    let mut found = Vec::new();
    for source in fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let files = source.is_dir().then(|| fs::read_dir(&source).unwrap());
        for file in files
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
        {
            if !source.ends_with("field")
                && file.extension().is_some_and(|e| e == "json")
                && fs::read_to_string(&file).unwrap().contains("\"cases\"")
            {
                let name = file.strip_prefix(folder()).unwrap();
                found.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    found
}

#[test]
fn every_vector_file_is_run() {
    let runners = include_str!("vectors.rs");
    let files = files_with_cases();
    assert!(files.len() >= 27, "{files:?}");
    for file in files {
        assert!(
            runners.contains(&format!("(\"{file}\", ")),
            "no test runs {file}"
        );
    }
}
