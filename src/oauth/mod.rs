//! OAuth 2.0 around a token: access tokens, what a server answers, and tokens that may be used
//! once.
//!
//! | what | how |
//! |---|---|
//! | access token | [`access_token`], then [`Scopes`] |
//! | what the token endpoint answers | [`TokenResponse`] |
//! | the server's metadata | [`ProviderMetadata`] |
//! | a token that may be used once | [`ReplayGuard`] |
//!
//! Nothing here fetches anything, and nothing is linked that is not called.

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
