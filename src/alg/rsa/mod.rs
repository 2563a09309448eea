//! RSA signatures (RFC 8017 §8), on fixed-size integers of our own: the crate `rsa` needs an
//! allocator.
//!
//! Everything that goes in is public, so nothing here runs in constant time.

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
