//! OAuth 2.0 around a token: access tokens, what a server answers, and tokens that may be used once.

mod access_token;
mod provider_metadata;
mod replay_guard;
mod scopes;
mod token_response;

pub use self::access_token::access_token;
pub use self::provider_metadata::ProviderMetadata;
pub use self::replay_guard::ReplayGuard;
pub use self::scopes::{ScopeValues, Scopes};
pub use self::token_response::TokenResponse;
