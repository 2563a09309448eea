//! `--key` and `keys` recognize the form of a file by its content.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::{MADE_SECRET, batch, file, run, token};

/// Returns the path of a file in `tests/data`.
pub(super) fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    path.into_os_string().into_string().unwrap()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(data(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Returns the token that the key with this name verifies.
fn token_of(key: &str) -> String {
    fs::read_to_string(data(&format!("{key}.jwt"))).unwrap()
}

const DECIDED: [&str; 3] = ["--any-issuer", "--any-audience", "--now=1760000000"];

fn verify(key: &str, more: &[&str], token: &str) -> super::support::Run {
    let given = [&["verify", "--key", key], &DECIDED[..], more, &[token]].concat();
    run(&given, b"")
}

#[test]
fn every_form_verifies_the_token_of_its_key_only() {
    let paths = files("accepted");
    assert_eq!(paths.len(), 34);
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let key = name.split('-').next().unwrap();
        let path = path.to_str().unwrap();
        let accepted = verify(path, &[], &token_of(key));
        assert_eq!((accepted.code, accepted.stderr.as_str()), (0, ""), "{name}");
        // The same text in other options, which are aliases.
        for alias in ["--jwks", "--pem"] {
            let token = token_of(key);
            let given = [&["verify", alias, path], &DECIDED[..], &[&token]].concat();
            assert_eq!(run(&given, b"").code, 0, "{alias} {name}");
        }
        // A token of another key, and one that is changed.
        for other in ["rsa", "p256", "p521", "pss"] {
            let in_set = name.contains("map") || name.contains("google") || name.ends_with("jwks");
            if other != key && !in_set {
                assert_eq!(
                    verify(path, &[], &token_of(other)).code,
                    1,
                    "{name} {other}"
                );
            }
        }
        let changed = token_of(key).replacen(".ey", ".fy", 1);
        assert_eq!(verify(path, &[], &changed).code, 1, "{name}");
        // The key is not used as a secret (algorithm confusion).
        let forged = token(&json!({"iss": "https://op"}));
        let refused = verify(path, &["--alg=HS256"], &forged);
        assert_eq!(refused.code, 2, "{name} {refused:?}");
        let listed = run(&["keys", path], b"");
        assert_eq!((listed.code, listed.stderr.as_str()), (0, ""), "{name}");
        assert!(listed.text().contains("usable with "), "{listed:?}");
    }
}

/// Each form that is text is accepted in a line of `batch`, too.
#[test]
fn batch_accepts_every_form_that_is_text() {
    let mut count = 0;
    for path in files("accepted") {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path.file_name().unwrap().to_str().unwrap();
        let token = token_of(name.split('-').next().unwrap());
        let as_text = json!({"token": token, "key": text, "now": 1_760_000_000});
        let mut lines = vec![as_text.to_string()];
        if let Ok(object) = serde_json::from_str::<Value>(&text) {
            lines.push(json!({"token": token, "key": object, "now": 1_760_000_000}).to_string());
        }
        for answer in batch(&lines.join("\n")) {
            assert_eq!(answer["ok"], true, "{name} {answer}");
            count += 1;
        }
    }
    assert_eq!(count, 37);
    for (key, message) in [
        (json!(5), "key: expected a JSON object or a string"),
        (json!([]), "key: expected a JSON object or a string"),
        (json!(true), "key: expected a JSON object or a string"),
    ] {
        let answer = batch(&json!({"token": "a.b.c", "key": key}).to_string()).remove(0);
        assert_eq!(answer["message"], message);
    }
    let both = json!({"token": "a.b.c", "key": "x", "secret": "x"});
    assert_eq!(batch(&both.to_string())[0]["error"], "bad_request");
}

/// The files that are refused, the error, and what the error says about the file.
const REFUSED: [(&str, &str, &str); 33] = [
    (
        "private-pkcs8.pem",
        "private_key: ",
        "a private key in PKCS #8",
    ),
    (
        "private-pkcs8.der",
        "private_key: ",
        "a private key in PKCS #8, in DER",
    ),
    (
        "private-pkcs1.pem",
        "private_key: ",
        "a private key in PKCS #1",
    ),
    (
        "private-pkcs1.der",
        "private_key: ",
        "a private key in PKCS #1, in DER",
    ),
    (
        "private-sec1.pem",
        "private_key: ",
        "a private key in SEC 1",
    ),
    (
        "private-sec1.der",
        "private_key: ",
        "a private key in SEC 1, in DER",
    ),
    (
        "private-encrypted.pem",
        "private_key: ",
        "an encrypted private key in PKCS #8",
    ),
    (
        "private-encrypted.der",
        "private_key: ",
        "an encrypted private key in PKCS #8, in DER",
    ),
    (
        "private-encrypted-pkcs1.pem",
        "private_key: ",
        "an encrypted private key in PKCS #1",
    ),
    ("openssh-private", "private_key: ", "an OpenSSH private key"),
    ("openssh.pub", "ssh_key: ", "an OpenSSH public key"),
    ("rfc4716.pub", "ssh_key: ", "a public key in RFC 4716"),
    ("pkcs12.p12", "malformed_key: ", "a PKCS #12 file"),
    ("pkcs7.pem", "unsupported_pem_label: ", "a PKCS #7 file"),
    ("pkcs7.der", "malformed_key: ", "a PKCS #7 file"),
    (
        "request.pem",
        "unsupported_pem_label: ",
        "a certificate request",
    ),
    (
        "request.der",
        "malformed_key: ",
        "a certificate request, in DER",
    ),
    (
        "revocation-list.pem",
        "unsupported_pem_label: ",
        "a certificate revocation list",
    ),
    (
        "revocation-list.der",
        "malformed_key: ",
        "a certificate revocation list, in DER",
    ),
    (
        "literal-line-breaks.pem",
        "escaped_line_breaks: ",
        "the characters \\n",
    ),
    ("one-line.pem", "no_line_breaks: ", "no line breaks"),
    (
        "no-begin.pem",
        "no_pem_boundary: ",
        "base64 without a BEGIN line",
    ),
    ("no-end.pem", "no_pem_boundary: ", "is missing"),
    (
        "base64.txt",
        "no_pem_boundary: ",
        "base64 without a BEGIN line",
    ),
    (
        "unknown-label.pem",
        "unsupported_pem_label: ",
        "a PEM block with the label \"PGP PUBLIC KEY BLOCK\"",
    ),
    ("utf-16.pem", "no_pem_boundary: ", "UTF-16 text"),
    ("utf-16.jwk", "malformed_json: ", "UTF-16 text"),
    (
        "byte-order-mark.jwk",
        "no_pem_boundary: ",
        "JSON after a byte order mark",
    ),
    (
        "truncated.der",
        "der_not_pem: ",
        "DER of an unknown kind, or only a part of a DER file",
    ),
    (
        "error-page.html",
        "no_pem_boundary: ",
        "an HTML or XML page",
    ),
    ("token.jwt", "no_pem_boundary: ", "a token, not a key"),
    (
        "secret.txt",
        "no_pem_boundary: ",
        "text that contains no key",
    ),
    ("empty.pem", "no_pem_boundary: ", "an empty file"),
];

#[test]
fn what_is_refused_is_named() {
    assert_eq!(REFUSED.len(), files("refused").len());
    for (name, error, found) in REFUSED {
        let path = data(&format!("refused/{name}"));
        let refused = verify(&path, &[], &token_of("p256"));
        refused.assert_failed(2, &format!("error: {error}{path}: "));
        let line = refused.stderr.lines().next().unwrap();
        assert!(line.contains(found), "{name}: {line}");
        // No other option makes a key of it.
        for alias in ["--jwks", "--pem"] {
            let token = token_of("p256");
            let given = [&["verify", alias, &path], &DECIDED[..], &[&token]].concat();
            let line = run(&given, b"");
            assert_eq!(line.code, 2, "{alias} {name}");
            assert!(line.stderr.contains(found), "{alias} {name} {line:?}");
        }
        let listed = run(&["keys", &path], b"");
        listed.assert_failed(2, found);
    }
}

#[test]
fn documents_that_name_or_lack_keys_are_named() {
    for (content, found) in [
        (
            json!({"issuer": "https://op", "jwks_uri": "https://op/jwks"}),
            "found metadata of a provider",
        ),
        (
            json!({"error": "invalid_client"}),
            "found an error response",
        ),
        (json!({"access_token": "a"}), "found a token response"),
    ] {
        let path = file("document.json", content.to_string());
        let refused = verify(&path, &[], &token_of("p256"));
        assert_eq!(refused.code, 2);
        assert!(refused.stderr.contains(found), "{refused:?}");
    }
}

/// No part of a private key, an encrypted file or a secret reaches an error.
#[test]
fn errors_do_not_quote_the_file() {
    for path in files("refused") {
        let content = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&content);
        let words = text
            .split_ascii_whitespace()
            .filter(|word| word.len() >= 24);
        let name = path.to_str().unwrap();
        let stderr = verify(name, &[], &token_of("p256")).stderr;
        for word in words {
            assert!(!stderr.contains(word), "{stderr}");
        }
    }
}

