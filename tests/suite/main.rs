//! The tests of the public API. They are one program, so that it is linked only once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test panics if an expectation fails"
)]

mod support;

mod algorithms;
mod attacks;
mod checks;
mod claims;
mod conformance;
mod debug_output;
#[cfg(feature = "serde")]
mod deserialize;
mod errors;
mod explain;
mod field;
mod foreign;
mod json;
mod jwk_options;
mod key_sets;
mod keys;
mod layers;
mod oidc;
mod pipeline;
mod policies;
mod policy_times;
mod prepared;
mod primitives;
mod published_keys;
mod rotation;
mod systems;
mod tables;
mod tenants;
mod vectors;
mod wycheproof;
