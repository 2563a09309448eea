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
mod session;
mod user_info;

pub use self::bindings::Bindings;
pub use self::logout_token::LogoutToken;
pub use self::profiles::{id_token, logout_token, user_info};
pub use self::session::{check_same_user, is_refresh_due};
pub use self::user_info::UserInfo;
pub use crate::oauth::{
    ProviderMetadata, ReplayGuard, ScopeValues, Scopes, TokenResponse, access_token,
};
pub use crate::policy::jwt;
