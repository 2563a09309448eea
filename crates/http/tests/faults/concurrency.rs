//! Many threads, while keys are replaced, issuers are replaced, and fetches begin and end.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use jose_verify_http::{Error, Fetch, FetchError, Fetched, IssuerConfig, Issuers};

use super::support::{self, ISSUER, Published, TestKey};
use super::tools::{eventually, verify};

/// Runs `work` in this many threads until `main` ends. Returns how often it ran.
fn meanwhile(threads: usize, work: impl Fn() + Sync, main: impl FnOnce()) -> usize {
    let (ends, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !ends.load(Ordering::Relaxed) {
                    work();
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Also if `main` panics.
        let _ends = End(&ends);
        main();
    });
    count.load(Ordering::Relaxed)
}

pub(crate) struct End<'e>(pub(crate) &'e AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The issuer announces each key before it signs with it. No good token is rejected.
#[test]
fn keys_that_are_announced() {
    let keys: Vec<_> = (1..=6).map(TestKey::new).collect();
    let published = Published::new(&[&keys[0]]);
    let issuers = published.issuers();
    let issuer = issuers.get(ISSUER).unwrap();
    assert!(verify(&issuers, &keys[0].token()).is_ok());
    // The tokens in use: of the current key, and of the one before it.
    let tokens = Mutex::new([keys[0].token(), keys[0].token()]);
    let work = || {
        // Not in the head of the loop, where the lock would be held until its end.
        let in_use = tokens.lock().unwrap().clone();
        for token in in_use {
            let outcome = verify(&issuers, &token);
            assert!(outcome.is_ok(), "{outcome:?}");
        }
    };
    let count = meanwhile(4, work, || {
        for pair in keys.windows(2) {
            published.publish(&[&pair[0], &pair[1]]);
            published.advance(Duration::from_secs(300));
            assert_eq!(issuer.refresh_blocking(), Ok(true));
            *tokens.lock().unwrap() = [pair[0].token(), pair[1].token()];
            published.publish(&[&pair[1]]);
            published.advance(Duration::from_secs(300));
            assert!(issuer.refresh_blocking().is_ok());
        }
    });
    assert!(count > 50, "{count}");
}

/// The issuer signs with a key at once. Requests wait for the fetch, and none is rejected.
#[test]
fn keys_that_are_not_announced() {
    let keys: Vec<_> = (1..=6).map(TestKey::new).collect();
    let published = Published::new(&[&keys[0]]);
    let issuers = published.issuers();
    for (i, key) in keys.iter().enumerate() {
        published.publish(&[key]);
        published.advance(Duration::from_secs(300));
        let tokens = [key.token(), keys[i.saturating_sub(1)].token()];
        thread::scope(|scope| {
            for token in tokens.iter().cycle().take(16) {
                scope.spawn(|| {
                    let outcome = verify(&issuers, token);
                    assert!(outcome.is_ok(), "{outcome:?}");
                });
            }
        });
    }
    assert_eq!(published.fetches(), keys.len(), "each is fetched once");
}

/// Replaced keys are dropped once, and no request waits or is wrongly rejected meanwhile.
#[test]
fn keys_that_retire() {
    let (old, new) = (TestKey::new(1), TestKey::new(2));
    let published = Published::new(&[&old]);
    let issuers = published.issuers();
    assert!(verify(&issuers, &old.token()).is_ok());
    published.publish(&[&new]);
    published.advance(Duration::from_secs(300));
    assert!(verify(&issuers, &new.token()).is_ok());
    let (token, unknown) = (new.token(), TestKey::new(3).token());
    let work = || {
        let outcome = verify(&issuers, &token);
        assert!(outcome.is_ok(), "{outcome:?}");
        assert!(verify(&issuers, &unknown).is_err());
    };
    meanwhile(4, work, || {
        assert!(verify(&issuers, &old.token()).is_ok());
        published.advance(Duration::from_secs(3600));
        eventually("the old key is dropped", || {
            verify(&issuers, &old.token()).is_err()
        });
        sleep(Duration::from_millis(100));
        assert!(verify(&issuers, &old.token()).is_err());
    });
}

