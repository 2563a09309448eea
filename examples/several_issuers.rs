//! A gateway for the issuers in a configuration file. Their keys are fetched again while requests
//! run, and routes require roles.
//!
//!     cargo run --example several_issuers --features alloc [FILE]

#![allow(clippy::unwrap_used, reason = "an example fails by panicking")]

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jose_verify::alg::{Algorithms, SIGNATURES};
use jose_verify::checks::MaxLifetime;
use jose_verify::keys::{GrowingRotatingKeys, Refetch};
use jose_verify::oauth::Scopes;
use jose_verify::{
    Audience, Check, Claim, Error, IssuerVerifier, NumericDate, Options, Policy, Problem, Tenant,
    Verified, scratch_len,
};

/// An issuer from the configuration file, and its keys.
#[derive(serde::Deserialize)]
struct Entry {
    issuer: String,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    /// Where the issuer publishes its keys: a file in this example, a URL in production.
    jwks: String,
    #[serde(skip)]
    current: Mutex<Arc<GrowingRotatingKeys>>,
    /// Locked while keys are fetched.
    #[serde(skip, default = "refetch")]
    refetch: Mutex<Refetch>,
    #[serde(skip, default = "Instant::now")]
    started: Instant,
}

/// Fetches a JWK Set. It needs a timeout, because requests with an unknown key wait for it.
type Fetch<'f> = &'f (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync);
/// Checks what a route requires, such as a role.
type Route<'r> = &'r (dyn Fn(&Verified<'_>) -> Result<(), Error> + Sync);

/// Verifies a token for a route and returns the name of its issuer.
fn authenticate(
    issuers: &[Entry],
    token: &str,
    now: NumericDate,
    route: Route<'_>,
    fetch: Fetch<'_>,
) -> Result<String, Error> {
    // An `iss` that is not in the configuration never leads to a fetch. The claims are decoded
    // twice to read it first, which costs little next to a signature.
    let entry = find_untrusted(issuers, token.as_bytes())?;
    let verify = |keys| entry.verify(token.as_bytes(), keys, now, route);
    let used = entry.current();
    match verify(&used) {
        Err(error) if entry.refresh(&used, error, token.as_bytes(), fetch) => {
            verify(&entry.current())
        }
        outcome => outcome,
    }
    // The name comes from the configuration, not from the token.
    .inspect_err(|error| eprintln!("{}: {error}", entry.issuer))?;
    Ok(entry.issuer.clone())
}

/// Looks up the issuer by the `iss`, which is not verified yet.
fn find_untrusted<'i>(issuers: &'i [Entry], token: &[u8]) -> Result<&'i Entry, Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let iss = Options::new().peek_issuer_untrusted(token, &mut scratch)?;
    let iss = iss.ok_or(Error::missing(Claim::Iss))?;
    let entry = issuers.iter().find(|entry| iss == entry.issuer);
    entry.ok_or(Error::Claim(Claim::Iss, Problem::Mismatch))
}

impl Entry {
    fn verify(
        &self,
        token: &[u8],
        keys: &GrowingRotatingKeys,
        now: NumericDate,
        route: Route<'_>,
    ) -> Result<(), Error> {
        let audience = Check::Required(Audience::AnyOf(&self.audiences));
        let policy = Policy {
            expires_at: Check::Required(Duration::from_secs(30)),
            // The policy's `issuer` is ignored: `iss` must equal the name of the `Tenant`.
            ..Policy::jwt(Check::NotChecked, audience)
        };
        let tenant = Tenant::new(&self.issuer, keys, policy).with_checks(&[&MaxLifetime(HOUR)]);
        let verifier = IssuerVerifier::new(|_| Some(tenant));
        let mut scratch = vec![0; scratch_len(token.len())];
        let (_, jwt) = verifier.verify(token, now, &mut scratch)?;
        route(&jwt)
    }

    /// Returns the keys for one request, which keeps them while others replace them.
    fn current(&self) -> Arc<GrowingRotatingKeys> {
        Arc::clone(&self.current.lock().unwrap())
    }

    /// Returns whether there are newer keys than `used`, which rejected a token with `error`.
    /// Fetches them if necessary, or waits while another request does so.
    fn refresh(
        &self,
        used: &Arc<GrowingRotatingKeys>,
        error: Error,
        token: &[u8],
        fetch: Fetch<'_>,
    ) -> bool {
        let names_key = names_key(token);
        let may_be_replaced = error == Error::BadSignature && !names_key;
        if !error.should_refresh_keys() && !may_be_replaced {
            return false; // Newer keys cannot help, so do not wait for the lock.
        }
        // If a fetch panicked, `Refetch` counts it as abandoned.
        let mut refetch = self.refetch.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(used, &self.current()) {
            return true; // Another request has just fetched keys.
        }
        if !refetch.begin(error, names_key, self.started.elapsed()) {
            return false;
        }
        let updated = fetch(&self.jwks).and_then(|jwks| self.update(&jwks));
        let updated = updated.inspect_err(|error| eprintln!("{}: {error}", self.issuer));
        let has_new_keys = updated.unwrap_or(false);
        refetch.end(has_new_keys, self.started.elapsed());
        has_new_keys
    }

