//! The verification pipeline: from the text of a token to claims that can be trusted.

mod issuers;
mod options;
mod pipeline;
mod verified;
mod verifier;

pub use self::issuers::{Issuer, IssuerVerifier, Tenant};
pub use self::options::Options;
pub use self::pipeline::scratch_len;
pub use self::verified::{Verified, VerifiedJws};
pub use self::verifier::{JwsVerifier, Verifier};
