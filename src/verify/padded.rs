//! Tokens whose segments end in `=`, as AWS Application Load Balancers make them.
//!
//! RFC 7515 §2 has no padding, so [`verify`](crate::verify()) refuses these with
//! [`Error::MalformedBase64url`]. A load balancer signs the text with its padding: taking it off beforehand
//! breaks the signature. Call these functions where such tokens are expected, and only there: they accept exactly the
//! padding that RFC 4648 §4 demands, in every segment, so there is still one text for each string of bytes.
//!
//! All load balancers of a region are signed for under the same keys, also those of others: compare the header's `signer`
//! with your load balancer's ARN, or anybody who has one can log in.
//!
//! ```
//! use jose_verify::{Check, Error, Key, Leeway, NumericDate, Policy, oidc, padded};
//!
//! /// The user's `sub` from the header `x-amzn-oidc-data`.
//! fn user<'b>(
//!     token: &[u8],
//!     key_for: impl Fn(&str) -> Result<Key, Error>,
//!     now: NumericDate,
//!     scratch: &'b mut [u8],
//! ) -> Result<jose_verify::JsonStr<'b>, Error> {
//!     const LOAD_BALANCER: &str =
//!         "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";
//!     // The key's identifier is the end of the URL that it is published under.
//!     let key_id = padded::peek_header_untrusted(token, scratch)?.key_id().ok_or(Error::NoKey)?;
//!     let key = key_for(&key_id.to_heapless::<64>()?)?;
//!     let policy = Policy {
//!         expires_at: Check::Required(Leeway::NONE),
//!         subject: Check::Present,
//!         ..oidc::jwt(Check::Required(&["https://login.example.com"]), Check::NotChecked)
//!     };
//!     let jwt = padded::verify(token, &key, &policy, now, scratch)?;
//!     let signer = jwt.header().get("signer").and_then(|signer| signer.as_str());
//!     if signer.is_none_or(|signer| signer != LOAD_BALANCER) {
//!         return Err(Error::CustomClaims);
//!     }
//!     jwt.claims().subject().ok_or(Error::MissingSubject)
//! }
//! ```

use crate::error::Error;
use crate::jose::compact::Compact;
use crate::jose::header::Header;
use crate::key::lookup::Keys;
use crate::policy::Policy;
use crate::time::Clock;
use crate::verify::pipeline::{Verified, decode_header, verify_compact};

/// [`verify`](crate::verify()) for a token with padding.
///
/// # Errors
///
/// As for [`verify`](crate::verify()); [`Error::MalformedBase64url`] if a segment has no padding where it needs
/// some, or more than that.
pub fn verify<'b>(
    token: &[u8],
    keys: &impl Keys,
    policy: &Policy<'_>,
    now: impl Into<Clock>,
    scratch: &'b mut [u8],
) -> Result<Verified<'b>, Error> {
    let jws = Compact::parse_padded(token)?;
    verify_compact(&jws, keys, scratch)?.check(policy, now.into())
}

/// [`peek_header_untrusted`](crate::peek_header_untrusted) for a token with padding.
///
/// # Errors
///
/// As there, and as for [`verify`].
pub fn peek_header_untrusted<'b>(token: &[u8], scratch: &'b mut [u8]) -> Result<Header<'b>, Error> {
    let jws = Compact::parse_padded(token)?;
    decode_header(&jws, scratch).map(|(header, _)| header)
}
