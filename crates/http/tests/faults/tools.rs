//! What the tests share: a clock, issuers at the server, and measurements.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jose_verify::NumericDate;
use jose_verify_http::{
    AccessToken, Builder, Clock, Error, Fetch, FetchError, Fetched, HttpClient, HttpSettings,
    IssuerConfig, Issuers, KeyFormat, KeyLocation, ProxySettings,
};

use super::server::FaultServer;
use super::support::{self, TestKey, claims};

/// The timeout of all requests in tests that wait for it.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(200);

/// A clock that only the test advances. The date can be set apart from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestClock(Arc<Mutex<(Duration, i64)>>);

impl TestClock {
    pub(crate) fn advance(&self, time: Duration) {
        self.0.lock().unwrap().0 += time;
    }

    /// Sets the difference between this clock's date and that of the system, in seconds.
    pub(crate) fn shift_date(&self, seconds: i64) {
        self.0.lock().unwrap().1 = seconds;
    }
}

impl Clock for TestClock {
    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().0
    }

    fn now(&self) -> NumericDate {
        NumericDate::from_seconds(NumericDate::now().seconds() + self.0.lock().unwrap().1)
    }
}

/// Returns a client that gives up early.
pub(crate) fn client() -> HttpClient {
    client_with(TIMEOUT)
}

pub(crate) fn client_with(timeout: Duration) -> HttpClient {
    let settings = HttpSettings {
        timeout,
        proxy: ProxySettings::Direct,
        ..HttpSettings::default()
    };
    HttpClient::new(&settings).unwrap()
}

/// Returns a configuration with the keys at `/jwks` of this server, in a URL with secrets.
pub(crate) fn config(server: &FaultServer) -> IssuerConfig {
    let url = server.url().replace("http://", "http://user:password@");
    IssuerConfig {
        keys: KeyLocation::Url(format!("{url}/jwks?key=secret"), KeyFormat::JwkSet),
        ..support::config()
    }
}

/// A client that is patient until the test says that it waits for the timeout. Otherwise another
/// response could come too late when the processors are busy with other work.
#[derive(Clone)]
pub(crate) struct Client {
    patient: HttpClient,
    impatient: HttpClient,
    is_impatient: Arc<AtomicBool>,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self {
            patient: client_with(Duration::from_secs(10)),
            impatient: client(),
            is_impatient: Arc::default(),
        }
    }

    /// Says whether the test waits for the timeout from now on.
    pub(crate) fn expect_timeout(&self, waits: bool) {
        self.is_impatient.store(waits, Ordering::SeqCst);
    }
}

impl Fetch for Client {
    fn fetch(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        if self.is_impatient.load(Ordering::SeqCst) {
            self.impatient.fetch(url, etag)
        } else {
            self.patient.fetch(url, etag)
        }
    }
}

/// Returns a builder for issuers that fetch on demand, from a server that works.
pub(crate) fn builder(clock: &TestClock) -> Builder {
    let builder = Issuers::builder().client(Client::new());
    let builder = builder.clock(clock.clone());
    builder.on_demand()
}

/// Verifies a token without a runtime.
pub(crate) fn verify(issuers: &Issuers, token: &str) -> Result<AccessToken, Error> {
    issuers.verify_blocking(token, &[])
}

/// Returns a token with this `kid` whose signature was made with another key.
pub(crate) fn forged(kid: &str) -> String {
    let header = serde_json::json!({"alg": "ES256", "typ": "at+jwt", "kid": kid});
    TestKey::new(99).sign(&header, &claims())
}

/// Checks that the good token is accepted and that forged ones are rejected.
pub(crate) fn only_good_tokens_pass(issuers: &Issuers, good: &str, kid: &str, case: &str) {
    let accepted = verify(issuers, good);
    assert!(accepted.is_ok(), "{case}: {accepted:?}");
    let error = |token: &str| verify(issuers, token).unwrap_err().token_error();
    assert_eq!(
        error(&forged(kid)),
        Some(jose_verify::Error::BadSignature),
        "{case}"
    );
    assert_eq!(
        error(&forged("unknown")),
        Some(jose_verify::Error::NoKey),
        "{case}"
    );
}

/// Returns the median of the times that `count` calls take.
pub(crate) fn median_time(count: usize, mut call: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..count)
        .map(|_| {
            let began = Instant::now();
            call();
            began.elapsed()
        })
        .collect();
    times.sort();
    times[count / 2]
}

/// Waits until the condition holds, for at most ten seconds.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
