//! One issuer: its current keys, and when they are fetched again.
//!
//! Requests clone the `Arc` of the current keys, and hold no lock while they verify. Each fetch
//! runs on a thread of its own, so that neither a server that does not respond nor a client that
//! disconnects affects other requests. There is at most one fetch at a time for each issuer.
//! Requests that need its result wait for an event.

mod lifecycle;

use std::fmt;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use event_listener::{Event as Signal, EventListener, Listener};
use jose_verify::alg::{Algorithms, Word};
use jose_verify::keys::{Heap, PreparedKeySet, Refetch};
use jose_verify::{
    ClaimCheck, Error as TokenError, Keys as _, Options, Policy, PolicyBuf, Verified, Verifier,
    scratch_len,
};

use crate::clock::Clock;
use crate::config::{ConfigError, IssuerConfig, KeyLocation};
use crate::error::{Error, KeyReport, Rejection, Unavailable};
use crate::fetch::{Fetch, FetchError};
use crate::kept::KeptFile;
use crate::observer::Observer;

use lifecycle::{Current, State};

/// The prepared keys of an issuer, including their tables.
pub type Keys = PreparedKeySet<Heap, Vec<Word>>;

/// What all issuers share.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) client: Arc<dyn Fetch>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// An issuer, and the keys that verify its tokens. [`Issuers::get`](crate::Issuers::get) and
/// [`Builder::issuer`](crate::Builder::issuer) return it.
pub struct Issuer {
    name: Arc<str>,
    config: IssuerConfig,
    policy: PolicyBuf,
    algorithms: Algorithms,
    environment: Environment,
    kept_file: Option<KeptFile>,
    current: RwLock<Current>,
    state: Mutex<State>,
    /// Held by the thread that drops replaced keys.
    retiring: Mutex<()>,
    /// Notified at the end of each fetch.
    fetched: Signal,
}

/// What is verified, and how.
struct Request<'r> {
    token: &'r [u8],
    policy: &'r Policy<'r>,
    checks: &'r [&'r dyn ClaimCheck],
}

/// A request whose token the current keys rejected.
struct Rejected {
    /// The keys, if there were any.
    used: Option<Arc<Keys>>,
    error: Error,
    /// Whether newer keys may accept the token.
    needs_newer: bool,
    /// The fetch in progress, if it may bring newer keys.
    fetched: Option<EventListener>,
}

/// The state of an issuer's keys, for health checks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Status {
    /// Whether there are keys that are not too old.
    pub is_ready: bool,
    /// The number of keys, including those that are no longer published.
    pub keys: usize,
    /// The time since the last successful fetch. `None` before it, and for keys in the
    /// configuration.
    pub age: Option<Duration>,
    /// What the issuer last published.
    pub published: Arc<KeyReport>,
    /// Why the last fetch failed. `None` if it did not fail.
    pub last_error: Option<FetchError>,
}

impl Issuer {
    pub(crate) fn new(
        config: IssuerConfig,
        environment: Environment,
        kept_file: Option<KeptFile>,
    ) -> Result<Arc<Self>, ConfigError> {
        if config.issuer.is_empty() {
            return Err(ConfigError::NoIssuer);
        }
        let issuer = Arc::new(Self {
            name: Arc::from(&*config.issuer),
            policy: config.policy()?,
            algorithms: config.signatures()?,
            current: RwLock::default(),
            state: Mutex::new(State::new(Refetch::new(
                config.shortest_pause,
                config.longest_pause,
            ))),
            retiring: Mutex::default(),
            fetched: Signal::new(),
            config,
            environment,
            kept_file,
        });
        let constant = match &issuer.config.keys {
            KeyLocation::Document(text, _) => Some(text.as_bytes()),
            KeyLocation::Secret(secret) => Some(&**secret),
            _ => None,
        };
        if let Some(keys) = constant {
            let fixed = issuer.fix(keys);
            fixed.map_err(|error| ConfigError::Keys(issuer.config.issuer.clone(), error))?;
        } else {
            issuer.restore();
        }
        Ok(issuer)
    }

    /// Returns the issuer's name, which `iss` must equal.
    #[must_use]
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns the configuration.
    #[must_use]
    pub const fn config(&self) -> &IssuerConfig {
        &self.config
    }

