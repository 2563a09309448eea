#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod limits;
pub mod oauth;
pub mod oidc;
pub mod words;

mod alg;
mod encoding;
mod error;
mod jose;
mod key;
mod policy;
mod time;
mod verify;

pub use crate::alg::{
    Algorithm, AlgorithmKind, Algorithms, ES256, ES384, ES512, Es256, Es384, Es512, HS256, HS384,
    HS512, HashFunction, Hs256, Hs384, Hs512, InlineKey, InvalidSignature, KeyParameters, KeyType,
    MACS, MAX_DIGEST_LEN, P256_TABLES, P384_TABLES, P521_TABLES, PS256, PS384, PS512,
    ParameterSource, Precomputation, Ps256, Ps384, Ps512, RS256, RS384, RS512, Rs256, Rs384, Rs512,
    SHA256, SHA384, SHA512, SIGNATURES, Tables, Word,
};
pub use crate::encoding::json::{
    Array, Chars, Elements, JsonNumber, JsonStr, Object, ObjectMembers, Value,
};
pub use crate::error::{Category, Claim, Error, Limit, Member, Problem};
pub use crate::jose::claims::{Claims, StringOrArray, Strings};
pub use crate::jose::header::Header;
pub use crate::jose::jwk::{Jwk, entries as jwk_set_entries};
pub use crate::key::{
    ForeignKey, Inline, Key, KeyMemory, KeyRef, KeySet, KeySetIn, Keys, Lent, LentKeySet,
    LoadReport, OwnedMemory, PreparedKey, PreparedKeySet, Refetch, RotatingKeys, RotatingKeysIn,
    Skipped, Slot, TableInfo, VerifiedBy, WORDS_PER_KEY, jwk_thumbprint,
};
#[cfg(feature = "alloc")]
pub use crate::key::{GrowingKeySet, GrowingRotatingKeys, Heap};
#[cfg(feature = "alloc")]
pub use crate::policy::PolicyBuf;
pub use crate::policy::{
    Audience, Candidate, Check, CheckReport, ClaimCheck, MaxAge, Outcome, Policy, StringList,
    checks,
};
pub use crate::time::{Clock, NumericDate};
pub use crate::verify::{
    Issuer, IssuerVerifier, JwsVerifier, Options, Tenant, Verified, VerifiedJws, Verifier,
    scratch_len,
};
