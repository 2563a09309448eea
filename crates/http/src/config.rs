//! The configuration of an issuer, which owns all its values and can be read from a file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jose_verify::alg::{Algorithms, MACS, SIGNATURES};
use jose_verify::{Audience, Check, Error, Policy, PolicyBuf, oauth};
use serde::Deserialize;

use crate::document::{JwkLeniency, KeyFormat};
use crate::fetch::HttpSettingsError;

/// The configuration of one issuer.
///
/// It can be read from a file, in any format that serde reads. `issuer`, `algorithms` and
/// `audiences` are required. The names are those of the fields, and times are whole seconds:
///
/// ```
/// use jose_verify_http::IssuerConfig;
///
/// let config: IssuerConfig = serde_json::from_str(
///     r#"{
///         "issuer": "https://login.example.com",
///         "algorithms": ["RS256", "ES256"],
///         "audiences": ["https://api.example.com"],
///         "profile": "jwt",
///         "scope_claim": "roles",
///         "keys": {"url": "https://login.example.com/keys", "format": "jwk_set"},
///         "refresh": 600
///     }"#,
/// )?;
/// assert_eq!(config.leeway.as_secs(), 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerConfig {
    /// The issuer's name, which `iss` must equal.
    pub issuer: String,
    /// The names of the accepted algorithms, such as `ES256`.
    pub algorithms: Vec<String>,
    /// The accepted values of `aud`. May be empty only if `client_ids` is not.
    pub audiences: Vec<String>,
    /// The accepted values of `client_id`. If it is empty, the claim is not compared.
    ///
    /// Some issuers, such as Cognito, write `client_id` but no `aud` into access tokens. Leave
    /// `audiences` empty for them: tokens with `aud` are then rejected.
    pub client_ids: Vec<String>,
    /// Which rules tokens follow.
    pub profile: Profile,
    /// The claim with the scopes or roles: a string of values separated by spaces, or an array.
    /// `scope` by default.
    pub scope_claim: String,
    /// Tolerance for clock skew: 30 seconds by default.
    #[serde(with = "seconds")]
    pub leeway: Duration,
    /// Where the keys are. By default, the issuer's OpenID Connect metadata says so.
    pub keys: KeyLocation,
    /// What to accept in JWKs that would otherwise be skipped. Nothing by default.
    pub jwk: JwkLeniency,
    /// How often the keys are fetched: every 15 minutes by default. Each time is up to a tenth
    /// shorter, at random, so that many services do not fetch at once.
    #[serde(with = "seconds")]
    pub refresh: Duration,
    /// How long keys are used after they were last fetched: one day by default. Without this bound,
    /// an attacker who can prevent fetches could keep a revoked key in use.
    #[serde(with = "seconds")]
    pub max_age: Duration,
    /// The longest lifetime of the issuer's tokens: one hour by default. A key that is no longer
    /// published is kept for this long.
    #[serde(with = "seconds")]
    pub token_lifetime: Duration,
    /// The shortest pause between two fetches, whatever tokens arrive: five seconds by default. See
    /// [`Refetch`](jose_verify::keys::Refetch).
    #[serde(with = "seconds")]
    pub shortest_pause: Duration,
    /// The pause that repeated fetches without new keys lead to: five minutes by default.
    #[serde(with = "seconds")]
    pub longest_pause: Duration,
    /// Memory for the tables of ECDSA keys, in bytes: 256 KiB by default. With RSA keys only, no
    /// tables are computed.
    pub table_bytes: usize,
}

/// Which rules tokens follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Profile {
    /// Access tokens of RFC 9068: `typ` is `at+jwt`, and `iss`, `exp`, `aud`, `sub`, `client_id`,
    /// `iat` and `jti` are present.
    #[default]
    AccessToken,
    /// Other access tokens: `iss`, `exp` and `aud` are checked, and `nbf` and `iat` if present.
    /// Security events, such as logout tokens, are rejected by their claim `events` (RFC 8417).
    /// `typ` is not compared, so use an audience that only access tokens have. An ID Token's
    /// audience is the client.
    Jwt,
}

