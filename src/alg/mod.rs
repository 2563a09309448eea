//! The algorithms of RFC 7518 §3, one object each. Nothing in the core names them, so what a program does not name is
//! not linked.

mod algorithm;
mod arithmetic;
mod ecdsa;
mod hash;
mod hmac;
mod rsa;
mod sha2;
mod words;

pub use self::algorithm::{
    Algorithm, InvalidSignature, KeyParameters, Kind, MAX_KEY_WORDS, Tables, Word,
};
pub use self::ecdsa::{ES256, ES384, ES512};
pub use self::hash::{HashFunction, MAX_DIGEST_LEN};
pub use self::hmac::{HS256, HS384, HS512};
pub use self::rsa::{PS256, PS384, PS512, RS256, RS384, RS512};
pub use self::sha2::{SHA256, SHA384, SHA512};

/// All digital signatures. Naming this list links every one of them.
pub const SIGNATURES: &[&dyn Algorithm] = &[
    &RS256, &RS384, &RS512, &PS256, &PS384, &PS512, &ES256, &ES384, &ES512,
];

/// All message authentication codes.
pub const MACS: &[&dyn Algorithm] = &[&HS256, &HS384, &HS512];
