//! What ID Tokens are verified with: the provider's keys, or the client's secret.

use std::time::Instant;

use jose_verify::{
    Algorithm, Key, KeySet, Keys, Refetch, RotatingKeys, peek_header_untrusted, scratch_len,
    verify_jws,
};

use crate::error::Error;
use crate::http::Http;

/// Keys that there is room for.
const MAX_KEYS: usize = 16;
/// Keys that are not published any more are forgotten with the next fetch: an ID Token is verified when it is new.
const KEEP: u32 = 0;

/// The keys, and where they come from if they change.
pub(crate) struct KeySource {
    keys: RotatingKeys<MAX_KEYS>,
    published: Option<Published>,
}

struct Published {
    jwks_uri: String,
    algorithms: &'static [&'static dyn Algorithm],
    refetch: Refetch,
    started: Instant,
}

impl KeySource {
    /// The keys at that address, not fetched yet.
    pub(crate) fn published(
        jwks_uri: String,
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Self {
        Self {
            keys: RotatingKeys::new(),
            published: Some(Published {
                jwks_uri,
                algorithms,
                refetch: Refetch::new(1, 300),
                started: Instant::now(),
            }),
        }
    }

    /// The client's secret (OpenID Connect Core §10.1: its text as bytes).
    pub(crate) fn secret(
        secret: &str,
        algorithms: &'static [&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let mut set = KeySet::new();
        set.push(Key::from_secret(secret.as_bytes(), algorithms)?)?;
        Ok(Self {
            keys: RotatingKeys::new().replaced_by(set, KEEP, 0),
            published: None,
        })
    }

    /// Keys to verify this token with. If it needs one that is not there, they are fetched, unless they just were.
    ///
    /// The signature is verified here once and by the caller again, which is nothing beside the requests of a login.
    pub(crate) fn for_token(&mut self, token: &str, http: &Http) -> Result<&impl Keys, Error> {
        if let Some(published) = &mut self.published {
            let mut scratch = vec![0; scratch_len(token.len())];
            let outcome = verify_jws(token.as_bytes(), self.keys.set(), &mut scratch).map(|_| ());
            let header = peek_header_untrusted(token.as_bytes(), &mut scratch);
            let names_key = header.is_ok_and(|header| header.key_id().is_some());
            let now = published.started.elapsed().as_secs();
            if outcome.is_err_and(|error| published.refetch.begin(error, names_key, now)) {
                let fetched = published.fetch(http, &self.keys, now);
                let is_new = fetched
                    .as_ref()
                    .is_ok_and(|new| new.has_keys_beyond(&self.keys));
                published.refetch.end(is_new, now);
                self.keys = fetched?;
            }
        }
        Ok(self.keys.set())
    }
}

impl Published {
    fn fetch(
        &self,
        http: &Http,
        keys: &RotatingKeys<MAX_KEYS>,
        now: u64,
    ) -> Result<RotatingKeys<MAX_KEYS>, Error> {
        let jwks = http.get(&self.jwks_uri)?.body;
        let (keys, _report) = keys.updated(&jwks, self.algorithms, KEEP, now)?;
        Ok(keys)
    }
}
