//! An issuer for tests: keys, tokens, and a JWK Set that is fetched without a network.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::NumericDate;
use jose_verify::alg::{Algorithms, ES256, RS256};
use jose_verify_http::{Fetch, FetchError, Issuer, Settings};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";

pub(crate) fn settings() -> Settings {
    Settings {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        algorithms: Algorithms::new(&[&ES256, &RS256]).unwrap(),
        leeway: Duration::ZERO,
        token_lifetime: Duration::from_secs(3600),
        pauses: (Duration::from_secs(5), Duration::from_secs(300)),
        fetch_timeout: Duration::from_secs(5),
        table_bytes: 16 * 1024,
    }
}

/// A signing key whose number is its `kid`.
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
        let text = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
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

/// The keys that the issuer publishes, and how often they were fetched.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// `None` while the issuer is down.
    jwks: Mutex<Option<String>>,
    fetches: AtomicUsize,
}

impl Published {
    pub(crate) fn new(keys: &[&TestKey]) -> Self {
        let published = Self::default();
        published.publish(keys);
        published
    }

    pub(crate) fn publish(&self, keys: &[&TestKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        *self.0.jwks.lock().unwrap() = Some(json!({ "keys": keys }).to_string());
    }

    pub(crate) fn go_down(&self) {
        *self.0.jwks.lock().unwrap() = None;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::Relaxed)
    }

    /// Returns a fetch that takes a tenth of a second.
    pub(crate) fn fetch(&self) -> Fetch {
        let published = self.clone();
        Box::new(move || {
            let published = published.clone();
            Box::pin(async move {
                published.0.fetches.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                let jwks = published.0.jwks.lock().unwrap().clone();
                let down = || FetchError::Transport("down".to_owned());
                jwks.map(String::into_bytes).ok_or_else(down)
            })
        })
    }

    pub(crate) fn issuer(&self) -> Arc<Issuer> {
        Issuer::new(settings(), self.fetch())
    }
}
