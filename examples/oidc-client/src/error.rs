//! Why a login fails.

use std::fmt;

/// Why a login fails.
#[derive(Debug)]
pub enum Error {
    /// An address is neither `https` nor on this machine.
    InsecureAddress,
    /// The provider cannot be reached or refuses the request.
    Http(Box<ureq::Error>),
    /// The provider does not have the endpoint of that name.
    MissingEndpoint(&'static str),
    /// No random numbers.
    Random(getrandom::Error),
    /// The callback has a parameter twice, or lacks the one of that name.
    Callback(&'static str),
    /// The callback belongs to no login that was begun here, or to another one.
    StateMismatch,
    /// The callback comes from another provider (RFC 9207).
    IssuerMismatch,
    /// The provider let nobody in, for this reason (OpenID Connect Core §3.1.2.6).
    Refused(String),
    /// The access token is of a type that we do not know.
    TokenType,
    /// The two ID Tokens of the hybrid flow are about different users (§3.3.3.6).
    DifferentUsers,
    /// Something that the provider sent is not good.
    Token(jose_verify::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsecureAddress => {
                f.write_str("the address is neither https nor on this machine")
            }
            Self::Http(error) => write!(f, "the provider does not answer: {error}"),
            Self::MissingEndpoint(name) => write!(f, "the provider has no {name}"),
            Self::Random(error) => write!(f, "no random numbers: {error}"),
            Self::Callback(name) => write!(f, "the callback has {name} twice or not at all"),
            Self::StateMismatch => f.write_str("the callback belongs to another login"),
            Self::IssuerMismatch => f.write_str("the callback comes from another provider"),
            Self::Refused(reason) => write!(f, "the provider refuses: {reason:?}"),
            Self::TokenType => f.write_str("the access token is no bearer token"),
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
