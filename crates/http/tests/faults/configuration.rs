//! Values and parts of the program that are wrong: long times, secrets, panics.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jose_verify_http::{
    Clock, Error, Event, Fetch, FetchError, Fetched, HttpClient, HttpSettings, IssuerConfig,
    Issuers, KeyLocation, Metadata, ProxySettings,
};
use serde_json::json;

use super::server::{FaultServer, Reply};
use super::support::{self, ISSUER, TestKey, jwks};
use super::tools::{
    TestClock, builder, client, client_with, config, eventually, forged, only_good_tokens_pass,
    verify,
};

#[test]
fn the_longest_times() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let max = Duration::MAX;
    let config = IssuerConfig {
        refresh: max,
        max_age: max,
        token_lifetime: max,
        shortest_pause: max,
        longest_pause: max,
        leeway: max,
        ..config(&server)
    };
    let client = client_with(max);
    let builder = Issuers::builder().client(client).clock(clock.clone());
    let issuers = builder.build([config]).unwrap();
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    clock.advance(Duration::from_secs(1 << 40));
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    let age = issuers.get(ISSUER).unwrap().status().age;
    assert_eq!(age, Some(Duration::from_secs(1 << 40)));
    assert!(verify(&issuers, &forged("unknown")).is_err());
}

#[test]
fn the_shortest_times() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let zero = Duration::ZERO;
    let config = IssuerConfig {
        refresh: zero,
        max_age: zero,
        token_lifetime: zero,
        shortest_pause: zero,
        longest_pause: zero,
        ..config(&server)
    };
    let issuers = builder(&clock).build([config]).unwrap();
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    clock.advance(Duration::from_millis(1));
    // The keys are stale, and the pause is at least one second.
    let error = verify(&issuers, &TestKey::new(1).token()).unwrap_err();
    assert!(matches!(error, Error::Unavailable(unavailable) if unavailable.is_stale));
    clock.advance(Duration::from_secs(1));
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
}

/// Returns metadata of this issuer that names these keys, and counts.
struct Provider(&'static str, Arc<Mutex<Vec<String>>>);

impl Fetch for Provider {
    fn fetch(&self, url: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        self.1.lock().unwrap().push(url.to_owned());
        let metadata = json!({
            "issuer": ISSUER, "jwks_uri": self.0, "authorization_endpoint": ISSUER,
            "token_endpoint": ISSUER, "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let body = metadata.to_string().into_bytes();
        Ok(Fetched::Document { body, etag: None })
    }
}

/// An issuer elsewhere must not make this program send requests to its own machine.
#[test]
fn a_jwks_uri_on_this_machine() {
    for uri in [
        "http://127.0.0.1:8500/v1/kv",
        "http://localhost/",
        "ftp://a/",
        "jwks",
    ] {
        let urls = Arc::default();
        let config = IssuerConfig {
            keys: KeyLocation::Metadata(Metadata::OpenidConfiguration),
            ..support::config()
        };
        let provider = Provider(uri, Arc::clone(&urls));
        let issuers = Issuers::builder().client(provider).on_demand();
        let issuers = issuers.build([config]).unwrap();
        let error = issuers.all()[0].refresh_blocking().unwrap_err();
        assert_eq!(error, FetchError::InsecureUrl, "{uri}");
        assert_eq!(urls.lock().unwrap().len(), 1, "{uri}: only the metadata");
    }
}

#[test]
fn urls_that_are_not_requested() {
    let client = client();
    for url in [
        "http://127.0.0.1@keys.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://0.0.0.0/",
        "http://keys.example.com#@127.0.0.1/",
        "//127.0.0.1/",
        "/jwks",
        "",
    ] {
        assert_eq!(
            client.fetch(url, None),
            Err(FetchError::InsecureUrl),
            "{url}"
        );
    }
}

#[test]
fn no_secret_is_shown() {
    let server = FaultServer::start();
    let settings = HttpSettings {
        proxy: ProxySettings::Url("http://user:password@127.0.0.1:9".to_owned()),
        ..HttpSettings::default()
    };
    let client = HttpClient::new(&settings).unwrap();
    let error = client.fetch("https://keys.example.com/?key=secret", None);
    let issuers = Issuers::builder().http(settings.clone());
    let shown = [
        format!("{settings:?} {client:?} {issuers:?} {error:?}"),
        error.unwrap_err().to_string(),
        format!("{:?}", config(&server)),
    ];
    for text in shown {
        assert!(
            !text.contains("password") && !text.contains("secret"),
            "{text}"
        );
    }
}

/// Panics at first, and then fetches.
struct Panics(AtomicUsize, HttpClient);

impl Fetch for Panics {
    fn fetch(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(
            number > 0,
            "a panic of the HTTP client, which this test expects"
        );
        self.1.fetch(url, etag)
    }
}

#[test]
fn a_client_that_panics() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let builder = builder(&clock).client(Panics(
        AtomicUsize::new(0),
        client_with(Duration::from_secs(10)),
    ));
    let issuers = builder.build([config(&server)]).unwrap();
    let token = TestKey::new(1).token();
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope
                .spawn(|| assert_eq!(verify(&issuers, &token).unwrap_err().response().status, 503));
        }
    });
    clock.advance(Duration::from_secs(10));
    only_good_tokens_pass(&issuers, &token, "1", "after the panic");
}

