//! Keys over TLS, from a server whose certificate an authority of ours signed. `cargo xtask
//! companion tls` runs these tests, which need the program `openssl`.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use jose_verify_http::{
    FetchError, HttpSettings, IssuerConfig, Issuers, KeyFormat, KeyLocation, ProxySettings,
};

/// A response with one key (RFC 7515 §A.3), as it is sent.
const RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    connection: close\r\n\r\n{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\
    \"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\
    \"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

/// A folder for one test, with an authority and a server.
struct Server {
    folder: PathBuf,
    port: u16,
    process: Child,
}

impl Server {
    /// Starts a server whose certificate is for `name`, such as `IP:127.0.0.1`, and is valid for
    /// this number of days. A negative number means that it has expired.
    fn start(test: &str, name: &str, days: i32) -> Self {
        let folder = std::env::temp_dir().join(format!("jose-tls-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("jwks"), RESPONSE).unwrap();
        for authority in ["ours", "other"] {
            let subject = format!("/CN={authority}");
            let key = format!("{authority}.key");
            let certificate = format!("{authority}.pem");
            openssl(
                &folder,
                &[
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    &subject,
                    "-keyout",
                    &key,
                    "-out",
                    &certificate,
                ],
            );
        }
        openssl(
            &folder,
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=server",
                "-keyout",
                "server.key",
                "-out",
                "server.csr",
            ],
        );
        fs::write(folder.join("names"), format!("subjectAltName={name}\n")).unwrap();
        let days = days.to_string();
        openssl(
            &folder,
            &[
                "x509",
                "-req",
                "-in",
                "server.csr",
                "-CA",
                "ours.pem",
                "-CAkey",
                "ours.key",
                "-days",
                &days,
                "-extfile",
                "names",
                "-out",
                "server.pem",
            ],
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let address = format!("127.0.0.1:{port}");
        let process = Command::new("openssl")
            .args([
                "s_server",
                "-accept",
                &address,
                "-cert",
                "server.pem",
                "-key",
                "server.key",
            ])
            .args(["-HTTP", "-quiet"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(&address).is_err() {
            sleep(Duration::from_millis(20));
        }
        Self {
            folder,
            port,
            process,
        }
    }

    fn authority(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(format!("{name}.pem"))).unwrap()
    }

    /// Fetches the keys, trusting these authorities.
    fn fetch(&self, authorities: Option<Vec<u8>>) -> Result<bool, FetchError> {
        let url = format!("https://127.0.0.1:{}/jwks", self.port);
        let config = IssuerConfig {
            keys: KeyLocation::Url(url, KeyFormat::JwkSet),
            ..IssuerConfig::new("https://issuer.example.com", ["ES256"], ["api"])
        };
        let http = HttpSettings {
            authorities,
            proxy: ProxySettings::Direct,
            ..HttpSettings::default()
        };
        let issuer = Issuers::builder().http(http).issuer(config).unwrap();
        issuer.refresh_blocking()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("openssl");
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn is_refused(outcome: &Result<bool, FetchError>) -> bool {
    matches!(outcome, Err(FetchError::Transport(reason)) if reason.contains("certificate"))
}

#[test]
#[ignore = "needs openssl; cargo xtask companion tls runs it"]
fn authorities_of_the_settings_replace_the_public_ones() {
    let server = Server::start("authorities", "IP:127.0.0.1", 1);
    assert_eq!(server.fetch(Some(server.authority("ours"))), Ok(true));
    let other = server.fetch(Some(server.authority("other")));
    assert!(is_refused(&other), "{other:?}");
    let public = server.fetch(None);
    assert!(is_refused(&public), "{public:?}");
}

#[test]
#[ignore = "needs openssl; cargo xtask companion tls runs it"]
fn the_certificate_must_be_for_this_host_and_time() {
    let server = Server::start("host", "DNS:login.example.com", 1);
    let outcome = server.fetch(Some(server.authority("ours")));
    assert!(is_refused(&outcome), "{outcome:?}");
    let server = Server::start("expired", "IP:127.0.0.1", -1);
    let outcome = server.fetch(Some(server.authority("ours")));
    assert!(is_refused(&outcome), "{outcome:?}");
}
