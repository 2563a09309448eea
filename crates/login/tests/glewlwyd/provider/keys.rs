//! Private keys, which the tool of Glewlwyd's own library generates.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::support::{new_folder, packages};

/// The private keys of a provider.
pub(crate) struct Keys {
    rsa: Value,
    p256: Value,
    p384: Value,
    p521: Value,
    pub(super) secret: &'static str,
    /// Keys of the same generation have the same `kid` in every instance.
    generation: u32,
}

impl Keys {
    pub(crate) fn generate(secret: &'static str, generation: u32) -> Self {
        Self {
            rsa: generate("RSA2048", 1).remove(0),
            p256: find_key("ec256", |key| !is_short(key)),
            p384: find_key("ec384", |key| !is_short(key)),
            p521: find_key("ec521", |key| !is_short(key)),
            secret,
            generation,
        }
    }

    /// Returns the JWK that signs with this algorithm.
    pub(crate) fn jwk(&self, alg: &str) -> Value {
        let key = match alg {
            "ES256" => self.p256.clone(),
            "ES384" => self.p384.clone(),
            "ES512" => self.p521.clone(),
            _ if alg.starts_with("HS") => {
                let secret = Base64UrlUnpadded::encode_string(self.secret.as_bytes());
                json!({ "kty": "oct", "k": secret })
            }
            _ => self.rsa.clone(),
        };
        with_name(key, alg, &format!("{alg}-{}", self.generation))
    }
}

/// Returns the JWK with this `alg` and `kid`.
pub(crate) fn with_name(mut key: Value, alg: &str, kid: &str) -> Value {
    key["alg"] = alg.into();
    key["kid"] = kid.into();
    key
}

/// Returns whether a coordinate of an EC key has fewer bytes than RFC 7518 §6.2.1.2 requires.
pub(crate) fn is_short(key: &Value) -> bool {
    let width = match key["crv"].as_str().unwrap() {
        "P-256" => 32,
        "P-384" => 48,
        _ => 66,
    };
    let length = |member: &str| Base64UrlUnpadded::decode_vec(key[member].as_str().unwrap());
    ["x", "y"]
        .iter()
        .any(|member| length(member).unwrap().len() < width)
}

/// Generates keys until one of them is as wanted.
pub(crate) fn find_key(kind: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    for number in [4, 200, 200, 200, 200, 200, 200, 200, 200, 200] {
        let found = generate(kind, number).into_iter().find(&is_wanted);
        if let Some(key) = found {
            return key;
        }
    }
    panic!("no such key");
}

/// Generates private keys with the tool of Glewlwyd's own library.
fn generate(kind: &str, number: usize) -> Vec<Value> {
    let folder = new_folder("keys");
    let file = folder.join("private.jwks");
    let mut command = rnbyc();
    command
        .args(["-j", "-n", "0", "-p", "/dev/null", "-o"])
        .arg(&file);
    for _ in 0..number {
        command.args(["-g", kind]);
    }
    run(&mut command);
    let mut jwks: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    fs::remove_dir_all(folder).unwrap();
    jwks["keys"].as_array_mut().unwrap().drain(..).collect()
}

/// Generates a key pair in PEM.
pub(super) fn generate_pem(kind: &str) -> (String, String) {
    let folder = new_folder("keys");
    let (private, public) = (folder.join("private.pem"), folder.join("public.pem"));
    let mut command = rnbyc();
    command.args(["-j", "-F", "PEM", "-g", kind]);
    run(command.arg("-o").arg(&private).arg("-p").arg(&public));
    let read = |file: &Path| fs::read_to_string(file).unwrap();
    let pair = (read(&private), read(&public));
    fs::remove_dir_all(folder).unwrap();
    pair
}

/// Signs a JWT with a private key.
pub(crate) fn sign(claims: &Value, key: &Value) -> String {
    let mut command = rnbyc();
    command.args(["-s", &claims.to_string()]);
    command.args(["-K", &json!({ "keys": [key] }).to_string()]);
    command.args(["-a", key["alg"].as_str().unwrap()]);
    run(&mut command).trim().to_owned()
}

fn rnbyc() -> Command {
    Command::new(packages().join("bin/rnbyc"))
}

pub(super) fn run(command: &mut Command) -> String {
    let done = command.stderr(Stdio::inherit()).output().unwrap();
    let program = command.get_program().display();
    assert!(done.status.success(), "{program} failed");
    String::from_utf8(done.stdout).unwrap()
}
