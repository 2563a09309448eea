//! How the client authenticates at the token endpoint (OpenID Connect Core §9).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use jose_verify::NumericDate;
use serde_json::{Value, json};

use crate::error::{Error, SignError};
use crate::random::random;
use crate::settings::Settings;

/// The lifetime of a client assertion.
const LIFETIME: Duration = Duration::from_secs(60);
/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How the client authenticates at the token endpoint.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Authentication {
    /// With the secret, as `token_endpoint_auth_methods_supported` permits: in the header if it
    /// lists `client_secret_basic` or is absent, else in the form if it lists `client_secret_post`.
    /// Without a secret, a public client.
    #[default]
    FromMetadata,
    /// A public client, which only names itself. PKCE protects the code.
    None,
    /// With the secret in the header `Authorization` (RFC 6749 §2.3.1).
    SecretBasic,
    /// With the secret in the form (RFC 6749 §2.3.1).
    SecretPost,
    /// With a JWT that the client signs (RFC 7523 §2.2).
    PrivateKeyJwt(ClientKey),
}

type Sign = dyn Fn(&[u8]) -> Result<Vec<u8>, SignError> + Send + Sync;

/// The key with which a client signs its assertions. The private key stays with the program.
#[derive(Clone)]
pub struct ClientKey {
    algorithm: String,
    key_id: Option<String>,
    is_for_issuer: bool,
    sign: Arc<Sign>,
}

impl ClientKey {
    /// Creates a key from its algorithm, such as `ES256`, its `kid`, and a function that signs.
    ///
    /// The function receives the signing input of the JWS, and returns the signature in the form of
    /// RFC 7518 §3: for ECDSA, the two numbers one after the other, not DER.
    pub fn new(
        algorithm: impl Into<String>,
        key_id: Option<String>,
        sign: impl Fn(&[u8]) -> Result<Vec<u8>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            algorithm: algorithm.into(),
            key_id,
            is_for_issuer: false,
            sign: Arc::new(sign),
        }
    }

    /// Writes the issuer into `aud` instead of the URL of the token endpoint.
    ///
    /// Use it if the provider accepts it, and always if the same key authenticates the client at
    /// several providers. Otherwise, a malicious provider can name the token endpoint of another in
    /// its metadata, and use the assertion there.
    #[must_use]
    pub fn for_issuer(self) -> Self {
        Self {
            is_for_issuer: true,
            ..self
        }
    }

    /// Returns a new assertion (RFC 7523 §3).
    fn assertion(
        &self,
        settings: &Settings,
        token_endpoint: &str,
        now: NumericDate,
    ) -> Result<String, Error> {
        let mut header = json!({ "alg": self.algorithm, "typ": "JWT" });
        if let Some(kid) = &self.key_id {
            header["kid"] = Value::from(kid.as_str());
        }
        let lifetime = i64::try_from(LIFETIME.as_secs()).unwrap_or_default();
        let claims = json!({
            "iss": settings.client_id,
            "sub": settings.client_id,
            "aud": if self.is_for_issuer { &settings.issuer } else { token_endpoint },
            "jti": random()?,
            "iat": now.seconds(),
            "exp": now.seconds().saturating_add(lifetime),
        });
        let encode = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = (self.sign)(signed.as_bytes()).map_err(Error::Sign)?;
        Ok(format!(
            "{signed}.{}",
            Base64UrlUnpadded::encode_string(&signature)
        ))
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Authentication {
    /// Returns the method that the client uses at a provider whose metadata lists `listed`.
    pub(crate) fn resolve(settings: &Settings, listed: Option<&[String]>) -> Result<Self, Error> {
        let is_listed = |method: &str| listed.is_some_and(|l| l.iter().any(|one| one == method));
        match &settings.authentication {
            Self::FromMetadata if settings.client_secret.is_none() => Ok(Self::None),
            Self::FromMetadata => {
                settings.secret()?;
                // Discovery §3: `client_secret_basic` is the default.
                if listed.is_none() || is_listed("client_secret_basic") {
                    Ok(Self::SecretBasic)
                } else if is_listed("client_secret_post") {
                    Ok(Self::SecretPost)
                } else {
                    let listed = listed.unwrap_or_default().to_vec();
                    Err(Error::NoCommonAuthentication { listed })
                }
            }
            named @ (Self::SecretBasic | Self::SecretPost) => {
                settings.secret()?;
                Ok(named.clone())
            }
            named => Ok(named.clone()),
        }
    }

    /// Adds what authenticates the client to the form. Returns the header `Authorization`, if this
    /// method uses it.
    pub(crate) fn apply(
        &self,
        settings: &Settings,
        token_endpoint: &str,
        now: NumericDate,
        form: &mut Vec<(&'static str, String)>,
    ) -> Result<Option<String>, Error> {
        match self {
            Self::SecretBasic => {
                let encode = |text: &str| {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let (id, secret) = (encode(&settings.client_id), encode(settings.secret()?));
                let credentials = Base64::encode_string(format!("{id}:{secret}").as_bytes());
                return Ok(Some(format!("Basic {credentials}")));
            }
            Self::SecretPost => {
                form.push(("client_id", settings.client_id.clone()));
                form.push(("client_secret", settings.secret()?.to_owned()));
            }
            Self::PrivateKeyJwt(key) => {
                let assertion = key.assertion(settings, token_endpoint, now)?;
                form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                form.push(("client_assertion", assertion));
                // Optional (RFC 7521 §4.2), but some providers look the client up by it.
                form.push(("client_id", settings.client_id.clone()));
            }
            Self::None | Self::FromMetadata => {
                form.push(("client_id", settings.client_id.clone()));
            }
        }
        Ok(None)
    }
}
