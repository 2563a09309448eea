//! One module for each fuzz target.

pub mod base64url;
pub mod claims;
pub mod compact;
pub mod der;
pub mod ecdsa;
pub mod header;
pub mod hmac;
pub mod in_place;
pub mod json;
pub mod jwk_options;
pub mod jwk_set;
pub mod metadata;
pub mod pem;
pub mod pem_map;
pub mod realm;
pub mod rsa;
pub mod set_entries;
pub mod token_response;
pub mod verify;
