//! The errors of a relying party.

use std::fmt;

use jose_verify_http::{ConfigError, FetchError};

/// Why a signature could not be made.
pub type SignError = Box<dyn std::error::Error + Send + Sync>;

/// Why something failed. It contains no secrets, tokens or codes of ours. The texts of an
/// [`ErrorResponse`] are the provider's.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    Settings(ConfigError),
    /// The client secret is missing or empty, but the settings require one.
    NoSecret,
    /// No algorithm of this kind has this name.
    UnknownAlgorithm(String),
    /// The metadata lists none of the algorithms that the client accepts for ID Tokens.
    NoCommonAlgorithm {
        /// The names of the algorithms that the client accepts.
        accepted: Vec<&'static str>,
        /// `id_token_signing_alg_values_supported`.
        listed: Vec<String>,
    },
    /// The metadata lists no method with which a client with a secret can authenticate.
    NoCommonAuthentication {
        /// `token_endpoint_auth_methods_supported`.
        listed: Vec<String>,
    },
    /// The request cannot have an additional parameter with this name.
    Parameter(String),
    /// The program could not sign the client assertion.
    Sign(SignError),
    /// The system provides no random numbers.
    Random(getrandom::Error),
    /// The provider does not have the endpoint with this name.
    MissingEndpoint(&'static str),
    /// A request failed, or its response has another status than 200 and no error code.
    Http {
        /// The URL.
        endpoint: String,
        /// Why it failed.
        error: FetchError,
    },
    /// An endpoint rejected a request with an error code (RFC 6749 §5.2, RFC 6750 §3).
    OAuth(ErrorResponse),
    /// The provider denied the login, by the parameters of the callback (OpenID Connect Core
    /// §3.1.2.6).
    Refused(ErrorResponse),
    /// The parameter with this name is duplicated in the callback or the logout request, or
    /// missing.
    Callback(&'static str),
    /// The callback does not belong to this login, which can still be finished.
    StateMismatch,
    /// A callback of this login was already received. A code is valid only once.
    LoginUsed,
    /// The callback comes from another provider (RFC 9207).
    IssuerMismatch,
    /// The access token is not a bearer token.
    TokenType,
    /// The two ID Tokens of the hybrid flow are about different users (OpenID Connect Core
    /// §3.3.3.6).
    DifferentUsers,
    /// The user has no refresh token.
    NoRefreshToken,
    /// A document of the provider is invalid.
    Token(jose_verify::Error),
    /// A token is rejected, or there are no keys to verify it with. The text names the published
    /// keys that are skipped.
    Verification(jose_verify_http::Error),
}

/// An error that the provider returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorResponse {
    /// The URL of the endpoint.
    pub endpoint: String,
    /// The HTTP status. `None` in a callback.
    pub status: Option<u16>,
    /// `error`, such as `invalid_grant`, up to 64 characters.
    pub error: String,
    /// `error_description`, up to 256 characters.
    pub description: Option<String>,
}

impl ErrorResponse {
    pub(crate) fn new(
        endpoint: &str,
        status: Option<u16>,
        error: &str,
        description: Option<&str>,
    ) -> Self {
        let bounded = |text: &str, len| text.chars().take(len).collect::<String>();
        Self {
            endpoint: endpoint.to_owned(),
            status,
            error: bounded(error, 64),
            description: description.map(|text| bounded(text, 256)),
        }
    }
}

impl fmt::Display for ErrorResponse {
    /// Escapes the provider's texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.endpoint.escape_debug())?;
        if let Some(status) = self.status {
            write!(f, ": status {status}")?;
        }
        write!(f, ": {}", self.error.escape_debug())?;
        match &self.description {
            Some(description) => write!(f, ": {description:?}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Returns the core's error, if the core rejected a token or a document.
    #[must_use]
    pub const fn token_error(&self) -> Option<jose_verify::Error> {
        match self {
            Self::Token(error) => Some(*error),
            Self::Verification(error) => error.token_error(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(error) => write!(f, "{error}"),
            Self::NoSecret => f.write_str("the client secret is missing or empty"),
            Self::UnknownAlgorithm(name) => write!(f, "no algorithm {name:?} of this kind"),
            Self::NoCommonAlgorithm { accepted, listed } => write!(
                f,
                "the client accepts ID Tokens with {}, but the provider's metadata lists \
                 {listed:?}",
                accepted.join(", ")
            ),
            Self::NoCommonAuthentication { listed } => write!(
                f,
                "the client can authenticate with client_secret_basic or client_secret_post, but \
                 the provider's metadata lists {listed:?}"
            ),
            Self::Parameter(name) => write!(f, "parameter {name:?} cannot be added"),
            Self::Sign(error) => write!(f, "the client assertion was not signed: {error}"),
            Self::Random(error) => write!(f, "cannot generate random numbers: {error}"),
            Self::MissingEndpoint(name) => write!(f, "the provider has no {name}"),
            Self::Http { endpoint, error } => write!(f, "{}: {error}", endpoint.escape_debug()),
            Self::OAuth(response) => write!(f, "{response}"),
            Self::Refused(response) => write!(f, "the provider denied the login: {response}"),
            Self::Callback(name) => {
                write!(
                    f,
                    "parameter {name:?} of the request is duplicated or missing"
                )
            }
            Self::StateMismatch => f.write_str("the callback does not belong to this login"),
            Self::LoginUsed => f.write_str("a callback of this login was already received"),
            Self::IssuerMismatch => f.write_str("the callback comes from another provider"),
            Self::TokenType => f.write_str("the access token is not a bearer token"),
            Self::DifferentUsers => f.write_str("the two ID Tokens are about different users"),
            Self::NoRefreshToken => f.write_str("the user has no refresh token"),
            Self::Token(error) => write!(f, "{error}"),
            Self::Verification(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<jose_verify::Error> for Error {
    fn from(error: jose_verify::Error) -> Self {
        Self::Token(error)
    }
}

impl From<jose_verify_http::Error> for Error {
    fn from(error: jose_verify_http::Error) -> Self {
        Self::Verification(error)
    }
}

impl From<getrandom::Error> for Error {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Settings(error)
    }
}
