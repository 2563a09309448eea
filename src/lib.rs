#![no_std]
#![forbid(unsafe_code)]
// On docs.rs, items show the feature that they need.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod alg;
pub mod base64url;
pub mod limits;
pub mod oauth;
pub mod oidc;
pub mod words;

mod encoding;
mod error;
mod jose;
mod key;
mod policy;
mod time;
mod verify;

pub use crate::error::{Category, Claim, Error, Limit, Member, Problem};
pub use crate::jose::claims::Claims;
pub use crate::jose::header::Header;
pub use crate::jose::jwk::Jwk;
#[cfg(feature = "alloc")]
pub use crate::key::GrowingKeySet;
pub use crate::key::{Key, KeySet, Keys, RotatingKeys};
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

pub mod json {
    //! Values of a token, which borrow from its text.
    //!
    //! Everything was checked when the token was parsed: the text is JSON (RFC 8259), strings are
    //! well-formed, and the nesting is bounded.

    pub use crate::encoding::json::{
        Array, Chars, Elements, EscapeDebug, JsonNumber, JsonStr, Object, ObjectMembers, Value,
    };
    #[cfg(feature = "serde")]
    pub use crate::encoding::json::{DeserializeError, DeserializeErrorKind};
    pub use crate::jose::strings::{StringOrArray, Strings};
}

pub mod keys {
    //! Keys beyond the everyday ones: memory that you lend, keys with tables, keys of your own
    //! kind, rotation, and JWK Sets read entry by entry.

    pub use crate::jose::jwk::entries as jwk_set_entries;
    pub use crate::key::{
        ForeignKey, Inline, KeyMemory, KeyRef, KeySetIn, Lent, LentKeySet, LoadReport, OwnedMemory,
        PreparedKey, PreparedKeySet, Refetch, RotatingKeysIn, Skipped, Slot, TableInfo, VerifiedBy,
        WORDS_PER_KEY, jwk_thumbprint,
    };
    #[cfg(feature = "alloc")]
    pub use crate::key::{GrowingRotatingKeys, Heap};
}