    /// Returns the policy that the configuration describes.
    #[must_use]
    pub fn policy(&self) -> Policy<'_> {
        self.policy.as_policy()
    }

    /// Returns the state of the keys.
    #[must_use]
    pub fn status(&self) -> Status {
        let now = self.elapsed();
        let current = self.current(Current::clone);
        let age = |fetched_at| now.saturating_sub(fetched_at);
        let age = current.fetched_at.map(age);
        let state = self.state();
        Status {
            is_ready: current.keys.is_some() && !current.is_stale(now),
            keys: state.keys.set().len(),
            age,
            published: current.report,
            last_error: state.outcome.clone().and_then(Result::err),
        }
    }

    /// Returns the current keys. Does not fetch them.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`]: there are none, or they are too old.
    pub fn keys(&self) -> Result<Arc<Keys>, Error> {
        let now = self.elapsed();
        if self.current(|current| current.must_retire(now)) {
            self.retire();
        }
        match self.current(|current| (current.keys.clone(), current.is_stale(now))) {
            (Some(keys), false) => Ok(keys),
            (keys, _) => Err(self.unavailable(keys.is_some())),
        }
    }

    /// Verifies a token with a policy and additional checks, and returns what `read` reads from it.
    /// Waits for a fetch if newer keys may help, and one is in progress or may begin.
    ///
    /// `read` is called only with a verified token.
    ///
    /// # Errors
    ///
    /// [`Error::Token`]: the token is rejected, or `read` returned an error.
    /// [`Error::Unavailable`]: there are no keys, or they are too old.
    pub async fn verify<T>(
        self: &Arc<Self>,
        token: &[u8],
        policy: &Policy<'_>,
        checks: &[&dyn ClaimCheck],
        mut read: impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, Error> {
        let request = Request {
            token,
            policy,
            checks,
        };
        let mut rejected = match self.first(&request, &mut read) {
            Ok(value) => return Ok(value),
            Err(rejected) => rejected,
        };
        if let Some(fetched) = rejected.fetched.take() {
            fetched.await;
        }
        self.again(rejected, &request, read)
    }

    /// Does the same as [`verify`](Self::verify), but blocks the thread while it waits.
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify).
    pub fn verify_blocking<T>(
        self: &Arc<Self>,
        token: &[u8],
        policy: &Policy<'_>,
        checks: &[&dyn ClaimCheck],
        mut read: impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, Error> {
        let request = Request {
            token,
            policy,
            checks,
        };
        let mut rejected = match self.first(&request, &mut read) {
            Ok(value) => return Ok(value),
            Err(rejected) => rejected,
        };
        if let Some(fetched) = rejected.fetched.take() {
            fetched.wait();
        }
        self.again(rejected, &request, read)
    }

    /// Fetches the keys, or waits for the fetch in progress. Returns whether keys were added or
    /// removed. Returns `false` without a fetch during the pause after the last one, and for keys
    /// in the configuration.
    ///
    /// # Errors
    ///
    /// The reason why the fetch failed. The keys stay as they are.
    pub async fn refresh(self: &Arc<Self>) -> Result<bool, FetchError> {
        match self.begin() {
            None => Ok(false),
            Some(fetched) => {
                fetched.await;
                self.outcome()
            }
        }
    }

    /// Does the same as [`refresh`](Self::refresh), but blocks the thread while it waits.
    ///
    /// # Errors
    ///
    /// The errors of [`refresh`](Self::refresh).
    pub fn refresh_blocking(self: &Arc<Self>) -> Result<bool, FetchError> {
        match self.begin() {
            None => Ok(false),
            Some(fetched) => {
                fetched.wait();
                self.outcome()
            }
        }
    }
}

