//! Logins at the certified `oidc-provider`, which `cargo xtask companion log-in`
//! installs before it runs these tests. `cargo test` ignores them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use jose_verify::alg::{ES256, HS256, PS256, RS256};
use jose_verify::{Claim, Error as TokenError};
use jose_verify_login::{Client, Error, Flow, SignedBy, User};
use support::{
    Browser, SECRET, assert_is_mismatch, is_token_error, parameter, published, secret, settings,
};

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

/// Acts as a browser, and returns the parameters of the callback.
fn browse(url: &str) -> String {
    Browser::new().follow(url)
}

fn log_in(client: &mut Client, flow: Flow) -> Result<User, Error> {
    support::log_in(client, flow, browse)
}

/// Returns the error of a login whose browser was led to another provider.
fn log_in_elsewhere(
    client: &mut Client,
    flow: Flow,
    elsewhere: &Provider,
    home: &Provider,
    change: impl Fn(String) -> String,
) -> Error {
    let urls = (&*home.url, &*elsewhere.url);
    support::log_in_elsewhere(client, flow, urls, |url| change(browse(url)))
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
        let rejected = is_token_error(error.as_ref(), TokenError::AlgorithmNotAccepted);
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
            is_token_error(&error, TokenError::BadSignature),
            "{alg}: {error:?}"
        );
        // The provider does not accept its code.
        let error = log_in_elsewhere(&mut client, Flow::Code, &twin, &provider, unchanged);
        assert!(matches!(error, Error::OAuth(_)), "{alg}: {error:?}");
    }
    // The same with a `kid` that the provider does not have. Later logins still succeed.
    twin.rotate();
    for (alg, signed_by) in &cases()[..3] {
        let mut client = provider.client(alg, signed_by);
        let error = log_in_elsewhere(&mut client, Flow::Hybrid, &twin, &provider, unchanged);
        assert!(
            is_token_error(&error, TokenError::NoKey),
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
    // The callback has no `iss`, which the metadata promises for the code flow.
    let nameless = |parameters: String| {
        let pairs = parameters
            .split('&')
            .filter(|pair| !pair.starts_with("iss="));
        pairs.collect::<Vec<_>>().join("&")
    };
    let error = log_in_elsewhere(&mut client, Flow::Code, &other, &provider, nameless);
    assert!(matches!(error, Error::Callback("iss")), "{error:?}");
    let error = log_in_elsewhere(&mut client, Flow::Hybrid, &other, &provider, nameless);
    assert!(
        is_token_error(&error, TokenError::BadSignature),
        "{error:?}"
    );
    // The metadata names an issuer other than the one it was fetched from.
    let twin = Provider::posing_as(&provider.url);
    let error = Client::discover(settings(&twin.url, "RS256", &published(&RS256))).err();
    assert!(
        is_token_error(error.as_ref(), TokenError::MetadataMismatch),
        "{error:?}"
    );
}

#[test]
#[ignore = "cargo xtask companion log-in runs it"]
fn callbacks_that_do_not_belong_to_the_login() {
    let provider = Provider::honest();
    let client = provider.client("RS256", &published(&RS256));
    let finish = |flow, change: &dyn Fn(String) -> String| {
        let login = client.begin(flow).unwrap();
        let parameters = change(browse(login.url()));
        client.finish(&login, &parameters).err().unwrap()
    };
    let earlier = browse(
        provider
            .client("RS256", &published(&RS256))
            .begin(Flow::Hybrid)
            .unwrap()
            .url(),
    );
    // The callback of another browser.
    let error = finish(Flow::Code, &|_| earlier.clone());
    assert!(matches!(error, Error::StateMismatch), "{error:?}");
    // An ID Token of another login.
    let (id_token, code) = (parameter(&earlier, "id_token"), parameter(&earlier, "code"));
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&parameter(&own, "id_token"), &id_token)
    });
    assert_is_mismatch(&error, Claim::Nonce);
    // A code of another login: the ID Token contains another hash.
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&parameter(&own, "code"), &code)
    });
    assert_is_mismatch(&error, Claim::CHash);
    // The same in the code flow: the provider rejects the code verifier.
    let error = finish(Flow::Code, &|own| {
        own.replace(&parameter(&own, "code"), &code)
    });
    assert!(matches!(error, Error::OAuth(_)), "{error:?}");
    // A duplicate parameter.
    let error = finish(Flow::Code, &|own| format!("{own}&code={code}"));
    assert!(matches!(error, Error::Callback("code")), "{error:?}");
}
