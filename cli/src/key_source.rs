//! From the text of keys to keys.

use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::{Error, Key, KeySet, MACS, SIGNATURES};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::algorithms::AlgorithmList;
use crate::json;

/// Keys of a set that are kept. Providers publish fewer than ten.
pub(crate) const MAX_KEYS: usize = 64;

/// What the user gives to verify with. Without `Debug`, for it holds secrets.
pub(crate) enum KeySource<'a> {
    /// The text of a JWK Set or of a single JWK.
    Jwks(Cow<'a, [u8]>),
    /// A shared secret.
    Secret(Vec<u8>),
    /// A shared secret in base64url.
    SecretBase64url(String),
}

/// What the library verifies with. In boxes, for a set of 64 keys has some 80 KB.
#[derive(Debug)]
pub(crate) enum LoadedKeys {
    Set(Box<KeySet<MAX_KEYS>>),
    One(Box<Key>),
}

impl KeySource<'_> {
    /// The algorithms that are accepted unless the user names others.
    pub(crate) const fn default_algorithms(&self) -> AlgorithmList {
        match self {
            Self::Jwks(_) => SIGNATURES,
            Self::Secret(_) | Self::SecretBase64url(_) => MACS,
        }
    }

    pub(crate) fn load(&self, algorithms: AlgorithmList) -> Result<LoadedKeys, Error> {
        match self {
            Self::Jwks(text) if text.len() > MAX_KEY_SET_LEN => Err(Error::LimitExceeded),
            Self::Jwks(text) if is_set(text) => {
                let mut set = Box::new(KeySet::new());
                set.load(text, algorithms)?;
                Ok(LoadedKeys::Set(set))
            }
            Self::Jwks(text) => one(Key::from_jwk(text, algorithms)),
            Self::Secret(secret) => one(Key::from_secret(secret, algorithms)),
            Self::SecretBase64url(text) => {
                let secret = Base64UrlUnpadded::decode_vec(text);
                let secret = secret.map_err(|_| Error::MalformedKey)?;
                one(Key::from_secret(&secret, algorithms))
            }
        }
    }
}

fn one(key: Result<Key, Error>) -> Result<LoadedKeys, Error> {
    key.map(Box::new).map(LoadedKeys::One)
}

/// Whether a text is a JWK Set rather than a JWK. Which of the two it fails to be, the library finds out.
pub(crate) fn is_set(text: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Outline {
        #[serde(default, deserialize_with = "present")]
        keys: bool,
    }

    fn present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
        IgnoredAny::deserialize(value).map(|_| true)
    }

    json::from_object(text).is_ok_and(|outline: Outline| outline.keys)
}
