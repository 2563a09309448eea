//! OpenID Connect around a token: its kinds of tokens as policies, and what else a relying party
//! has to check.
//!
//! | what | how |
//! |---|---|
//! | ID Token | [`id_token`], then [`HashClaims::check`] for what came with it |
//! | UserInfo | [`UserInfo::parse`]; as a signed JWT [`user_info`], then [`UserInfo::from_verified`] |
//! | logout token | [`logout_token`], then [`LogoutToken::from_verified`] |
//! | a session kept in the ID Token alone | [`is_refresh_due`] |
//! | a second ID Token, in the hybrid flow or after a refresh | [`check_same_user`] |
//! | access token, token response, metadata, replay | [`oauth`](crate::oauth) |
//!
//! Nothing here fetches anything, and nothing is linked that is not called.

mod hash_claims;
mod logout_token;
mod profiles;
mod session;
mod user_info;

pub use self::hash_claims::HashClaims;
pub use self::logout_token::LogoutToken;
pub use self::profiles::{Nonce, id_token, logout_token, user_info};
pub use self::session::{check_same_user, is_refresh_due};
pub use self::user_info::UserInfo;
