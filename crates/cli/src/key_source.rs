//! Loads keys from their text.

use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{Algorithm, AlgorithmKind, Algorithms, KeyParameters, MACS, SIGNATURES};
use jose_verify::json::JsonStr;
use jose_verify::keys::KeyRef;
use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::{Error, GrowingKeySet, Keys, Limit, scratch_len};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::algorithms::AlgorithmList;
use crate::diagnostic::Diagnostic;
use crate::json;

/// Keys as the user provides them. Not `Debug`, because they may be secrets.
pub(crate) enum KeySource<'a> {
    /// The text of a JWK Set or of a single JWK.
    Jwks(Cow<'a, [u8]>),
    /// A public key or a certificate in PEM.
    Pem(Cow<'a, [u8]>),
    /// A shared secret.
    Secret(Vec<u8>),
    /// A shared secret in base64url.
    SecretBase64url(String),
}

/// Keys in the form that the library verifies with.
#[derive(Debug)]
pub(crate) enum LoadedKeys {
    /// The keys of a JWK Set.
    Set(GrowingKeySet),
    /// One key that is not part of a JWK Set.
    One(GrowingKeySet),
}

impl Keys for LoadedKeys {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        match self {
            Self::Set(keys) | Self::One(keys) => keys.key(position),
        }
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        match self {
            Self::Set(keys) => keys.accepts(alg),
            // There is no other key, so only algorithms of this one are accepted.
            Self::One(keys) => keys
                .key(0)
                .is_some_and(|key| key.algorithms().any(|name| alg == name)),
        }
    }
}

impl KeySource<'_> {
    /// Returns the algorithms that are accepted unless the user names others.
    pub(crate) fn default_algorithms(&self) -> AlgorithmList {
        let algorithms = match self {
            Self::Jwks(_) | Self::Pem(_) => SIGNATURES,
            Self::Secret(_) | Self::SecretBase64url(_) => MACS,
        };
        algorithms.to_vec()
    }

    pub(crate) fn load(&self, algorithms: &[&'static dyn Algorithm]) -> Result<LoadedKeys, Error> {
        match self {
            Self::Jwks(text) if text.len() > MAX_KEY_SET_LEN => Err(Error::Limit(Limit::KeySetLen)),
            Self::Jwks(text) if is_set(text) => {
                // First, because an error in the list takes precedence over one in the set.
                let algorithms = Algorithms::new(algorithms)?;
                let mut keys = GrowingKeySet::default();
                // The subcommand `keys` lists the keys that are skipped.
                keys.load(text, &algorithms, |_| {})?;
                Ok(LoadedKeys::Set(keys))
            }
            Self::Jwks(text) => GrowingKeySet::from_jwk(text, algorithms).map(LoadedKeys::One),
            Self::Pem(text) => {
                let mut scratch = vec![0; scratch_len(text.len())];
                one(&KeyParameters::from_pem(text, &mut scratch)?, algorithms)
            }
            Self::Secret(secret) => one(&KeyParameters::oct(secret), algorithms),
            Self::SecretBase64url(text) => {
                let secret = Base64UrlUnpadded::decode_vec(text);
                let secret = secret.map_err(|_| Error::MalformedKey)?;
                one(&KeyParameters::oct(&secret), algorithms)
            }
        }
    }

    /// Describes why the keys could not be loaded.
    pub(crate) fn diagnostic(
        &self,
        error: Error,
        algorithms: &[&'static dyn Algorithm],
    ) -> Diagnostic {
        match self {
            Self::Secret(secret) if error == Error::WeakKey => {
                let needed = |a: &&dyn Algorithm| needed(a.name(), secret.len());
                let needed: Vec<_> = algorithms.iter().filter_map(needed).collect();
                let message = format!("{error}: {}", needed.join(", "));
                // A secret of zeros is weak even if it is long enough, so the list may be empty.
                Diagnostic::new(error, message.trim_end_matches(": ").to_owned())
            }
            Self::Jwks(_) if signatures_only(algorithms) && self.load(MACS).is_ok() => {
                let hint = "these are shared secrets, for --alg HS256, HS384 or HS512";
                Diagnostic::from(error).with_hint(Some(hint))
            }
            _ => error.into(),
        }
    }
}

fn signatures_only(algorithms: &[&'static dyn Algorithm]) -> bool {
    algorithms
        .iter()
        .all(|a| a.kind() == AlgorithmKind::Signature)
}

/// Describes what a secret of `len` bytes lacks for an algorithm. It must be at least as long as
/// the hash (RFC 7518 §3.2).
fn needed(algorithm: &str, len: usize) -> Option<String> {
    let bits: usize = algorithm.strip_prefix("HS")?.parse().ok()?;
    let bytes = bits.div_euclid(8);
    (len < bytes).then(|| format!("{algorithm} needs at least {bytes} bytes"))
}

fn one(
    key: &KeyParameters<'_>,
    algorithms: &[&'static dyn Algorithm],
) -> Result<LoadedKeys, Error> {
    GrowingKeySet::from_parameters(key, algorithms).map(LoadedKeys::One)
}

/// Returns whether a text is meant as a JWK Set rather than a JWK: whether it is an object with the
/// member `keys`. The library checks whether it is valid.
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
