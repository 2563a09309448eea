//! One test program.

#![allow(
    clippy::unwrap_used,
    reason = "tests say what they expect by unwrapping it"
)]

mod loopback;
mod middleware;
mod support;
