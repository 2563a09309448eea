//! Logins at the certified `oidc-provider`, which `cargo xtask companion log-in`
//! installs before it runs these tests. `cargo test` ignores them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use jose_verify::alg::{Algorithm, Algorithms, ES256, HS256, PS256, RS256};
use jose_verify::{Claim, Error as TokenError, Problem};
use jose_verify_login::{Client, Error, Flow, Settings, SignedBy, User};
use ureq::Agent;

const SECRET: &str = "a secret of the client, of more than 32 bytes";
const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";

/// An instance of `oidc-provider`, which exits at the end of its standard input.
struct Provider {
    url: String,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    process: Child,
}

impl Provider {
    fn start(options: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/provider/provider.mjs");
        let mut command = Command::new("node");
        command
            .args([script, options])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let url = String::new();
        let mut provider = Self {
            url,
            commands,
            answers,
            process,
        };
        provider.url = provider.answer();
        provider
    }

    /// Starts the real provider.
    fn honest() -> Self {
        Self::start(&format!(r#"{{"secret":"{SECRET}"}}"#))
    }

    /// Starts a provider that claims to be `issuer`, but has its own keys and secret.
    fn posing_as(issuer: &str) -> Self {
        let secret = "a secret that the impostor has invented, too";
        Self::start(&format!(r#"{{"issuer":"{issuer}","secret":"{secret}"}}"#))
    }

    fn rotate(&mut self) {
        writeln!(self.commands, "rotate").unwrap();
        assert_eq!(self.answer(), "ready");
    }

    fn answer(&mut self) -> String {
        let lines = self.answers.by_ref().lines().map(Result::unwrap);
        let mut ours = lines.filter_map(|line| line.strip_prefix("> ").map(str::to_owned));
        ours.next().expect("oidc-provider is not running")
    }

    fn client(&self, client_id: &str, signed_by: &SignedBy) -> Client {
        Client::discover(settings(&self.url, client_id, signed_by)).unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(issuer: &str, client_id: &str, signed_by: &SignedBy) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: client_id.to_owned(),
        client_secret: Some(SECRET.to_owned()),
        redirect_uri: REDIRECT_URI.to_owned(),
        signed_by: *signed_by,
    }
}

/// Acts as a browser that follows redirects and keeps cookies. Returns the parameters of the
/// callback.
fn browse(url: &str) -> String {
    let config = Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(10)));
    let agent = config.build().new_agent();
    let origin = &url[..url[8..].find('/').unwrap() + 8];
    let mut cookies = BTreeMap::new();
    let mut url = url.to_owned();
    for _ in 0..10 {
        let pairs = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        let mut page = agent.get(&url).header("cookie", cookie).call().unwrap();
        for cookie in page.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let Some(location) = page.headers().get("location") else {
            panic!(
                "{url}: {} {:?}",
                page.status(),
                page.body_mut().read_to_string()
            );
        };
        let location = location.to_str().unwrap();
        if let Some(parameters) = location.strip_prefix(REDIRECT_URI) {
            return parameters[1..].to_owned();
        }
        let path = if location.starts_with('/') {
            origin
        } else {
            ""
        };
        url = format!("{path}{location}");
    }
    panic!("too many redirects");
}

fn log_in(client: &mut Client, flow: Flow) -> Result<User, Error> {
    let login = client.begin(flow)?;
    let parameters = browse(login.url());
    client.finish(login, &parameters)
}

/// Returns the error of a login whose browser was led to another provider.
fn log_in_elsewhere(
    client: &mut Client,
    flow: Flow,
    elsewhere: &Provider,
    home: &Provider,
    change: impl Fn(String) -> String,
) -> Error {
    let login = client.begin(flow).unwrap();
    let url = login.url().replacen(&home.url, &elsewhere.url, 1);
    assert_ne!(url, login.url());
    let parameters = change(browse(&url));
    let Err(error) = client.finish(login, &parameters) else {
        panic!("the login at another provider succeeded");
    };
    error
}

fn assert_is_alice(user: &User, case: &str) {
    assert_eq!(user.subject, "alice", "{case}");
    assert!(
        user.claims.contains(r#""sub":"alice""#),
        "{case}: {}",
        user.claims
    );
    let user_info = user.user_info.as_deref().unwrap();
    assert!(
        user_info.contains(r#""email":"alice@example.com""#),
        "{case}: {user_info}"
    );
    assert!(!user.access_token.is_empty());
}

fn assert_is_mismatch(error: &Error, claim: Claim) {
    let expected = TokenError::Claim(claim, Problem::Mismatch);
    assert!(
        matches!(error, Error::Token(error) if *error == expected),
        "{error:?}"
    );
}

fn published(algorithm: &'static dyn Algorithm) -> SignedBy {
    SignedBy::PublishedKeys(Algorithms::new(&[algorithm]).unwrap())
}

fn secret(algorithm: &'static dyn Algorithm) -> SignedBy {
    SignedBy::ClientSecret(Algorithms::new(&[algorithm]).unwrap())
}

fn cases() -> [(&'static str, SignedBy); 4] {
    [
        ("RS256", published(&RS256)),
        ("PS256", published(&PS256)),
        ("ES256", published(&ES256)),
        ("HS256", secret(&HS256)),
    ]
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn both_flows_with_four_algorithms() {
    let provider = Provider::honest();
    for (alg, signed_by) in &cases() {
        let mut client = provider.client(alg, signed_by);
        for flow in [Flow::Code, Flow::Hybrid] {
            let case = format!("{alg} {flow:?}");
            match log_in(&mut client, flow) {
                Ok(user) => assert_is_alice(&user, &case),
                Err(error) => panic!("{case}: {error}"),
            }
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn user_info_as_a_signed_jwt() {
    let provider = Provider::honest();
    let mut client = provider.client("signed", &published(&RS256));
    assert_is_alice(&log_in(&mut client, Flow::Code).ok().unwrap(), "signed");
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn algorithms_that_the_client_does_not_accept() {
    let provider = Provider::honest();
    for (client_id, signed_by) in [
        ("PS256", published(&RS256)),
        ("HS256", published(&RS256)),
        ("RS256", secret(&HS256)),
    ] {
        let error = log_in(&mut provider.client(client_id, &signed_by), Flow::Code).err();
        let rejected = matches!(error, Some(Error::Token(TokenError::AlgorithmNotAccepted)));
        assert!(rejected, "{client_id}: {error:?}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn rotated_keys() {
    let mut provider = Provider::honest();
    for (alg, signed_by) in &cases()[..3] {
        let mut client = provider.client(alg, signed_by);
        assert_is_alice(&log_in(&mut client, Flow::Code).ok().unwrap(), alg);
        provider.rotate();
        // Longer than the shortest pause between two fetches.
        sleep(Duration::from_secs(2));
        for flow in [Flow::Code, Flow::Hybrid] {
            assert_is_alice(&log_in(&mut client, flow).ok().unwrap(), alg);
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn an_impostor() {
    let provider = Provider::honest();
    let mut twin = Provider::posing_as(&provider.url);
    let unchanged = |parameters| parameters;
    for (alg, signed_by) in &cases() {
        let mut client = provider.client(alg, signed_by);
        assert!(log_in(&mut client, Flow::Code).is_ok());
        // Its ID Token has the right claims, but a signature of another key with the same `kid`.
        let error = log_in_elsewhere(&mut client, Flow::Hybrid, &twin, &provider, unchanged);
        assert!(
            matches!(error, Error::Token(TokenError::BadSignature)),
            "{alg}: {error:?}"
        );
        // The provider does not accept its code.
        let error = log_in_elsewhere(&mut client, Flow::Code, &twin, &provider, unchanged);
        assert!(matches!(error, Error::Http(_)), "{alg}: {error:?}");
    }
    // The same with a `kid` that the provider does not have. Later logins still succeed.
    twin.rotate();
    for (alg, signed_by) in &cases()[..3] {
        let mut client = provider.client(alg, signed_by);
        let error = log_in_elsewhere(&mut client, Flow::Hybrid, &twin, &provider, unchanged);
        assert!(
            matches!(error, Error::Token(TokenError::NoKey)),
            "{alg}: {error:?}"
        );
        assert_is_alice(&log_in(&mut client, Flow::Hybrid).ok().unwrap(), alg);
    }
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn another_provider() {
    let (provider, other) = (Provider::honest(), Provider::honest());
    let mut client = provider.client("RS256", &published(&RS256));
    // The callback names the other provider in `iss`.
    let unchanged = |parameters| parameters;
    let error = log_in_elsewhere(&mut client, Flow::Code, &other, &provider, unchanged);
    assert!(matches!(error, Error::IssuerMismatch), "{error:?}");
    // The callback has no `iss`.
    let nameless = |parameters: String| {
        let pairs = parameters
            .split('&')
            .filter(|pair| !pair.starts_with("iss="));
        pairs.collect::<Vec<_>>().join("&")
    };
    let error = log_in_elsewhere(&mut client, Flow::Code, &other, &provider, nameless);
    assert!(matches!(error, Error::Http(_)), "{error:?}");
    let error = log_in_elsewhere(&mut client, Flow::Hybrid, &other, &provider, nameless);
    assert!(
        matches!(error, Error::Token(TokenError::BadSignature)),
        "{error:?}"
    );
    // The metadata names an issuer other than the one it was fetched from.
    let twin = Provider::posing_as(&provider.url);
    let error = Client::discover(settings(&twin.url, "RS256", &published(&RS256))).err();
    assert!(
        matches!(error, Some(Error::Token(TokenError::MetadataMismatch))),
        "{error:?}"
    );
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn callbacks_that_do_not_belong_to_the_login() {
    let provider = Provider::honest();
    let mut client = provider.client("RS256", &published(&RS256));
    let mut finish = |flow, change: &dyn Fn(String) -> String| {
        let login = client.begin(flow).unwrap();
        let parameters = change(browse(login.url()));
        client.finish(login, &parameters).err().unwrap()
    };
    let earlier = browse(
        provider
            .client("RS256", &published(&RS256))
            .begin(Flow::Hybrid)
            .unwrap()
            .url(),
    );
    let value = |parameters: &str, name: &str| {
        let mut pairs = parameters
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.find(|(n, _)| *n == name).unwrap().1.to_owned()
    };
    // The callback of another browser.
    let error = finish(Flow::Code, &|_| earlier.clone());
    assert!(matches!(error, Error::StateMismatch), "{error:?}");
    // An ID Token of another login.
    let (id_token, code) = (value(&earlier, "id_token"), value(&earlier, "code"));
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&value(&own, "id_token"), &id_token)
    });
    assert_is_mismatch(&error, Claim::Nonce);
    // A code of another login: the ID Token contains another hash.
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&value(&own, "code"), &code)
    });
    assert_is_mismatch(&error, Claim::CHash);
    // The same in the code flow: the provider rejects the code verifier.
    let error = finish(Flow::Code, &|own| own.replace(&value(&own, "code"), &code));
    assert!(matches!(error, Error::Http(_)), "{error:?}");
    // A duplicate parameter.
    let error = finish(Flow::Code, &|own| format!("{own}&code={code}"));
    assert!(matches!(error, Error::Callback("code")), "{error:?}");
}
