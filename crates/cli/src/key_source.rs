//! Keys as the user provides them: files in any form, and shared secrets.

use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{Algorithm, AlgorithmKind, MACS, SIGNATURES};
use jose_verify::{Error, Limit, limits::MAX_KEY_SET_LEN};

use crate::algorithms::AlgorithmList;
use crate::diagnostic::Diagnostic;
use crate::jwk_leniency::JwkLeniency;
use crate::key_file::{Fallback, Form, sighting};
use crate::loaded_keys::LoadedKeys;

/// Keys as the user provides them. Not `Debug`, because they may be secrets.
pub(crate) enum KeySource<'a> {
    /// The text of a file with keys, its form, and what is accepted in its JWKs.
    File(Cow<'a, [u8]>, Form, JwkLeniency),
    /// A shared secret.
    Secret(Vec<u8>),
    /// A shared secret in base64url.
    SecretBase64url(String),
}

impl<'a> KeySource<'a> {
    /// Creates a source from the text of a file, whose form is recognized.
    pub(crate) fn from_text(
        text: impl Into<Cow<'a, [u8]>>,
        fallback: Fallback,
        leniency: JwkLeniency,
    ) -> Self {
        let text = text.into();
        let form = Form::of(&text, fallback);
        Self::File(text, form, leniency)
    }

    /// Returns the algorithms that are accepted unless the user names others.
    pub(crate) fn default_algorithms(&self) -> AlgorithmList {
        let algorithms = match self {
            Self::File(..) => SIGNATURES,
            Self::Secret(_) | Self::SecretBase64url(_) => MACS,
        };
        algorithms.to_vec()
    }

    pub(crate) fn load(&self, algorithms: &[&'static dyn Algorithm]) -> Result<LoadedKeys, Error> {
        match self {
            Self::File(text, ..) if text.len() > MAX_KEY_SET_LEN => {
                Err(Error::Limit(Limit::KeySetLen))
            }
            Self::File(text, form, leniency) => {
                LoadedKeys::from_file(text, *form, algorithms, leniency)
            }
            Self::Secret(secret) => LoadedKeys::from_secret(secret, algorithms),
            Self::SecretBase64url(text) => {
                let secret = Base64UrlUnpadded::decode_vec(text);
                let secret = secret.map_err(|_| Error::MalformedKey)?;
                LoadedKeys::from_secret(&secret, algorithms)
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
            Self::File(text, form, _) => of_file(error, text, *form, algorithms),
            _ => error.into(),
        }
    }
}

/// Describes why no key could be loaded from a file.
fn of_file(
    error: Error,
    text: &[u8],
    form: Form,
    algorithms: &[&'static dyn Algorithm],
) -> Diagnostic {
    let is_json = matches!(form, Form::Set | Form::Jwk);
    if is_json
        && signatures_only(algorithms)
        && LoadedKeys::from_file(text, form, MACS, &JwkLeniency::default()).is_ok()
    {
        let hint = "these are shared secrets, for --alg HS256, HS384 or HS512";
        return Diagnostic::from(error).with_hint(Some(hint));
    }
    seen_instead(error, text)
}

/// Adds to an error what the file contains instead of public keys.
pub(crate) fn seen_instead(error: Error, text: &[u8]) -> Diagnostic {
    let is_about_form = matches!(
        error,
        Error::MalformedJson
            | Error::MalformedKey
            | Error::MalformedKeySet
            | Error::PrivateKey
            | Error::DerNotPem
            | Error::SshKey
            | Error::NoPemBoundary
            | Error::UnsupportedPemLabel
    );
    match sighting(text) {
        Some(seen) if is_about_form => {
            Diagnostic::new(error, format!("{error}: found {}", seen.what)).with_hint(seen.hint)
        }
        _ => Diagnostic::from(error).with_hint(option_for(error)),
    }
}

/// Names the option that accepts keys that are rejected with this error.
fn option_for(error: Error) -> Option<&'static str> {
    match error {
        Error::ShortCoordinate => Some("--short-coordinates accepts such keys"),
        Error::WrongKeyUse => Some("--use names the accepted values of \"use\""),
        _ => None,
    }
}

fn signatures_only(algorithms: &[&'static dyn Algorithm]) -> bool {
    algorithms
        .iter()
        .all(|a| a.kind() == AlgorithmKind::Signature)
}

/// Describes what a secret of `len` bytes lacks for an algorithm. It must be at least as long as
/// the hash (RFC 7518 §3.2).
pub(crate) fn needed(algorithm: &str, len: usize) -> Option<String> {
    let bits: usize = algorithm.strip_prefix("HS")?.parse().ok()?;
    let bytes = bits.div_euclid(8);
    (len < bytes).then(|| format!("{algorithm} needs at least {bytes} bytes"))
}
