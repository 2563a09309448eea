//! The issuers of a program. Looks them up by `iss`, replaces them while requests are served, and
//! fetches their keys in the background.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, Weak};
use std::thread;
use std::time::Duration;

use jose_verify::{
    Claim, ClaimCheck, Error as TokenError, Options, Problem, Verified, scratch_len,
};
use serde::de::DeserializeOwned;

use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, IssuerConfig, KeyLocation};
use crate::error::Error;
use crate::fetch::{Fetch, HttpClient, HttpSettings};
use crate::issuer::{Environment, Issuer};
use crate::kept::KeptFile;
use crate::observer::{Event, Observer};
use crate::source;
use crate::token::AccessToken;

/// The issuers whose tokens a program accepts, each with its own keys and policy. Clones share
/// them.
///
/// A thread fetches the keys in the background until the last clone is dropped, unless
/// [`Builder::on_demand`] was called. The asynchronous functions can be awaited in any runtime, and
/// the blocking ones need none.
///
/// ```no_run
/// use jose_verify_http::{AccessToken, Error, IssuerConfig, Issuers};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let issuers = Issuers::new([IssuerConfig::new(
///     "https://login.example.com",
///     ["ES256"],
///     ["https://api.example.com"],
/// )])?;
/// let token: AccessToken = issuers.verify("eyJ…").await?;
/// token.require(&["orders:read"])?;
/// println!("{}", token.claims.subject);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Issuers {
    inner: Arc<Inner>,
}

struct Inner {
    environment: Environment,
    folder: Option<PathBuf>,
    issuers: RwLock<Arc<HashMap<Arc<str>, Arc<Issuer>>>>,
    wake: Arc<Wake>,
}

/// Wakes the thread that fetches keys in the background.
#[derive(Default)]
struct Wake {
    is_due: Mutex<bool>,
    condition: Condvar,
}

/// Builds [`Issuers`] with settings that they share. The defaults are an [`HttpClient`], the
/// system's clocks, no observer, no kept keys, and fetches in the background.
#[derive(Default)]
pub struct Builder {
    http: HttpSettings,
    client: Option<Arc<dyn Fetch>>,
    observer: Option<Arc<dyn Observer>>,
    clock: Option<Arc<dyn Clock>>,
    folder: Option<PathBuf>,
    is_on_demand: bool,
}

impl Builder {
    /// Sets how keys are fetched over HTTP.
    #[must_use]
    pub fn http(self, http: HttpSettings) -> Self {
        Self { http, ..self }
    }

    /// Fetches with another HTTP client. The settings of [`http`](Self::http) are then ignored.
    #[must_use]
    pub fn client(self, client: impl Fetch + 'static) -> Self {
        let client = Some(Arc::new(client) as Arc<dyn Fetch>);
        Self { client, ..self }
    }

    /// Reports all events of the keys to an observer.
    #[must_use]
    pub fn observer(self, observer: impl Observer + 'static) -> Self {
        let observer = Some(Arc::new(observer) as Arc<dyn Observer>);
        Self { observer, ..self }
    }

