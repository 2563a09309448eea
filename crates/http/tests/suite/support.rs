//! An issuer for tests: keys, tokens, a JWK Set that is fetched without a network, and a clock that
//! advances only when a test says so.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::NumericDate;
use jose_verify_http::{
    AccessToken, Clock, Error, Fetch, FetchError, Fetched, IssuerConfig, Issuers, KeyFormat,
    KeyLocation,
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";

pub(crate) fn config() -> IssuerConfig {
    IssuerConfig {
        leeway: Duration::ZERO,
        keys: KeyLocation::Url(format!("{ISSUER}/jwks"), KeyFormat::JwkSet),
        table_bytes: 16 * 1024,
        ..IssuerConfig::new(ISSUER, ["ES256", "RS256"], [AUDIENCE])
    }
}

/// A signing key. Its number is its `kid`.
pub(crate) struct TestKey {
    id: u8,
    key: SigningKey,
}

impl TestKey {
    pub(crate) fn new(id: u8) -> Self {
        Self {
            id,
            key: SigningKey::from_slice(&[id; 32]).unwrap(),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..]);
        json!({
            "kty": "EC", "crv": "P-256", "kid": self.id.to_string(),
            "x": Base64UrlUnpadded::encode_string(x), "y": Base64UrlUnpadded::encode_string(y),
        })
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs texts that need not be JSON.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let text = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
        let signing_input = format!("{}.{}", text(header), text(claims));
        let signature: Signature = self.key.sign(signing_input.as_bytes());
        let signature = Base64UrlUnpadded::encode_string(&signature.to_bytes());
        format!("{signing_input}.{signature}")
    }

    /// Returns a valid access token.
    pub(crate) fn token(&self) -> String {
        self.sign(&self.header(), &claims())
    }

    pub(crate) fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "at+jwt", "kid": self.id.to_string()})
    }
}

pub(crate) fn claims() -> Value {
    let now = NumericDate::now().seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "client_id": "shop", "jti": "1",
        "iat": now, "exp": now + 3000, "scope": "orders:read orders:write",
    })
}

/// A JWK Set with these keys.
pub(crate) fn jwks(keys: &[&TestKey]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// The keys that the issuer publishes, how often they were fetched, and the clock.
#[derive(Clone, Default, Debug)]
pub(crate) struct Published(Arc<Inner>);

#[derive(Default, Debug)]
struct Inner {
    /// `None` while the issuer is down.
    jwks: Mutex<Option<String>>,
    fetches: AtomicUsize,
    elapsed: Mutex<Duration>,
}

impl Published {
    pub(crate) fn new(keys: &[&TestKey]) -> Self {
        let published = Self::default();
        published.publish(keys);
        published
    }

    pub(crate) fn publish(&self, keys: &[&TestKey]) {
        *self.0.jwks.lock().unwrap() = Some(jwks(keys));
    }

    pub(crate) fn go_down(&self) {
        *self.0.jwks.lock().unwrap() = None;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::Relaxed)
    }

    pub(crate) fn advance(&self, time: Duration) {
        *self.0.elapsed.lock().unwrap() += time;
    }

    pub(crate) fn issuers(&self) -> Issuers {
        self.issuers_with(config())
    }

    pub(crate) fn issuers_with(&self, config: IssuerConfig) -> Issuers {
        let builder = Issuers::builder().client(self.clone()).clock(self.clone());
        builder.on_demand().build([config]).unwrap()
    }
}

/// Each fetch takes 50 milliseconds.
impl Fetch for Published {
    fn fetch(&self, _: &str, _: Option<&str>) -> Result<Fetched, FetchError> {
        self.0.fetches.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(50));
        let jwks = self.0.jwks.lock().unwrap().clone();
        let jwks = jwks.ok_or_else(|| FetchError::Transport("down".to_owned()))?;
        let body = jwks.into_bytes();
        Ok(Fetched::Document { body, etag: None })
    }
}

impl Clock for Published {
    fn elapsed(&self) -> Duration {
        *self.0.elapsed.lock().unwrap()
    }

    fn now(&self) -> NumericDate {
        NumericDate::now()
    }
}

/// Verifies a token, and returns the core's error if it is rejected.
pub(crate) async fn verify(
    issuers: &Issuers,
    token: &str,
) -> Result<AccessToken, Option<jose_verify::Error>> {
    let outcome: Result<AccessToken, Error> = issuers.verify(token).await;
    outcome.map_err(|error| error.token_error())
}