#[test]
fn issuers_that_are_replaced() {
    let key = TestKey::new(1);
    let published = Published::new(&[&key]);
    let issuers = published.issuers();
    let token = key.token();
    let work = || {
        let outcome = verify(&issuers, &token);
        assert!(outcome.is_ok(), "{outcome:?}");
    };
    let changed = |i: u64| IssuerConfig {
        leeway: Duration::from_secs(i % 3),
        ..support::config()
    };
    let other = IssuerConfig {
        issuer: "https://other.example.com".to_owned(),
        ..support::config()
    };
    let count = meanwhile(4, work, || {
        for i in 0..20 {
            issuers.replace([changed(i), other.clone()]).unwrap();
            sleep(Duration::from_millis(20));
        }
    });
    assert!(count > 20, "{count}");
    // The same configuration keeps its keys.
    work();
    let before = published.fetches();
    issuers.replace([changed(19)]).unwrap();
    work();
    assert_eq!(published.fetches(), before);
    issuers.replace([other]).unwrap();
    assert!(matches!(
        verify(&issuers, &token),
        Err(Error::Token(_) | Error::Issuer(_))
    ));
}

/// When each issuer's keys were fetched.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<Vec<(String, Instant)>>>);

impl Fetch for Times {
    fn fetch(&self, url: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        self.0
            .lock()
            .unwrap()
            .push((url.to_owned(), Instant::now()));
        let body = support::jwks(&[&TestKey::new(1)]).into_bytes();
        Ok(Fetched::Document { body, etag: None })
    }
}

/// Returns the number of threads that fetch in the background. Linux shows 15 bytes of a name.
fn background_threads() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = threads.filter_map(|thread| std::fs::read(thread.path().join("comm")).ok());
    names
        .filter(|name| name.starts_with(b"jose-verify ref"))
        .count()
}

/// Keys are fetched in the background, at times that differ, until the last clone is dropped.
#[test]
fn the_background_thread() {
    let times = Times::default();
    let configs = (0..20).map(|i| IssuerConfig {
        issuer: format!("https://issuer{i}.example.com"),
        keys: jose_verify_http::KeyLocation::Url(
            format!("https://{i}.example.com"),
            jose_verify_http::KeyFormat::JwkSet,
        ),
        refresh: Duration::from_secs(3),
        shortest_pause: Duration::from_secs(1),
        ..support::config()
    });
    let issuers = Issuers::builder()
        .client(times.clone())
        .build(configs)
        .unwrap();
    let clone = issuers.clone();
    drop(issuers);
    let fetches = || times.0.lock().unwrap().len();
    eventually("40 fetches", || fetches() >= 40);
    let all = times.0.lock().unwrap().clone();
    let mut waits = BTreeSet::new();
    for i in 0..20 {
        let url = format!("https://{i}.example.com");
        let times: Vec<_> = all.iter().filter(|fetch| fetch.0 == url).collect();
        waits.insert(times[1].1 - times[0].1);
    }
    let (first, last) = (waits.first().unwrap(), waits.last().unwrap());
    // Up to a tenth before three seconds. The thread wakes every tenth of a second at most.
    assert!(*first >= Duration::from_millis(2690), "{first:?}");
    assert!(*last < Duration::from_secs(6), "{last:?}");
    assert!(
        *first < Duration::from_millis(2980),
        "they are spread: {first:?}"
    );

    assert!(background_threads() > 0);
    drop(clone);
    // Those of other tests end too.
    eventually("the thread ends", || background_threads() == 0);
}

/// Fetches take a while. Counts those in progress, and their maximum.
#[derive(Clone, Default)]
struct Slow(Arc<[AtomicUsize; 3]>);

impl Fetch for Slow {
    fn fetch(&self, _: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        let [now, most, total] = &*self.0;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        sleep(Duration::from_millis(150));
        now.fetch_sub(1, Ordering::SeqCst);
        total.fetch_add(1, Ordering::SeqCst);
        Err(FetchError::Timeout)
    }
}

/// The number of threads does not grow with the number of issuers.
#[test]
fn many_issuers() {
    let fetches = Slow::default();
    let configs = (0..150).map(|i| IssuerConfig {
        issuer: format!("https://issuer{i}.example.com"),
        ..support::config()
    });
    let _issuers = Issuers::builder().client(fetches.clone()).build(configs);
    let [_, most, total] = &*fetches.0;
    eventually("all are fetched", || total.load(Ordering::SeqCst) >= 150);
    assert!(most.load(Ordering::SeqCst) <= 32, "{most:?}");
}
