//! Two threads that share a set of keys.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::rsa::KeySize;
use jose_verify::{
    Audience, Check, KeySet, Keys, NumericDate, Policy, SIGNATURES, oidc, scratch_len, verify,
};

use crate::material::{self, AUDIENCE, ISSUER};
use crate::measure::median;

const POLICY: Policy<'static> = oidc::jwt(
    Check::Required(&[ISSUER]),
    Check::Required(Audience::AnyOf(&[AUDIENCE])),
);

/// How long a measurement takes.
const SAMPLE: Duration = Duration::from_millis(40);
const ROUNDS: usize = 25;

/// Tokens a second by so many threads.
fn rate(threads: usize, token: &str, keys: &(impl Keys + Sync), now: NumericDate) -> f64 {
    let (stop, tokens) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut scratch = vec![0; scratch_len(token.len())];
                let mut done = 0;
                while !stop.load(Ordering::Relaxed) {
                    let _ = verify(token.as_bytes(), keys, &POLICY, now, &mut scratch).unwrap();
                    done += 1;
                }
                tokens.fetch_add(done, Ordering::Relaxed);
            });
        }
        thread::sleep(SAMPLE);
        stop.store(true, Ordering::Relaxed);
    });
    tokens.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

/// Two threads over one, with a set of an RSA and a prepared P-256 key.
pub fn print(now: u64) {
    let pair = material::rsa_key(KeySize::Rsa2048);
    let (rsa, ec) = (
        material::rsa("RS256", &pair, now),
        material::ec("ES256", now),
    );
    let jwks = format!(r#"{{"keys":[{},{}]}}"#, rsa.jwk, ec.jwk);
    let keys = KeySet::<16>::from_jwks(jwks.as_bytes(), SIGNATURES).unwrap();
    let keys = keys.prepare(vec![0; 128 * 1024 / 8]);
    let now = NumericDate::from_seconds(now.try_into().unwrap());
    println!(
        "\ntwo threads, tokens a second over those of one (at least 1.9 where two cores are free)"
    );
    for material in [rsa, ec] {
        let token = material.token();
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        for _ in 0..ROUNDS {
            let one = rate(1, &token, &keys, now);
            pairs.push((one, rate(2, &token, &keys, now)));
        }
        let ratios: Vec<f64> = pairs.iter().map(|(one, two)| two / one).collect();
        let best = ratios.iter().copied().fold(0.0, f64::max);
        let one = median(pairs.iter().map(|(one, _)| *one).collect());
        let median = median(ratios);
        println!(
            "    {:6} {one:9.0}  {median:.2}, in the best round {best:.2}",
            material.alg
        );
    }
}