#[test]
fn the_first_form_that_fits_is_taken() {
    let read = |name: &str| fs::read_to_string(data(&format!("accepted/{name}"))).unwrap();
    let jwk: Value = serde_json::from_str(&read("p256-node.jwk")).unwrap();
    let (rsa, ec) = (read("rsa-openssl-spki.pem"), read("p256-openssl-spki.pem"));
    let realm: Value = serde_json::from_str(&read("rsa-keycloak-realm.json")).unwrap();
    let with = |object: &Value, name: &str, value: Value| {
        let mut object = object.clone();
        object[name] = value;
        object
    };
    for (case, content, works_with, error) in [
        (
            "set before JWK",
            with(&jwk, "keys", json!([])),
            None,
            "no_usable_key",
        ),
        (
            "JWK before realm",
            with(&jwk, "public_key", realm["public_key"].clone()),
            Some("p256"),
            "",
        ),
        (
            "JWK before map",
            with(&jwk, "1", json!(rsa)),
            Some("p256"),
            "",
        ),
        (
            "JWK if keys is no array",
            with(&jwk, "keys", json!({})),
            Some("p256"),
            "",
        ),
        (
            "set before map",
            json!({"keys": [], "1": ec}),
            None,
            "no_usable_key",
        ),
        (
            "realm before map",
            with(&realm, "1", json!(ec)),
            Some("rsa"),
            "",
        ),
        (
            "a kid that is called keys",
            json!({"keys": ec, "1": rsa}),
            Some("rsa"),
            "",
        ),
        (
            "a map with other members",
            json!({"a": 5, "1": ec}),
            Some("p256"),
            "",
        ),
        (
            "keys is no array",
            json!({"keys": {}}),
            None,
            "malformed_key_set",
        ),
        (
            "null for public_key",
            json!({"public_key": null, "1": ec}),
            Some("p256"),
            "",
        ),
        (
            "no known form",
            json!({"issuer": "https://op"}),
            None,
            "malformed_key",
        ),
        ("an array", json!([jwk]), None, "malformed_json"),
    ] {
        let path = file("precedence.json", content.to_string());
        for key in ["rsa", "p256"] {
            let run = verify(&path, &[], &token_of(key));
            if works_with == Some(key) {
                assert_eq!(run.code, 0, "{case} {key} {run:?}");
            } else {
                assert_ne!(run.code, 0, "{case} {key}");
                assert!(run.stderr.contains(error), "{case} {key} {run:?}");
            }
        }
    }
}

