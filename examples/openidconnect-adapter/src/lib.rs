//! Keys for the crate `openidconnect` with which `jose-verify` verifies.
//!
//! `openidconnect` leaves the choice of its key type to the caller: whatever implements its trait
//! [`JsonWebKey`]. [`Key`] is such a type, and [`Client`], [`ProviderMetadata`], [`KeySet`] and
//! [`IdTokenVerifier`] are its types with that key in the place of `CoreJsonWebKey`. Everything
//! else stays as in its documentation.
//!
//! What the trait hands over for a signature is all of the token but the signature's encoding. So
//! the whole strict pipeline runs, not just the arithmetic: a header or claims set with a member
//! twice, a critical extension, `b64`, a text that is not strict base64url or JSON are refused,
//! although `openidconnect` has let them pass.
//!
//! What its traits do not allow: its own reading of header and claims comes first and cannot be
//! left out, nor can its rule for choosing a key (several that fit are refused, also if the token
//! has no `kid`), its checks of the claims, or its dependencies, among them the crates with its own
//! cryptography. The text of the signature is decoded before we see it. Errors arrive as text
//! within its `SignatureVerificationError`.

#![forbid(unsafe_code)]

mod jwk;
mod key;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenIntrospectionResponse,
    CoreTokenResponse,
};
use openidconnect::{
    EmptyAdditionalClaims, EmptyAdditionalProviderMetadata, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, JsonWebKeySet, StandardErrorResponse,
};

#[cfg(doc)]
use openidconnect::JsonWebKey;

pub use key::Key;

/// Compiles the Rust blocks of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// The keys of a provider.
pub type KeySet = JsonWebKeySet<Key>;

/// Verifies ID Tokens.
pub type IdTokenVerifier<'a> = openidconnect::IdTokenVerifier<'a, Key>;

/// What a provider says of itself; [`Client`] is made from it.
pub type ProviderMetadata = openidconnect::ProviderMetadata<
    EmptyAdditionalProviderMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    Key,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A relying party, as
/// [`Client::from_provider_metadata`](openidconnect::Client::from_provider_metadata) makes it.
pub type Client = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    Key,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CoreTokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
