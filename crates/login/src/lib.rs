//! A relying party of OpenID Connect: discovery, the code flow and the hybrid flow with PKCE, and
//! `UserInfo`.
//!
//! The core verifies the tokens. This crate sends the requests and keeps the state of a login.
//!
//! | file | what it does |
//! |---|---|
//! | `client` | logs a user in: begins with a request, and finishes with the callback |
//! | `login` | state, nonce and code verifier; the authorization request and the callback |
//! | `keys` | the provider's keys, fetched again if that may help |
//! | `http` | requests, but only to `https` addresses or to this machine |
//!
//! ```no_run
//! use jose_verify_login::{Client, Error, Flow, Settings, SignedBy};
//! use jose_verify::alg::{Algorithms, ES256, RS256};
//!
//! # fn main() -> Result<(), Error> {
//! let mut client = Client::discover(Settings {
//!     issuer: "https://login.example.com".to_owned(),
//!     client_id: "shop".to_owned(),
//!     client_secret: Some("…".to_owned()),
//!     redirect_uri: "https://shop.example.com/callback".to_owned(),
//!     signed_by: SignedBy::PublishedKeys(Algorithms::new(&[&RS256, &ES256])?),
//! })?;
//! let login = client.begin(Flow::Code)?;
//! // Keep `login` in the browser's session, and send the browser to `login.url()`. The callback
//! // has parameters:
//! # let parameters = "";
//! let user = client.finish(login, parameters)?;
//! println!("{} {}", user.subject, user.claims);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod client;
mod error;
mod http;
mod keys;
mod login;

pub use client::{Client, Settings, SignedBy, User};
pub use error::Error;
pub use login::{Flow, Login};
