//! Logins at Glewlwyd, which `cargo xtask companion log-in glewlwyd` unpacks before it runs these
//! tests. `cargo test` ignores them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;
