//! The algorithms of RFC 7518, and the traits for adding others.
//!
//! Each algorithm is a constant. A verifier accepts only the algorithms that keys were loaded for,
//! and a program links only those that it names. To use a hardware engine, another library or
//! another algorithm, implement [`Algorithm`] and [`KeyType`].

mod algorithm;
mod algorithms;
mod arithmetic;
mod ecdsa;
mod hash;
mod hmac;
mod key_text;
pub(crate) mod material_len;
mod packing;
mod parameters;
mod rfc7518;
mod rsa;
mod sha2;
mod tables;

pub use self::algorithm::{Algorithm, AlgorithmKind, InlineKey, InvalidSignature, KeyType, Word};
pub(crate) use self::algorithm::{is_same_algorithm, is_same_key_type};
pub use self::algorithms::Algorithms;
pub use self::hash::{HashFunction, MAX_DIGEST_LEN};
pub(crate) use self::parameters::FitsAlgorithm;
pub use self::parameters::{KeyParameters, ParameterSource};
pub use self::rfc7518::{
    ES256, ES384, ES512, Es256, Es384, Es512, HS256, HS384, HS512, Hs256, Hs384, Hs512, MACS,
    P256_TABLES, P256Tables, P384_TABLES, P384Tables, P521_TABLES, P521Tables, PS256, PS384, PS512,
    Ps256, Ps384, Ps512, RS256, RS384, RS512, Rs256, Rs384, Rs512, SIGNATURES,
};
pub use self::sha2::{SHA256, SHA384, SHA512, Sha2, Sha256, Sha384, Sha512};
pub use self::tables::{Precomputation, Tables};