    /// Uses another clock. The background thread still waits by the system's clock.
    #[must_use]
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        let clock = Some(Arc::new(clock) as Arc<dyn Clock>);
        Self { clock, ..self }
    }

    /// Keeps the documents from URLs in files in this folder, one for each issuer. A program that
    /// restarts while an issuer is down can then verify at once, until
    /// [`max_age`](IssuerConfig::max_age) after the last fetch.
    ///
    /// Anyone who can write these files chooses the keys, so protect them like the configuration.
    /// They contain public keys only. Keys that were no longer published are not kept.
    #[must_use]
    pub fn keep_in(self, folder: impl Into<PathBuf>) -> Self {
        let folder = Some(folder.into());
        Self { folder, ..self }
    }

    /// Fetches no keys in the background, but only when a token needs them or
    /// [`Issuer::refresh`] is called. For programs that end soon, and for tests.
    #[must_use]
    pub fn on_demand(self) -> Self {
        Self {
            is_on_demand: true,
            ..self
        }
    }

    /// Creates one issuer, whose keys are fetched on demand.
    ///
    /// # Errors
    ///
    /// The configuration of the issuer or of the HTTP client cannot be used.
    pub fn issuer(self, config: IssuerConfig) -> Result<Arc<Issuer>, ConfigError> {
        self.inner()?.create(config)
    }

    /// Creates the issuers, and begins to fetch their keys in the background unless
    /// [`on_demand`](Self::on_demand) was called.
    ///
    /// # Errors
    ///
    /// The configuration of an issuer or of the HTTP client cannot be used, two issuers have the
    /// same name, or no thread can be started.
    pub fn build(
        self,
        configs: impl IntoIterator<Item = IssuerConfig>,
    ) -> Result<Issuers, ConfigError> {
        let is_on_demand = self.is_on_demand;
        let inner = Arc::new(self.inner()?);
        let issuers = Issuers { inner };
        issuers.replace(configs)?;
        if !is_on_demand {
            let (inner, wake) = (
                Arc::downgrade(&issuers.inner),
                Arc::clone(&issuers.inner.wake),
            );
            let background = thread::Builder::new().name("jose-verify refresh".to_owned());
            let started = background.spawn(move || refresh(&inner, &wake));
            started.map_err(|error| ConfigError::Thread(error.kind()))?;
        }
        Ok(issuers)
    }

    fn inner(self) -> Result<Inner, ConfigError> {
        let http = self.http;
        let client = match self.client {
            Some(client) => client,
            None => Arc::new(HttpClient::new(&http).map_err(ConfigError::Http)?),
        };
        let environment = Environment {
            client,
            observer: self.observer.unwrap_or_else(|| Arc::new(ignore)),
            clock: self
                .clock
                .unwrap_or_else(|| Arc::new(SystemClock::default())),
        };
        Ok(Inner {
            environment,
            folder: self.folder,
            issuers: RwLock::default(),
            wake: Arc::default(),
        })
    }
}

impl Issuers {
    /// Creates issuers with the default settings of a [`Builder`].
    ///
    /// # Errors
    ///
    /// The errors of [`Builder::build`].
    pub fn new(configs: impl IntoIterator<Item = IssuerConfig>) -> Result<Self, ConfigError> {
        Self::builder().build(configs)
    }

    /// Returns a builder with the defaults.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Replaces the issuers with those of these configurations. An issuer whose configuration is
    /// the same keeps its keys. Requests in progress continue to use the old issuers.
    ///
    /// # Errors
    ///
    /// A configuration cannot be used, or two issuers have the same name. The issuers stay as they
    /// are.
    pub fn replace(
        &self,
        configs: impl IntoIterator<Item = IssuerConfig>,
    ) -> Result<(), ConfigError> {
        let old = self.inner.issuers();
        let mut new = HashMap::new();
        for config in configs {
            let same = old
                .get(config.issuer.as_str())
                .filter(|old| *old.config() == config);
            let issuer = match same {
                Some(issuer) => Arc::clone(issuer),
                None => self.inner.create(config)?,
            };
            if let Some(other) = new.insert(Arc::clone(issuer.name()), issuer) {
                return Err(ConfigError::DuplicateIssuer(other.name().to_string()));
            }
        }
        let mut issuers = self
            .inner
            .issuers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *issuers = Arc::new(new);
        drop(issuers);
        self.inner.wake.wake();
        Ok(())
    }

