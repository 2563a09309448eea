//! The claims of a token that the routes receive.

use jose_verify::oauth::Scopes;
use jose_verify::{Claim, Error, Verified};

/// Who sent a request, and what the token permits. Routes find it in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `sub`
    pub subject: String,
    /// `client_id`
    pub client_id: String,
    /// `scope`
    pub scopes: Vec<String>,
}

impl Principal {
    pub(crate) fn from_verified(token: &Verified<'_>) -> Result<Self, Error> {
        let claims = token.claims();
        let subject = claims.subject().ok_or(Error::missing(Claim::Sub))?;
        let client_id = claims.client_id().ok_or(Error::missing(Claim::ClientId))?;
        let scopes = Scopes::read(claims, "scope")?;
        Ok(Self {
            subject: subject.to_string(),
            client_id: client_id.to_string(),
            scopes: scopes.iter().map(|scope| scope.to_string()).collect(),
        })
    }
}
