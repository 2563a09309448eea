//! Two threads that share a key set.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aws_lc_rs::rsa::KeySize;
use jose_verify::alg::{P256_TABLES, SIGNATURES};
use jose_verify::{Audience, Check, KeySet, Keys, NumericDate, Policy, Verifier, scratch_len};

use crate::material::{self, AUDIENCE, ISSUER};
use crate::measure::median;

const POLICY: Policy<'static> = Policy::jwt(
    Check::Required(&[ISSUER]),
    Check::Required(Audience::AnyOf(&[AUDIENCE])),
);

/// Duration of a measurement: many ticks of the kernel's clock, which counts a thread's time.
const SAMPLE: Duration = Duration::from_millis(400);
const ROUNDS: usize = 9;

/// Returns this thread's processor time in seconds.
fn processor_seconds() -> f64 {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    times.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// Returns how many tokens one thread verifies in a second of its processor time.
fn work(token: &str, keys: &impl Keys, now: NumericDate, stop: &AtomicBool) -> f64 {
    let verifier = Verifier::new(keys, &POLICY);
    let mut scratch = vec![0; scratch_len(token.len())];
    let (start, mut done) = (processor_seconds(), 0_u32);
    while !stop.load(Ordering::Relaxed) {
        let _ = verifier
            .verify(token.as_bytes(), now, &mut scratch)
            .unwrap();
        done += 1;
    }
    f64::from(done) / (processor_seconds() - start)
}

/// Returns how many tokens these threads verify in a second of processor time each, which excludes
/// preemption.
fn rate(threads: usize, token: &str, keys: &(impl Keys + Sync), now: NumericDate) -> f64 {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let start = |_| scope.spawn(|| work(token, keys, now, &stop));
        let started: Vec<_> = (0..threads).map(start).collect();
        thread::sleep(SAMPLE);
        stop.store(true, Ordering::Relaxed);
        started
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

/// Prints the ratio of two threads to one, with a set of an RSA key and a prepared P-256 key.
pub fn print(now: u64) {
    let pair = material::rsa_key(KeySize::Rsa2048);
    let (rsa, ec) = (
        material::rsa("RS256", &pair, now),
        material::ec("ES256", now),
    );
    let jwks = format!(r#"{{"keys":[{},{}]}}"#, rsa.jwk, ec.jwk);
    let keys = KeySet::<16>::from_jwks(jwks.as_bytes(), SIGNATURES).unwrap();
    let keys = keys.prepare(&[&P256_TABLES], vec![0; 128 * 1024 / 8]);
    let now = NumericDate::from_seconds(now.try_into().unwrap());
    println!("\ntokens a second by one thread, and by two over that: at least 1.9");
    for material in [rsa, ec] {
        let token = material.token();
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        for _ in 0..ROUNDS {
            let one = rate(1, &token, &keys, now);
            pairs.push((one, rate(2, &token, &keys, now)));
        }
        let ratios: Vec<f64> = pairs.iter().map(|(one, two)| two / one).collect();
        let one = median(pairs.iter().map(|(one, _)| *one).collect());
        let median = median(ratios);
        println!("    {:6} {one:9.0}  {median:.2}", material.alg);
    }
}
