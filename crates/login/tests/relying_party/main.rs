//! Logins, refreshes and logouts at a provider that runs inside the test, and does what the test
//! says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod algorithms;
mod authentication;
mod callbacks;
mod errors;
mod keys;
mod logins;
mod logout;
mod program;
mod provider;
mod refresh;
mod requests;
mod sharing;
mod signing;
