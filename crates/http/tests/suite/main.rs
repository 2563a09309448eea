//! All tests in one program, so that it is linked once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod loopback;
mod middleware;
mod programs;
mod secret;
mod support;
