//! Runs for minutes: threads verify good and forged tokens while the server goes through all faults
//! and the keys are replaced. Neither memory nor the number of threads grows.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use jose_verify_http::{IssuerConfig, Issuers};

use super::responses;
use super::server::{FaultServer, Reply};
use super::support::{TestKey, jwks};
use super::tools::{client, config, forged, verify};

/// How much the resident memory may grow after the first quarter, in KiB.
const GROWTH: u64 = 4096;

/// How many threads the faults may leave: none, but connections take a moment to close.
const MORE_THREADS: u64 = 8;

#[derive(Default)]
struct Shared {
    ends: AtomicBool,
    /// A token of a key that is published and known.
    good: RwLock<String>,
    /// A token of a key that was withdrawn for longer than its lifetime.
    retired: RwLock<Option<String>>,
    accepted: AtomicU64,
    rejected: AtomicU64,
}

/// Returns a value of this process, in the unit of the file.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Verifies tokens until the end. A good token must pass, and no other.
fn client_thread(issuers: &Issuers, shared: &Shared) {
    let bad = [forged("1"), forged("unknown"), "a.b.c".to_owned()];
    let mut next = 0;
    while !shared.ends.load(Ordering::Relaxed) {
        for _ in 0..20 {
            let token = shared.good.read().unwrap().clone();
            let outcome = verify(issuers, &token);
            assert!(outcome.is_ok(), "{outcome:?}");
            shared.accepted.fetch_add(1, Ordering::Relaxed);
        }
        let retired = shared.retired.read().unwrap().clone();
        if let Some(token) = bad.get(next % 4).or(retired.as_ref()) {
            let outcome = verify(issuers, token);
            assert!(outcome.is_err(), "{outcome:?}");
            shared.rejected.fetch_add(1, Ordering::Relaxed);
        }
        next += 1;
        // Leaves the processors to others for some of the time.
        sleep(Duration::from_millis(2));
    }
}

/// Publishes the next key and waits until it is known.
fn rotate(server: &FaultServer, issuers: &Issuers, shared: &Shared, number: usize) -> Duration {
    let key = |number: usize| TestKey::new(u8::try_from(number % 250 + 1).unwrap());
    let (old, new) = (key(number), key(number + 1));
    server.set("/jwks", Reply::Document(jwks(&[&old, &new])));
    let (token, began) = (new.token(), Instant::now());
    while verify(issuers, &token).is_err() {
        let issuer = &issuers.all()[0];
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            issuer.status()
        );
        sleep(Duration::from_millis(50));
    }
    *shared.good.write().unwrap() = token;
    if let Some(number) = number.checked_sub(4) {
        *shared.retired.write().unwrap() = Some(key(number).token());
    }
    began.elapsed()
}

#[test]
#[ignore = "runs for minutes: cargo xtask companion soak"]
fn soak() {
    let minutes = std::env::var("SOAK_MINUTES").map_or(10, |minutes| minutes.parse().unwrap());
    let (server, shared) = (FaultServer::start(), Arc::new(Shared::default()));
    let second = Duration::from_secs(1);
    let config = IssuerConfig {
        refresh: second,
        shortest_pause: second,
        longest_pause: 2 * second,
        token_lifetime: 3 * second,
        ..config(&server)
    };
    let folder = std::env::temp_dir().join(format!("jose-verify-soak-{}", std::process::id()));
    let builder = Issuers::builder().client(client()).keep_in(&folder);
    let issuers = builder.build([config]).unwrap();
    rotate(&server, &issuers, &shared, 0);
    let faults = responses::all(&server);
    let (began, length) = (Instant::now(), Duration::from_secs(minutes * 60));
    let mut samples: Vec<(u64, u64)> = Vec::new();
    let mut warm = 0;
    let mut slowest = Duration::ZERO;
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| client_thread(&issuers, &shared));
        }
        let _ends = super::concurrency::End(&shared.ends);
        for (number, (name, reply, _)) in (1..).zip(faults.iter().cycle()) {
            server.set("/jwks", reply.clone());
            sleep(2 * second);
            slowest = slowest.max(rotate(&server, &issuers, &shared, number));
            let elapsed = began.elapsed();
            samples.push((status("VmRSS"), status("Threads")));
            if elapsed < length / 4 {
                warm = samples.len();
            }
            println!("{:4} s, {name}: {:?}", elapsed.as_secs(), samples.last());
            if elapsed > length {
                break;
            }
        }
    });
    std::fs::remove_dir_all(folder).unwrap();
    let most = |samples: &[(u64, u64)]| {
        samples
            .iter()
            .fold((0, 0), |a, b| (a.0.max(b.0), a.1.max(b.1)))
    };
    let (before, after) = (most(&samples[..warm]), most(&samples[warm..]));
    println!(
        "accepted {}, rejected {}, requests of keys {}, slowest recovery {slowest:?}, memory in \
         KiB and threads: {before:?} in the first quarter, {after:?} later",
        shared.accepted.load(Ordering::Relaxed),
        shared.rejected.load(Ordering::Relaxed),
        server.requests("/jwks"),
    );
    assert!(
        after.0 <= before.0 + GROWTH,
        "memory grows: {before:?} {after:?}"
    );
    assert!(
        after.1 <= before.1 + MORE_THREADS,
        "threads: {before:?} {after:?}"
    );
}
