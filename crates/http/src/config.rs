//! The configuration of an issuer. It owns all its values and can be read from a file.

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
/// It can be read from a file, in any format that serde supports. `issuer`, `algorithms`, and
/// `audiences` or `client_ids` are required. The names are those of the fields, those of variants
/// are in `snake_case`, unknown names are errors, and times are whole seconds.
///
/// Do not use `#[serde(flatten)]` for a configuration in a type of yours: serde then ignores
/// unknown names, so a misspelt `client_ids` would accept every client.
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
    /// The `alg` names of the accepted algorithms, such as `ES256`. MACs are accepted only with
    /// [`KeyLocation::Secret`].
    pub algorithms: Vec<String>,
    /// The accepted values of `aud`, which must contain one of them. If the list is empty,
    /// `client_ids` must not be, and tokens with `aud` are rejected.
    pub audiences: Vec<String>,
    /// The accepted values of `client_id`. If the list is empty, as by default, the claim is not
    /// compared.
    ///
    /// Some issuers, such as Cognito, write `client_id` but no `aud` into access tokens. Leave
    /// `audiences` empty for them, and use [`Profile::Jwt`] if their `typ` is not `at+jwt`.
    pub client_ids: Vec<String>,
    /// Which rules tokens follow: [`Profile::AccessToken`] by default.
    pub profile: Profile,
    /// The name of the claim with the scopes or roles: `scope` by default. The claim is a string of
    /// values separated by spaces (RFC 6749 §3.3), or an array of strings. It must be a member of
    /// the payload itself, not of an object in it.
    pub scope_claim: String,
    /// The tolerated clock skew between the issuer and this program: 30 seconds by default.
    #[serde(with = "seconds")]
    pub leeway: Duration,
    /// Where the keys are: by default, at the `jwks_uri` of the issuer's OpenID Connect metadata.
    pub keys: KeyLocation,
    /// Accepts JWKs that are skipped by default.
    pub jwk: JwkLeniency,
    /// The time between fetches in the background: 15 minutes by default. Each is up to a tenth
    /// shorter, at random, so that many processes do not fetch at once. At least one second. After
    /// a fetch that failed, the next begins after `shortest_pause`, and each further failure
    /// doubles this time, up to `longest_pause`.
    #[serde(with = "seconds")]
    pub refresh: Duration,
    /// How long keys are used after the last successful fetch: one day by default. Without this
    /// bound, an attacker who can prevent fetches could keep a revoked key in use.
    #[serde(with = "seconds")]
    pub max_age: Duration,
    /// The longest lifetime of the issuer's tokens: one hour by default. A key stays in use for
    /// this long after a fetch finds that it is no longer published.
    #[serde(with = "seconds")]
    pub token_lifetime: Duration,
    /// The shortest pause between two fetches that tokens cause: five seconds by default, and at
    /// least one second. See [`Refetch`](jose_verify::keys::Refetch).
    #[serde(with = "seconds")]
    pub shortest_pause: Duration,
    /// The longest pause between two fetches that tokens cause: five minutes by default. Each such
    /// fetch that returns no new keys doubles the pause, up to this time. If forged tokens cause
    /// fetches, a new key that the issuer uses at once may be unknown for this long, and its tokens
    /// are rejected meanwhile.
    #[serde(with = "seconds")]
    pub longest_pause: Duration,
    /// Memory for the tables of this issuer's ECDSA keys, in bytes: 256 KiB by default. While keys
    /// are replaced, the old and the new tables are in memory. RSA keys have no tables.
    pub table_bytes: usize,
}

/// Which rules tokens follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Profile {
    /// Access tokens of RFC 9068 (§2.2 and §4): `typ` must be `at+jwt`, and `iss`, `exp`, `aud`,
    /// `sub`, `client_id`, `iat` and `jti` are required.
    #[default]
    AccessToken,
    /// Other access tokens: `iss`, `exp` and `aud` are required, and `nbf` and `iat` are checked if
    /// present. Tokens with the claim `events` (RFC 8417), such as logout tokens, are rejected.
    ///
    /// `typ` is not checked. ID Tokens, whose audience is the client, are thus rejected only by
    /// their `aud`. Choose audiences that only access tokens have.
    Jwt,
}

/// Where an issuer's keys are.
///
/// In a configuration file: `{"metadata": "openid_configuration"}` or `"authorization_server"`, or
/// one of `{"url": …}`, `{"file": …}` and `{"document": …}`, each with an optional `format`. A
/// secret cannot be read from a configuration file.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "keys_in_file::Keys")]
pub enum KeyLocation {
    /// At the `jwks_uri` of the issuer's metadata, as a JWK Set.
    Metadata(Metadata),
    /// At this URL.
    Url(String, KeyFormat),
    /// In this file. It is read again as often as a URL would be fetched.
    File(PathBuf, KeyFormat),
    /// In the configuration. These keys never change.
    Document(String, KeyFormat),
    /// The bytes of a secret that the issuer shares with this program. It fits every token,
    /// regardless of its `kid`, and never changes. All `algorithms` must then be MACs (RFC 7518
    /// §3.2), such as `HS256`.
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

/// Which metadata an issuer publishes, and where.
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
    /// `algorithms` contains a name that is unknown, or that of a MAC. The issuer comes first.
    UnknownAlgorithm(String, String),
    /// The keys are a secret, and `algorithms` contains a name that is not that of a MAC of this
    /// crate. The issuer comes first.
    UnknownMac(String, String),
    /// `algorithms` is empty or too long, an expected value is empty, or `audiences` and
    /// `client_ids` are both empty. The error says which.
    Unusable(String, Error),
    /// The keys in the configuration cannot be loaded.
    Keys(String, Error),
    /// The issuer is not a URL, so the URL of its metadata (OpenID Connect Discovery 1.0 §4, RFC
    /// 8414 §3) cannot be formed. Whether a URL is secure is checked when it is fetched.
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
                    "{issuer}: {name:?} is not a signature algorithm of this crate"
                )
            }
            Self::UnknownMac(issuer, name) => {
                write!(f, "{issuer}: {name:?} is not a MAC of this crate")
            }
            Self::Unusable(issuer, error) => write!(f, "{issuer}: {error}"),
            Self::Keys(issuer, error) => write!(f, "{issuer}: the keys cannot be used: {error}"),
            Self::InsecureUrl(issuer) => {
                write!(f, "{issuer}: the issuer is not a URL")
            }
            Self::Http(error) => write!(f, "{error}"),
            Self::Thread(kind) => write!(f, "no thread can be started: {kind}"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Default for IssuerConfig {
    /// Returns the defaults of all fields. `issuer`, `algorithms` and `audiences` are empty and
    /// must be set.
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
    /// Creates a configuration with these required values, and the defaults of all others.
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
    //! Deserializes a time from whole seconds.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

mod keys_in_file {
    //! The location of keys as written in a configuration file.

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
