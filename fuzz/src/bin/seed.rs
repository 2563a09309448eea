//! Writes the initial inputs of every target to `fuzz/corpus`, from the vectors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose_verify_fuzz::token;
use jose_verify_fuzz::vectors::{self, CASES};
use serde_json::{Value, json};

/// Longer seeds are left out. `cargo xtask fuzz` limits inputs to 4096 bytes, to which libFuzzer
/// truncates the longest of the others.
const MAX_LEN: usize = 8192;

/// Small JSON texts with every element of the grammar, so that most mutations have an effect.
const SMALL: &[&str] = &[
    "{}",
    " { } ",
    r#"{"a":1,"a":2}"#,
    r#"{"a":1,"\u0061":2}"#,
    r#"{"a":"\u00e9\ud83d\ude00\"\\/\b\f\n\r\t"}"#,
    r#"{"a":-0.5e+1,"b":[true,false,null,{}],"c":{"d":[[]]}}"#,
    r#"{"exp":-1.5,"nbf":1e-400,"iat":9223372036854775807.9,"auth_time":0e99}"#,
    r#"{"aud":["a","b"],"amr":[],"azp":"a","acr":"b"}"#,
    r#"{"sub":"a","name":"b","level":1,"score":0.5,"admin":true,"roles":["c"]}"#,
    r#"{"address":{"country":"d"},"kind":"user"}"#,
    r#"{"kind":{"device":1}}"#,
    r#"{"scope":" read  write","roles":["two words","c"],"sub":"user-","aud":["a"]}"#,
    r#"{"scope":["read","write"],"roles":"two words","sub":"us\u0065r-","aud":"a"}"#,
    r#"{"events":{"":{},"http://schemas.openid.net/event/backchannel-logout":1}}"#,
    r#"{"events":{"http://schemas.openid.net/event/backchannel-logout":{},
        "http://schemas.openid.net/event/backchannel-logout":{}}}"#,
    r#"{"events":[]}"#,
    r#"{"alg":"none"}"#,
    r#"{"alg":"a","kid":"b","typ":"application/jwt","cty":"c"}"#,
    r#"{"alg":"a","crit":[],"b64":true}"#,
    r#"{"keys":[{"kty":"oct","k":"AAAA","use":"sig","key_ops":["verify"]},{}]}"#,
    r#"{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"#,
];

/// Tokens in lines, with known and unknown issuers.
const IN_LINES: &[&str] = &[
    "{\"alg\":\"ES256\"}\n{\"iss\":\"a\"}\n",
    "{\"alg\":\"ES256\"}\n{\"iss\":\"\"}\ns",
    "{\"alg\":\"ES256\"}\n{\"iss\":\"\\u00e9\\/\\n\"}\nsi",
    "{\"alg\":\"RS256\",\"kid\":\"\\u0061\"}\n\
     {\"iss\":\"https://issuer.example.com\",\"aud\":\"a\"}\nsig",
    "{\"alg\":\"HS256\"}\n{\"sub\":\"a\"}\nsign",
    "{\"alg\":\"HS256\"}\n{\"iss\":5}\nsign",
];

type Seeds = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

fn main() -> io::Result<()> {
    let mut seeds = Seeds::new();
    vectors::all().for_each(|(_, case)| add_case(&mut seeds, &case));
    for target in [
        "json",
        "claims",
        "header",
        "jwk_set",
        "metadata",
        "token_response",
    ] {
        let small = SMALL.iter().map(|text| text.as_bytes().to_vec());
        seeds.entry(target).or_default().extend(small);
    }
    // An `alg` longer than any algorithm's name, and a signature that is not base64url.
    let header = format!(r#"{{"alg":"{}"}}"#, "X".repeat(33));
    let long_name = format!("{}.e30.!", token::encode(header.as_bytes()));
    let in_place = seeds.entry("in_place").or_default();
    in_place.insert(long_name.into_bytes());
    let in_lines = IN_LINES.iter().map(|text| text.as_bytes().to_vec());
    in_place.extend(in_lines);
    add_moments(&mut seeds);
    add_structured(&mut seeds);
    add_published_keys(&mut seeds);
    add_other_keys(&mut seeds);
    add_responses(&mut seeds);
    add_wrapped_keys(&mut seeds);
    for (target, inputs) in seeds {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(target);
        fs::create_dir_all(&folder)?;
        let inputs: Vec<_> = inputs.into_iter().filter(|i| i.len() <= MAX_LEN).collect();
        for (number, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), input)?;
        }
        println!("{target}: {} seeds", inputs.len());
    }
    Ok(())
}

