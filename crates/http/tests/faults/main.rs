//! What happens to requests while an issuer, its network or this program's own parts fail.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attacks;
mod cold_start;
mod concurrency;
mod configuration;
mod documents;
mod floods;
mod responses;
mod server;
mod soak;
#[allow(dead_code, reason = "the tests of the suite use the rest")]
#[path = "../suite/support.rs"]
mod support;
mod tools;
