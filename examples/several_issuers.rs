//! A gateway for the issuers in a configuration file. Their keys are replaced while requests run.
//!
//!     cargo run --example several_issuers --features alloc [FILE]

#![allow(clippy::unwrap_used, reason = "an example fails by panicking")]

use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jose_verify::alg::{Algorithms, SIGNATURES};
use jose_verify::keys::GrowingRotatingKeys;
use jose_verify::{
    Audience, Check, Error, Issuer, IssuerVerifier, Keys, NumericDate, Policy, scratch_len,
};

/// An issuer from the configuration file, and its current keys.
#[derive(serde::Deserialize)]
struct Entry {
    issuer: String,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    jwks: Box<serde_json::value::RawValue>,
    #[serde(skip)]
    keys: Mutex<Arc<GrowingRotatingKeys>>,
}

impl Entry {
    /// Publishes fetched keys. Replaced keys verify for one more hour. Requests in progress keep
    /// the keys that they started with.
    ///
    /// Call it from one task only: concurrent calls can lose the keys of one of them. `now` is the
    /// time on a monotonic clock.
    fn publish(&self, jwks: &[u8], now: Duration) -> Result<(), Error> {
        let unknown = |name: &str| eprintln!("{}: unknown algorithm {name}", self.issuer);
        let algorithms = Algorithms::named(SIGNATURES, &self.algorithms, unknown)?;
        let old = Arc::clone(&self.keys.lock().unwrap());
        let (new, _) = old.updated(jwks, &algorithms, HOUR, now, |_| {})?;
        *self.keys.lock().unwrap() = Arc::new(new);
        Ok(())
    }
}

fn start(config: &str, now: Duration) -> Result<Gateway, Box<dyn std::error::Error>> {
    let entries: Vec<Entry> = serde_json::from_str(config)?;
    let gateway: Gateway = entries.into_iter().map(Arc::new).collect();
    let mut entries = gateway.iter();
    entries.try_for_each(|entry| entry.publish(entry.jwks.get().as_bytes(), now))?;
    Ok(gateway)
}

/// The issuers. A new configuration would replace the whole list.
type Gateway = Vec<Arc<Entry>>;

/// An issuer for one request, with the keys that are current at its start.
struct Request {
    entry: Arc<Entry>,
    keys: Arc<GrowingRotatingKeys>,
}

impl Issuer for Request {
    fn issuer(&self) -> &str {
        &self.entry.issuer
    }

    fn keys(&self) -> &dyn Keys {
        &self.keys
    }

    fn policy(&self) -> Policy<'_> {
        let audience = Check::Required(Audience::AnyOf(&self.entry.audiences));
        Policy {
            expires_at: Check::Required(Duration::from_secs(30)),
            // The policy's `issuer` is ignored: `iss` must equal `issuer()`.
            ..Policy::jwt(Check::NotChecked, audience)
        }
    }
}

/// Verifies a token and returns its issuer.
fn authenticate(gateway: &Gateway, token: &str, now: NumericDate) -> Result<String, Error> {
    let verifier = IssuerVerifier::new(|iss| {
        let entry = gateway.iter().find(|entry| iss == entry.issuer)?;
        let (entry, keys) = (Arc::clone(entry), Arc::clone(&entry.keys.lock().unwrap()));
        Some(Request { entry, keys })
    });
    let mut scratch = vec![0; scratch_len(token.len())];
    let (request, _jwt) = verifier.verify(token.as_bytes(), now, &mut scratch)?;
    Ok(request.entry.issuer.clone())
}

const HOUR: Duration = Duration::from_secs(3600);
/// A time at which the tokens are valid.
const NOW: NumericDate = NumericDate::from_seconds(1_700_000_060);
const TOKEN_A: &str = include_str!("../vectors/demo/airlock.jwt").trim_ascii();
const TOKEN_B: &str = include_str!("../vectors/demo/akana.jwt").trim_ascii();
const JWKS_B: &[u8] = include_bytes!("../vectors/demo/akana.jwks.json");
/// The keys of the second issuer have not been fetched yet.
const CONFIG: &str = concat!(
    r#"[{"issuer": "https://iam.example.com/auth-login/oauth2/v3/as-1",
         "audiences": ["client-7f3a"],
         "algorithms": ["RS256", "ES256"], "jwks": "#,
    include_str!("../vectors/demo/airlock.jwks.json"),
    r#"}, {"issuer": "https://login.example.com/oauth",
         "audiences": ["app-portal-01", "app-portal-02"],
         "algorithms": ["RS256"], "jwks": {"keys": []}}]"#
);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let file = std::env::args().nth(1).map(std::fs::read_to_string);
    let config = file.transpose()?;
    let gateway = start(config.as_deref().unwrap_or(CONFIG), started.elapsed())?;
    println!("{:?}", authenticate(&gateway, TOKEN_A, NOW));
    println!("{:?}", authenticate(&gateway, TOKEN_B, NOW));
    let fetched = gateway.last().ok_or("no issuer")?;
    fetched.publish(JWKS_B, started.elapsed())?;
    println!("{:?}", authenticate(&gateway, TOKEN_B, NOW));
    Ok(())
}

#[test]
fn only_the_current_keys_of_the_issuer_verify() {
    let gateway = start(CONFIG, Duration::ZERO).unwrap();
    let [a, b] = [0, 1].map(|i| Arc::clone(gateway.get(i).unwrap()));
    let authenticated = |token| authenticate(&gateway, token, NOW);
    // A publishes the key of B's token, which must not verify for B. A's replaced key still
    // verifies.
    a.publish(JWKS_B, Duration::from_secs(1)).unwrap();
    assert_eq!(authenticated(TOKEN_B), Err(Error::NoKey));
    assert_eq!(authenticated(TOKEN_A), Ok(a.issuer.clone()));
    std::thread::scope(|scope| {
        let requests = scope.spawn(|| while authenticated(TOKEN_B) != Ok(b.issuer.clone()) {});
        b.publish(JWKS_B, Duration::from_secs(1)).unwrap();
        requests.join().unwrap();
    });
}
