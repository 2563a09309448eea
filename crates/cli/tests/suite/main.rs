//! Tests the program as its users see it. All tests are in one program, so that it is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod support;

mod batch;
mod claims;
mod explain;
mod inspect;
mod jwk_options;
mod key_files;
mod key_warnings;
mod keys;
#[cfg(target_os = "linux")]
mod memory;
mod messages;
mod openid;
mod requests;
mod stream;
mod vectors;
mod verify;
mod verify_arguments;
