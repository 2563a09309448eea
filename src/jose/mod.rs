//! Parsers for the formats of the RFCs, without cryptography: compact serialization, header,
//! claims, JWK.

pub(crate) mod claims;
pub(crate) mod compact;
pub(crate) mod header;
pub(crate) mod jwk;
pub(crate) mod mistake;
pub(crate) mod strings;
