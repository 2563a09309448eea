//! Keys in the form that the library verifies with.

use base64ct::{Base64, Encoding};
use jose_verify::alg::{Algorithm, KeyParameters};
use jose_verify::json::JsonStr;
use jose_verify::keys::{KeyRef, Skipped};
use jose_verify::{Error, GrowingKeySet, Keys, scratch_len};

use crate::jwk_leniency::JwkLeniency;
use crate::key_file::der::{Outline, outline};
use crate::key_file::{Fallback, Form, PUBLIC_KEY, contains};

/// Keys in the form that the library verifies with, and the keys that were skipped.
#[derive(Debug)]
pub(crate) struct LoadedKeys {
    keys: GrowingKeySet,
    /// Whether the keys come from a set, rather than a text with a single key.
    is_set: bool,
    skipped: Vec<SkippedKey>,
}

/// A key of a set that cannot be used.
#[derive(Debug, PartialEq, Eq)]
struct SkippedKey {
    key_id: Option<String>,
    reason: Error,
}

impl Keys for LoadedKeys {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        self.keys.key(position)
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        if self.is_set {
            return self.keys.accepts(alg);
        }
        // There is no other key, so only the algorithms of this one are accepted.
        let key = self.keys.key(0);
        key.is_some_and(|key| key.algorithms().any(|name| alg == name))
    }
}

impl LoadedKeys {
    /// Loads the keys of a file.
    pub(crate) fn from_file(
        text: &[u8],
        form: Form,
        algorithms: &[&'static dyn Algorithm],
        leniency: &JwkLeniency,
    ) -> Result<Self, Error> {
        let mut loaded = Self::one(GrowingKeySet::default());
        let Self { keys, skipped, .. } = &mut loaded;
        let skip = |entry: Skipped<'_>| {
            skipped.push(SkippedKey {
                key_id: entry.key_id.map(|kid| kid.to_string()),
                reason: entry.reason,
            });
        };
        match form {
            Form::Set => {
                leniency.with(text, |options| {
                    keys.load_with(text, algorithms, options, skip)
                })?;
                loaded.is_set = true;
            }
            Form::PemMap => {
                keys.load_pem_map(text, algorithms, &mut scratch(text), skip)?;
                loaded.is_set = true;
            }
            Form::Jwk => {
                keys.accept(algorithms)?;
                leniency.with(text, |options| keys.add_jwk_with(text, options))?;
            }
            Form::Realm | Form::PemMember | Form::Der(_) | Form::Pem => {
                let mut scratch = scratch(text);
                let key = parameters(text, form, &mut scratch)?;
                keys.accept(algorithms)?;
                keys.add(&key, None)?;
            }
        }
        Ok(loaded)
    }

    /// Loads a shared secret.
    pub(crate) fn from_secret(
        secret: &[u8],
        algorithms: &[&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        // The library rejects the texts of public keys. DER is not text, and occurs only in
        // programs that read files.
        let is_key = |der: &[u8]| {
            outline(der).is_some_and(|found| found.is_public_key() || found.is_private())
        };
        if is_key(secret) || decoded(secret).is_some_and(|der| is_key(&der)) {
            return Err(Error::PublicKeyAsSecret);
        }
        let holds_key = matches!(
            Form::of(secret, Fallback::Pem),
            Form::Realm | Form::PemMember | Form::PemMap
        );
        // PEM in UTF-16, as some shells write it, without the zero byte of each character.
        let narrow: Vec<u8> = secret.iter().copied().filter(|byte| *byte != 0).collect();
        if holds_key || narrow != secret && contains(&narrow, "-----BEGIN ") {
            return Err(Error::PublicKeyAsSecret);
        }
        GrowingKeySet::from_parameters(&KeyParameters::oct(secret), algorithms).map(Self::one)
    }

    fn one(keys: GrowingKeySet) -> Self {
        Self {
            keys,
            is_set: false,
            skipped: Vec::new(),
        }
    }

    /// Returns whether the keys come from a set, rather than a text with a single key.
    pub(crate) const fn is_set(&self) -> bool {
        self.is_set
    }

    /// Returns the number of keys of the set that were skipped.
    pub(crate) const fn skipped_count(&self) -> usize {
        self.skipped.len()
    }

    /// Returns why a key with this `kid` was skipped.
    pub(crate) fn reason_for_skipping(&self, key_id: JsonStr<'_>) -> Option<Error> {
        let is_named = |key: &&SkippedKey| key.key_id.as_deref().is_some_and(|id| key_id == id);
        let skipped = self.skipped.iter().find(is_named);
        skipped.map(|key| key.reason)
    }

    /// Returns the algorithms of the keys that have this `kid`, or of all keys if it is `None`.
    pub(crate) fn algorithms(&self, key_id: Option<JsonStr<'_>>) -> Vec<&'static str> {
        let keys = (0..).map_while(|position| self.keys.key(position));
        let fitting = keys.filter(|key| {
            key_id.is_none_or(|wanted| key.key_id().is_some_and(|found| is_same(wanted, found)))
        });
        let mut names: Vec<_> = fitting
            .flat_map(|key| key.algorithms().collect::<Vec<_>>())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Decodes base64, such as the body of a PEM file. White space is ignored.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    Base64::decode_vec(str::from_utf8(&text).ok()?).ok()
}

fn is_same(one: JsonStr<'_>, other: JsonStr<'_>) -> bool {
    one.chars().eq(other.chars())
}

/// Returns a buffer for [`parameters`].
pub(crate) fn scratch(text: &[u8]) -> Vec<u8> {
    vec![0; scratch_len(text.len()).saturating_add(text.len())]
}

/// Reads the key of a text that contains a single key that is not a JWK.
pub(crate) fn parameters<'b>(
    text: &'b [u8],
    form: Form,
    scratch: &'b mut [u8],
) -> Result<KeyParameters<'b>, Error> {
    match form {
        Form::Der(Outline::Certificate) => KeyParameters::from_certificate_der(text),
        Form::Der(Outline::PublicKey) => KeyParameters::from_spki_der(text),
        Form::Der(Outline::RsaPublicKey) => KeyParameters::from_rsa_der(text),
        Form::Der(found) if found.is_private() => Err(Error::PrivateKey),
        Form::Der(_) | Form::Set | Form::Jwk | Form::PemMap => Err(Error::MalformedKey),
        Form::PemMember => KeyParameters::from_pem_member(text, PUBLIC_KEY, scratch),
        Form::Realm => KeyParameters::from_spki_member(text, PUBLIC_KEY, scratch),
        Form::Pem => KeyParameters::from_pem(text, scratch),
    }
}