    /// Replaces the keys with what the issuer publishes, and returns whether there are new ones.
    /// Replaced keys verify for one more hour.
    fn update(&self, jwks: &[u8]) -> Result<bool, String> {
        let unknown = |name: &str| eprintln!("{}: unknown algorithm {name}", self.issuer);
        let algorithms = Algorithms::named(SIGNATURES, &self.algorithms, unknown);
        let algorithms = algorithms.map_err(|error| error.to_string())?;
        let (old, now) = (self.current(), self.started.elapsed());
        let updated = old.updated(jwks, &algorithms, HOUR, now, |entry| {
            eprintln!(
                "{}: key {} is skipped: {}",
                self.issuer, entry.position, entry.reason
            );
        });
        // The old keys stay only if the text is not a JWK Set.
        let (new, report) = updated.map_err(|error| error.to_string())?;
        eprintln!("{}: {} published keys are used", self.issuer, report.kept());
        let has_new_keys = new.has_new_keys(&old);
        *self.current.lock().unwrap() = Arc::new(new);
        Ok(has_new_keys)
    }
}

/// Returns whether the token's header has a `kid`.
fn names_key(token: &[u8]) -> bool {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token, &mut scratch);
    header.is_ok_and(|header| header.key_id().is_some())
}

fn refetch() -> Mutex<Refetch> {
    Mutex::new(Refetch::new(
        Duration::from_secs(5),
        Duration::from_secs(300),
    ))
}

/// No token is valid for longer, so a replaced key is not needed for longer.
const HOUR: Duration = Duration::from_secs(3600);
/// A time at which the tokens are valid.
const NOW: NumericDate = NumericDate::from_seconds(1_700_000_060);
const TOKEN_A: &str = include_str!("../vectors/demo/airlock.jwt").trim_ascii();
const TOKEN_B: &str = include_str!("../vectors/demo/akana.jwt").trim_ascii();
const CONFIG: &str = concat!(
    r#"[{"issuer": "https://iam.example.com/auth-login/oauth2/v3/as-1",
         "audiences": ["client-7f3a"], "algorithms": ["RS256", "ES256"],
         "jwks": ""#,
    env!("CARGO_MANIFEST_DIR"),
    r#"/vectors/demo/airlock.jwks.json"},
        {"issuer": "https://login.example.com/oauth",
         "audiences": ["app-portal-01", "app-portal-02"], "algorithms": ["RS256"],
         "jwks": ""#,
    env!("CARGO_MANIFEST_DIR"),
    r#"/vectors/demo/akana.jwks.json"}]"#
);

/// A route for every user.
fn home(jwt: &Verified<'_>) -> Result<(), Error> {
    let subject = jwt.claims().subject();
    subject.map(drop).ok_or(Error::missing(Claim::Sub))
}

/// A route for developers.
fn console(jwt: &Verified<'_>) -> Result<(), Error> {
    Scopes::read(jwt.claims(), "roles")?.require(&["developer"])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).map(std::fs::read_to_string);
    let config = file.transpose()?;
    let issuers: Vec<Entry> = serde_json::from_str(config.as_deref().unwrap_or(CONFIG))?;
    let fetch: Fetch<'_> = &|file| std::fs::read(file).map_err(|error| error.to_string());
    for token in [TOKEN_A, TOKEN_B] {
        println!(
            "home: {:?}",
            authenticate(&issuers, token, NOW, &home, fetch)
        );
        println!(
            "console: {:?}",
            authenticate(&issuers, token, NOW, &console, fetch)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    const JWKS_A: &[u8] = include_bytes!("../vectors/demo/airlock.jwks.json");
    const JWKS_B: &[u8] = include_bytes!("../vectors/demo/akana.jwks.json");

    fn unreachable(_: &str) -> Result<Vec<u8>, String> {
        Err("unreachable".to_owned())
    }

    #[test]
    fn keys_of_one_issuer_never_verify_for_another() {
        let issuers: Vec<Entry> = serde_json::from_str(CONFIG).unwrap();
        let [a, b] = issuers.as_slice() else {
            panic!("two issuers")
        };
        let authenticated =
            |token, route: Route<'_>| authenticate(&issuers, token, NOW, route, &unreachable);
        a.update(JWKS_A).unwrap();
        // A publishes the key of B's token. A's replaced key still verifies.
        a.update(JWKS_B).unwrap();
        assert_eq!(authenticated(TOKEN_B, &home), Err(Error::NoKey));
        assert_eq!(authenticated(TOKEN_A, &home), Ok(a.issuer.clone()));
        assert_eq!(
            authenticated(TOKEN_A, &console),
            Err(Error::InsufficientScope)
        );
        b.update(JWKS_B).unwrap();
        assert_eq!(authenticated(TOKEN_B, &console), Ok(b.issuer.clone()));
    }

    #[test]
    fn nothing_is_fetched_for_an_unknown_issuer() {
        let issuers: Vec<Entry> = serde_json::from_str(CONFIG).unwrap();
        let fetch: Fetch<'_> = &|_| panic!("fetched");
        let outcome = authenticate(&issuers[..1], TOKEN_B, NOW, &home, fetch);
        assert_eq!(outcome, Err(Error::Claim(Claim::Iss, Problem::Mismatch)));
    }

    #[test]
    fn requests_wait_for_one_fetch() {
        let issuers: Vec<Entry> = serde_json::from_str(CONFIG).unwrap();
        let fetches = AtomicUsize::new(0);
        let fetch: Fetch<'_> = &|_| {
            fetches.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(100));
            Ok(JWKS_B.to_vec())
        };
        thread::scope(|scope| {
            let request = || authenticate(&issuers, TOKEN_B, NOW, &home, fetch);
            let requests: Vec<_> = (0..8).map(|_| scope.spawn(request)).collect();
            for request in requests {
                assert!(request.join().unwrap().is_ok());
            }
        });
        assert_eq!(fetches.into_inner(), 1);
    }
}
