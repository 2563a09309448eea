//! The keys of an issuer, and verification of its tokens.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jose_verify::alg::{Algorithms, P256_TABLES, P384_TABLES, P521_TABLES, Precomputation, Word};
use jose_verify::keys::{GrowingRotatingKeys, Heap, PreparedKeySet, Refetch};
use jose_verify::{Error, NumericDate, Options, Verifier, oauth, scratch_len};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep, timeout};

use crate::fetch::{Fetch, FetchError};
use crate::principal::Principal;

/// The curves for which tables are precomputed.
const TABLES: [&dyn Precomputation; 3] = [&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// A snapshot of the keys, with their tables.
pub type Keys = PreparedKeySet<Heap, Vec<Word>>;

/// The configuration of an issuer.
#[derive(Clone)]
pub struct Settings {
    /// The required `iss`.
    pub issuer: String,
    /// This server, which `aud` must contain.
    pub audience: String,
    /// The accepted algorithms.
    pub algorithms: Algorithms,
    /// Tolerance for clock skew.
    pub leeway: Duration,
    /// The longest lifetime of the issuer's tokens. Keys that are no longer published are kept for
    /// this long.
    pub token_lifetime: Duration,
    /// The shortest and the longest pause between two fetches: see [`Refetch`].
    pub pauses: (Duration, Duration),
    /// The timeout of a fetch.
    pub fetch_timeout: Duration,
    /// Memory for the tables of all keys, in bytes. Only ECDSA keys use it.
    pub table_bytes: usize,
}

/// Verifies the access tokens (RFC 9068) of one issuer.
///
/// Verifying holds a lock only while it clones the `Arc` of the keys. When a token names an unknown
/// key, the keys are fetched, at most as often as [`Refetch`] allows. Other requests that need them
/// wait for the same fetch.
pub struct Issuer {
    settings: Settings,
    fetch: Fetch,
    /// The keys that requests verify with. `None` before the first fetch, or if no key is left.
    current: RwLock<Option<Current>>,
    /// Locked while keys are fetched or removed.
    rotation: Arc<Mutex<Rotation>>,
    started: Instant,
}

/// Keys, and the time at which the first of them expires.
struct Current {
    keys: Arc<Keys>,
    until: Option<Duration>,
}

/// State that only the task that changes the keys needs.
struct Rotation {
    keys: GrowingRotatingKeys,
    refetch: Refetch,
}

impl Issuer {
    /// Creates an issuer without keys. The first token or [`refresh`](Self::refresh) fetches them.
    #[must_use]
    pub fn new(settings: Settings, fetch: Fetch) -> Arc<Self> {
        let (shortest, longest) = settings.pauses;
        Arc::new(Self {
            settings,
            fetch,
            current: RwLock::new(None),
            rotation: Arc::new(Mutex::new(Rotation {
                keys: GrowingRotatingKeys::default(),
                refetch: Refetch::new(shortest, longest),
            })),
            started: Instant::now(),
        })
    }

    /// Returns the current keys, or `None` if they were never fetched or the issuer has withdrawn
    /// all of them.
    #[must_use]
    pub fn keys(&self) -> Option<Arc<Keys>> {
        let (keys, until) = self.current()?;
        if until.is_none_or(|until| self.elapsed() < until) {
            return Some(keys);
        }
        // A key has expired. If another task holds the lock, that task removes the key.
        if let Ok(mut rotation) = self.rotation.try_lock() {
            let left = rotation.keys.without_retired(self.elapsed());
            self.publish(&mut rotation, left);
        }
        self.current().map(|(keys, _)| keys)
    }

    fn current(&self) -> Option<(Arc<Keys>, Option<Duration>)> {
        // Nothing panics while it holds this lock, so it is never poisoned.
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let current = current.as_ref()?;
        Some((Arc::clone(&current.keys), current.until))
    }

    /// Replaces the keys that requests verify with.
    fn publish(&self, rotation: &mut Rotation, new: GrowingRotatingKeys) {
        let current = (!new.set().is_empty()).then(|| {
            let memory = vec![0; self.settings.table_bytes / size_of::<Word>()];
            Current {
                keys: Arc::new(new.set().clone().prepare(&TABLES, memory)),
                until: new.retires_next(),
            }
        });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        rotation.keys = new;
    }

    /// Verifies a token, and returns the principal that it identifies.
    ///
    /// # Errors
    ///
    /// The reason why the token is rejected, or `NoKey` if there are no keys.
    pub async fn authenticate(self: &Arc<Self>, token: &str) -> Result<Principal, Error> {
        let keys = self.keys();
        match self.verify(token, keys.as_deref()) {
            // The key is unknown, or the token names none: the keys may have been replaced.
            Err(error @ (Error::NoKey | Error::BadSignature)) => {
                match self.newer_keys(keys, error, names_key(token)).await {
                    None => Err(error),
                    newer => self.verify(token, newer.as_deref()),
                }
            }
            outcome => outcome,
        }
    }

    /// Verifies a token with these keys, without fetching others.
    fn verify(&self, token: &str, keys: Option<&Keys>) -> Result<Principal, Error> {
        let keys = keys.ok_or(Error::NoKey)?;
        let settings = &self.settings;
        let policy = oauth::access_token(&settings.issuer, &settings.audience);
        let policy = policy.with_leeway(settings.leeway);
        let mut scratch = vec![0; scratch_len(token.len())];
        let verifier = Verifier::new(keys, &policy);
        let token = verifier.verify(token.as_bytes(), NumericDate::now(), &mut scratch)?;
        Principal::from_verified(&token)
    }

    /// Returns keys that are newer than `old`. Fetches them if that may resolve the error, and if
    /// the pause is over.
    async fn newer_keys(
        self: &Arc<Self>,
        old: Option<Arc<Keys>>,
        error: Error,
        names_key: bool,
    ) -> Option<Arc<Keys>> {
        if error == Error::BadSignature && names_key {
            // The named key is known, so the token is forged. It need not wait for a fetch.
            return None;
        }
        let mut rotation = Arc::clone(&self.rotation).lock_owned().await;
        let current = self.keys();
        if current.as_ref().map(Arc::as_ptr) != old.as_ref().map(Arc::as_ptr) {
            // Another task fetched them while this one waited for the lock.
            return current;
        }
        if !rotation.refetch.begin(error, names_key, self.elapsed()) {
            return None;
        }
        let is_changed = self.update(rotation).await.unwrap_or(false);
        is_changed.then(|| self.keys()).flatten()
    }

    /// Fetches the keys because they are old: no token reveals that an issuer has withdrawn a key.
    /// Returns whether they changed. Does nothing if it is too early to fetch again.
    ///
    /// # Errors
    ///
    /// Why the fetch failed. Published keys stay, and replaced keys still expire on time.
    pub async fn refresh(self: &Arc<Self>) -> Result<bool, FetchError> {
        let mut rotation = Arc::clone(&self.rotation).lock_owned().await;
        if rotation.refetch.begin_at(self.elapsed()) {
            self.update(rotation).await
        } else {
            Ok(false)
        }
    }

    /// Calls [`refresh`](Self::refresh) after every `pause`, for as long as the program runs.
    pub async fn keep_fresh(self: Arc<Self>, pause: Duration, report: impl Fn(FetchError)) {
        loop {
            if let Err(error) = self.refresh().await {
                report(error);
            }
            sleep(pause).await;
        }
    }

    /// Fetches in a separate task, so that a client that disconnects does not cancel the fetch.
    async fn update(
        self: &Arc<Self>,
        mut rotation: OwnedMutexGuard<Rotation>,
    ) -> Result<bool, FetchError> {
        let issuer = Arc::clone(self);
        let task = tokio::spawn(async move {
            let outcome = issuer.fetch_into(&mut rotation).await;
            let is_new = matches!(outcome, Ok((_, true)));
            rotation.refetch.end(is_new, issuer.elapsed());
            outcome.map(|(is_changed, _)| is_changed)
        });
        let outcome = task.await;
        outcome.unwrap_or_else(|e| Err(FetchError::Transport(e.to_string())))
    }

    /// Returns whether the keys changed, and whether any are new. Expired keys are dropped even if
    /// the fetch fails.
    async fn fetch_into(&self, rotation: &mut Rotation) -> Result<(bool, bool), FetchError> {
        let jwks = self.fetch_in_time().await;
        let (old, now) = (&rotation.keys, self.elapsed());
        let (algorithms, lifetime) = (&self.settings.algorithms, self.settings.token_lifetime);
        let updated = jwks.and_then(|jwks| {
            let updated = old.updated(&jwks, algorithms, lifetime, now, |_| {});
            updated.map_err(FetchError::Keys)
        });
        let (new, outcome) = match updated {
            Ok((new, _report)) => (new, Ok(())),
            Err(error) => (old.without_retired(now), Err(error)),
        };
        let is_new = new.has_new_keys(old);
        let is_changed = is_new || old.has_new_keys(&new);
        if is_changed || new.retires_next() != old.retires_next() {
            self.publish(rotation, new);
        } else {
            rotation.keys = new;
        }
        outcome.map(|()| (is_changed, is_new))
    }

    async fn fetch_in_time(&self) -> Result<Vec<u8>, FetchError> {
        let fetching = timeout(self.settings.fetch_timeout, (self.fetch)());
        fetching.await.map_err(|_| FetchError::Timeout)?
    }

    /// Returns the time on a monotonic clock, for keys and fetches.
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Returns whether the header has a `kid`. Irrelevant for a token whose header is malformed.
fn names_key(token: &str) -> bool {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token.as_bytes(), &mut scratch);
    header.is_ok_and(|header| header.key_id().is_some())
}
