//! What holds for every input of `jose-verify`.
//!
//! [`targets`] has one module for each fuzz target, with a function `check` that panics if the
//! property does not hold. The others are what they share: ways into the parsers through the public
//! API ([`any_signature`], [`token`], [`answer`]), what it makes of keys ([`keys`],
//! [`parameters`]), second opinions ([`json`], [`decimal`], [`policy`], [`rsa_key`]), and inputs
//! ([`edit`], [`vectors`]).

#![forbid(unsafe_code)]

pub mod answer;
pub mod any_signature;
pub mod decimal;
pub mod edit;
pub mod json;
pub mod keys;
pub mod parameters;
pub mod policy;
pub mod rsa_key;
pub mod targets;
pub mod token;
pub mod vectors;
