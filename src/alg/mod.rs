//! Algorithms: the traits of an algorithm, a key type, tables and a hash, and the algorithms of
//! RFC 7518 §3, one object each. Code outside this folder names no algorithm, so a program links
//! only the algorithms that it names.

mod algorithm;
mod algorithms;
mod arithmetic;
mod ecdsa;
mod hash;
mod hmac;
mod parameters;
mod rsa;
mod sha2;
mod tables;
mod words;
pub(crate) mod words_of_keys;

pub use self::algorithm::{Algorithm, AlgorithmKind, InlineKey, InvalidSignature, KeyType, Word};
pub(crate) use self::algorithm::{is_same_algorithm, is_same_key_type};
pub use self::algorithms::Algorithms;
pub use self::ecdsa::{
    ES256, ES384, ES512, Es256, Es384, Es512, P256_TABLES, P384_TABLES, P521_TABLES,
};
pub use self::hash::{HashFunction, MAX_DIGEST_LEN};
pub use self::hmac::{HS256, HS384, HS512, Hs256, Hs384, Hs512};
pub use self::parameters::{KeyParameters, ParameterSource};
pub use self::rsa::{
    PS256, PS384, PS512, Ps256, Ps384, Ps512, RS256, RS384, RS512, Rs256, Rs384, Rs512,
};
pub use self::sha2::{SHA256, SHA384, SHA512};
pub use self::tables::{Precomputation, Tables};

/// All digital signature algorithms. A program that names this list links all of them.
pub const SIGNATURES: &[&dyn Algorithm] = &[
    &RS256, &RS384, &RS512, &PS256, &PS384, &PS512, &ES256, &ES384, &ES512,
];

/// All message authentication codes.
pub const MACS: &[&dyn Algorithm] = &[&HS256, &HS384, &HS512];
