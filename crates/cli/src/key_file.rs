//! Recognizes the form of a file with keys by its content.

pub(crate) mod der;
mod sighting;

use jose_verify::Error;
use jose_verify::keys::jwk_set_entries;
use serde_json::value::RawValue;

use crate::json::{Member, members};

use der::Outline;

pub(crate) use sighting::sighting;

/// The form of a text with public keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A JWK Set (RFC 7517 §5).
    Set,
    /// A JWK (RFC 7517 §4), or JSON in no known form.
    Jwk,
    /// A JSON object whose member `public_key` is a key in base64, as Keycloak publishes it for a
    /// realm.
    Realm,
    /// A JSON object whose member `public_key` is a key in PEM.
    PemMember,
    /// A JSON object that maps a `kid` to a key or certificate in PEM, as Google publishes it.
    PemMap,
    /// DER, with what it contains.
    Der(Outline),
    /// PEM, or no known form.
    Pem,
}

/// The name of the member of [`Form::Realm`] and [`Form::PemMember`].
pub(crate) const PUBLIC_KEY: &str = "public_key";

/// What a text of unknown form is taken for. It determines only the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    Json,
    Pem,
}

impl Form {
    /// Recognizes a form. The first form that fits is used, in this order:
    ///
    /// 1. A JSON object with an array `keys` is a JWK Set.
    /// 2. A JSON object with several strings that contain a PEM block is a map of them.
    /// 3. A JSON object with `kty` is a JWK, unless `kty` contains a PEM block.
    /// 4. A JSON object with a string `public_key` contains the key in that member.
    /// 5. A JSON object with one string that contains a PEM block is also a map.
    /// 6. DER is a certificate, a `SubjectPublicKeyInfo` or an `RSAPublicKey`.
    /// 7. Anything else is PEM.
    pub(crate) fn of(text: &[u8], fallback: Fallback) -> Self {
        match text.trim_ascii_start().first() {
            Some(b'{') => Self::of_json(text),
            Some(b'[') => Self::Jwk,
            _ => match der::outline(text) {
                Some(outline) => Self::Der(outline),
                None if fallback == Fallback::Pem || contains(text, "-----BEGIN ") => Self::Pem,
                None => Self::Jwk,
            },
        }
    }

    fn of_json(text: &[u8]) -> Self {
        // The library reads a set even if other parsers reject one of its entries.
        if let Ok(()) | Err(Error::DuplicateMember) = jwk_set_entries(text).map(|_| ()) {
            return Self::Set;
        }
        // Malformed JSON is the library's error.
        let members = members(text).unwrap_or_default();
        let member = |wanted: &str| {
            let is_wanted = |(name, _): &&Member<'_>| name.as_deref() == Some(wanted);
            members.iter().find(is_wanted)
        };
        let has_pem = |(_, value): &Member<'_>| string(value).is_some_and(|text| is_pem(&text));
        let with_pem = members.iter().filter(|member| has_pem(member)).count();
        if with_pem > 1 {
            // Whatever the entries are called: a `kid` can be any string.
            Self::PemMap
        } else if member("kty").is_some_and(|kty| !has_pem(kty)) {
            Self::Jwk
        } else if let Some(key) = member(PUBLIC_KEY).and_then(|(_, value)| string(value)) {
            if is_pem(&key) {
                Self::PemMember
            } else {
                Self::Realm
            }
        } else if with_pem > 0 {
            Self::PemMap
        } else if member("keys").is_some() {
            Self::Set
        } else {
            Self::Jwk
        }
    }
}

fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn is_pem(text: &str) -> bool {
    contains(text.as_bytes(), "-----BEGIN ")
}

pub(crate) fn contains(text: &[u8], wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    text.windows(wanted.len()).any(|part| part == wanted)
}
