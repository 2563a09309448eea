//! Tests the programs under `examples`, which `cargo test` builds.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::loopback::{request, serve};
use super::support::{AUDIENCE, TestKey, claims, jwks};
use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};

/// Returns a command that runs one of the programs.
fn program(name: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let path = folder.join("examples").join(name);
    assert!(path.exists(), "{} is not built", path.display());
    Command::new(path)
}

/// A server that was started by a test. It is killed at the end of the test.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        let url = format!("http://{address}");
        Self { process, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the keys and the metadata of an issuer, and returns its name.
async fn issuer(key: &TestKey) -> String {
    let jwks = jwks(&[key]);
    let metadata = |headers: axum::http::HeaderMap| async move {
        let issuer = format!("http://{}", headers["host"].to_str().unwrap());
        json!({
            "issuer": issuer, "jwks_uri": format!("{issuer}/jwks"),
            "authorization_endpoint": issuer, "token_endpoint": issuer,
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
        .to_string()
    };
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/jwks", get(async || jwks));
    serve(app).await
}

fn token(key: &TestKey, issuer: &str, scope: &str) -> String {
    let mut claims = claims();
    claims["iss"] = json!(issuer);
    claims["scope"] = json!(scope);
    key.sign(&key.header(), &claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_with_two_issuers() {
    let (a, b) = (TestKey::new(1), TestKey::new(2));
    let (issuer_a, issuer_b) = (issuer(&a).await, issuer(&b).await);
    let jwks = |issuer: &str| format!("{issuer}/jwks");
    let mut command = program("axum_api");
    command.args([
        "127.0.0.1:0",
        AUDIENCE,
        &issuer_a,
        &jwks(&issuer_a),
        &issuer_b,
    ]);
    let server = Server::start(command.arg(jwks(&issuer_b)));
    let orders = async |token: String| request(format!("{}/orders", server.url), token).await;
    for (key, issuer) in [(&a, &issuer_a), (&b, &issuer_b)] {
        let body = format!("orders of alice at {issuer}\n");
        assert_eq!(orders(token(key, issuer, "orders:read")).await, (200, body));
        let other = orders(token(key, issuer, "orders:write")).await;
        assert_eq!(other, (403, String::new()), "a missing scope");
    }
    let crossed = orders(token(&a, &issuer_b, "orders:read")).await;
    assert_eq!(crossed, (401, String::new()), "a key of the other issuer");
    let ready = request(format!("{}/ready", server.url), String::new()).await;
    assert_eq!(ready.0, 200);
}

/// Writes a file for one test, and returns its path.
fn file(name: &str, content: &Value) -> PathBuf {
    let name = format!("jose-verify-http-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    fs::write(&path, content.to_string()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_from_a_file() {
    let (north, south) = (TestKey::new(1), TestKey::new(2));
    let (issuer_n, issuer_s) = (issuer(&north).await, issuer(&south).await);
    let config = |issuer: &str| {
        json!({
            "issuer": issuer, "algorithms": ["ES256"], "audiences": [AUDIENCE],
        })
    };
    let path = file("tenants.json", &json!({ "north": config(&issuer_n) }));
    let server = Server::start(program("multi_tenant").arg("127.0.0.1:0").arg(&path));
    let home = async |key: &TestKey, issuer: &str| {
        request(format!("{}/", server.url), token(key, issuer, "")).await
    };
    let alice = |tenant: &str| (200, format!("alice of Some({tenant:?})\n"));
    assert_eq!(home(&north, &issuer_n).await, alice("north"));
    assert_eq!(home(&south, &issuer_s).await.0, 401, "not a tenant yet");

    // A file that cannot be read changes nothing.
    fs::write(&path, "{").unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(home(&north, &issuer_n).await, alice("north"));

    let both = json!({ "north": config(&issuer_n), "south": config(&issuer_s) });
    fs::write(&path, both.to_string()).unwrap();
    let mut answer = home(&south, &issuer_s).await;
    for _ in 0..50 {
        if answer.0 == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        answer = home(&south, &issuer_s).await;
    }
    assert_eq!(answer, alice("south"));
    fs::remove_file(path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_line_tool() {
    let (key, other) = (TestKey::new(1), TestKey::new(2));
    let issuer = issuer(&key).await;
    let check = |issuer: &str, algorithm: &str, token: String| {
        let mut process = program("check_token")
            .args([issuer, AUDIENCE, algorithm])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = process.stdin.take().unwrap();
        input.write_all(token.as_bytes()).unwrap();
        drop(input);
        let output = process.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, claims, _) = check(&issuer, "ES256", token(&key, &issuer, "a"));
    assert_eq!(code, Some(0));
    let claims: Value = serde_json::from_str(&claims).unwrap();
    assert_eq!(claims["sub"], "alice");

    let (code, _, error) = check(&issuer, "ES256", token(&other, &issuer, "a"));
    assert_eq!(code, Some(1));
    assert_eq!(
        error,
        format!("{issuer}: no key fits the token; published keys in use: 1\n")
    );
    let (code, _, error) = check(&issuer, "RS256", token(&key, &issuer, "a"));
    assert_eq!(code, Some(2));
    let reason = "none of the accepted algorithms uses this type of key";
    let skipped = format!("entry 0 with kid \"1\" is skipped: {reason}");
    assert_eq!(
        error,
        format!("{issuer}: the keys are missing; published keys in use: 0; {skipped}\n")
    );
    let (code, _, error) = check("http://127.0.0.1:9", "ES256", token(&key, &issuer, "a"));
    assert_eq!(code, Some(2));
    assert!(
        error.contains("the keys are missing: the request failed"),
        "{error}"
    );
}
