//! The pipeline: from a token's text to claims that may be trusted.

pub mod padded;
pub(crate) mod pipeline;
mod tenant;

pub use self::pipeline::{
    Verified, VerifiedJws, peek_header_untrusted, scratch_len, verify, verify_in_place, verify_jws,
    verify_jws_in_place,
};
pub use self::tenant::{Tenant, peek_issuer_untrusted, verify_by_issuer};
