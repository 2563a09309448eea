//! Shared by the Rust makers in this folder (see README.md): the tokens to make, and the requests
//! that go with them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Map, Value, json};

pub const NOW: u64 = 1_750_000_000;

/// The key of the verifier, as in the request.
#[derive(Clone)]
pub enum Material {
    Jwk(Value),
    Secret(Vec<u8>),
}

#[allow(dead_code, reason = "not every implementation signs arbitrary bytes")]
pub enum Payload<'a> {
    Claims(&'a Value),
    Bytes(&'a [u8]),
}

#[derive(Clone, Copy, Default)]
pub struct Head<'a> {
    pub typ: Option<&'a str>,
    pub kid: Option<&'a str>,
}

/// A library that makes tokens.
pub trait Maker {
    /// The algorithms that the library supports.
    const ALGS: &'static [&'static str];
    /// Whether the library signs arbitrary bytes.
    const BYTES: bool;
    /// Returns the public key as the library exports it. `bits` applies to RSA only.
    fn material(&self, alg: &str, bits: u32) -> Material;
    /// Signs a payload. `bits` applies to RSA only.
    fn sign(&self, alg: &str, bits: u32, head: Head<'_>, payload: Payload<'_>) -> String;
}

pub fn claims(more: Value) -> Value {
    let mut claims = json!({
        "iss": "https://issuer.example.com", "sub": "user-248289761001", "aud": "client-7f3a",
        "iat": NOW - 60, "exp": NOW + 3600
    });
    merge(&mut claims, &more);
    claims
}

pub fn merge(into: &mut Value, more: &Value) {
    let into = into.as_object_mut().unwrap();
    into.extend(more.as_object().unwrap().clone());
}

/// Returns a request with the issuer, the audience and a time that fit [`claims`].
pub fn std_request() -> Value {
    json!({ "issuer": "https://issuer.example.com", "audience": "client-7f3a", "now": NOW })
}

fn with(jwk: &Value, more: Value) -> Value {
    let mut jwk = jwk.clone();
    jwk.as_object_mut()
        .unwrap()
        .retain(|name, _| !["alg", "use", "key_ops", "kid"].contains(&name.as_str()));
    merge(&mut jwk, &more);
    jwk
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

pub struct VectorFile {
    folder: &'static str,
    source: String,
    names: HashSet<String>,
    cases: Vec<Value>,
}

impl VectorFile {
    /// Creates an empty file. `lock` is the maker's Cargo.lock, which contains the version of
    /// `package`.
    pub fn new(folder: &'static str, package: &str, lock: &str) -> Self {
        let entry = format!("name = \"{package}\"\nversion = \"");
        let version = lock
            .split(&entry)
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        Self {
            folder,
            source: format!("{package} {version} (crate)"),
            names: HashSet::new(),
            cases: Vec::new(),
        }
    }

    pub fn add(
        &mut self,
        name: impl Into<String>,
        token: &str,
        key: &Material,
        algs: &[&str],
        profile: &str,
        request: &Value,
        error: Option<&str>,
    ) {
        let name = name.into();
        assert!(self.names.insert(name.clone()), "duplicate name: {name}");
        let mut case = Map::new();
        case.insert("name".into(), name.into());
        case.insert("token".into(), token.into());
        match key {
            Material::Jwk(jwk) => case.insert("keys".into(), jwk.clone()),
            Material::Secret(secret) => {
                case.insert("secret_base64url".into(), B64.encode(secret).into())
            }
        };
        case.insert("algs".into(), json!(algs));
        case.insert("profile".into(), profile.into());
        case.extend(request.as_object().unwrap().clone());
        let mut parts = token.split('.');
        let header: Value =
            serde_json::from_slice(&B64.decode(parts.next().unwrap()).unwrap()).unwrap();
        let expect = match error {
            Some(error) => json!({ "ok": false, "error": error }),
            None => {
                let mut expect = json!({ "ok": true, "alg": header["alg"] });
                if let Some(kid) = header.get("kid") {
                    expect["kid"] = kid.clone();
                }
                expect["payload"] = parts.next().unwrap().into();
                expect
            }
        };
        case.insert("expect".into(), expect);
        self.cases.push(Value::Object(case));
    }

    pub fn write(self, name: &str) {
        let path = format!("{}/{name}", self.folder);
        let doc = json!({
            "source": self.source,
            "made_by": format!("vectors/{}/src/main.rs", self.folder),
            "cases": self.cases
        });
        let text = serde_json::to_string_pretty(&doc).unwrap() + "\n";
        fs::write(vectors().join(&path), text).unwrap();
        println!("{path}: {} cases", self.cases.len());
    }
}

fn sizes(alg: &str) -> &'static [u32] {
    if alg.starts_with("RS") || alg.starts_with("PS") {
        &[2048, 3072, 4096]
    } else {
        &[0]
    }
}

