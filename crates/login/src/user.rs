//! A user who has logged in, and the tokens that the client keeps.

use std::fmt;
use std::time::Duration;

use jose_verify::oauth::TokenResponse;

/// A user who has logged in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// `sub`, which is unique at this provider.
    pub subject: String,
    /// The claims of the ID Token, as JSON.
    pub claims: String,
    /// The claims of the `UserInfo` endpoint, as JSON. `None` if the provider does not have one.
    pub user_info: Option<String>,
    /// The access token, for requests on behalf of the user.
    pub access_token: String,
    /// The lifetime of the access token, counted from the response, if it is known.
    pub expires_in: Option<Duration>,
    /// The refresh token, if the provider issued one.
    pub refresh_token: Option<String>,
    /// The ID Token, as a hint for the logout.
    pub id_token: String,
}

impl User {
    pub(crate) fn new(
        tokens: &Tokens,
        subject: String,
        claims: &str,
        id_token: &str,
        user_info: Option<String>,
    ) -> Self {
        Self {
            subject,
            claims: claims.to_owned(),
            user_info,
            access_token: tokens.access_token.clone(),
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token.clone(),
            id_token: id_token.to_owned(),
        }
    }
}

impl fmt::Debug for User {
    /// Leaves out the tokens, which are secrets, and the claims, which are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("has_refresh_token", &self.refresh_token.is_some())
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// A response of the token endpoint.
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
}

impl Tokens {
    pub(crate) fn read(response: &TokenResponse<'_>) -> Self {
        let refresh_token = response.refresh_token();
        Self {
            access_token: response.access_token().to_string(),
            // A malformed lifetime is unknown.
            expires_in: response.expires_in().unwrap_or_default(),
            refresh_token: refresh_token
                .map(|token| token.to_string())
                .filter(|token| !token.is_empty()),
            id_token: response.id_token().map(|token| token.to_string()),
        }
    }
}
