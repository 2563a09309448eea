//! The trait for hash functions that are used outside of signatures.

use core::fmt::Debug;

/// The length of the longest digest, that of SHA-512, in bytes.
pub const MAX_DIGEST_LEN: usize = 64;

/// A hash function for values outside of the signature: access tokens and codes
/// ([`oidc::HashClaims`](crate::oidc::HashClaims)) and keys
/// ([`jwk_thumbprint`](crate::keys::jwk_thumbprint)).
///
/// This crate's own hash functions are [`SHA256`](crate::alg::SHA256),
/// [`SHA384`](crate::alg::SHA384) and [`SHA512`](crate::alg::SHA512). A program links only those
/// that it names. To use a hardware engine, implement this trait.
pub trait HashFunction: Sync + Debug {
    /// Returns whether the algorithm with this name (RFC 7518 §3.1) uses this hash function.
    fn is_of(&self, algorithm: &str) -> bool;

    /// Writes the digest of the concatenated `parts` to the front of `buffer` and returns it.
    fn digest<'b>(&self, parts: &[&[u8]], buffer: &'b mut [u8; MAX_DIGEST_LEN]) -> &'b [u8];
}
