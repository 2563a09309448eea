#![no_std]
#![forbid(unsafe_code)]
// On docs.rs, items show the feature that they need.
#![cfg_attr(docsrs, feature(doc_cfg))]
//! Verifies JSON Web Tokens without an allocator.
//!
//! The crate answers one question: may a token be trusted, and what does it say? It gives the same
//! answer on a microcontroller and on a server. It is `no_std`, contains only safe Rust, and
//! neither allocates nor reads a clock.
//!
//! It verifies the twelve signature and MAC algorithms of RFC 7518: HS, RS, PS and ES with 256, 384
//! and 512 bits. It does not sign, decrypt or fetch keys.
//!
//! # Example
//!
//! An OpenID Connect ID token is verified with its provider's JWK Set. Only RS256 is accepted, and
//! only RS256 is linked.
//!
//! ```
//! use jose_verify::alg::RS256;
//! use jose_verify::oidc::{self, Nonce};
//! use jose_verify::{KeySet, NumericDate, Verifier, scratch_len};
//!
//! # const JWKS: &[u8] = b"\
//! # {\"keys\":[{\"kty\":\"RSA\",\"n\":\"i7XwTsY_34VOLe0agkMCw_aTrPMpngTJazQ3KqIod6exvv31xI\
//! # 6tCgu4NbfNidZS28p1vQ3NthhktXzdC_KiazY4ti8EVLfXYQEJ5is9BB1pe9iYzxEDIstS0FSmC9Jgxybir4gW\
//! # zbGug8Ijb-3Z4V9xqE7us5ZMM9SNhiOVRvcYOKT6S5DNofj0e1Y7zSJfA3Xyj-6kb-iokRTe5m8J_aEmh0XvP0\
//! # yBsvMX-o1ZtEPo_RsazQQzeQSoX_8VuDCsyEli2vic39asSwABjilgEdK4wMEi0CvMBja4mjS77xRTc6wLP_sY\
//! # pHi2r6cGu8muBP94AGTsfO2BmC1UrGBmDQ\",\"e\":\"AQAB\",\"use\":\"sig\",\"kid\":\"1e9gdk7\
//! # \",\"alg\":\"RS256\"}]}";
//! # const TOKEN: &[u8] = b"\
//! # eyJraWQiOiIxZTlnZGs3IiwiYWxnIjoiUlMyNTYifQ.eyJpc3MiOiJodHRwczpcL1wvYzJpZC5leGFtcGxlLmN\
//! # vbSIsInN1YiI6InVzZXItMjQ4Mjg5NzYxMDAxIiwiYXVkIjpbImNsaWVudC0xMjM0NSJdLCJub25jZSI6Im4tM\
//! # FM2X1d6QTJNaiIsImF1dGhfdGltZSI6MTMxMTI4MDk2OSwiYWNyIjoidXJuOm1hY2U6aW5jb21tb246aWFwOnN\
//! # pbHZlciIsImlhdCI6MTMxMTI4MDk3MCwiZXhwIjoxMzExMjgxOTcwLCJodHRwczpcL1wvZXhhbXBsZS5jb21cL\
//! # 2dyb3VwcyI6WyJhdWRpdCIsImFkbWluIl0sIm5hbWUiOiJTYW1wbGUiLCJuYW1lI2phLUthbmEtSlAiOiLjgrX\
//! # jg7Pjg5fjg6siLCJuYW1lI2phLUhhbmktSlAiOiJcdTg5OGJcdTY3MmMifQ.FgL6MmwxAjd2s8fPKzomHFOrRZ\
//! # 86kv1_s9eLSnqPXr1qtmNPhJbleOqFrmhbRL1pOcDlEqNzOcMd4cz3LjgoAjAGOFqVey87aIJus8aQx39mDCDS\
//! # Yh0NiTfSxDKzIeCzI_fRxljNPvIybrHOVGL_iesGWWGOLDCnbOfTHV1iR4-9h88s5BQ4uJwfijWWUUGVYa2cdo\
//! # etPRGLMhZbT3rX2rapu1MjRNLcdvRV9egmZELDqaG1MlgTvrZXPHq6sm007mpAKxhSy8fBEuIXIkBx75a2XGRE\
//! # 330gX9EZbAAbIqg-3aAnnoIpnEi1rlNOWLKN8paMh7TAd78yD7Pk2IAEgQ";
//! let keys = KeySet::<8>::from_jwks(JWKS, &[&RS256])?;
//! let nonce = Nonce::Sent("n-0S6_WzA2Mj");
//! let policy = oidc::id_token(&["https://c2id.example.com"], &["client-12345"], nonce);
//! let verifier = Verifier::new(&keys, &policy);
//!
//! // With the feature `std`: `NumericDate::now()`.
//! let now = NumericDate::from_seconds(1_311_281_000);
//! let mut scratch = [0; scratch_len(4096)];
//! let jwt = verifier.verify(TOKEN, now, &mut scratch)?;
//! let subject = jwt.claims().subject().map(|subject| subject.to_string());
//! assert_eq!(subject.as_deref(), Some("user-248289761001"));
//! # Ok::<(), jose_verify::Error>(())
//! ```
//!
//! # Where to start
//!
//! | to do this | use |
//! |---|---|
//! | verify a JWT | [`Verifier`], with keys and a [`Policy`] |
//! | verify a signature over other content | [`JwsVerifier`] |
//! | serve several issuers, each with its own keys | [`IssuerVerifier`] |
//! | verify an ID token, UserInfo or a logout token | [`oidc`] |
//! | verify an access token, read scopes, remember used tokens | [`oauth`] |
//! | load one pinned key, for instance from PEM | [`Key`], [`alg::KeyParameters`] |
//! | load a JWK Set | [`KeySet`] |
//! | replace keys while tokens are verified | [`RotatingKeys`], [`keys::Refetch`] |
//! | verify ECDSA faster, with precomputed tables | [`KeySet::prepare`](keys::KeySetIn::prepare) |
//! | use keys in hardware, in memory that you provide, or on the heap | [`keys`] |
//! | name algorithms, or add your own | [`alg`] |
//! | choose which claims are checked, and how | [`Policy`], [`Check`], [`checks`] |
//! | find out which check a token fails | [`Verifier::explain`] |
//! | read claims | [`Claims`], [`json`] |
//! | verify without a clock | [`Clock`] |
//! | accept padding or critical header parameters, limit the length | [`Options`] |
//! | respond to a rejected request | [`Error`], [`Category`], [`TokenMistake`] |
//! | decode and encode base64url | [`base64url`] |
//! | look up limits, or size the memory for keys | [`limits`], [`words`] |
//!
//! # How a token is verified
//!
//! 1. The text is split at its dots.
//! 2. The header is decoded. It is rejected if `alg` is `none`, if `crit` names an extension that
//!    you do not understand, or if a member is duplicated.
//! 3. The candidate keys are looked up in [`Keys`], each with the one algorithm that `alg` names.
//!    If the token has a `kid`, a published key is a candidate only if it has the same `kid`.
//! 4. The signature is verified over the text as it was received.
//! 5. The payload is decoded, and the claims are parsed strictly in one pass.
//! 6. The claims are checked, first by the policy and then by the checks that you added. The time
//!    is an argument.
//!
//! Only these steps create a [`Verified`]. It borrows from your buffer and records which key
//! verified the token. [`Verifier::verify`] decodes into a scratch buffer.
//! [`Verifier::verify_in_place`] overwrites the token with its decoded content.
//!
//! # What is left to you
//!
//! - Verification is not authorization: check the claims that your decision depends on.
//! - The same token can have more than one valid text, so key a deny list on `jti`, never on the
//!   text.
//! - Signatures are checked in variable time, because all inputs are public. MACs are compared in
//!   constant time.
//! - The public key of a certificate is used without validating the certificate.
//!
//! # Features
//!
//! No feature is enabled by default, and none changes what is accepted.
//!
//! | feature | what it adds |
//! |---|---|
//! | `alloc` | growable key sets; `PolicyBuf`; `Box`, `Arc` and `Vec` of keys; `Arc` as an issuer |
//! | `std` | `alloc`, and the system's clock: `NumericDate::now` |
//! | `serde` | `Claims::deserialize_in`, and with `alloc` also `Claims::deserialize` |
//! | `defmt` | `defmt::Format` for the error types |
//!
//! Verification never allocates, whichever features are enabled. There are no features for
//! algorithms or sizes, because only the algorithms that a program names are linked.

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
pub use crate::jose::mistake::TokenMistake;
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
    //! JSON values that borrow from a token's text.
    //!
    //! The text was checked when the token was parsed: it is JSON (RFC 8259), strings are
    //! well-formed, and the nesting is bounded.

    pub use crate::encoding::json::{
        Array, Chars, Elements, EscapeDebug, JsonNumber, JsonStr, Object, ObjectMembers, Value,
    };
    #[cfg(feature = "serde")]
    pub use crate::encoding::json::{DeserializeError, DeserializeErrorKind};
    pub use crate::jose::strings::{StringOrArray, Strings};
}

pub mod keys {
    //! Less common ways to use keys: memory that you provide, keys with tables, your own key types,
    //! rotation, and JWK Sets read entry by entry.

    pub use crate::jose::jwk::{JwkSetEntries, entries as jwk_set_entries};
    pub use crate::key::{
        ForeignKey, Inline, JwkOptions, KeyMemory, KeyRef, KeySetIn, Lent, LentKeySet, LoadReport,
        OwnedMemory, PreparedKey, PreparedKeySet, Refetch, RotatingKeysIn, Skipped, Slot,
        TableInfo, VerifiedBy, WORDS_PER_KEY, jwk_thumbprint,
    };
    #[cfg(feature = "alloc")]
    pub use crate::key::{GrowingRotatingKeys, Heap};
}
