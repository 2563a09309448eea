//! The hot path: verifies whole tokens with their issuer, audience and times. Also measures the
//! cost of rejected tokens.
//!
//! `cargo bench -p jose-verify-benches` runs all benchmarks; `-- ES256` at the end selects some.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a benchmark panics if its inputs are unusable; criterion's macros make undocumented \
              functions"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jose_verify::alg::{HS256, Word};
use jose_verify::{Claim, Error, Keys, NumericDate, Problem, Verifier, scratch_len};
use jose_verify_benches::{
    LENGTHS, NOW, POLICY, TABLES, VECTORS, hs256, other_signature, set, vector,
};

/// Sizes of the prepared keys' tables in kilobytes.
const TABLE_SIZES: [usize; 5] = [1, 16, 64, 300, 420];

fn verdict(
    token: &str,
    keys: &impl Keys,
    now: NumericDate,
    scratch: &mut [u8],
) -> Result<(), Error> {
    let jwt = Verifier::new(keys, &POLICY).verify(black_box(token.as_bytes()), now, scratch)?;
    black_box(jwt.claims());
    Ok(())
}

/// Measures each algorithm with a loaded key, without tables.
fn accepted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("accepted");
    for name in VECTORS {
        let (token, key) = vector(name);
        let mut scratch = vec![0; scratch_len(token.len())];
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| verdict(&token, &key, NOW, &mut scratch).unwrap());
        });
    }
    group.finish();
}

/// Measures ECDSA with a table for the key, and one of the same size that all keys share.
fn prepared(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("prepared");
    for name in ["ES256", "ES384", "ES512"] {
        let (token, key) = vector(name);
        let mut scratch = vec![0; scratch_len(token.len())];
        for kilobytes in TABLE_SIZES {
            let memory = vec![0; kilobytes * 2048 / size_of::<Word>()];
            let key = key.clone().prepare(TABLES, memory);
            group.bench_function(BenchmarkId::new(name, kilobytes), |bencher| {
                bencher.iter(|| verdict(&token, &key, NOW, &mut scratch).unwrap());
            });
        }
    }
    group.finish();
}

/// Measures HS256, where the token's length matters most.
fn lengths(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("length");
    for len in LENGTHS {
        let (token, key) = hs256(len);
        let mut scratch = vec![0; scratch_len(token.len())];
        group.throughput(Throughput::Bytes(token.len().try_into().unwrap()));
        group.bench_function(BenchmarkId::from_parameter(len), |bencher| {
            bencher.iter(|| verdict(&token, &key, NOW, &mut scratch).unwrap());
        });
    }
    group.finish();
}

/// Measures the lookup of the last key of a set.
fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("last key of");
    let (token, _) = hs256(350);
    let mut scratch = vec![0; scratch_len(token.len())];
    for count in [1, 2, 5, 10, 15] {
        let keys = set(count, &HS256);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| verdict(&token, &*keys, NOW, &mut scratch).unwrap());
        });
    }
    group.finish();
}

/// Measures the cost of rejected tokens, as in a flood of them.
fn rejected(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rejected");
    let late = NumericDate::from_seconds(i64::MAX);
    for name in ["HS256", "RS256-2048", "ES256"] {
        let (token, key) = vector(name);
        let mut scratch = vec![0; scratch_len(token.len())];
        for (reason, token, now, error) in [
            (
                "malformed",
                token.replace('.', ""),
                NOW,
                Error::MalformedToken,
            ),
            (
                "bad signature",
                other_signature(&token),
                NOW,
                Error::BadSignature,
            ),
            (
                "expired",
                token,
                late,
                Error::Claim(Claim::Exp, Problem::Expired),
            ),
        ] {
            let want = Err(error);
            assert_eq!(verdict(&token, &key, now, &mut scratch), want);
            group.bench_function(BenchmarkId::new(name, reason), |bencher| {
                bencher.iter(|| verdict(&token, &key, now, &mut scratch).unwrap_err());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, accepted, prepared, lengths, keys, rejected);
criterion_main!(benches);
