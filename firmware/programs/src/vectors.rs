//! Tokens of other libraries with their keys, as constants that the build script makes from the
//! vector files.

use jose_verify::alg::{KeyParameters, Tables, Word};

/// A token, its key, and the expected claims.
#[derive(Debug)]
pub struct Case {
    /// The name of the constant.
    pub name: &'static str,
    /// The token's text.
    pub token: &'static [u8],
    /// The pinned key.
    pub key: KeyParameters<'static>,
    /// The expected issuer.
    pub issuer: &'static str,
    /// The audience, if the token has one.
    pub audience: Option<&'static str>,
    /// A time at which the token is valid, in seconds since the epoch.
    pub now: i64,
}

/// The inputs of a primitive alone.
#[derive(Debug)]
pub struct Parts {
    /// The key.
    pub key: KeyParameters<'static>,
    /// The signing input.
    pub message: &'static [u8],
    /// The signature or MAC.
    pub signature: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));
