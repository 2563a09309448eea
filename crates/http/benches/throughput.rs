//! Compares verifications per second of the layer and of the core alone. They alternate in one
//! thread, without HTTP.
//!
//! The layer is called as a service, with requests that are built beforehand. In addition to the
//! core's work it reads the header, clones the keys' `Arc`, copies subject, client and scopes from
//! the token, and calls the inner service. Exits with an error if, for any algorithm, the layer
//! reaches less than 92 % of the core's rate.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use http::header::AUTHORIZATION;
use http::{Request, Response};
use jose_verify::{NumericDate, Verifier, oauth, scratch_len};
use jose_verify_http::{
    ConfigError, IssuerConfig, Issuers, KeyFormat, KeyLocation, Keys, RequireBearerLayer,
};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service, service_fn};

const TOKENS: &str = include_str!("tokens/tokens.json");
const ISSUER: &str = "https://issuer.example.com";
const AUDIENCE: &str = "https://api.example.com";
/// The number of verifications in a batch. It is small, so that most batches are not interrupted.
const BATCH: u32 = 20;
const ROUNDS: usize = 1000;

fn main() {
    let tokens: Vec<Value> = serde_json::from_str(TOKENS).unwrap_or_default();
    let runtime = Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else {
        return eprintln!("the tokio runtime cannot be created");
    };
    println!("alg    core/s  layer/s  layer of core");
    let mut slow = tokens.is_empty();
    for case in &tokens {
        slow |= measure(case, &runtime) < 0.92;
    }
    if slow {
        eprintln!("the layer reaches less than 92 % of the core's rate");
        std::process::exit(1);
    }
}

/// Returns the rate of the layer as a fraction of the core's. For each, only the fastest batch
/// counts, because other work on the machine slowed it down least.
fn measure(case: &Value, runtime: &Runtime) -> f64 {
    let (alg, token) = (text(&case["alg"]), text(&case["token"]));
    let Ok(issuers) = issuers(alg, case["jwks"].to_string()) else {
        return 0.0;
    };
    let Some(Ok(keys)) = issuers.get(ISSUER).map(|issuer| issuer.keys()) else {
        return 0.0;
    };
    let (mut core, mut layer) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        core = core.min(bare(token, &keys));
        layer = layer.min(layered(token, &issuers, runtime));
    }
    let per_second = |time: Duration| f64::from(BATCH) / time.as_secs_f64();
    let (core, layer) = (per_second(core), per_second(layer));
    println!(
        "{alg}  {core:>7.0}  {layer:>7.0}  {:.1} %",
        100.0 * layer / core
    );
    layer / core
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn issuers(alg: &str, jwks: String) -> Result<Issuers, ConfigError> {
    let config = IssuerConfig {
        leeway: Duration::ZERO,
        keys: KeyLocation::Document(jwks, KeyFormat::JwkSet),
        table_bytes: 128 * 1024,
        ..IssuerConfig::new(ISSUER, [alg], [AUDIENCE])
    };
    Issuers::builder().on_demand().build([config])
}

/// Returns the time of a batch with the core alone, as in `docs/gateway.md`.
fn bare(token: &str, keys: &Keys) -> Duration {
    let policy = oauth::access_token(&[ISSUER], &[AUDIENCE]);
    let now = NumericDate::from_seconds(1_800_000_000);
    let mut scratch = vec![0; scratch_len(token.len())];
    let verifier = Verifier::new(keys, &policy);
    let start = Instant::now();
    for _ in 0..BATCH {
        let answer = verifier.verify(black_box(token.as_bytes()), now, &mut scratch);
        assert!(black_box(answer).is_ok());
    }
    start.elapsed()
}

/// Returns the time of a batch through the layer.
fn layered(token: &str, issuers: &Issuers, runtime: &Runtime) -> Duration {
    let layer = RequireBearerLayer::new(issuers.clone(), ["openid"]);
    let inner = service_fn(async |request: Request<()>| {
        black_box(request);
        Ok::<_, Infallible>(Response::new(()))
    });
    let mut service = layer.layer(inner);
    let request = |_| {
        let builder = Request::builder().header(AUTHORIZATION, format!("Bearer {token}"));
        builder.body(()).unwrap_or_default()
    };
    let requests: Vec<Request<()>> = (0..BATCH).map(request).collect();
    runtime.block_on(async {
        let start = Instant::now();
        for request in requests {
            let response = service.call(request).await;
            assert!(response.is_ok_and(|response| response.status() == 200));
        }
        start.elapsed()
    })
}
