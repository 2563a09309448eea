//! The errors of a login.

use std::fmt;

/// Why a login fails.
#[derive(Debug)]
pub enum Error {
    /// An address is neither `https` nor on this machine.
    InsecureAddress,
    /// The provider cannot be reached, or responds with an error status.
    Http(Box<ureq::Error>),
    /// The provider does not have the endpoint with this name.
    MissingEndpoint(&'static str),
    /// The system provides no random numbers.
    Random(getrandom::Error),
    /// The parameter with this name is duplicated in the callback, or missing.
    Callback(&'static str),
    /// The callback does not belong to this login.
    StateMismatch,
    /// The callback comes from another provider (RFC 9207).
    IssuerMismatch,
    /// The provider denied the login, with this error code (OpenID Connect Core §3.1.2.6).
    Refused(String),
    /// The access token is not a bearer token.
    TokenType,
    /// The two ID Tokens of the hybrid flow are about different users (§3.3.3.6).
    DifferentUsers,
    /// A token or document of the provider is invalid.
    Token(jose_verify::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsecureAddress => {
                f.write_str("the address is neither https nor on this machine")
            }
            Self::Http(error) => write!(f, "the request to the provider failed: {error}"),
            Self::MissingEndpoint(name) => write!(f, "the provider has no {name}"),
            Self::Random(error) => write!(f, "cannot generate random numbers: {error}"),
            Self::Callback(name) => write!(
                f,
                "parameter {name:?} of the callback is duplicated or missing"
            ),
            Self::StateMismatch => f.write_str("the callback does not belong to this login"),
            Self::IssuerMismatch => f.write_str("the callback comes from another provider"),
            Self::Refused(reason) => write!(f, "the provider denied the login: {reason:?}"),
            Self::TokenType => f.write_str("the access token is not a bearer token"),
            Self::DifferentUsers => f.write_str("the two ID Tokens are about different users"),
            Self::Token(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<jose_verify::Error> for Error {
    fn from(error: jose_verify::Error) -> Self {
        Self::Token(error)
    }
}

impl From<ureq::Error> for Error {
    fn from(error: ureq::Error) -> Self {
        Self::Http(Box::new(error))
    }
}

impl From<getrandom::Error> for Error {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error)
    }
}
