//! A service whose configuration file says which access tokens (RFC 9068) it accepts.
//!
//!     cargo run --example bearer_service --features std FILE
//!
//! ```json
//! {"issuers": ["https://login.example.com"], "audiences": ["https://api.example.com"],
//!  "algorithms": ["ES256", "RS256"], "scopes": ["orders:read"], "jwks": "/etc/orders/keys.json"}
//! ```
//!
//! Every key may sign for every issuer; in `crates/http`, each issuer has its own keys. Run the
//! service behind a proxy on the same machine that terminates TLS and limits connections.

use std::io::{BufRead, BufReader, Read, Result as IoResult, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, error::Error as StdError, fs, iter, sync::Arc, thread, time::Duration};

use jose_verify::{GrowingKeySet, NumericDate, Verifier, alg, oauth};

#[derive(serde::Deserialize)]
struct Config {
    issuers: Vec<String>,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    scopes: Vec<String>,
    jwks: String,
}

/// Reads the configuration and the keys, which all threads share, and answers each connection.
fn serve(file: &str, listener: &TcpListener) -> Result<(), Box<dyn StdError>> {
    let read = |file: &str| fs::read(file).map_err(|error| format!("{file}: {error}"));
    let config: Config = serde_json::from_slice(&read(file)?)?;
    let mut unknown = Ok(());
    let reject = |name: &str| unknown = Err(format!("unknown algorithm {name}"));
    let known = alg::Algorithms::named(alg::SIGNATURES, &config.algorithms, reject);
    unknown?;
    let keys = GrowingKeySet::from_jwks(&read(&config.jwks)?, &known?)?;
    oauth::access_token(&config.issuers, &config.audiences).validate()?;
    // Each thread gets a clone of the `Arc`.
    let services = iter::repeat(Arc::new((config, keys)));
    let requests = listener.incoming().flatten().zip(services);
    requests.for_each(|(stream, service)| drop(thread::spawn(move || respond(&service, stream))));
    Ok(())
}

/// Answers a request. Reads at most 16 KiB of its head, and uses only the token.
fn respond(service: &(Config, GrowingKeySet), mut stream: TcpStream) -> IoResult<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut head = BufReader::new(stream.try_clone()?.take(16 * 1024)).lines();
    let mut answer = None;
    while let Some(line) = head.next().transpose()?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let (scheme, token) = value.trim().split_once(' ').unwrap_or_default();
        if name.eq_ignore_ascii_case("authorization") && scheme.eq_ignore_ascii_case("bearer") {
            let token = &mut token.trim_start().as_bytes().to_vec();
            answer = Some(answer.map_or_else(|| check(service, token), |_| format!("400{BEARER}")));
        }
    }
    let answer = answer.unwrap_or_else(|| format!("401{BEARER}"));
    write!(stream, "HTTP/1.1 {answer}\r\nconnection: close\r\n\r\n")
}

const BEARER: &str = " \r\nwww-authenticate: Bearer";