    /// Returns the issuer with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Issuer>> {
        self.inner.issuers().get(name).map(Arc::clone)
    }

    /// Returns all issuers, in no particular order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Issuer>> {
        self.inner.issuers().values().map(Arc::clone).collect()
    }

    /// Returns whether every issuer has keys that are not too old.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner
            .issuers()
            .values()
            .all(|issuer| issuer.keys().is_ok())
    }

    /// Looks up the issuer of a token by its `iss`, which is not verified yet. If there is only one
    /// issuer, returns it without reading the token.
    ///
    /// # Errors
    ///
    /// [`Error::Issuer`]: the header or the `iss` cannot be read, the `iss` is missing, or no
    /// issuer has this name.
    pub fn find_untrusted(&self, token: &[u8]) -> Result<Arc<Issuer>, Error> {
        let issuers = self.inner.issuers();
        let mut all = issuers.values();
        if let (Some(only), None) = (all.next(), all.next()) {
            return Ok(Arc::clone(only));
        }
        let mut scratch = vec![0; scratch_len(token.len())];
        let options = Options::new();
        // An error in the header is reported even if the issuer is unknown.
        options
            .peek_header_untrusted(token, &mut scratch)
            .map_err(Error::Issuer)?;
        let iss = options
            .peek_issuer_untrusted(token, &mut scratch)
            .map_err(Error::Issuer)?;
        let iss = iss.ok_or(Error::Issuer(TokenError::missing(Claim::Iss)))?;
        let issuer = match iss.as_plain_str() {
            Some(iss) => issuers.get(iss),
            None => issuers.get(iss.to_string().as_str()),
        };
        let unknown = Error::Issuer(TokenError::Claim(Claim::Iss, Problem::Mismatch));
        issuer.map(Arc::clone).ok_or(unknown)
    }

    /// Verifies an access token by the policy of its issuer, and reads its claims into `T`. Waits
    /// for a fetch if newer keys may help, and one is in progress or may begin.
    ///
    /// # Errors
    ///
    /// The token is rejected, there are no keys, or the claims do not fit `T`.
    pub async fn verify<T: DeserializeOwned + Send>(
        &self,
        token: &str,
    ) -> Result<AccessToken<T>, Error> {
        self.verify_with(token, &[]).await
    }

    /// Does the same as [`verify`](Self::verify), with additional checks.
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify), and those of the checks.
    pub async fn verify_with<T: DeserializeOwned + Send>(
        &self,
        token: &str,
        checks: &[&dyn ClaimCheck],
    ) -> Result<AccessToken<T>, Error> {
        let issuer = self.find_untrusted(token.as_bytes())?;
        let read = |jwt: &Verified<'_>| AccessToken::read(&issuer, jwt);
        issuer
            .verify(token.as_bytes(), &issuer.policy(), checks, read)
            .await?
    }

    /// Does the same as [`verify_with`](Self::verify_with), but blocks the thread while it waits
    /// for keys.
    ///
    /// # Errors
    ///
    /// The errors of [`verify_with`](Self::verify_with).
    pub fn verify_blocking<T: DeserializeOwned>(
        &self,
        token: &str,
        checks: &[&dyn ClaimCheck],
    ) -> Result<AccessToken<T>, Error> {
        let issuer = self.find_untrusted(token.as_bytes())?;
        let read = |jwt: &Verified<'_>| AccessToken::read(&issuer, jwt);
        issuer.verify_blocking(token.as_bytes(), &issuer.policy(), checks, read)?
    }
}

/// The default observer, which ignores all events.
fn ignore(_: &str, _: &Event<'_>) {}

impl Inner {
    fn issuers(&self) -> Arc<HashMap<Arc<str>, Arc<Issuer>>> {
        let issuers = self.issuers.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&issuers)
    }

    fn create(&self, config: IssuerConfig) -> Result<Arc<Issuer>, ConfigError> {
        let location = source::name(&config)?;
        let is_fetched = matches!(config.keys, KeyLocation::Metadata(_) | KeyLocation::Url(..));
        let folder = self.folder.as_ref().filter(|_| is_fetched);
        let file = folder.map(|folder| KeptFile::new(folder, &config.issuer, &location));
        Issuer::new(config, self.environment.clone(), file)
    }
}

/// Fetches keys in the background until the issuers are dropped.
fn refresh(issuers: &Weak<Inner>, wake: &Wake) {
    /// The longest wait, so that a jump of the clock, or a fetch for a request, is noticed.
    const LONGEST: Duration = Duration::from_secs(60);
    /// The shortest wait, so that the thread does not spin while fetches are in progress.
    const SHORTEST: Duration = Duration::from_millis(100);
    /// While this many fetches are in progress, this thread begins no other. Otherwise a program
    /// with a thousand issuers would start with a thousand threads.
    const MOST_FETCHES: usize = 32;
    while let Some(inner) = issuers.upgrade() {
        let all = inner.issuers();
        let mut fetches = all.values().filter(|issuer| issuer.is_fetching()).count();
        let ticks = all.values().filter_map(|issuer| {
            let wait = issuer.tick(fetches < MOST_FETCHES);
            fetches += usize::from(wait.is_some_and(|(_, begins)| begins));
            wait.map(|(wait, _)| wait)
        });
        let waits = ticks.min();
        drop(inner);
        wake.wait(waits.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST));
    }
}

impl Wake {
    fn wake(&self) {
        *self.is_due.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condition.notify_all();
    }

    fn wait(&self, time: Duration) {
        let is_due = self.is_due.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .condition
            .wait_timeout_while(is_due, time, |is_due| !*is_due);
        let (mut is_due, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *is_due = false;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.wake.wake();
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.inner.issuers().keys()).finish()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("http", &self.http)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