/// Adds the cases of signed.json: every algorithm and RSA size, and every profile.
pub fn signed<M: Maker>(f: &mut VectorFile, m: &M) {
    let request = std_request();
    for alg in M::ALGS {
        for &bits in sizes(alg) {
            let key = m.material(alg, bits);
            let label = if bits == 0 {
                (*alg).to_string()
            } else {
                format!("{alg}-{bits}")
            };
            let token = m.sign(
                alg,
                bits,
                Head::default(),
                Payload::Claims(&claims(json!({}))),
            );
            f.add(
                format!("{label} plain claims"),
                &token,
                &key,
                &[alg],
                "jwt",
                &request,
                None,
            );
        }
        let bits = sizes(alg)[0];
        let key = m.material(alg, bits);
        let sign = |typ, more| {
            m.sign(
                alg,
                bits,
                Head { typ, kid: None },
                Payload::Claims(&claims(more)),
            )
        };

        let token = sign(Some("JWT"), json!({}));
        let mut typ = request.clone();
        merge(&mut typ, &json!({ "typ": "JWT" }));
        f.add(
            format!("{alg} typ JWT"),
            &token,
            &key,
            &[alg],
            "jwt",
            &typ,
            None,
        );

        let token = sign(
            None,
            json!({ "nonce": "n-0S6_WzA2Mj", "auth_time": NOW - 100 }),
        );
        let mut id = request.clone();
        merge(&mut id, &json!({ "nonce": "n-0S6_WzA2Mj", "max_age": 300 }));
        f.add(
            format!("{alg} ID token"),
            &token,
            &key,
            &[alg],
            "id-token",
            &id,
            None,
        );

        let access = json!({
            "client_id": "client-7f3a", "jti": "jti-0001", "aud": ["other", "client-7f3a"]
        });
        let token = sign(Some("at+jwt"), access);
        f.add(
            format!("{alg} access token"),
            &token,
            &key,
            &[alg],
            "access-token",
            &request,
            None,
        );

        let token = sign(None, json!({ "exp": NOW }));
        f.add(
            format!("{alg} exp equal to now"),
            &token,
            &key,
            &[alg],
            "jwt",
            &request,
            Some("exp_expired"),
        );

        if M::BYTES {
            let bytes: Vec<u8> = (0..=255).collect();
            for (name, payload) in [("payload of any bytes", &bytes[..]), ("empty payload", &[])] {
                let token = m.sign(alg, bits, Head::default(), Payload::Bytes(payload));
                f.add(
                    format!("{alg} {name}"),
                    &token,
                    &key,
                    &[alg],
                    "jws",
                    &json!({}),
                    None,
                );
            }
        }
    }
}

/// Adds the cases of odd.json: the payloads of odd-claims.json, key identifiers, JWKs and JWK Sets.
pub fn odd<M: Maker>(f: &mut VectorFile, m: &M) {
    let request = std_request();
    let text = fs::read_to_string(vectors().join("odd-claims.json")).unwrap();
    let doc: Value = serde_json::from_str(&text).unwrap();
    let mut rotation = M::ALGS.iter().cycle();
    for c in doc["claims"].as_array().unwrap() {
        let (text, raw_only) = (c["text"].as_str().unwrap(), c["raw_only"] == true);
        if raw_only && !M::BYTES {
            continue;
        }
        let alg = *rotation.next().unwrap();
        let bits = sizes(alg)[0];
        let token = if raw_only {
            m.sign(alg, bits, Head::default(), Payload::Bytes(text.as_bytes()))
        } else {
            let claims: Value = serde_json::from_str(text).unwrap();
            m.sign(alg, bits, Head::default(), Payload::Claims(&claims))
        };
        let name = format!("claims: {}", c["name"].as_str().unwrap());
        f.add(
            name,
            &token,
            &m.material(alg, bits),
            &[alg],
            c["profile"].as_str().unwrap(),
            &c["request"],
            None,
        );
    }

    let plain = claims(json!({}));
    let ascii = format!("kid-of-128-bytes.{}", "0123456789abcdef".repeat(8));
    let utf8 = format!("{}🔑🔑", "鍵".repeat(40));
    assert!(utf8.len() == 128);
    let public: Vec<&str> = M::ALGS
        .iter()
        .copied()
        .filter(|alg| !alg.starts_with("HS"))
        .collect();
    let mut set = Vec::new();
    for alg in &public {
        let bits = sizes(alg)[0];
        let Material::Jwk(jwk) = m.material(alg, bits) else {
            unreachable!()
        };
        for (name, kid) in [
            ("128 bytes of ASCII", &ascii[..128]),
            ("128 bytes of UTF-8", &utf8),
        ] {
            let token = m.sign(
                alg,
                bits,
                Head {
                    typ: None,
                    kid: Some(kid),
                },
                Payload::Claims(&plain),
            );
            let keys = Material::Jwk(json!({ "keys": [with(&jwk, json!({ "kid": kid }))] }));
            f.add(
                format!("kid: {name}, {alg}"),
                &token,
                &keys,
                &[alg],
                "jwt",
                &request,
                None,
            );
        }
        let token = m.sign(alg, bits, Head::default(), Payload::Claims(&plain));
        for (name, more) in [
            ("kty and numbers only", json!({})),
            ("alg", json!({ "alg": alg })),
            ("use", json!({ "use": "sig" })),
            (
                "alg, use, kid",
                json!({ "alg": alg, "use": "sig", "kid": "k1" }),
            ),
        ] {
            let key = Material::Jwk(with(&jwk, more));
            f.add(
                format!("JWK with {name}, {alg}"),
                &token,
                &key,
                &[alg],
                "jwt",
                &request,
                None,
            );
        }
        set.push(with(
            &jwk,
            json!({ "kid": format!("key-{alg}"), "alg": alg }),
        ));
    }
    let set = Material::Jwk(json!({ "keys": set }));
    for alg in &public {
        let (bits, kid) = (sizes(alg)[0], format!("key-{alg}"));
        for (name, kid) in [("with kid", Some(&kid[..])), ("without kid", None)] {
            let token = m.sign(alg, bits, Head { typ: None, kid }, Payload::Claims(&plain));
            f.add(
                format!("JWK Set of all, {alg}, token {name}"),
                &token,
                &set,
                &public,
                "jwt",
                &request,
                None,
            );
        }
    }
}
