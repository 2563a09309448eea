//! Forged tokens, and requests that wait: neither adds load on the issuer or delays others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify_http::{AccessToken, Fetch, FetchError, Fetched, IssuerConfig, Issuers};
use serde_json::json;

use super::server::{FaultServer, Reply};
use super::support::{self, ISSUER, TestKey, jwks};
use super::tools::{TestClock, builder, client_with, config, forged, verify};

/// Returns a token like `token` with this `kid`. Its signature is not verified, as there is no key.
fn with_kid(token: &str, kid: &str) -> String {
    let (_header, rest) = token.split_once('.').unwrap();
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}).to_string();
    let header = Base64UrlUnpadded::encode_string(header.as_bytes());
    format!("{header}.{rest}")
}

/// Serves one key without a network, and counts.
#[derive(Clone)]
struct Counted(Arc<AtomicUsize>, String);

impl Fetch for Counted {
    fn fetch(&self, _: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let body = self.1.clone().into_bytes();
        Ok(Fetched::Document { body, etag: None })
    }
}

/// Returns issuers and the number of their fetches.
fn counted(config: IssuerConfig, clock: Option<TestClock>) -> (Issuers, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let client = Counted(Arc::clone(&fetches), jwks(&[&TestKey::new(1)]));
    let mut builder = Issuers::builder().client(client).on_demand();
    if let Some(clock) = clock {
        builder = builder.clock(clock);
    }
    (builder.build([config]).unwrap(), fetches)
}

/// Verifies `count` tokens with different `kid`s that were never published.
fn flood(issuers: &Issuers, count: usize, mut after_each: impl FnMut()) {
    let token = TestKey::new(1).token();
    for i in 0..count {
        let outcome = verify(issuers, &with_kid(&token, &format!("forged {i}")));
        let error = outcome.unwrap_err().token_error();
        assert_eq!(error, Some(jose_verify::Error::NoKey));
        after_each();
    }
}

#[test]
fn a_hundred_thousand_forged_kids_in_one_hour() {
    let clock = TestClock::default();
    let (issuers, fetches) = counted(support::config(), Some(clock.clone()));
    let pause = Duration::from_millis(36);
    flood(&issuers, 100_000, || clock.advance(pause));
    // The bound of `Refetch`: 1 + d + t / longest. The pause of 5 doubles six times up to 300.
    let fetches = fetches.load(Ordering::Relaxed);
    assert!((10..=1 + 6 + 12).contains(&fetches), "{fetches}");
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
}

#[test]
fn a_hundred_thousand_forged_kids_in_four_threads() {
    let config = IssuerConfig {
        shortest_pause: Duration::from_secs(1),
        longest_pause: Duration::from_secs(2),
        ..support::config()
    };
    let (issuers, fetches) = counted(config, None);
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| flood(&issuers, 25_000, || ()));
        }
    });
    let bound = 1 + 1 + began.elapsed().as_secs() / 2;
    let fetches = fetches.load(Ordering::Relaxed) as u64;
    assert!(fetches <= bound, "{fetches} in {:?}", began.elapsed());
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
}

const SECOND: &str = "https://second.example.com";

/// Returns two issuers. The first has keys, and its server has stalled since.
fn stalled(server: &FaultServer) -> Issuers {
    let clock = TestClock::default();
    let good = jwks(&[&TestKey::new(1)]);
    server.set("/jwks", Reply::Document(good.clone()));
    server.set("/second", Reply::Document(good));
    let second = IssuerConfig {
        issuer: SECOND.to_owned(),
        keys: jose_verify_http::KeyLocation::Url(
            format!("{}/second", server.url()),
            jose_verify_http::KeyFormat::JwkSet,
        ),
        ..support::config()
    };
    let builder = builder(&clock).client(client_with(Duration::from_secs(2)));
    let issuers = builder.build([config(server), second]).unwrap();
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    server.set("/jwks", Reply::Stall(Vec::new()));
    clock.advance(Duration::from_secs(300));
    issuers
}

fn second_token() -> String {
    let mut claims = support::claims();
    claims["iss"] = json!(SECOND);
    let key = TestKey::new(1);
    key.sign(&key.header(), &claims)
}

/// The good requests end long before the server's timeout of two seconds.
const LIMIT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn fifty_waiting_requests_do_not_delay_others() {
    let server = FaultServer::start();
    let issuers = stalled(&server);
    let (unknown, good) = (forged("unknown"), TestKey::new(1).token());
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (issuers, token) = (issuers.clone(), unknown.clone());
            tokio::spawn(async move { issuers.verify::<serde_json::Value>(&token).await })
        })
        .collect();
    let stalled = || server.requests("/jwks") == 2;
    let began = Instant::now();
    while !stalled() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let good = tokio::spawn(async move {
        for token in [good, second_token()] {
            let verified: Result<AccessToken, _> = issuers.verify(&token).await;
            assert!(verified.is_ok(), "{verified:?}");
        }
    });
    good.await.unwrap();
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
    assert!(waiting.iter().all(|request| !request.is_finished()));
    for request in waiting {
        assert!(request.await.unwrap().is_err());
    }
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "the wait ends with the timeout"
    );
    assert_eq!(server.requests("/jwks"), 2, "they share one request");
}

#[test]
fn fifty_blocked_threads_do_not_delay_others() {
    let server = FaultServer::start();
    let issuers = stalled(&server);
    let unknown = forged("unknown");
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..50)
            .map(|_| scope.spawn(|| verify(&issuers, &unknown)))
            .collect();
        super::tools::eventually("the server stalls", || server.requests("/jwks") == 2);
        let began = Instant::now();
        for token in [TestKey::new(1).token(), second_token()] {
            assert!(verify(&issuers, &token).is_ok());
        }
        assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
        let status = issuers.get(ISSUER).unwrap().status();
        assert!(status.is_ready);
        for request in waiting {
            assert!(request.join().unwrap().is_err());
        }
    });
    assert_eq!(server.requests("/jwks"), 2, "they share one request");
}
