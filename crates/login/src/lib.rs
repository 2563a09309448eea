//! A relying party of OpenID Connect: logins with the code flow and the hybrid flow, refreshed
//! tokens, and logouts.
//!
//! The core verifies the tokens, and `jose-verify-http` fetches the provider's keys. This crate
//! sends the requests and keeps the state of a login.
//!
//! | file | what it does |
//! |---|---|
//! | `settings` | the registration with the provider, and what the client accepts |
//! | `client` | logs a user in: begins with a request, and finishes with the callback |
//! | `login` | state, nonce and code verifier; the authorization request and the callback |
//! | `refresh` | new tokens for the same login |
//! | `logout` | logouts in the browser, and those of which the provider tells the client |
//! | `authentication` | how the client authenticates at the token endpoint |
//! | `provider` | the provider's metadata, and requests to its endpoints |
//! | `keys` | verifies with the provider's keys, or with the client's secret |
//!
//! ```no_run
//! use jose_verify_login::{Client, Error, Flow, LogoutRequest, Settings};
//!
//! # fn main() -> Result<(), Error> {
//! let client = Client::discover(Settings {
//!     client_secret: Some("…".to_owned()),
//!     ..Settings::new(
//!         "https://login.example.com",
//!         "shop",
//!         "https://shop.example.com/callback",
//!     )
//! })?;
//! let login = client.begin(Flow::Code)?;
//! // Keep `login` in the browser's session, and send the browser to `login.url()`. The callback
//! // has parameters:
//! # let parameters = "";
//! let user = client.finish(&login, parameters)?;
//! println!("{} {}", user.subject, user.claims);
//! // Later, new tokens:
//! let user = client.refresh(&user)?;
//! // The address to send the browser to, to log the user out at the provider:
//! let url = client.logout_url(&LogoutRequest {
//!     id_token_hint: Some(&user.id_token),
//!     ..LogoutRequest::default()
//! })?;
//! # let _ = url;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod authentication;
mod client;
mod error;
mod keys;
mod login;
mod logout;
mod provider;
mod random;
mod refresh;
mod settings;
mod user;

pub use authentication::{Authentication, ClientKey};
pub use client::Client;
pub use error::{Error, ErrorResponse, SignError};
pub use jose_verify_http::{Clock, Event, HttpSettings, JwkLeniency, Observer, ProxySettings};
pub use login::{Flow, Login};
pub use logout::{LogoutEvent, LogoutRequest};
pub use settings::{Settings, SignedBy};
pub use user::User;