/// Where an issuer's keys are.
///
/// In a file: `{"metadata": "openid_configuration"}` or `"authorization_server"`, or one of
/// `{"url": …}`, `{"file": …}` and `{"document": …}`, each with an optional `format`. A secret
/// cannot be written into such a file.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "keys_in_file::Keys")]
pub enum KeyLocation {
    /// At the `jwks_uri` of the issuer's metadata.
    Metadata(Metadata),
    /// At this URL.
    Url(String, KeyFormat),
    /// In this file. It is read again as often as a URL would be fetched.
    File(PathBuf, KeyFormat),
    /// In the configuration. These keys never change.
    Document(String, KeyFormat),
    /// The bytes of a secret that the issuer shares with this program. It fits every token,
    /// whatever its `kid`, and never changes. The algorithms are then MACs, such as `HS256`.
    Secret(Vec<u8>),
}

impl Default for KeyLocation {
    fn default() -> Self {
        Self::Metadata(Metadata::OpenidConfiguration)
    }
}

impl fmt::Debug for KeyLocation {
    /// Leaves out secrets, documents, and URLs, whose query may contain a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(kind) => f.debug_tuple("Metadata").field(kind).finish(),
            Self::Url(_, format) => f.debug_tuple("Url").field(format).finish(),
            Self::File(path, format) => f.debug_tuple("File").field(path).field(format).finish(),
            Self::Document(_, format) => f.debug_tuple("Document").field(format).finish(),
            Self::Secret(_) => f.write_str("Secret(..)"),
        }
    }
}

