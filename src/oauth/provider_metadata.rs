//! Provider metadata.

use crate::encoding::json::{JsonStr, Value, read_object};
use crate::error::{Claim, Error, Limit, Problem};
use crate::jose::strings::StringOrArray;
use crate::limits::MAX_METADATA_LEN;

/// The metadata that a provider publishes at `/.well-known/openid-configuration` (OpenID Connect
/// Discovery 1.0 §3) or `/.well-known/oauth-authorization-server` (RFC 8414 §2).
///
/// [`parse`](Self::parse) is for OpenID Connect Discovery, which requires `jwks_uri`.
/// [`parse_authorization_server`](Self::parse_authorization_server) is for RFC 8414, in which
/// `jwks_uri` is optional. An optional member that is `null` counts as absent.
///
/// URLs are returned as received and are not checked. Before you connect to one, check that it uses
/// `https` and names a host that you know.
///
/// ```
/// use jose_verify::Error;
/// use jose_verify::oauth::ProviderMetadata;
///
/// let text = br#"{"issuer":"https://op.example.com","jwks_uri":"https:\/\/op.example.com\/jwks",
///     "token_endpoint":"https://op.example.com/token",
///     "id_token_signing_alg_values_supported":["RS256","ES256"]}"#;
/// let metadata = ProviderMetadata::parse(text, "https://op.example.com")?;
/// assert!(metadata.jwks_uri().unwrap() == "https://op.example.com/jwks");
/// assert!(metadata.supports_signing_algorithm("ES256"));
///
/// let other = ProviderMetadata::parse(text, "https://op.example.com/");
/// assert_eq!(other.err(), Some(Error::MetadataMismatch));
///
/// let oauth = br#"{"issuer":"https://as.example.com","response_types_supported":["code"]}"#;
/// let issuer = "https://as.example.com";
/// let metadata = ProviderMetadata::parse_authorization_server(oauth, issuer)?;
/// assert!(metadata.jwks_uri().is_none());
/// let discovery = ProviderMetadata::parse(oauth, issuer);
/// assert_eq!(discovery.err(), Some(Error::MalformedMetadata));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ProviderMetadata<'a> {
    issuer: JsonStr<'a>,
    members: Members<'a>,
}

/// The optional members.
#[derive(Debug, Clone, Copy, Default)]
struct Members<'a> {
    jwks_uri: Option<JsonStr<'a>>,
    authorization_endpoint: Option<JsonStr<'a>>,
    token_endpoint: Option<JsonStr<'a>>,
    user_info_endpoint: Option<JsonStr<'a>>,
    end_session_endpoint: Option<JsonStr<'a>>,
    introspection_endpoint: Option<JsonStr<'a>>,
    revocation_endpoint: Option<JsonStr<'a>>,
    signing_algorithms: Option<StringOrArray<'a>>,
    challenge_methods: Option<StringOrArray<'a>>,
    sends_issuer: bool,
}