/// Any string can be a `kid`, so the names of the entries do not decide whether it is a map.
#[test]
fn names_of_entries_do_not_change_the_form_of_a_map() {
    let read = |name: &str| fs::read_to_string(data(&format!("accepted/{name}"))).unwrap();
    let (rsa, ec) = (read("rsa-openssl-spki.pem"), read("p256-openssl-spki.pem"));
    for name in ["public_key", "kty", "keys", "alg", "kid", ""] {
        let content = json!({"1": rsa, name: ec}).to_string();
        let path = file("named-map.json", content);
        // Both tokens have the `kid` of the first entry.
        for (key, code) in [("rsa", 0), ("p256", 1)] {
            let run = verify(&path, &[], &token_of(key));
            assert_eq!(run.code, code, "{name} {key} {run:?}");
        }
    }
}

/// A key of a map fits only tokens with its `kid`.
#[test]
fn maps_bind_keys_to_their_kid() {
    let pem = fs::read_to_string(data("accepted/p256-openssl-spki.pem")).unwrap();
    for (kid, content, code) in [
        ("1", json!({"1": pem}), 0),
        ("2", json!({"2": pem}), 1),
        ("01", json!({"01": pem}), 1),
        ("", json!({"": pem}), 1),
        (
            "1, twice",
            json!({"1": "-----BEGIN PUBLIC KEY-----", "2": pem}),
            1,
        ),
    ] {
        let path = file("kid.json", content.to_string());
        assert_eq!(verify(&path, &[], &token_of("p256")).code, code, "{kid}");
    }
}