fn add_case(seeds: &mut Seeds, case: &Value) {
    let mut add = |target, input: &[u8]| {
        seeds.entry(target).or_default().insert(input.to_vec());
    };
    let token = case["token"].as_str().unwrap_or_default();
    add("compact", token.as_bytes());
    add("in_place", token.as_bytes());
    for segment in token.split('.') {
        add("base64url", segment.as_bytes());
    }
    let mut decoded = token
        .split('.')
        .map(|segment| token::decode(segment.as_bytes()));
    if let (Some(Some(header)), Some(Some(payload))) = (decoded.next(), decoded.next()) {
        add("header", &header);
        add("json", &payload);
        add("claims", &payload);
        add(
            "in_place",
            &[&header[..], &payload, b"signature"].join(&b'\n'),
        );
    }
    if case["keys"].is_object() {
        add("jwk_set", case["keys"].to_string().as_bytes());
    }
    if case["keys"]["kty"].is_string() {
        let odd = json!({ "keys": [case["keys"], {"kty": "oct", "k": "AA"}, 1, case["keys"]] });
        add("jwk_set", odd.to_string().as_bytes());
        // One key more than the set can hold, for any algorithm.
        let mut key = case["keys"].clone();
        if let Some(members) = key.as_object_mut() {
            members.remove("alg");
        }
        let many = json!({ "keys": [key, key, key, key] });
        add("jwk_set", many.to_string().as_bytes());
    }
}

/// Adds claims that some policies and checks accept, with each time just before and after the
/// moments at which the result changes, and without each of the claims that some policies prohibit.
fn add_moments(seeds: &mut Seeds) {
    let claims = json!({
        "iss": "https://issuer.example.com", "sub": "user-248289761001",
        "aud": ["client-7f3a", "trusted"], "azp": "client-7f3a",
        "exp": 1750003600, "nbf": 1749999900, "iat": 1749999900, "nonce": "n-0S6_WzA2Mj",
        "auth_time": 1749999900, "acr": "gold", "amr": ["pwd", "otp"], "jti": "jti-0001",
        "client_id": "client-7f3a", "scope": "read write", "roles": ["two words"],
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let mut add = |claims: &Value| {
        let payload = claims.to_string().into_bytes();
        seeds.entry("claims").or_default().insert(payload);
    };
    for name in ["events", "nonce", "aud"] {
        let mut claims = claims.clone();
        claims.as_object_mut().expect("an object").remove(name);
        add(&claims);
        claims["aud"] = json!("client-7f3a");
        add(&claims);
    }
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for moment in [
            1_749_999_670.5,
            1_749_999_970.5,
            1_750_000_000.5,
            1_750_000_030.5,
        ] {
            let mut claims = claims.clone();
            claims[name] = json!(moment);
            add(&claims);
        }
    }
}

/// Adds keys in every form, and texts that are rejected.
fn add_published_keys(seeds: &mut Seeds) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/openssl/keys.json");
    let text = fs::read(path).expect("a file");
    let file: Value = serde_json::from_slice(&text).expect("JSON");
    let list = |member: &str| file[member].as_array().cloned().unwrap_or_default();
    let mut add = |target, input: &[u8]| {
        seeds.entry(target).or_default().insert(input.to_vec());
    };
    for rejected in list("refused") {
        add(
            "pem",
            rejected["pem"].as_str().unwrap_or_default().as_bytes(),
        );
    }
    for key in list("keys") {
        for (form, text) in key["forms"].as_object().into_iter().flatten() {
            let text = text.as_str().unwrap_or_default();
            if form.ends_with("_pem") {
                add("pem", text.as_bytes());
                add("pem", text.replace('\n', "\r\n").as_bytes());
            } else if let Ok(der) = STANDARD.decode(text) {
                add("der", &der);
            }
        }
    }
}

/// Adds keys of types that no vector has yet: Ed25519, Ed448 and ML-DSA-44, each with a short key.
fn add_other_keys(seeds: &mut Seeds) {
    let identifiers: [&[u8]; 3] = [
        &[0x2b, 0x65, 0x70],
        &[0x2b, 0x65, 0x71],
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11],
    ];
    let element = |tag: u8, content: &[u8]| {
        let len = u8::try_from(content.len()).expect("a short content");
        [&[tag, len], content].concat()
    };
    for identifier in identifiers {
        let algorithm = element(0x30, &element(6, identifier));
        let key = element(3, &[&[0][..], &[7; 32]].concat());
        let der = element(0x30, &[algorithm, key].concat());
        let body = STANDARD.encode(&der);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
        seeds.entry("der").or_default().insert(der);
        seeds.entry("pem").or_default().insert(pem.into_bytes());
    }
}

