#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(test)]
extern crate std;

pub mod limits;
pub mod oidc;

mod alg;
mod encoding;
mod error;
mod jose;
mod key;
mod oauth;
mod policy;
mod time;
mod verify;

pub use alg::{
    Algorithm, ES256, ES384, ES512, HS256, HS384, HS512, HashFunction, InvalidSignature,
    KeyParameters, Kind, MACS, MAX_DIGEST_LEN, MAX_KEY_WORDS, PS256, PS384, PS512, RS256, RS384,
    RS512, SHA256, SHA384, SHA512, SIGNATURES, Tables, Word,
};
pub use encoding::json::{
    Array, Chars, Elements, JsonNumber, JsonStr, Object, ObjectMembers, Value,
};
pub use error::Error;
pub use jose::claims::{Claims, StringOrArray, Strings};
pub use jose::header::Header;
pub use jose::jwk::entries as jwk_set_entries;
pub use key::{
    Key, KeyQuery, KeySet, Keys, LoadReport, PreparedKey, PreparedKeySet, Refetch, RotatingKeys,
    TableUse, VerificationKey, jwk_thumbprint,
};
pub use policy::{Audience, Check, MaxAge, Policy};
pub use time::{Clock, Leeway, NumericDate};
pub use verify::{
    Tenant, Verified, VerifiedJws, padded, peek_header_untrusted, peek_issuer_untrusted,
    scratch_len, verify, verify_by_issuer, verify_in_place, verify_jws, verify_jws_in_place,
};
