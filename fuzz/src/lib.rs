//! Properties that hold for every input of `jose-verify`.
//!
//! [`targets`] has one module for each fuzz target. Its function `check` panics if the property
//! does not hold. The other modules are shared:
//!
//! - [`any_signature`], [`token`] and [`pipeline`] reach the parsers through the public API.
//! - [`keys`] and [`parameters`] read loaded keys.
//! - [`json`], [`outline`], [`decimal`], [`policy`], [`pem`], [`key_text`] and [`rsa_key`] are
//!   models: independent implementations to compare with.
//! - [`edit`] and [`vectors`] provide inputs.

#![forbid(unsafe_code)]

pub mod any_signature;
pub mod decimal;
pub mod edit;
pub mod json;
pub mod key_text;
pub mod keys;
pub mod outline;
pub mod parameters;
pub mod pem;
pub mod pipeline;
pub mod policy;
pub mod rsa_key;
pub mod targets;
pub mod token;
pub mod vectors;
