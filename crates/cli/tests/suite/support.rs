//! Runs the program for the tests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, thread};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::Sha256;
use serde_json::Value;

/// The token of RFC 7515, Appendix A.1.
pub(crate) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
    .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
    .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The payload of the token.
pub(crate) const CLAIMS: &str =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

/// The key of the token.
pub(crate) const SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// A time at which the token is not expired.
pub(crate) const NOW: &str = "1300819000";

/// Returns the key of the token as a JWK.
pub(crate) fn jwk() -> String {
    format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#)
}

/// The outcome of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.stdout).unwrap()
    }

    /// Parses standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap()
    }

    /// Asserts a failure: the exit code, a part of standard error, and an empty standard output.
    pub(crate) fn assert_failed(&self, code: i32, stderr: &str) {
        let found = self.stderr.contains(stderr) && self.stderr.starts_with("error: ");
        assert!(found && self.stdout.is_empty(), "{self:?}");
        assert_eq!(self.code, code, "{self:?}");
    }
}

/// Starts the program with pipes.
pub(crate) fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_jose-verify"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str], stdin: &[u8]) -> Run {
    let mut child = start(arguments);
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // Errors are ignored, because not every run reads all of its input.
    let writer = thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `batch` on a text and returns the answers, line by line.
pub(crate) fn batch(lines: &str) -> Vec<Value> {
    let run = run(&["batch"], lines.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let answer = |line| serde_json::from_str(line).unwrap();
    run.text().lines().map(answer).collect()
}

/// Writes a file for this run and returns its path. Tests must use different names.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

/// Returns the path of a file or folder under `vectors/`.
pub(crate) fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(name)
}

/// Returns the path of a file in `vectors/demo/`.
pub(crate) fn demo(name: &str) -> String {
    let path = vectors("demo").join(name);
    path.into_os_string().into_string().unwrap()
}

/// The secret of the tokens that tests make.
pub(crate) const MADE_SECRET: &str = "a secret of at least 32 bytes, for HS256";

/// Returns a token with these claims, signed with [`MADE_SECRET`] and HS256.
pub(crate) fn token(claims: &Value) -> String {
    token_with(r#"{"alg":"HS256"}"#, &claims.to_string())
}

/// Returns a token with this header and this payload, signed with [`MADE_SECRET`] and HS256.
pub(crate) fn token_with(header: &str, payload: &str) -> String {
    let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let input = format!("{}.{}", encode(header), encode(payload));
    let mac = Base64UrlUnpadded::encode_string(&hmac(MADE_SECRET.as_bytes(), input.as_bytes()));
    format!("{input}.{mac}")
}

/// HMAC-SHA-256 (RFC 2104) with a secret of at most 64 bytes.
pub(crate) fn hmac(secret: &[u8], text: &[u8]) -> [u8; 32] {
    let hash = |pad: u8, text: &[u8]| {
        let mut hash = Sha256::new();
        let padded = (0..64).map(|i| secret.get(i).unwrap_or(&0) ^ pad);
        hash.update(&padded.collect::<Vec<_>>());
        hash.update(text);
        hash.finalize()
    };
    hash(0x5c, &hash(0x36, text))
}
