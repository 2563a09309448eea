//! One token for each algorithm, made by another implementation, and every token that differs from
//! it in one bit.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use super::support::ALL_TWELVE;
use super::support::report::report;
use super::support::sign::base64url;
use super::support::vector::{assert_case, cases, run, token_of};

/// One test for each algorithm, so that they run in parallel.
macro_rules! algorithms {
    ($($test:ident = $name:literal),+ $(,)?) => {
        $(#[test] fn $test() { accepted_but_no_flipped_bit($name); })+

        #[test]
        fn all_twelve() {
            assert_eq!([$($name),+], ALL_TWELVE);
        }
    };
}

algorithms! {
    hs256 = "HS256", hs384 = "HS384", hs512 = "HS512",
    rs256 = "RS256", rs384 = "RS384", rs512 = "RS512",
    ps256 = "PS256", ps384 = "PS384", ps512 = "PS512",
    es256 = "ES256", es384 = "ES384", es512 = "ES512",
}

fn accepted_but_no_flipped_bit(name: &str) {
    // The first case of each algorithm has plain claims.
    let of_algorithm = |case: &Value| case["expect"]["alg"] == name;
    let case = cases("pyjwt/signed.json")
        .into_iter()
        .find(of_algorithm)
        .expect(name);
    assert_case(&case);
    let flipped = reject_flipped_bytes(&case) + reject_flipped_text(&case);
    report(format_args!(
        "{name}: {flipped} tokens with one flipped bit rejected"
    ));
}

/// Flips every bit of the decoded header, payload and signature.
fn reject_flipped_bytes(case: &Value) -> usize {
    let segments: Vec<&str> = token_of(case).split('.').collect();
    let mut count = 0;
    for (i, segment) in segments.iter().enumerate() {
        let mut buffer = vec![0; segment.len()];
        let mut bytes = Base64UrlUnpadded::decode(segment, &mut buffer)
            .unwrap()
            .to_vec();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let forged = base64url(&bytes);
            let mut token = segments.clone();
            token[i] = &forged;
            assert_rejected(case, &token.join("."), &format!("segment {i}, bit {bit}"));
            bytes[bit / 8] ^= 1 << (bit % 8);
            count += 1;
        }
    }
    count
}

/// Flips every bit of the token's text for which the text stays ASCII.
fn reject_flipped_text(case: &Value) -> usize {
    let mut text = token_of(case).as_bytes().to_vec();
    let bits = text.len() * 7;
    for bit in 0..bits {
        text[bit / 7] ^= 1 << (bit % 7);
        let token = std::str::from_utf8(&text).unwrap();
        assert_rejected(
            case,
            token,
            &format!("character {}, bit {}", bit / 7, bit % 7),
        );
        text[bit / 7] ^= 1 << (bit % 7);
    }
    bits
}

fn assert_rejected(case: &Value, token: &str, what: &str) {
    assert!(run(case, token).is_err(), "{}: {what}", case["name"]);
}
