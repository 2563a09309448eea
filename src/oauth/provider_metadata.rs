//! Provider metadata.

use crate::encoding::json::{JsonStr, Value, read_object};
use crate::error::{Claim, Error, Limit, Problem};
use crate::jose::strings::StringOrArray;
use crate::limits::MAX_METADATA_LEN;

/// The metadata that a provider publishes at `/.well-known/openid-configuration` (OpenID Connect
/// Discovery 1.0 §3) or `/.well-known/oauth-authorization-server` (RFC 8414 §2).
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
/// assert!(metadata.jwks_uri() == "https://op.example.com/jwks");
/// assert!(metadata.supports_signing_algorithm("ES256"));
///
/// let other = ProviderMetadata::parse(text, "https://op.example.com/");
/// assert_eq!(other.err(), Some(Error::MetadataMismatch));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ProviderMetadata<'a> {
    issuer: JsonStr<'a>,
    jwks_uri: JsonStr<'a>,
    authorization_endpoint: Option<JsonStr<'a>>,
    token_endpoint: Option<JsonStr<'a>>,
    user_info_endpoint: Option<JsonStr<'a>>,
    end_session_endpoint: Option<JsonStr<'a>>,
    signing_algorithms: Option<StringOrArray<'a>>,
    challenge_methods: Option<StringOrArray<'a>>,
}

/// The members found so far. Required ones can still be missing.
#[derive(Default)]
struct Found<'a> {
    issuer: Option<JsonStr<'a>>,
    jwks_uri: Option<JsonStr<'a>>,
    authorization_endpoint: Option<JsonStr<'a>>,
    token_endpoint: Option<JsonStr<'a>>,
    user_info_endpoint: Option<JsonStr<'a>>,
    end_session_endpoint: Option<JsonStr<'a>>,
    signing_algorithms: Option<StringOrArray<'a>>,
    challenge_methods: Option<StringOrArray<'a>>,
}

impl<'a> Found<'a> {
    fn set(&mut self, name: JsonStr<'a>, value: Value<'a>) -> Result<(), Error> {
        // The longest name below, `id_token_signing_alg_values_supported`, has 37 bytes.
        let mut buffer = [0; 37];
        match name.unescape(&mut buffer) {
            Ok("issuer") => self.issuer = Some(string(value)?),
            Ok("jwks_uri") => self.jwks_uri = Some(string(value)?),
            Ok("authorization_endpoint") => self.authorization_endpoint = Some(string(value)?),
            Ok("token_endpoint") => self.token_endpoint = Some(string(value)?),
            Ok("userinfo_endpoint") => self.user_info_endpoint = Some(string(value)?),
            Ok("end_session_endpoint") => self.end_session_endpoint = Some(string(value)?),
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
    /// Parses the metadata of `issuer`. Members without an accessor are ignored.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`]: the text is not a JSON object, or it
    ///   repeats a name.
    /// - [`Error::Limit`]: the text exceeds a [limit](crate::limits).
    /// - [`Error::MalformedMetadata`]: the member `issuer` or `jwks_uri` is missing, or a member
    ///   has the wrong type.
    /// - [`Error::MetadataMismatch`]: the metadata is for a different issuer, compared exactly
    ///   (Discovery §4.3, RFC 8414 §3.3).
    /// - [`Problem::NothingExpected`] with [`Claim::Iss`]: the argument `issuer` is empty.
    pub fn parse(text: &'a [u8], issuer: &str) -> Result<Self, Error> {
        if text.len() > MAX_METADATA_LEN {
            return Err(Error::Limit(Limit::MetadataLen));
        }
        if issuer.is_empty() {
            return Err(Error::Claim(Claim::Iss, Problem::NothingExpected));
        }
        let mut found = Found::default();
        read_object(text, &mut |name, value| found.set(name, value))?;
        let metadata = Self {
            issuer: found.issuer.ok_or(Error::MalformedMetadata)?,
            jwks_uri: found.jwks_uri.ok_or(Error::MalformedMetadata)?,
            authorization_endpoint: found.authorization_endpoint,
            token_endpoint: found.token_endpoint,
            user_info_endpoint: found.user_info_endpoint,
            end_session_endpoint: found.end_session_endpoint,
            signing_algorithms: found.signing_algorithms,
            challenge_methods: found.challenge_methods,
        };
        if metadata.issuer == issuer {
            Ok(metadata)
        } else {
            Err(Error::MetadataMismatch)
        }
    }

    /// Returns `issuer`, which is the required `iss` of the provider's tokens.
    #[must_use]
    pub const fn issuer(&self) -> JsonStr<'a> {
        self.issuer
    }

    /// Returns `jwks_uri`, the URL of the provider's keys.
    #[must_use]
    pub const fn jwks_uri(&self) -> JsonStr<'a> {
        self.jwks_uri
    }

    /// Returns `authorization_endpoint`.
    #[must_use]
    pub const fn authorization_endpoint(&self) -> Option<JsonStr<'a>> {
        self.authorization_endpoint
    }

    /// Returns `token_endpoint`.
    #[must_use]
    pub const fn token_endpoint(&self) -> Option<JsonStr<'a>> {
        self.token_endpoint
    }

    /// Returns `userinfo_endpoint`.
    #[must_use]
    pub const fn user_info_endpoint(&self) -> Option<JsonStr<'a>> {
        self.user_info_endpoint
    }

    /// Returns `end_session_endpoint` (RP-Initiated Logout 1.0 §2.1).
    #[must_use]
    pub const fn end_session_endpoint(&self) -> Option<JsonStr<'a>> {
        self.end_session_endpoint
    }

    /// Returns `id_token_signing_alg_values_supported`. It is only information: you decide which
    /// algorithms are accepted, not the provider.
    #[must_use]
    pub const fn signing_algorithms(&self) -> Option<StringOrArray<'a>> {
        self.signing_algorithms
    }

    /// Returns whether the metadata lists the signing algorithm `name` for ID Tokens.
    #[must_use]
    pub fn supports_signing_algorithm(&self, name: &str) -> bool {
        self.signing_algorithms
            .is_some_and(|all| all.contains(name))
    }

    /// Returns whether the metadata lists the code challenge method `name`, such as `S256` (RFC
    /// 7636 §4.3).
    #[must_use]
    pub fn supports_challenge_method(&self, name: &str) -> bool {
        self.challenge_methods.is_some_and(|all| all.contains(name))
    }
}

fn string(value: Value<'_>) -> Result<JsonStr<'_>, Error> {
    value.as_str().ok_or(Error::MalformedMetadata)
}

fn strings(value: Value<'_>) -> Result<StringOrArray<'_>, Error> {
    StringOrArray::array(value).ok_or(Error::MalformedMetadata)
}
