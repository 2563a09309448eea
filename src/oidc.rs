//! OpenID Connect and OAuth 2.0 around a token: the well-known kinds of tokens as policies, and what else a relying
//! party or a resource server has to check.
//!
//! | what | how |
//! |---|---|
//! | ID Token | [`id_token`], then [`Bindings::check`] for what came with it |
//! | UserInfo | [`UserInfo::parse`]; as a signed JWT [`user_info`], then [`UserInfo::from_verified`] |
//! | access token | [`access_token`], then [`Scopes`] |
//! | logout token | [`logout_token`], then [`LogoutToken::from_verified`] |
//! | a token that may be used once | [`ReplayGuard`] |
//! | a session kept in the ID Token alone | [`is_refresh_due`] |
//! | a second ID Token, in the hybrid flow or after a refresh | [`check_same_user`] |
//! | the provider's own words | [`ProviderMetadata`], [`TokenResponse`] |
//!
//! Nothing here fetches anything, and nothing is linked that is not called.

mod bindings;
mod logout_token;
mod profiles;
mod provider_metadata;
mod replay_guard;
mod scopes;
mod session;
mod token_response;
mod user_info;

pub use self::bindings::Bindings;
pub use self::logout_token::LogoutToken;
pub use self::profiles::{access_token, id_token, jwt, logout_token, user_info};
pub use self::provider_metadata::ProviderMetadata;
pub use self::replay_guard::ReplayGuard;
pub use self::scopes::{ScopeValues, Scopes};
pub use self::session::{check_same_user, is_refresh_due};
pub use self::token_response::TokenResponse;
pub use self::user_info::UserInfo;
