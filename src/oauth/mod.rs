//! OAuth 2.0: access tokens, scopes, server responses and single-use tokens.
//!
//! | to do this | use |
//! |---|---|
//! | verify an access token | the policy [`access_token`], then [`Scopes`] |
//! | parse a response of the token endpoint | [`TokenResponse`] |
//! | parse the server's metadata | [`ProviderMetadata`] |
//! | accept a token only once | [`ReplayGuard`] |
//!
//! This module makes no network requests. A program links only the functions that it calls.

mod access_token;
mod provider_metadata;
mod replay_guard;
mod scopes;
mod token_response;

pub use self::access_token::access_token;
pub use self::provider_metadata::ProviderMetadata;
pub use self::replay_guard::ReplayGuard;
pub use self::scopes::{RequiredScopes, ScopeValues, Scopes};
pub use self::token_response::TokenResponse;
