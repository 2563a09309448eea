//! OpenID Connect: a policy for each kind of token, and the further checks of a relying party.
//!
//! | to check this | use |
//! |---|---|
//! | an ID Token | [`id_token`] |
//! | the access token or code that came with an ID Token | [`HashClaims::check`] |
//! | a UserInfo response in plain JSON | [`UserInfo::parse`] |
//! | a UserInfo response that is a signed JWT | [`user_info`], then [`UserInfo::from_verified`] |
//! | a logout token | [`logout_token`], then [`LogoutToken::from_verified`] |
//! | the age of a session that is kept only in the ID Token | [`is_refresh_due`] |
//! | a second ID Token, in the hybrid flow or after a refresh | [`check_same_user`] |
//! | an access token, a token response, metadata, or a replay | [`oauth`](crate::oauth) |
//!
//! This module makes no network requests. A program links only the functions that it calls.

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