impl<'a> Members<'a> {
    fn set(&mut self, name: JsonStr<'a>, value: Value<'a>) -> Result<(), Error> {
        // The longest name below, `authorization_response_iss_parameter_supported`, has 46 bytes.
        let mut buffer = [0; 46];
        match name.unescape(&mut buffer) {
            Ok("jwks_uri") => self.jwks_uri = Some(string(value)?),
            Ok("authorization_endpoint") => self.authorization_endpoint = Some(string(value)?),
            Ok("token_endpoint") => self.token_endpoint = Some(string(value)?),
            Ok("userinfo_endpoint") => self.user_info_endpoint = Some(string(value)?),
            Ok("end_session_endpoint") => self.end_session_endpoint = Some(string(value)?),
            Ok("introspection_endpoint") => self.introspection_endpoint = Some(string(value)?),
            Ok("revocation_endpoint") => self.revocation_endpoint = Some(string(value)?),
            Ok("authorization_response_iss_parameter_supported") => {
                self.sends_issuer = value.as_bool().ok_or(Error::MalformedMetadata)?;
            }
            Ok("id_token_signing_alg_values_supported") => {
                self.signing_algorithms = Some(strings(value)?);
            }
            Ok("code_challenge_methods_supported") => {
                self.challenge_methods = Some(strings(value)?);
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'a> ProviderMetadata<'a> {
    /// Parses the metadata of the OpenID Provider `issuer` (OpenID Connect Discovery 1.0 §3).
    /// Members without an accessor are ignored. [`jwks_uri`](Self::jwks_uri) is always present.
    ///
    /// # Errors
    ///
    /// The errors of [`parse_authorization_server`](Self::parse_authorization_server), and
    /// [`Error::MalformedMetadata`] if `jwks_uri` is missing.
    pub fn parse(text: &'a [u8], issuer: &str) -> Result<Self, Error> {
        let metadata = Self::parse_authorization_server(text, issuer)?;
        // OpenID Connect Discovery 1.0 §3: `jwks_uri` is REQUIRED.
        match metadata.members.jwks_uri {
            Some(_) => Ok(metadata),
            None => Err(Error::MalformedMetadata),
        }
    }

    /// Parses the metadata of the authorization server `issuer` (RFC 8414 §2). Members without an
    /// accessor are ignored.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`]: the text is not a JSON object, or it
    ///   repeats a name.
    /// - [`Error::Limit`]: the text exceeds a [limit](crate::limits).
    /// - [`Error::MalformedMetadata`]: the member `issuer` is missing, or a member has the wrong
    ///   type.
    /// - [`Error::MetadataMismatch`]: the metadata is for a different issuer, compared exactly
    ///   (Discovery §4.3, RFC 8414 §3.3).
    /// - [`Problem::NothingExpected`] with [`Claim::Iss`]: the argument `issuer` is empty.
    pub fn parse_authorization_server(text: &'a [u8], issuer: &str) -> Result<Self, Error> {
        if text.len() > MAX_METADATA_LEN {
            return Err(Error::Limit(Limit::MetadataLen));
        }
        if issuer.is_empty() {
            return Err(Error::Claim(Claim::Iss, Problem::NothingExpected));
        }
        let mut found = None;
        let mut members = Members::default();
        read_object(text, &mut |name, value| {
            match value {
                // Many serializers write `null` for a member that is not set.
                Value::Null => {}
                value if name == "issuer" => found = Some(string(value)?),
                value => members.set(name, value)?,
            }
            Ok(())
        })?;
        let found = found.ok_or(Error::MalformedMetadata)?;
        if found == issuer {
            Ok(Self {
                issuer: found,
                members,
            })
        } else {
            Err(Error::MetadataMismatch)
        }
    }

    /// Returns `issuer`, which is the required `iss` of the provider's tokens.
    #[must_use]
    pub const fn issuer(&self) -> JsonStr<'a> {
        self.issuer
    }

    /// Returns `jwks_uri`, the URL of the provider's keys. It is absent only in metadata that was
    /// parsed with [`parse_authorization_server`](Self::parse_authorization_server).
    #[must_use]
    pub const fn jwks_uri(&self) -> Option<JsonStr<'a>> {
        self.members.jwks_uri
    }

    /// Returns `authorization_endpoint`.
    #[must_use]
    pub const fn authorization_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.authorization_endpoint
    }

    /// Returns `token_endpoint`.
    #[must_use]
    pub const fn token_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.token_endpoint
    }

    /// Returns `userinfo_endpoint`.
    #[must_use]
    pub const fn user_info_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.user_info_endpoint
    }

    /// Returns `end_session_endpoint` (RP-Initiated Logout 1.0 §2.1).
    #[must_use]
    pub const fn end_session_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.end_session_endpoint
    }

    /// Returns `introspection_endpoint` (RFC 8414 §2).
    #[must_use]
    pub const fn introspection_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.introspection_endpoint
    }

    /// Returns `revocation_endpoint` (RFC 8414 §2).
    #[must_use]
    pub const fn revocation_endpoint(&self) -> Option<JsonStr<'a>> {
        self.members.revocation_endpoint
    }

    /// Returns `authorization_response_iss_parameter_supported`, or `false` if it is absent.
    ///
    /// If it is `true`, reject an authorization response whose parameter `iss` is missing or
    /// differs from [`issuer`](Self::issuer) (RFC 9207 §2.4). This detects mix-up attacks.
    #[must_use]
    pub const fn sends_issuer(&self) -> bool {
        self.members.sends_issuer
    }

    /// Returns `id_token_signing_alg_values_supported`. It is only information: you decide which
    /// algorithms are accepted, not the provider.
    #[must_use]
    pub const fn signing_algorithms(&self) -> Option<StringOrArray<'a>> {
        self.members.signing_algorithms
    }

    /// Returns whether the metadata lists the signing algorithm `name` for ID Tokens.
    #[must_use]
    pub fn supports_signing_algorithm(&self, name: &str) -> bool {
        let algorithms = self.members.signing_algorithms;
        algorithms.is_some_and(|all| all.contains(name))
    }

    /// Returns whether the metadata lists the code challenge method `name`, such as `S256` (RFC
    /// 7636 §4.3).
    #[must_use]
    pub fn supports_challenge_method(&self, name: &str) -> bool {
        let methods = self.members.challenge_methods;
        methods.is_some_and(|all| all.contains(name))
    }
}

fn string(value: Value<'_>) -> Result<JsonStr<'_>, Error> {
    value.as_str().ok_or(Error::MalformedMetadata)
}

fn strings(value: Value<'_>) -> Result<StringOrArray<'_>, Error> {
    StringOrArray::array(value).ok_or(Error::MalformedMetadata)
}