/// Returns the status and the challenge (RFC 6750 §3.1), which depend on the category of the error.
fn check((config, keys): &(Config, GrowingKeySet), token: &mut [u8]) -> String {
    let policy = oauth::access_token(&config.issuers, &config.audiences);
    let (claim, scopes, all) = ("scope", &config.scopes, config.scopes.join(" "));
    let outcome = Verifier::new(keys, &policy)
        .with_checks(&[&oauth::RequiredScopes { claim, scopes }])
        .verify_in_place(token, NumericDate::now())
        .inspect_err(|error| eprintln!("{error}"));
    match outcome.map_err(|e| (e.category().http_status(), e.category().bearer_error())) {
        Ok(_) => "200 ".to_owned(),
        Err((status, None)) => format!("{status} "),
        Err((status, Some(code))) => format!(r#"{status}{BEARER} error="{code}", scope="{all}""#),
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let file = env::args().nth(1).ok_or("usage: bearer_service FILE")?;
    serve(&file, &TcpListener::bind("127.0.0.1:8080")?)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process;

    use base64ct::{Base64UrlUnpadded, Encoding};
    use p256::ecdsa::{Signature, SigningKey, signature::Signer};
    use serde_json::{Value, json};

    use super::*;

    /// A folder with the keys and the configuration of one test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let folder = Self(env::temp_dir().join(format!("bearer-{}-{test}", process::id())));
            fs::create_dir_all(&folder.0).unwrap();
            let point = signer().verifying_key().to_sec1_point(false);
            let [x, y] = [&point.as_bytes()[1..33], &point.as_bytes()[33..]].map(base64url);
            let key = json!({"kty": "EC", "crv": "P-256", "kid": "1", "x": x, "y": y});
            folder.write("keys.json", &json!({"keys": [key]}));
            folder.write("config.json", &folder.config());
            folder
        }

        fn config(&self) -> Value {
            json!({
                "issuers": ["https://old.example.com", "https://login.example.com"],
                "audiences": ["https://api.example.com"], "algorithms": ["RS256", "ES256"],
                "scopes": ["orders:read", "orders:write"], "jwks": self.file("keys.json"),
            })
        }

        fn file(&self, name: &str) -> String {
            self.0.join(name).to_str().unwrap().to_owned()
        }

        fn write(&self, name: &str, value: &Value) {
            fs::write(self.file(name), value.to_string()).unwrap();
        }

        /// Starts a service, which ends with the test program, and returns its address.
        fn start(&self) -> String {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let file = self.file("config.json");
            thread::spawn(move || serve(&file, &listener).map_err(|error| error.to_string()));
            address
        }

        /// Returns the startup error of a service with this configuration.
        fn error(&self, config: &Value) -> String {
            self.write("config.json", config);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let error = serve(&self.file("config.json"), &listener).unwrap_err();
            error.to_string()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn signer() -> SigningKey {
        SigningKey::from_slice(&[7; 32]).unwrap()
    }

    fn base64url(bytes: &[u8]) -> String {
        Base64UrlUnpadded::encode_string(bytes)
    }

    /// Returns a valid access token in whose claims set these members are replaced.
    fn token(changes: &Value) -> String {
        let now = NumericDate::now().seconds();
        let mut claims = json!({
            "iss": "https://login.example.com", "aud": ["https://api.example.com", "other"],
            "sub": "alice", "client_id": "shop", "jti": "1", "iat": now,
            "exp": now.saturating_add(60), "scope": "orders:write openid orders:read",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "1"}).to_string();
        let claims = claims.to_string();
        let [header, claims] = [&header, &claims].map(|text| base64url(text.as_bytes()));
        let signature: Signature = signer().sign(format!("{header}.{claims}").as_bytes());
        format!("{header}.{claims}.{}", base64url(&signature.to_bytes()))
    }

    /// Returns the status and the challenge of the answer to a request with these header fields.
    fn ask(address: &str, fields: &str) -> (u16, Option<String>) {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("GET / HTTP/1.1\r\nhost: {address}\r\n{fields}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let head = answer.strip_suffix(END).unwrap();
        let (status, fields) = head.split_once("\r\n").unwrap();
        let status = status.strip_prefix("HTTP/1.1 ").unwrap().trim_end();
        let challenge = fields.strip_prefix("www-authenticate: ").map(str::trim_end);
        (status.parse().unwrap(), challenge.map(str::to_owned))
    }

    const END: &str = "connection: close\r\n\r\n";

    fn bearer(token: &str) -> String {
        format!("accept: */*\r\nAuthorization: Bearer {token}\r\n")
    }

    #[test]
    fn status_and_challenge() {
        let folder = Folder::new("status");
        let address = folder.start();
        let now = NumericDate::now().seconds();
        let (none, good) = (json!({}), token(&json!({})));
        let invalid = r#"Bearer error="invalid_token", scope="orders:read orders:write""#;
        let (unsigned, _) = good.rsplit_once('.').unwrap();
        let forged = format!("{unsigned}.{}", "A".repeat(86));
        let narrow = r#"Bearer error="insufficient_scope", scope="orders:read orders:write""#;
        for (fields, status, challenge) in [
            (String::new(), 401, Some("Bearer")),
            (
                "Authorization: Basic YTpi\r\n".to_owned(),
                401,
                Some("Bearer"),
            ),
            ("Authorization: Bearer\r\n".to_owned(), 401, Some("Bearer")),
            (bearer(&good).repeat(2), 400, Some("Bearer")),
            (bearer(&good).repeat(3), 400, Some("Bearer")),
            (bearer(&token(&none)), 200, None),
            (format!("authorization:bearer  {good} \r\n"), 200, None),
            (bearer(&token(&json!({"exp": now}))), 401, Some(invalid)),
            (bearer(&token(&json!({"aud": "other"}))), 401, Some(invalid)),
            (
                bearer(&token(&json!({"iss": "https://evil.example.com"}))),
                401,
                Some(invalid),
            ),
            (bearer(&forged), 401, Some(invalid)),
            (bearer("not a token"), 401, Some(invalid)),
            (
                bearer(&token(&json!({"scope": "orders:read"}))),
                403,
                Some(narrow),
            ),
        ] {
            let challenge = challenge.map(str::to_owned);
            assert_eq!(ask(&address, &fields), (status, challenge), "{fields}");
        }
    }

    /// Comments and tests do not count.
    #[test]
    fn the_service_has_under_60_lines() {
        let source = include_str!("bearer_service.rs");
        let (service, _) = source.split_once("\n#[cfg(test)]\n").unwrap();
        let lines = service.lines().map(str::trim);
        let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
        assert_eq!(code.count(), 59);
    }

    #[test]
    fn a_head_that_is_too_long() {
        let folder = Folder::new("head");
        let address = folder.start();
        let mut stream = TcpStream::connect(&address).unwrap();
        let good = bearer(&token(&json!({})));
        let head = format!("GET / HTTP/1.1\r\nx: {}\r\n{good}", "x".repeat(16 * 1024));
        stream.write_all(head.as_bytes()).unwrap();
        // Unread data may reset the connection, so an error is ignored.
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains("200"), "{answer}");
        assert_eq!(ask(&address, &good), (200, None));
    }

    #[test]
    fn invalid_configurations() {
        let folder = Folder::new("broken");
        folder.write("empty.json", &json!({"keys": []}));
        let (missing, empty) = (folder.file("missing.json"), folder.file("empty.json"));
        for (name, value, problem) in [
            (
                "audiences",
                Value::Null,
                "invalid type: null, expected a sequence",
            ),
            ("audiences", json!([]), "claim \"aud\""),
            ("issuers", json!([""]), "claim \"iss\""),
            (
                "issuers",
                json!("https://login.example.com"),
                "expected a sequence",
            ),
            (
                "algorithms",
                json!(["ES256", "ES257"]),
                "unknown algorithm ES257",
            ),
            ("algorithms", json!([]), "list of algorithms is empty"),
            ("jwks", json!(missing), "missing.json: No such file"),
            ("jwks", json!(empty), "no usable key"),
        ] {
            let mut config = folder.config();
            config[name] = value;
            let error = folder.error(&config);
            assert!(error.contains(problem), "{error}");
        }
        let mut config = folder.config();
        config.as_object_mut().unwrap().remove("scopes");
        let error = folder.error(&config);
        assert!(error.contains("missing field `scopes`"), "{error}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = serve(&missing, &listener).unwrap_err().to_string();
        assert!(error.contains("missing.json: "), "{error}");
    }
}
