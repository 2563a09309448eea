//! Tokens that others made, with their keys: constants that the build script takes from the vector
//! files.

use jose_verify::alg::{KeyParameters, Tables, Word};

/// A token, and what it is verified with.
#[derive(Debug)]
pub struct Case {
    /// The constant's name.
    pub name: &'static str,
    /// The token's text.
    pub token: &'static [u8],
    /// The key, pinned.
    pub key: KeyParameters<'static>,
    /// The issuer that is expected.
    pub issuer: &'static str,
    /// The audience, if the token has one.
    pub audience: Option<&'static str>,
    /// A time at which the token holds, in seconds since the epoch.
    pub now: i64,
}

/// What a bare primitive takes.
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
