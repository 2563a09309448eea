//! What the login tests share: a browser, the settings of a client, and servers on this machine.

#![allow(
    dead_code,
    reason = "each file of tests is a crate that uses a part of this"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use jose_verify::alg::{Algorithm, Algorithms};
use jose_verify::{Claim, Error as TokenError, Problem};
use jose_verify_login::{Client, Error, Flow, Settings, SignedBy, User};
use ureq::Agent;
use ureq::http::{Request, Response};

pub(crate) const SECRET: &str = "a secret of the client, of more than 32 bytes";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";

pub(crate) fn settings(issuer: &str, client_id: &str, signed_by: &SignedBy) -> Settings {
    Settings {
        client_secret: Some(SECRET.to_owned()),
        signed_by: *signed_by,
        ..Settings::new(issuer, client_id, REDIRECT_URI)
    }
}

pub(crate) fn published(algorithm: &'static dyn Algorithm) -> SignedBy {
    SignedBy::PublishedKeys(Algorithms::new(&[algorithm]).unwrap())
}

pub(crate) fn secret(algorithm: &'static dyn Algorithm) -> SignedBy {
    SignedBy::ClientSecret(Algorithms::new(&[algorithm]).unwrap())
}

/// A browser that keeps cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    agent: Agent,
    cookies: BTreeMap<String, String>,
}

/// What a server returned.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) media_type: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(10)));
        Self {
            agent: config.build().new_agent(),
            cookies: BTreeMap::new(),
        }
    }

    /// Returns a page. A redirect is not followed.
    pub(crate) fn get(&mut self, url: &str) -> Page {
        self.send("GET", url, &[], "")
    }

    /// Sends a form.
    pub(crate) fn post_form(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", url, &headers, &body.finish())
    }

    /// Sends JSON.
    pub(crate) fn send_json(&mut self, method: &str, url: &str, json: &str) -> Page {
        self.send(method, url, &[("content-type", "application/json")], json)
    }

    /// Sends any request, with the cookies.
    pub(crate) fn send(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Page {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !pairs.is_empty() {
            request = request.header("cookie", pairs.join("; "));
        }
        let response = if method == "GET" {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        self.read(response.unwrap())
    }

    fn read(&mut self, mut response: Response<ureq::Body>) -> Page {
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get("location");
        Page {
            status: response.status().as_u16(),
            location: location.map(|location| location.to_str().unwrap().to_owned()),
            media_type: response.body().mime_type().unwrap_or_default().to_owned(),
            body: response.body_mut().read_to_string().unwrap(),
        }
    }

    /// Follows redirects to the callback, and returns its parameters.
    pub(crate) fn follow(&mut self, url: &str) -> String {
        match self.follow_to_page(url) {
            Ok(parameters) => parameters,
            Err((url, page)) => panic!("{url}: {} {}", page.status, page.body),
        }
    }

    /// Follows redirects to the callback, and returns its parameters; or to a page without a
    /// redirect, and returns its address and the page.
    pub(crate) fn follow_to_page(&mut self, url: &str) -> Result<String, (String, Page)> {
        let mut url = url.to_owned();
        for _ in 0..10 {
            let page = self.get(&url);
            let Some(location) = &page.location else {
                return Err((url, page));
            };
            if let Some(parameters) = location.strip_prefix(REDIRECT_URI) {
                return Ok(parameters[1..].to_owned());
            }
            url = if location.starts_with('/') {
                format!("{}{location}", origin(&url))
            } else {
                location.to_owned()
            };
        }
        panic!("too many redirects");
    }
}

/// Returns the scheme and the host of an address.
pub(crate) fn origin(url: &str) -> &str {
    &url[..url[8..].find('/').map_or(url.len(), |at| at + 8)]
}

/// Returns a parameter of a callback, as it is encoded.
pub(crate) fn parameter(parameters: &str, name: &str) -> String {
    let mut pairs = parameters
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs.find(|(n, _)| *n == name).unwrap().1.to_owned()
}

/// Logs in. `browse` is given the address of the authorization request, and returns the
/// parameters of the callback.
pub(crate) fn log_in(
    client: &mut Client,
    flow: Flow,
    browse: impl FnOnce(&str) -> String,
) -> Result<User, Error> {
    let login = client.begin(flow)?;
    let parameters = browse(login.url());
    client.finish(&login, &parameters)
}

/// Returns the error of a login whose browser was led from `home` to another provider.
pub(crate) fn log_in_elsewhere(
    client: &mut Client,
    flow: Flow,
    (home, elsewhere): (&str, &str),
    browse: impl FnOnce(&str) -> String,
) -> Error {
    let login = client.begin(flow).unwrap();
    let url = login.url().replacen(home, elsewhere, 1);
    assert_ne!(url, login.url());
    let parameters = browse(&url);
    let Err(error) = client.finish(&login, &parameters) else {
        panic!("the login at another provider succeeded");
    };
    error
}

/// Returns whether the core rejected a token or a document with this error.
pub(crate) fn is_token_error<'e>(
    error: impl Into<Option<&'e Error>>,
    expected: TokenError,
) -> bool {
    error.into().and_then(Error::token_error) == Some(expected)
}

pub(crate) fn assert_is_mismatch(error: &Error, claim: Claim) {
    let expected = TokenError::Claim(claim, Problem::Mismatch);
    assert_eq!(error.token_error(), Some(expected), "{error:?}");
}

/// Returns a free port of this machine.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Returns the folder with the unpacked packages, which xtask names in the environment.
pub(crate) fn packages() -> PathBuf {
    let folder = env::var_os("PROVIDER_PACKAGES");
    folder.expect("cargo xtask companion log-in runs it").into()
}

/// Returns a new folder for the files of an instance.
pub(crate) fn new_folder(name: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("{name}-{}-{number}", process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A server on this machine, which is killed when it is dropped.
pub(crate) struct Server(Child);

impl Server {
    /// Starts a server and waits until it answers requests for `url`.
    pub(crate) fn start(command: &mut Command, url: &str) -> Self {
        Self::try_start(command, url).expect("the server ended")
    }

    /// Does the same as [`start`](Self::start), but returns `None` if the server ends, for example
    /// because another program has taken its port.
    pub(crate) fn try_start(command: &mut Command, url: &str) -> Option<Self> {
        // Its requests stay on this machine too. xtask names a proxy that does not respond.
        for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"] {
            command.env_remove(name);
        }
        let mut server = Self(command.spawn().unwrap());
        let agent = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(10)));
        let agent = agent.build().new_agent();
        let limit = Instant::now() + Duration::from_secs(60);
        loop {
            let answered = agent.get(url).call().is_ok();
            // Another server may answer at a port that this one could not have.
            if server.0.try_wait().unwrap().is_some() {
                return None;
            }
            if answered {
                return Some(server);
            }
            assert!(Instant::now() < limit, "the server does not answer");
            sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Accepts requests of a provider, such as logout tokens.
pub(crate) struct Inbox(TcpListener);

impl Inbox {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.0.local_addr().unwrap())
    }

    /// Waits for a request and returns its body.
    pub(crate) fn receive(&self) -> String {
        let limit = Instant::now() + Duration::from_secs(10);
        let stream = loop {
            if let Ok((stream, _)) = self.0.accept() {
                break stream;
            }
            assert!(Instant::now() < limit, "the provider sends no request");
            sleep(Duration::from_millis(10));
        };
        stream.set_nonblocking(false).unwrap();
        let mut reader = BufReader::new(&stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        (&stream).write_all(response).unwrap();
        String::from_utf8(body).unwrap()
    }
}
