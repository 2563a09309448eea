//! A relying party of OpenID Connect: discovery, the code flow and the hybrid flow with PKCE,
//! `UserInfo`.
//!
//! The core verifies what arrives; what stands here is around it.
//!
//! | file | what it does |
//! |---|---|
//! | `client` | logs somebody in: a request begun, a callback finished |
//! | `login` | state, nonce, code verifier; where a browser is sent, and what it comes back with |
//! | `keys` | the provider's keys, fetched again when that may help |
//! | `http` | requests, to `https` or to this machine alone |
//!
//! ```no_run
//! use oidc_client::{Client, Error, Flow, Settings, SignedBy};
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
//! // Keep `login` in the browser's session, and send the browser to `login.url()`. It comes back
//! // with parameters:
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
