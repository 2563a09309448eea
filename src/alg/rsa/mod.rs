//! RSA signatures (RFC 8017 §8), on this crate's own fixed-size integers, because the crate `rsa`
//! needs an allocator.
//!
//! Nothing here runs in constant time, because all inputs are public.

mod hash;
mod montgomery;
mod pkcs1;
mod pss;
mod public_key;
mod scheme;

pub(super) use pkcs1::Pkcs1;
pub(super) use pss::Pss;
pub(super) use public_key::key_words;
pub(super) use scheme::Rsa;