/// Verification with the current keys, and with newer ones.
impl Issuer {
    /// Verifies with the current keys. If newer keys may help, begins to fetch them.
    fn first<T>(
        self: &Arc<Self>,
        request: &Request<'_>,
        read: &mut impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, Rejected> {
        let (used, error) = match self.keys() {
            Err(error) => (None, error),
            Ok(keys) => match self.verify_with(&keys, request, read) {
                Ok(value) => return Ok(value),
                Err(error) => (Some(keys), self.rejection(error)),
            },
        };
        let reason = reason_to_fetch(&error, request.token, used.as_ref());
        Err(Rejected {
            fetched: reason.and_then(|reason| self.fetch_newer(used.as_ref(), reason)),
            needs_newer: reason.is_some(),
            used,
            error,
        })
    }

    /// Verifies with newer keys, if there are any by now and they may help.
    fn again<T>(
        &self,
        rejected: Rejected,
        request: &Request<'_>,
        mut read: impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, Error> {
        let used = rejected.used.as_ref();
        let newer = rejected.needs_newer.then(|| self.newer_than(used));
        match (newer.flatten(), rejected.error) {
            (Some(keys), _) => {
                let outcome = self.verify_with(&keys, request, &mut read);
                outcome.map_err(|error| self.rejection(error))
            }
            // The fetch for which the request waited may have failed for a new reason.
            (None, error @ Error::Unavailable(_)) => Err(self.keys().err().unwrap_or(error)),
            (None, error) => Err(error),
        }
    }

    fn verify_with<T>(
        &self,
        keys: &Keys,
        request: &Request<'_>,
        read: &mut impl FnMut(&Verified<'_>) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let mut scratch = vec![0; scratch_len(request.token.len())];
        let verifier = Verifier::new(keys, request.policy).with_checks(request.checks);
        let now = self.environment.clock.now();
        read(&verifier.verify(request.token, now, &mut scratch)?)
    }

    pub(crate) fn rejection(&self, error: TokenError) -> Error {
        Error::Token(Rejection {
            issuer: Arc::clone(&self.name),
            error,
            keys: self.current(|current| Arc::clone(&current.report)),
        })
    }

    fn unavailable(&self, is_stale: bool) -> Error {
        let state = self.state();
        let wait = if state.is_fetching {
            Duration::ZERO
        } else {
            state.pause_ends.saturating_sub(self.elapsed())
        };
        Error::Unavailable(Unavailable {
            issuer: Arc::clone(&self.name),
            reason: state.outcome.clone().and_then(Result::err),
            is_stale,
            keys: self.current(|current| Arc::clone(&current.report)),
            retry_after: wait,
        })
    }

    /// Begins to fetch keys that are newer than `used`, or returns the fetch in progress. Returns
    /// `None` if there are newer keys already, and if no fetch may begin.
    fn fetch_newer(
        self: &Arc<Self>,
        used: Option<&Arc<Keys>>,
        (error, names_key): (TokenError, bool),
    ) -> Option<EventListener> {
        let mut state = self.state();
        if self.newer_than(used).is_some() {
            return None;
        }
        state.due?;
        if !state.is_fetching && state.refetch.begin(error, names_key, self.elapsed()) {
            self.start_fetch(&mut state);
        }
        self.listen(&state)
    }

    /// Returns the outcome of the last fetch.
    fn outcome(&self) -> Result<bool, FetchError> {
        self.state().outcome.clone().unwrap_or(Ok(false))
    }

    /// Returns the current keys if they are not `used`.
    fn newer_than(&self, used: Option<&Arc<Keys>>) -> Option<Arc<Keys>> {
        let now = self.elapsed();
        self.current(|current| {
            let keys = current.keys.as_ref().filter(|_| !current.is_stale(now))?;
            let is_used = used.is_some_and(|used| Arc::ptr_eq(used, keys));
            (!is_used).then(|| Arc::clone(keys))
        })
    }
}

/// Returns why the keys may be fetched again: the error, and whether the token names its key.
/// Returns `None` if newer keys cannot help.
fn reason_to_fetch(
    error: &Error,
    token: &[u8],
    used: Option<&Arc<Keys>>,
) -> Option<(TokenError, bool)> {
    let (error, names_key) = match error {
        // Without keys, any token is a reason to fetch.
        Error::Unavailable(_) => (TokenError::NoKey, true),
        Error::Token(rejection) => (rejection.error, names_key(token, used)),
        _ => return None,
    };
    let may_be_replaced = error == TokenError::BadSignature && !names_key;
    (error.should_refresh_keys() || may_be_replaced).then_some((error, names_key))
}

/// Returns whether the header names one of these keys. Keys without a `kid`, such as those in PEM,
/// fit every token, so another `kid` does not name the key that the token was verified with. The
/// result does not matter if the header is malformed.
fn names_key(token: &[u8], keys: Option<&Arc<Keys>>) -> bool {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token, &mut scratch);
    let Some((kid, keys)) = header.ok().and_then(|header| header.key_id()).zip(keys) else {
        return false;
    };
    let mut all = (0..).map_while(|position| keys.key(position));
    all.any(|key| key.key_id() == Some(kid))
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
