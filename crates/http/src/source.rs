//! Where the document with an issuer's keys comes from: metadata, a URL, a file, or the
//! configuration.

use std::fs;
use std::io::Read;
use std::time::Duration;

use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::oauth::ProviderMetadata;

use crate::config::{ConfigError, IssuerConfig, KeyLocation, Metadata};
use crate::document::KeyFormat;
use crate::fetch::{Fetch, FetchError, Fetched, check_endpoint};

/// The time for which the `jwks_uri` of the metadata is remembered.
const METADATA_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// What is known about the source from earlier fetches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    /// The `jwks_uri` of the metadata, and until when it is used.
    jwks_uri: Option<(String, Duration)>,
    /// The entity tag of the document.
    etag: Option<String>,
    /// The document that was used last.
    document: Option<Vec<u8>>,
}

impl Memory {
    /// Returns the document that was used last.
    pub(crate) fn document(&self) -> Option<&[u8]> {
        self.document.as_deref()
    }

    /// Creates the value after a restart, from a kept document.
    pub(crate) fn restored(document: Vec<u8>) -> Self {
        Self {
            document: Some(document),
            ..Self::default()
        }
    }

    /// Forgets the `jwks_uri`, so that the next fetch fetches the metadata again.
    pub(crate) fn forget_metadata(&mut self) {
        self.jwks_uri = None;
    }
}

/// Returns the format of the document.
pub(crate) const fn format(config: &IssuerConfig) -> KeyFormat {
    match &config.keys {
        KeyLocation::Metadata(_) | KeyLocation::Secret(_) => KeyFormat::JwkSet,
        KeyLocation::Url(_, format)
        | KeyLocation::File(_, format)
        | KeyLocation::Document(_, format) => *format,
    }
}

/// Returns where the keys are, according to the configuration: a URL, a path, or nothing.
pub(crate) fn name(config: &IssuerConfig) -> Result<String, ConfigError> {
    match &config.keys {
        KeyLocation::Metadata(kind) => metadata_url(&config.issuer, *kind)
            .ok_or_else(|| ConfigError::InsecureUrl(config.issuer.clone())),
        KeyLocation::Url(url, _) => Ok(url.clone()),
        KeyLocation::File(path, _) => Ok(path.display().to_string()),
        KeyLocation::Document(..) | KeyLocation::Secret(_) => Ok(String::new()),
    }
}

/// Fetches the document with the keys. `memory` is the result of the last successful call. The
/// caller replaces it with the new result if the document is usable.
pub(crate) fn fetch(
    config: &IssuerConfig,
    client: &dyn Fetch,
    memory: &Memory,
    now: Duration,
) -> Result<Memory, FetchError> {
    match &config.keys {
        KeyLocation::Url(url, _) => fetch_url(client, url, memory, None),
        KeyLocation::Metadata(kind) => {
            let (jwks_uri, until) = match &memory.jwks_uri {
                Some((url, until)) if now < *until => (url.clone(), *until),
                _ => {
                    let url = jwks_uri(config, *kind, client)?;
                    (url, now.saturating_add(METADATA_LIFETIME))
                }
            };
            fetch_url(client, &jwks_uri, memory, Some((jwks_uri.clone(), until)))
        }
        KeyLocation::File(path, _) => {
            let file = fs::File::open(path).map_err(|e| FetchError::File(e.kind()))?;
            let mut document = Vec::new();
            // One byte more than is permitted, so that a longer file is noticed.
            let mut bounded = file.take(MAX_KEY_SET_LEN as u64 + 1);
            bounded
                .read_to_end(&mut document)
                .map_err(|e| FetchError::File(e.kind()))?;
            if document.len() > MAX_KEY_SET_LEN {
                return Err(FetchError::TooLong(MAX_KEY_SET_LEN as u64));
            }
            Ok(Memory {
                document: Some(document),
                ..Memory::default()
            })
        }
        KeyLocation::Document(text, _) => Ok(Memory {
            document: Some(text.clone().into_bytes()),
            ..Memory::default()
        }),
        // Never called: a secret has no document.
        KeyLocation::Secret(_) => Ok(Memory::default()),
    }
}

fn fetch_url(
    client: &dyn Fetch,
    url: &str,
    memory: &Memory,
    jwks_uri: Option<(String, Duration)>,
) -> Result<Memory, FetchError> {
    let same_url = |(old, _): &(String, Duration)| old == url;
    // An entity tag belongs to one URL.
    let is_same = jwks_uri.is_none() || memory.jwks_uri.as_ref().is_some_and(same_url);
    let etag = memory
        .etag
        .as_deref()
        .filter(|_| is_same && memory.document.is_some());
    Ok(match client.fetch(url, etag)? {
        Fetched::Document { body, etag } => Memory {
            jwks_uri,
            etag,
            document: Some(body),
        },
        Fetched::NotModified if etag.is_some() => Memory {
            jwks_uri,
            ..memory.clone()
        },
        // The request was unconditional, so there is no document that is not modified.
        Fetched::NotModified => return Err(FetchError::Status(304)),
    })
}

/// Fetches the metadata, and returns its `jwks_uri`.
fn jwks_uri(
    config: &IssuerConfig,
    kind: Metadata,
    client: &dyn Fetch,
) -> Result<String, FetchError> {
    let url = metadata_url(&config.issuer, kind).ok_or(FetchError::InsecureUrl)?;
    let Fetched::Document { body, .. } = client.fetch(&url, None)? else {
        return Err(FetchError::Status(304));
    };
    let metadata = match kind {
        Metadata::OpenidConfiguration => ProviderMetadata::parse(&body, &config.issuer),
        Metadata::AuthorizationServer => {
            ProviderMetadata::parse_authorization_server(&body, &config.issuer)
        }
    };
    let metadata = metadata.map_err(FetchError::Metadata)?;
    let jwks_uri = metadata.jwks_uri().ok_or(FetchError::NoJwksUri)?;
    let jwks_uri = jwks_uri.to_string();
    check_endpoint(&jwks_uri, &config.issuer)?;
    Ok(jwks_uri)
}

/// Returns the URL of an issuer's metadata. Returns `None` if it cannot be formed, because the
/// issuer is not a URL.
pub(crate) fn metadata_url(issuer: &str, kind: Metadata) -> Option<String> {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    let (scheme, rest) = base.split_once("://")?;
    match kind {
        // OpenID Connect Discovery 1.0 §4.
        Metadata::OpenidConfiguration => Some(format!("{base}/.well-known/openid-configuration")),
        // RFC 8414 §3.1.
        Metadata::AuthorizationServer => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            let name = "/.well-known/oauth-authorization-server";
            Some(format!("{scheme}://{host}{name}{path}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_metadata() {
        for (issuer, oidc, oauth) in [
            (
                "https://example.com",
                "https://example.com/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server",
            ),
            (
                "https://example.com/tenant/",
                "https://example.com/tenant/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server/tenant",
            ),
            (
                "https://example.com:8443/a/b",
                "https://example.com:8443/a/b/.well-known/openid-configuration",
                "https://example.com:8443/.well-known/oauth-authorization-server/a/b",
            ),
        ] {
            let url = |kind| metadata_url(issuer, kind).unwrap();
            assert_eq!(url(Metadata::OpenidConfiguration), oidc);
            assert_eq!(url(Metadata::AuthorizationServer), oauth);
        }
        for kind in [Metadata::OpenidConfiguration, Metadata::AuthorizationServer] {
            assert_eq!(metadata_url("accounts.example.com", kind), None);
        }
    }
}
