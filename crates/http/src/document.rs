//! Documents with keys, in the formats in which issuers publish them.

use jose_verify::alg::{Algorithms, KeyParameters};
use jose_verify::keys::{JwkOptions, Skipped};
use jose_verify::{Error, GrowingKeySet};
use serde::Deserialize;

/// The format of a document with keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyFormat {
    /// A JWK Set (RFC 7517 §5).
    #[default]
    JwkSet,
    /// One JWK (RFC 7517 §4).
    Jwk,
    /// A public key or a certificate in PEM (RFC 7468). The key has no `kid` and fits every token.
    Pem,
    /// A public key in DER (`SubjectPublicKeyInfo`, RFC 5280 §4.1). It has no `kid` and fits every
    /// token.
    Der,
    /// A JSON object that maps each `kid` to a certificate or a key in PEM, as Google and Firebase
    /// publish it.
    PemMap,
    /// A JSON object whose member `public_key` is a `SubjectPublicKeyInfo` in base64, as Keycloak
    /// publishes for each realm. The key has no `kid` and fits every token.
    Realm,
}

/// Accepts JWKs that are skipped by default, because RFC 7517 or RFC 7518 does not permit them or
/// leaves the choice to the reader. See [`JwkOptions`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JwkLeniency {
    /// Values of `use` (RFC 7517 §4.2) to accept instead of `sig`, such as `jwt-svid`.
    pub uses: Vec<String>,
    /// Accepts EC coordinates whose leading zeros are missing, or that have one too many. RFC 7518
    /// §6.2.1.2 requires the full width.
    pub short_coordinates: bool,
    /// Accepts entries whose key is only in a certificate (`x5c`, RFC 7517 §4.7). The certificate
    /// is not validated.
    pub x5c: bool,
}

/// The longest certificate that is read from `x5c`, in bytes.
const MAX_CERTIFICATE_LEN: usize = 16 * 1024;

/// Loads the keys of a document. Calls `skipped` for each entry that is not used.
///
/// A JWK Set or a map without usable keys is not an error, because an issuer may withdraw all of
/// them. If the format has only one key, an unusable key is an error.
pub(crate) fn load(
    document: &[u8],
    format: KeyFormat,
    leniency: &JwkLeniency,
    algorithms: &Algorithms,
    skipped: impl FnMut(Skipped<'_>),
) -> Result<GrowingKeySet, Error> {
    let mut keys = GrowingKeySet::default();
    // Twice the length of the longest entry.
    let mut scratch = vec![0; document.len().saturating_mul(2)];
    let one = |key: &KeyParameters<'_>| GrowingKeySet::from_parameters(key, algorithms);
    let loaded = match format {
        KeyFormat::JwkSet => with_options(leniency, |options| {
            keys.load_with(document, algorithms, options, skipped)
        }),
        KeyFormat::PemMap => keys.load_pem_map(document, algorithms, &mut scratch, skipped),
        KeyFormat::Jwk => {
            keys.accept(algorithms)?;
            with_options(leniency, |options| keys.add_jwk_with(document, options))?;
            return Ok(keys);
        }
        KeyFormat::Pem => return one(&KeyParameters::from_pem(document, &mut scratch)?),
        KeyFormat::Der => return one(&KeyParameters::from_spki_der(document)?),
        KeyFormat::Realm => {
            let key = KeyParameters::from_spki_member(document, "public_key", &mut scratch)?;
            return one(&key);
        }
    };
    match loaded {
        // The algorithms are set only after the document was read, so none of its keys is usable.
        Err(_) if !keys.algorithms().is_empty() => Ok(keys),
        Err(error) => Err(error),
        Ok(_report) => Ok(keys),
    }
}

/// Calls `read` with the options for JWKs.
fn with_options<T>(leniency: &JwkLeniency, read: impl FnOnce(JwkOptions<'_>) -> T) -> T {
    let uses: Vec<&str> = leniency.uses.iter().map(String::as_str).collect();
    let mut certificate = Vec::new();
    let mut options = JwkOptions::new();
    if !uses.is_empty() {
        options = options.accept_use(&uses);
    }
    if leniency.short_coordinates {
        options = options.short_coordinates();
    }
    if leniency.x5c {
        certificate.resize(MAX_CERTIFICATE_LEN, 0);
        options = options.x5c(&mut certificate);
    }
    read(options)
}
