//! `--short-coordinates`, `--use` and `x5c`: JWKs that are not as RFC 7517 and RFC 7518 require.

use std::{fs, thread};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::key_files::data;
use super::support::{MADE_SECRET, Run, batch, file, run};

const DECIDED: [&str; 3] = ["--any-issuer", "--any-audience", "--now=1760000000"];

fn verify(jwk: &Value, more: &[&str], token: &str) -> Run {
    // Tests that run at the same time have different names.
    let test = thread::current().name().unwrap().replace("::", "-");
    let key = file(&format!("{test}.jwk"), jwk.to_string());
    run(
        &[&["verify", "--key", &key], &DECIDED[..], more, &[token]].concat(),
        b"",
    )
}

fn read(name: &str) -> String {
    fs::read_to_string(data(name)).unwrap()
}

fn object(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

/// Changes the bytes of a coordinate.
fn with(jwk: &Value, member: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Value {
    let mut jwk = jwk.clone();
    let bytes = Base64UrlUnpadded::decode_vec(jwk[member].as_str().unwrap()).unwrap();
    jwk[member] = json!(Base64UrlUnpadded::encode_string(&change(bytes)));
    jwk
}

#[test]
fn coordinates_of_another_width_are_accepted_by_name() {
    let short = object("p521-short-coordinate.jwk");
    let token = read("p521.jwt");
    let full = with(&short, "x", |x| [vec![0; 66 - x.len()], x].concat());
    let (too_long, two_zeros) = (
        with(&full, "x", |x| [vec![0], x].concat()),
        with(&full, "x", |x| [vec![0, 0], x].concat()),
    );
    let other = with(&short, "x", |mut x| {
        x[10] ^= 1;
        x
    });
    let cut = with(&short, "x", |x| x[1..].to_vec());
    let empty = with(&short, "x", |_| Vec::new());
    let prefixed = with(&full, "x", |x| [vec![1], x].concat());
    for (case, jwk, strict, lenient) in [
        ("full width", &full, "", ""),
        ("leading zeros dropped", &short, "short_coordinate", ""),
        ("one zero too many", &too_long, "key_too_large", ""),
        (
            "two zeros too many",
            &two_zeros,
            "key_too_large",
            "key_too_large",
        ),
        ("another byte", &other, "short_coordinate", "malformed_key"),
        (
            "the first digit dropped, too",
            &cut,
            "short_coordinate",
            "malformed_key",
        ),
        ("empty", &empty, "malformed_key", "malformed_key"),
        (
            "a byte in front",
            &prefixed,
            "key_too_large",
            "malformed_key",
        ),
    ] {
        for (more, want) in [(&[][..], strict), (&["--short-coordinates"], lenient)] {
            let run = verify(jwk, more, &token);
            let error = run.stderr.split(": ").nth(1).unwrap_or_default();
            assert_eq!(error, want, "{case} {more:?} {run:?}");
            let line = json!({
                "token": token, "key": jwk, "short_coordinates": !more.is_empty(),
                "now": 1_760_000_000,
            });
            let answer = batch(&line.to_string()).remove(0);
            assert_eq!(
                answer["error"].as_str().unwrap_or_default(),
                want,
                "{case} {answer}"
            );
        }
    }
    let hint = verify(&short, &[], &token);
    hint.assert_failed(2, "hint: --short-coordinates accepts such keys\n");
    let path = file("short.jwk", short.to_string());
    assert_eq!(run(&["keys", &path], b"").code, 1);
    let listed = run(&["keys", "--short-coordinates", &path], b"");
    assert!(listed.text().contains("usable with ES512"), "{listed:?}");
}

#[test]
fn other_uses_are_accepted_by_name() {
    let token = read("p256.jwt");
    for (public_key_use, options, works) in [
        (Value::Null, &[][..], true),
        (json!("sig"), &[], true),
        (json!("jwt-svid"), &[], false),
        (json!("jwt-svid"), &["jwt-svid"], true),
        (json!("jwt-svid"), &["sig", "jwt-svid"], true),
        (json!("sig"), &["jwt-svid"], false),
        (json!("x509-svid"), &["jwt-svid"], false),
        (json!("JWT-SVID"), &["jwt-svid"], false),
        (json!("enc"), &["jwt-svid"], false),
        (Value::Null, &["jwt-svid"], true),
    ] {
        let mut jwk = object("accepted/p256-node.jwk");
        if !public_key_use.is_null() {
            jwk["use"] = public_key_use.clone();
        }
        let given: Vec<_> = options.iter().flat_map(|value| ["--use", value]).collect();
        let set = json!({"keys": [with_kid(&jwk)]});
        for keys in [&jwk, &set] {
            let run = verify(keys, &given, &token);
            assert_eq!(run.code == 0, works, "{public_key_use} {options:?} {run:?}");
            assert!(works || run.stderr.contains("wrong_key_use"), "{run:?}");
            let line = json!({"token": token, "key": keys, "use": options, "now": 1_760_000_000});
            let answer = batch(&line.to_string()).remove(0);
            assert_eq!(answer["ok"], works, "{public_key_use} {options:?} {answer}");
            let path = file("use.jwk", keys.to_string());
            let listed = super::support::run(&[&["keys"], &given[..], &[&path]].concat(), b"");
            assert_eq!(listed.code, i32::from(!works), "{listed:?}");
        }
    }
}

fn with_kid(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    jwk["kid"] = json!("1");
    jwk
}

#[test]
fn keys_that_are_only_in_a_certificate() {
    let token = read("rsa.jwt");
    let only = object("accepted/rsa-x5c-only.jwks")["keys"][0].take();
    let x5c = only["x5c"].clone();
    let change = |changes: Value| {
        let mut jwk = only.clone();
        let object = jwk.as_object_mut().unwrap();
        object.extend(changes.as_object().unwrap().clone());
        jwk
    };
    let ec = object("accepted/p256-node.jwk");
    let mut own_parameters = ec.clone();
    own_parameters["x5c"] = x5c.clone();
    for (case, jwk, works) in [
        ("only x5c", only.clone(), true),
        ("for RS256", change(json!({"alg": "RS256"})), true),
        ("for ES256", change(json!({"alg": "ES256"})), false),
        ("another kty", change(json!({"kty": "EC"})), false),
        ("for encryption", change(json!({"use": "enc"})), false),
        ("an empty chain", change(json!({"x5c": []})), false),
        (
            "base64url",
            change(json!({"x5c": [x5c[0].as_str().unwrap().replace('+', "-")]})),
            false,
        ),
        (
            "PEM",
            change(json!({"x5c": ["-----BEGIN CERTIFICATE-----"]})),
            false,
        ),
        // The key is that of the parameters, and x5c is not read.
        ("another key beside", own_parameters, false),
    ] {
        for keys in [&jwk, &json!({"keys": [with_kid(&jwk)]})] {
            let run = verify(keys, &[], &token);
            assert_eq!(run.code == 0, works, "{case} {run:?}");
        }
    }
}

#[test]
fn options_for_jwks_require_a_file() {
    let given = ["verify", "--profile=jws", "--secret", MADE_SECRET, "a.b.c"];
    for option in [&["--short-coordinates"][..], &["--use=sig"]] {
        let run = run(&[&given[..], option].concat(), b"");
        run.assert_failed(2, "--short-coordinates and --use require --key");
    }
    for member in [json!({"short_coordinates": true}), json!({"use": "sig"})] {
        let mut line = json!({"token": "a.b.c", "secret": MADE_SECRET});
        let members = member.as_object().unwrap().clone();
        line.as_object_mut().unwrap().extend(members);
        let answer = batch(&line.to_string()).remove(0);
        assert_eq!(
            answer["message"],
            "short_coordinates and use require key or keys"
        );
    }
}