#[test]
fn an_observer_that_panics() {
    let server = FaultServer::start();
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let panics = |_: &str, event: &Event<'_>| {
        unreachable!("the observer panics, which this test expects: {event}")
    };
    let second = Duration::from_secs(1);
    let config = IssuerConfig {
        refresh: second,
        shortest_pause: second,
        longest_pause: second,
        token_lifetime: second,
        ..config(&server)
    };
    let builder = Issuers::builder()
        .client(client_with(Duration::from_secs(10)))
        .observer(panics);
    let issuers = builder.build([config]).unwrap();
    eventually("the first keys", || issuers.is_ready());
    only_good_tokens_pass(&issuers, &TestKey::new(1).token(), "1", "observer");
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(2)])));
    // No token asks for it, so that the background thread drops the key and tells the observer.
    let status = || issuers.get(ISSUER).unwrap().status();
    eventually("both keys", || status().keys == 2);
    eventually("the first key is dropped", || status().keys == 1);
    let requests = server.requests("/jwks");
    eventually("the background thread goes on", || {
        server.requests("/jwks") > requests + 1
    });
    only_good_tokens_pass(&issuers, &TestKey::new(2).token(), "2", "observer");
}

/// A client that claims what it was not asked for.
struct NotModified;

impl Fetch for NotModified {
    fn fetch(&self, _: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        assert_eq!(etag, None);
        Ok(Fetched::NotModified)
    }
}

#[test]
fn a_client_that_always_says_not_modified() {
    let issuers = Issuers::builder().client(NotModified).on_demand();
    let issuers = issuers.build([support::config()]).unwrap();
    let error = issuers.all()[0].refresh_blocking().unwrap_err();
    assert_eq!(error, FetchError::Status(304));
}

/// An observer may use the issuers, and one that blocks delays no request.
#[test]
fn an_observer_that_blocks() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let (issuers, gate) = (
        Arc::new(Mutex::new(None::<Issuers>)),
        Arc::new(Mutex::new(())),
    );
    let blocked = gate.lock().unwrap();
    let (shared, lock) = (Arc::clone(&issuers), Arc::clone(&gate));
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let observer = move |name: &str, _: &Event<'_>| {
        drop(lock.lock());
        let issuers = shared.lock().unwrap().clone().unwrap();
        assert!(issuers.get(name).unwrap().status().is_ready);
        count.fetch_add(1, Ordering::Relaxed);
    };
    let built = builder(&clock)
        .observer(observer)
        .build([config(&server)])
        .unwrap();
    *issuers.lock().unwrap() = Some(built.clone());
    only_good_tokens_pass(&built, &TestKey::new(1).token(), "1", "blocked");
    assert!(clock.elapsed().is_zero());
    drop(blocked);
    eventually("the observer", || seen.load(Ordering::Relaxed) == 1);
    *issuers.lock().unwrap() = None;
}
