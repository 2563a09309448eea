//! A PEM text is what its lines say, by another decoder of base64, or is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose_verify::{Algorithm, Error, Key, SIGNATURES, VerificationKey, scratch_len};
use serde_json::json;

use crate::recorder::RECORDER;

type Algorithms = &'static [&'static dyn Algorithm];

/// `text` alone, and as a member of a JSON object.
pub fn check(text: &[u8]) {
    for algorithms in [SIGNATURES, RECORDER] {
        let mut scratch = vec![0; scratch_len(text.len())];
        let answer = Key::from_pem(text, algorithms, &mut scratch);
        let expected = decode(text).ok_or(Error::MalformedKey);
        let expected = expected.and_then(|(label, der)| from_der(label, &der, algorithms));
        assert_same(&answer, &expected);
        let Ok(text) = str::from_utf8(text) else {
            continue;
        };
        let json = json!({"x": 1, "public_key": text}).to_string();
        let mut scratch = vec![0; 2 * json.len()];
        let member = Key::from_pem_member(json.as_bytes(), "public_key", algorithms, &mut scratch);
        assert_same(&member, &expected);
    }
}

fn from_der(label: &str, der: &[u8], algorithms: Algorithms) -> Result<Key, Error> {
    match label {
        "PUBLIC KEY" => Key::from_spki_der(der, algorithms),
        "RSA PUBLIC KEY" => Key::from_rsa_der(der, algorithms),
        "CERTIFICATE" => Key::from_certificate_der(der, algorithms),
        _ => Err(Error::MalformedKey),
    }
}

fn assert_same(answer: &Result<Key, Error>, expected: &Result<Key, Error>) {
    match (answer, expected) {
        (Ok(answer), Ok(expected)) => {
            let mut names = SIGNATURES.iter().map(|a| a.name());
            assert!(names.all(|name| answer.accepts(name) == expected.accepts(name)));
        }
        (Err(answer), Err(expected)) => assert_eq!(answer, expected),
        _ => panic!("{answer:?} is not {expected:?}"),
    }
}

/// Label and content of the one block that a text is.
fn decode(text: &[u8]) -> Option<(&str, Vec<u8>)> {
    let text = str::from_utf8(text).ok()?;
    let text = text
        .strip_suffix('\n')
        .map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    let mut lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len() - 1;
    for line in &mut lines[..last] {
        *line = line.strip_suffix('\r').unwrap_or(line);
    }
    let [first, body @ .., end] = &lines[..] else {
        return None;
    };
    let label = first.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    (*end == format!("-----END {label}-----")).then_some(())?;
    let (last, others) = body.split_last().unzip();
    let others = others.unwrap_or_default();
    let whole = |line: &&str| !line.is_empty() && !line.contains('=');
    (others.iter().all(whole) && last.is_none_or(|line| !line.is_empty())).then_some(())?;
    let lines: Option<Vec<_>> = body.iter().map(|line| STANDARD.decode(line).ok()).collect();
    Some((label, lines?.concat()))
}
