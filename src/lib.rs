#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(test)]
extern crate std;

pub mod limits;
pub mod oidc;
pub mod padded;

mod algorithm;
mod base64url;
mod claims;
mod compact;
mod crypto;
mod error;
mod hash;
mod header;
mod json;
mod jwk;
mod key;
mod key_set;
mod policy;
mod prepared;
mod rotation;
mod scan;
mod selection;
mod tenant;
mod thumbprint;
mod time;
mod verify;

pub use algorithm::{
    Algorithm, InvalidSignature, KeyParameters, Kind, MAX_KEY_WORDS, Tables, Word,
};
pub use claims::{Claims, StringOrArray, Strings};
pub use crypto::{
    ES256, ES384, ES512, HS256, HS384, HS512, MACS, PS256, PS384, PS512, RS256, RS384, RS512,
    SHA256, SHA384, SHA512, SIGNATURES,
};
pub use error::Error;
pub use hash::{HashFunction, MAX_DIGEST_LEN};
pub use header::Header;
pub use json::{Array, Chars, Elements, JsonNumber, JsonStr, Object, ObjectMembers, Value};
pub use jwk::entries as jwk_set_entries;
pub use key::{Key, VerificationKey};
pub use key_set::{KeySet, LoadReport};
pub use policy::{Audience, Check, MaxAge, Policy};
pub use prepared::{PreparedKey, PreparedKeySet, TableUse};
pub use rotation::{Refetch, RotatingKeys};
pub use selection::{KeyQuery, Keys};
pub use tenant::{Tenant, peek_issuer_untrusted, verify_by_issuer};
pub use thumbprint::jwk_thumbprint;
pub use time::{Clock, Leeway, NumericDate};
pub use verify::{
    Verified, VerifiedJws, peek_header_untrusted, scratch_len, verify, verify_in_place, verify_jws,
    verify_jws_in_place,
};
