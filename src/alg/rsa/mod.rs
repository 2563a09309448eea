//! RSA signatures (RFC 8017 §8), on fixed-size integers of our own: the crate `rsa` needs an allocator.
//!
//! Everything that goes in is public, so nothing here runs in constant time.

mod hash;
mod montgomery;
mod pkcs1;
mod pss;
mod public_key;
mod scheme;

pub use pkcs1::{RS256, RS384, RS512, Rs256, Rs384, Rs512};
pub use pss::{PS256, PS384, PS512, Ps256, Ps384, Ps512};
pub(crate) use public_key::key_words;
