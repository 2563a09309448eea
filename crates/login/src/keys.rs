//! The keys that verify ID Tokens: the provider's keys, or the client's secret.

use std::time::{Duration, Instant};

use jose_verify::alg::{Algorithms, KeyParameters};
use jose_verify::keys::{GrowingRotatingKeys, Refetch};
use jose_verify::{
    GrowingKeySet, JwsVerifier, NumericDate, Options, Policy, Verified, Verifier, scratch_len,
};

use crate::error::Error;
use crate::http::Http;

/// Keys that are no longer published are dropped by the next fetch, because an ID Token is verified
/// right after it is issued.
const KEEP: Duration = Duration::ZERO;
/// Tolerance for clock skew.
const LEEWAY: Duration = Duration::from_secs(30);

/// The keys, and the address to fetch them from if they can change.
pub(crate) struct KeySource {
    keys: GrowingRotatingKeys,
    published: Option<Published>,
}

struct Published {
    jwks_uri: String,
    algorithms: Algorithms,
    refetch: Refetch,
    started: Instant,
}

impl KeySource {
    /// Returns a source for the keys at this address, which are not fetched yet.
    pub(crate) fn published(jwks_uri: String, algorithms: &Algorithms) -> Self {
        Self {
            keys: GrowingRotatingKeys::default(),
            published: Some(Published {
                jwks_uri,
                algorithms: *algorithms,
                refetch: Refetch::new(Duration::from_secs(1), Duration::from_secs(300)),
                started: Instant::now(),
            }),
        }
    }

    /// Returns the client's secret as a key (OpenID Connect Core §10.1: the bytes of its text).
    pub(crate) fn secret(secret: &str, algorithms: &Algorithms) -> Result<Self, Error> {
        let secret = KeyParameters::oct(secret.as_bytes());
        Ok(Self {
            keys: GrowingKeySet::from_parameters(&secret, algorithms)?.into(),
            published: None,
        })
    }

    /// Verifies a token with the current keys, or with newer ones if it needs them.
    pub(crate) fn verify<'b>(
        &mut self,
        token: &str,
        policy: &Policy<'_>,
        http: &Http,
        scratch: &'b mut Vec<u8>,
    ) -> Result<Verified<'b>, Error> {
        scratch.resize(scratch_len(token.len()), 0);
        let policy = policy.with_leeway(LEEWAY);
        let verifier = Verifier::new(self.for_token(token, http)?, &policy);
        Ok(verifier.verify(token.as_bytes(), NumericDate::now(), scratch)?)
    }

    /// Returns keys to verify this token with. Fetches them if the token needs an unknown key,
    /// unless they have just been fetched.
    ///
    /// The signature is verified here and again by the caller. The cost is negligible compared to
    /// the requests of a login.
    fn for_token(&mut self, token: &str, http: &Http) -> Result<&GrowingRotatingKeys, Error> {
        if let Some(published) = &mut self.published {
            let mut scratch = vec![0; scratch_len(token.len())];
            let verifier = JwsVerifier::new(&self.keys);
            let outcome = verifier.verify(token.as_bytes(), &mut scratch).map(|_| ());
            let header = Options::new().peek_header_untrusted(token.as_bytes(), &mut scratch);
            let names_key = header.is_ok_and(|header| header.key_id().is_some());
            let now = published.started.elapsed();
            if outcome.is_err_and(|error| published.refetch.begin(error, names_key, now)) {
                let fetched = published.fetch(http, &self.keys, now);
                let is_new = fetched
                    .as_ref()
                    .is_ok_and(|new| new.has_new_keys(&self.keys));
                published.refetch.end(is_new, now);
                self.keys = fetched?;
            }
        }
        Ok(&self.keys)
    }
}

impl Published {
    fn fetch(
        &self,
        http: &Http,
        keys: &GrowingRotatingKeys,
        now: Duration,
    ) -> Result<GrowingRotatingKeys, Error> {
        let jwks = http.get(&self.jwks_uri)?.body;
        let (keys, _report) = keys.updated(&jwks, &self.algorithms, KEEP, now, |_| {})?;
        Ok(keys)
    }
}
