//! An issuer's keys, and tokens verified with them.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jose_verify::alg::{Algorithms, P256_TABLES, P384_TABLES, P521_TABLES, Precomputation, Word};
use jose_verify::keys::{GrowingRotatingKeys, Heap, PreparedKeySet, Refetch};
use jose_verify::{Error, NumericDate, Options, Verifier, oauth, scratch_len};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep, timeout};

use crate::fetch::{Fetch, FetchError};
use crate::principal::Principal;

/// What tables are made for.
const TABLES: [&dyn Precomputation; 3] = [&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// The keys of one moment, with their tables.
pub type Keys = PreparedKeySet<Heap, Vec<Word>>;

/// What one expects of an issuer.
#[derive(Clone)]
pub struct Settings {
    /// What `iss` must be.
    pub issuer: String,
    /// What `aud` must name: this server.
    pub audience: String,
    /// What its tokens may be signed with.
    pub algorithms: Algorithms,
    /// Tolerance for clocks that disagree.
    pub leeway: Duration,
    /// The longest lifetime of the issuer's tokens. Keys that are no longer published stay this
    /// long.
    pub token_lifetime: Duration,
    /// The time between two fetches, at least and at most: see [`Refetch`].
    pub pauses: (Duration, Duration),
    /// How long one fetch may take.
    pub fetch_timeout: Duration,
    /// Memory for the tables of all keys, used by ECDSA alone.
    pub table_bytes: usize,
}

/// Verifies the access tokens (RFC 9068) of one issuer.
///
/// Verifying holds a lock only while it clones the `Arc` of the keys. When a
/// token names a key that is not there, the keys are fetched, at most as often as [`Refetch`]
/// allows; whoever needs them meanwhile waits for that one fetch.
pub struct Issuer {
    settings: Settings,
    fetch: Fetch,
    /// What requests verify with; none before the first fetch, or if none are left.
    current: RwLock<Option<Current>>,
    /// Held while keys are fetched or taken away.
    rotation: Arc<Mutex<Rotation>>,
    started: Instant,
}

/// Keys, until one of them has to go.
struct Current {
    keys: Arc<Keys>,
    until: Option<Duration>,
}

/// What only the one who changes the keys needs.
struct Rotation {
    keys: GrowingRotatingKeys,
    refetch: Refetch,
}

impl Issuer {
    /// Without keys yet: the first token fetches them, or [`refresh`](Self::refresh).
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

    /// The keys of this moment; none if they never came, or the issuer has withdrawn all of them.
    #[must_use]
    pub fn keys(&self) -> Option<Arc<Keys>> {
        let (keys, until) = self.current()?;
        if until.is_none_or(|until| self.elapsed() < until) {
            return Some(keys);
        }
        // One of them is over. If somebody is fetching, they see to it.
        if let Ok(mut rotation) = self.rotation.try_lock() {
            let left = rotation.keys.without_retired(self.elapsed());
            self.publish(&mut rotation, left);
        }
        self.current().map(|(keys, _)| keys)
    }

    fn current(&self) -> Option<(Arc<Keys>, Option<Duration>)> {
        // Nothing panics while it holds the lock.
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let current = current.as_ref()?;
        Some((Arc::clone(&current.keys), current.until))
    }

    /// From now on requests verify with these keys.
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

    /// Whom a token speaks for, if it may pass.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub async fn authenticate(self: &Arc<Self>, token: &str) -> Result<Principal, Error> {
        let keys = self.keys();
        match self.verify(token, keys.as_deref()) {
            // A key that is not there, or one of several without names: it may have been replaced.
            Err(error @ (Error::NoKey | Error::BadSignature)) => {
                match self.newer_keys(keys, error, names_key(token)).await {
                    None => Err(error),
                    newer => self.verify(token, newer.as_deref()),
                }
            }
            outcome => outcome,
        }
    }

    /// Verifies a token with these keys and nothing else.
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

    /// Keys that came after `old`: fetched now, if this is a reason to and it is time.
    async fn newer_keys(
        self: &Arc<Self>,
        old: Option<Arc<Keys>>,
        error: Error,
        names_key: bool,
    ) -> Option<Arc<Keys>> {
        if error == Error::BadSignature && names_key {
            // A forgery; nor need it wait for others who fetch.
            return None;
        }
        let mut rotation = Arc::clone(&self.rotation).lock_owned().await;
        let current = self.keys();
        if current.as_ref().map(Arc::as_ptr) != old.as_ref().map(Arc::as_ptr) {
            // Somebody fetched them while this token waited.
            return current;
        }
        if !rotation.refetch.begin(error, names_key, self.elapsed()) {
            return None;
        }
        let is_changed = self.update(rotation).await.unwrap_or(false);
        is_changed.then(|| self.keys()).flatten()
    }

    /// Fetches the keys because they are old: issuers withdraw keys, and no token tells of it.
    /// Whether they changed; they did not if it is too early to fetch again.
    ///
    /// # Errors
    ///
    /// The published keys stay; those that were replaced go when their time is over.
    pub async fn refresh(self: &Arc<Self>) -> Result<bool, FetchError> {
        let mut rotation = Arc::clone(&self.rotation).lock_owned().await;
        if rotation.refetch.begin_at(self.elapsed()) {
            self.update(rotation).await
        } else {
            Ok(false)
        }
    }

    /// [`refresh`](Self::refresh) every so often, for as long as the program runs.
    pub async fn keep_fresh(self: Arc<Self>, pause: Duration, report: impl Fn(FetchError)) {
        loop {
            if let Err(error) = self.refresh().await {
                report(error);
            }
            sleep(pause).await;
        }
    }

    /// Fetches in a task of its own, so that a client that goes away does not take the fetch with
    /// it.
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

    /// The time on a clock that never goes back, for keys and fetches.
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Whether the header has a `kid`. Of a token that cannot be read it does not matter.
fn names_key(token: &str) -> bool {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token.as_bytes(), &mut scratch);
    header.is_ok_and(|header| header.key_id().is_some())
}
