//! The hot path: a whole token with issuer, audience and times, for each algorithm; and tokens that are refused.
//!
//! `cargo bench -p jose-verify-benches`, or with `-- ES256` at the end for some of them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark insists on its inputs, and criterion's macros make functions without documentation"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jose_verify::{Error, Key, NumericDate, scratch_len, verify};
use jose_verify_benches::{ALGORITHMS, NOW, POLICY, token_and_key};

fn verdict(token: &str, key: &Key, now: NumericDate, scratch: &mut [u8]) -> Result<(), Error> {
    let jwt = verify(black_box(token.as_bytes()), key, &POLICY, now, scratch)?;
    black_box(jwt.claims());
    Ok(())
}

fn accepted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("accepted");
    for alg in ALGORITHMS {
        let (token, key) = token_and_key(alg);
        let mut scratch = vec![0; scratch_len(token.len())];
        group.bench_function(BenchmarkId::from_parameter(alg), |bencher| {
            bencher.iter(|| verdict(&token, &key, NOW, &mut scratch).unwrap());
        });
    }
    group.finish();
}

fn refused(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("refused");
    let (token, key) = token_and_key("HS256");
    let mut scratch = vec![0; scratch_len(token.len())];
    for (name, token, now) in [
        (
            "expired",
            token.clone(),
            NumericDate::from_seconds(i64::MAX),
        ),
        // Well-formed, and longer than any MAC is.
        ("bad signature", format!("{token}AA"), NOW),
        ("malformed", token.replace('.', ""), NOW),
    ] {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| verdict(&token, &key, now, &mut scratch).unwrap_err());
        });
    }
    group.finish();
}

criterion_group!(benches, accepted, refused);
criterion_main!(benches);