/// The metadata that an issuer publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// OpenID Connect Discovery 1.0 §4: `/.well-known/openid-configuration` after the issuer.
    #[default]
    OpenidConfiguration,
    /// RFC 8414 §3: `/.well-known/oauth-authorization-server` before the path of the issuer.
    AuthorizationServer,
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// `issuer` is empty.
    NoIssuer,
    /// Two issuers have the same name.
    DuplicateIssuer(String),
    /// `algorithms` contains a name that is unknown or is that of a MAC. The issuer comes first.
    UnknownAlgorithm(String, String),
    /// The keys are a secret, and `algorithms` contains a name that is not that of a MAC. The issuer
    /// comes first.
    UnknownMac(String, String),
    /// `algorithms` is empty or too long, an audience is empty, or both lists of expected values
    /// are. The error says what.
    Unusable(String, Error),
    /// The keys in the configuration cannot be loaded.
    Keys(String, Error),
    /// The keys are to be found by metadata, but the issuer is no URL. Whether a URL is permitted is
    /// known when it is fetched, because the HTTP client decides it.
    InsecureUrl(String),
    /// The HTTP client cannot be created.
    Http(HttpSettingsError),
    /// The system cannot start the thread that fetches keys in the background.
    Thread(std::io::ErrorKind),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIssuer => f.write_str("an issuer has no name"),
            Self::DuplicateIssuer(issuer) => write!(f, "{issuer} is configured twice"),
            Self::UnknownAlgorithm(issuer, name) => {
                write!(
                    f,
                    "{issuer}: {name:?} is no signature algorithm of this crate"
                )
            }
            Self::UnknownMac(issuer, name) => {
                write!(f, "{issuer}: {name:?} is no MAC of this crate")
            }
            Self::Unusable(issuer, error) => write!(f, "{issuer}: {error}"),
            Self::Keys(issuer, error) => write!(f, "{issuer}: the keys cannot be used: {error}"),
            Self::InsecureUrl(issuer) => {
                write!(f, "{issuer}: the issuer is no URL, so it has no metadata")
            }
            Self::Http(error) => write!(f, "{error}"),
            Self::Thread(kind) => write!(f, "no thread can be started: {kind}"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Default for IssuerConfig {
    /// The defaults of all fields. `issuer`, `algorithms` and `audiences` are empty and must be
    /// set.
    fn default() -> Self {
        Self {
            issuer: String::new(),
            algorithms: Vec::new(),
            audiences: Vec::new(),
            client_ids: Vec::new(),
            profile: Profile::default(),
            scope_claim: "scope".to_owned(),
            leeway: Duration::from_secs(30),
            keys: KeyLocation::default(),
            jwk: JwkLeniency::default(),
            refresh: Duration::from_secs(15 * 60),
            max_age: Duration::from_secs(24 * 3600),
            token_lifetime: Duration::from_secs(3600),
            shortest_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(300),
            table_bytes: 256 * 1024,
        }
    }
}

impl IssuerConfig {
    /// Creates a configuration from the required values. All others have their defaults.
    pub fn new<S: Into<String>>(
        issuer: impl Into<String>,
        algorithms: impl IntoIterator<Item = S>,
        audiences: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            algorithms: algorithms.into_iter().map(Into::into).collect(),
            audiences: audiences.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Returns the algorithms with these names.
    pub(crate) fn signatures(&self) -> Result<Algorithms, ConfigError> {
        let mut unknown = None;
        let is_secret = matches!(self.keys, KeyLocation::Secret(_));
        let known = if is_secret { MACS } else { SIGNATURES };
        let list = Algorithms::named(known, &self.algorithms, |name| {
            unknown.get_or_insert_with(|| name.to_owned());
        });
        if let Some(name) = unknown {
            let issuer = self.issuer.clone();
            return Err(if is_secret {
                ConfigError::UnknownMac(issuer, name)
            } else {
                ConfigError::UnknownAlgorithm(issuer, name)
            });
        }
        list.map_err(|error| ConfigError::Unusable(self.issuer.clone(), error))
    }

    /// Returns the policy that this configuration describes.
    pub(crate) fn policy(&self) -> Result<PolicyBuf, ConfigError> {
        let audience = if self.audiences.is_empty() && !self.client_ids.is_empty() {
            Check::Absent
        } else {
            Check::Required(Audience::AnyOf(&self.audiences))
        };
        let policy = match self.profile {
            Profile::AccessToken => Policy {
                audience,
                ..oauth::access_token(&self.issuer, &self.audiences)
            },
            Profile::Jwt => Policy {
                expires_at: Check::Required(Duration::ZERO),
                events: Check::Absent,
                ..Policy::jwt(Check::Required(&self.issuer), audience)
            },
        };
        let policy = match self.client_ids.as_slice() {
            [] => policy,
            _ => Policy {
                client_id: Check::Required(&self.client_ids),
                ..policy
            },
        };
        let policy = policy.with_leeway(self.leeway);
        let valid = policy.validate();
        valid.map_err(|error| ConfigError::Unusable(self.issuer.clone(), error))?;
        Ok(policy.into())
    }
}

mod seconds {
    //! Reads a time as whole seconds.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

mod keys_in_file {
    //! The location of keys as it is written in a file.

    use std::path::PathBuf;

    use serde::Deserialize;

    use super::{KeyFormat, KeyLocation, Metadata};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Keys {
        metadata: Option<Metadata>,
        url: Option<String>,
        file: Option<PathBuf>,
        document: Option<String>,
        format: Option<KeyFormat>,
    }

    impl TryFrom<Keys> for KeyLocation {
        type Error = &'static str;

        fn try_from(keys: Keys) -> Result<Self, Self::Error> {
            let format = keys.format.unwrap_or_default();
            match (keys.metadata, keys.url, keys.file, keys.document) {
                (Some(kind), None, None, None) if keys.format.is_none() => Ok(Self::Metadata(kind)),
                (None, Some(url), None, None) => Ok(Self::Url(url, format)),
                (None, None, Some(file), None) => Ok(Self::File(file, format)),
                (None, None, None, Some(document)) => Ok(Self::Document(document, format)),
                _ => Err(
                    "keys needs one of metadata, url, file and document, and format only with \
                     one of the last three",
                ),
            }
        }
    }
}