/// An entry that other JSON parsers refuse concerns only itself, as in a JWK Set.
#[test]
fn a_foreign_entry_spoils_neither_a_map_nor_a_set() {
    let pem = fs::read_to_string(data("accepted/p256-openssl-spki.pem")).unwrap();
    let pem = json!(pem).to_string();
    let jwk = fs::read_to_string(data("accepted/p256-node.jwk")).unwrap();
    let jwk = jwk.trim_end().replacen('{', r#"{"kid":"1","#, 1);
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    for foreign in [
        "5",
        "null",
        r#""\ud800""#,
        "{}",
        r#"{"a":1,"a":2}"#,
        &deep,
        "\"\"",
    ] {
        for (form, content) in [
            ("map", format!(r#"{{"x":{foreign},"1":{pem}}}"#)),
            (
                "map, behind",
                format!(r#"{{"1":{pem},"\ud800":{foreign}}}"#),
            ),
            ("map, same name", format!(r#"{{"1":{pem},"1":{foreign}}}"#)),
            ("set", format!(r#"{{"keys":[{foreign},{jwk}]}}"#)),
            (
                "set, beside",
                format!(r#"{{"z":{foreign},"keys":[{jwk}]}}"#),
            ),
        ] {
            let path = file("foreign.json", &content);
            let accepted = verify(&path, &[], &token_of("p256"));
            assert_eq!(accepted.code, 0, "{form} {foreign} {accepted:?}");
            let listed = run(&["keys", &path], b"");
            assert_eq!(listed.code, 0, "{form} {foreign} {listed:?}");
            assert!(listed.text().contains("usable with ES256"), "{listed:?}");
        }
    }
}

#[test]
fn a_map_is_listed_entry_by_entry() {
    let pem = fs::read_to_string(data("accepted/p256-openssl-certificate.pem")).unwrap();
    let pem = json!(pem).to_string();
    let content = format!(r#"{{"a":{pem},"b":"x","c":5,"a":{pem},"\ud800":{pem}}}"#);
    let listed = run(&["keys", &file("listed.json", content)], b"");
    assert_eq!(listed.code, 0);
    let rows = listed.text().lines().skip(1);
    let rows: Vec<_> = rows
        .map(|row| row.split_whitespace().collect::<Vec<_>>())
        .collect();
    let want = [
        (r#""a""#, "usable"),
        (r#""b""#, "no_pem_boundary:"),
        (r#""c""#, "malformed_key:"),
        (r#""a""#, "malformed_key:"),
        ("-", "malformed_key:"),
    ];
    assert_eq!(rows.len(), want.len(), "{listed:?}");
    for (row, (kid, verdict)) in rows.iter().zip(want) {
        assert!(row[0] == kid && row.contains(&verdict), "{row:?}");
    }
    assert!(listed.stderr.contains("2 keys have this kid"), "{listed:?}");
}

/// Texts of public keys that an attacker knows, too.
#[test]
fn a_secret_is_no_text_of_a_key() {
    for path in files("accepted") {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path.file_name().unwrap().to_str().unwrap();
        let forged = token(&json!({"iss": "https://op"}));
        let path = path.to_str().unwrap();
        let given = ["verify", "--secret-file", path, "--profile=jws", &forged];
        let refused = run(&given, b"");
        let line = json!({"token": forged, "secret": text}).to_string();
        let answer = batch(&line).remove(0);
        assert_eq!(refused.code, 2, "{name} {refused:?}");
        assert!(
            refused.stderr.starts_with("error: public_key_as_secret: "),
            "{refused:?}"
        );
        assert_eq!(answer["error"], "public_key_as_secret", "{name}");
    }
    // The body of a PEM file, and PEM in UTF-16.
    let pem = fs::read_to_string(data("accepted/rsa-openssl-spki.pem")).unwrap();
    let body: Vec<_> = pem.lines().filter(|line| !line.contains('-')).collect();
    let wide: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for secret in [
        body.join("\n").into_bytes(),
        body.concat().into_bytes(),
        wide,
    ] {
        let path = file("key-as-secret", secret);
        let given = [
            "verify",
            "--secret-file",
            &path,
            "--profile=jws",
            &token(&json!({})),
        ];
        run(&given, b"").assert_failed(2, "error: public_key_as_secret: ");
    }
    for name in [
        "openssh.pub",
        "rfc4716.pub",
        "private-pkcs8.pem",
        "private-sec1.pem",
    ] {
        let path = data(&format!("refused/{name}"));
        let given = [
            "verify",
            "--secret-file",
            &path,
            "--profile=jws",
            &token(&json!({})),
        ];
        run(&given, b"").assert_failed(2, "error: public_key_as_secret: ");
    }
}

#[test]
fn a_secret_is_no_der_of_a_key() {
    let texts = [
        "accepted/rsa-openssl-spki.der",
        "accepted/rsa-openssl-pkcs1.der",
        "accepted/rsa-openssl-certificate.der",
        "accepted/p256-openssl-spki.der",
        "refused/private-sec1.der",
        "refused/private-pkcs8.der",
    ];
    for name in texts {
        let path = data(name);
        let forged = token(&json!({"iss": "https://op"}));
        let given = ["verify", "--secret-file", &path, "--profile=jws", &forged];
        run(&given, b"").assert_failed(2, "error: public_key_as_secret: ");
    }
    // A passphrase that begins alike is a secret: `0` is the first byte of DER, too.
    for secret in ["0123456789012345678901234567890123456789", MADE_SECRET] {
        let given = [
            "verify",
            "--secret",
            secret,
            "--profile=jws",
            &token(&json!({})),
        ];
        let expected = i32::from(secret != MADE_SECRET);
        assert_eq!(run(&given, b"").code, expected);
    }
}
