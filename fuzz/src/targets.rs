//! One module for each fuzz target.

pub mod base64url;
pub mod claims;
pub mod compact;
pub mod ecdsa;
pub mod header;
pub mod hmac;
pub mod in_place;
pub mod json;
pub mod jwk_set;
pub mod rsa;
pub mod verify;