/// Adds published keys in maps and realm documents, and the texts in `vectors/field` that look like
/// either.
fn add_wrapped_keys(seeds: &mut Seeds) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/openssl/keys.json");
    let text = fs::read(path).expect("a file");
    let file: Value = serde_json::from_slice(&text).expect("JSON");
    let keys = file["keys"].as_array().into_iter().flatten();
    let forms = keys.flat_map(|key| key["forms"].as_object().into_iter().flatten());
    let forms: Vec<(&str, &str)> = forms
        .map(|(form, text)| (form.as_str(), text.as_str().unwrap_or_default()))
        .collect();
    let mut add = |target, input: String| {
        seeds.entry(target).or_default().insert(input.into_bytes());
    };
    let pem = |(form, _): &&(&str, &str)| form.ends_with("_pem");
    let pems: Vec<_> = forms.iter().filter(pem).map(|(_, text)| *text).collect();
    for (i, pem) in pems.iter().enumerate() {
        add("pem_map", json!({"1": pem}).to_string());
        let next = pems[(i + 1) % pems.len()];
        add("pem_map", json!({"1": pem, "2": next, "3": 1}).to_string());
        let (pem, next) = (json!(pem), json!(next));
        add(
            "pem_map",
            format!(r#"{{"1":"x","1":{pem},"\u0031":{next}}}"#),
        );
        add(
            "pem_map",
            format!(r#"{{"\ud800":{pem},"{}":{next}}}"#, "k".repeat(257)),
        );
    }
    for (form, text) in forms {
        if !form.ends_with("_pem") {
            let document = json!({"realm": "x", "public_key": text, "tokens-not-before": 0});
            add("realm", document.to_string());
            add("realm", document.to_string().replace('/', "\\/"));
        }
    }
    let field = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/field");
    for file in field.read_dir().expect("a folder").flatten() {
        let text = fs::read(file.path()).expect("a file");
        if let Ok(value) = serde_json::from_slice(&text) {
            each_string(&value, &mut |text| {
                if text.contains("-----") {
                    add("pem", text.to_owned());
                }
                if text.starts_with('{') {
                    add("jwk_set", text.to_owned());
                    add("pem_map", text.to_owned());
                    add("realm", text.to_owned());
                }
            });
        }
    }
}

/// Calls a function with every string in a value.
fn each_string(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(values) => values.iter().for_each(|value| each_string(value, each)),
        Value::Object(values) => values.values().for_each(|value| each_string(value, each)),
        _ => {}
    }
}

/// Adds metadata and token responses of a provider.
fn add_responses(seeds: &mut Seeds) {
    let metadata = [
        json!({"issuer": "https://op", "jwks_uri": "https://op/jwks"}),
        json!({
            "issuer": "https://op", "jwks_uri": "https://op/jwks", "authorization_endpoint": "a",
            "token_endpoint": "t", "userinfo_endpoint": "u", "end_session_endpoint": "e",
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "claims_parameter_supported": true,
        }),
    ];
    let responses = [
        json!({"access_token": "a", "token_type": "bearer"}),
        json!({
            "access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r",
            "scope": "openid", "id_token": "a.b.c",
        }),
        json!({"error": "invalid_grant", "error_description": "x"}),
    ];
    let mut add = |target, json: &Value| {
        let escaped = json.to_string().replace('/', "\\/");
        seeds
            .entry(target)
            .or_default()
            .insert(escaped.into_bytes());
    };
    metadata.iter().for_each(|json| add("metadata", json));
    responses
        .iter()
        .for_each(|json| add("token_response", json));
}

/// Adds inputs of targets that take structured values: the first bytes select the variants, the
/// last ones are the lengths of the parts.
fn add_structured(seeds: &mut Seeds) {
    let cases = u16::try_from(CASES.len()).unwrap_or(u16::MAX);
    for case in 0..cases {
        let input = [&case.to_le_bytes()[..], &[0; 8]].concat();
        seeds.entry("verify").or_default().insert(input);
    }
    for target in ["rsa", "ecdsa", "hmac", "jwk_options"] {
        for first in 0..=255 {
            for len in [16, 64, 256] {
                let bytes = (0..len).scan(first, |state: &mut u8, _| {
                    *state = state.wrapping_mul(109).wrapping_add(89);
                    Some(*state)
                });
                let input = [first].into_iter().chain(bytes).collect();
                seeds.entry(target).or_default().insert(input);
            }
        }
    }
}
