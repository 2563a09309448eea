//! The contract between what hashes beside signatures and whatever computes the hash.

use core::fmt::Debug;

/// Bytes of the longest digest, that of SHA-512.
pub const MAX_DIGEST_LEN: usize = 64;

/// A hash function, for what is hashed beside signatures: access tokens and codes
/// ([`oidc::HashClaims`](crate::oidc::HashClaims)) and keys
/// ([`jwk_thumbprint`](crate::keys::jwk_thumbprint)).
///
/// This crate's own are [`SHA256`](crate::alg::SHA256), [`SHA384`](crate::alg::SHA384) and
/// [`SHA512`](crate::alg::SHA512); only those that a program names are linked. A hardware engine
/// joins by implementing this trait.
pub trait HashFunction: Sync + Debug {
    /// Whether it is the hash that the signature algorithm of that name (RFC 7518 §3.1) uses.
    fn is_of(&self, algorithm: &str) -> bool;

    /// The digest of several strings in a row, at the front of `buffer`.
    fn digest<'b>(&self, parts: &[&[u8]], buffer: &'b mut [u8; MAX_DIGEST_LEN]) -> &'b [u8];
}
