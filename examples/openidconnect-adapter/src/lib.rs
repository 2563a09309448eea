//! Keys for the crate `openidconnect` that verify with `jose-verify`.
//!
//! `openidconnect` is generic over the key type, which implements its trait [`JsonWebKey`]. [`Key`]
//! is such a type. [`Client`], [`ProviderMetadata`], [`KeySet`] and [`IdTokenVerifier`] are the
//! types of `openidconnect` with this key instead of `CoreJsonWebKey`. Everything else works as in
//! its documentation.
//!
//! To verify a signature, the trait passes the whole token, with the signature decoded. So the
//! whole strict pipeline runs, not only the arithmetic. It rejects headers and claims sets with
//! duplicate members, critical extensions, `b64`, and text that is not strict base64url or JSON.
//! `openidconnect` accepts some of these, for instance `b64`.
//!
//! The traits have limits:
//!
//! - `openidconnect` first parses header and claims itself, and checks the claims.
//! - It chooses the key. If several keys fit, it rejects the token, even one without a `kid`.
//! - It decodes the signature before this crate sees it.
//! - Its dependencies remain, among them the crates with its own cryptography.
//! - Errors become text within its `SignatureVerificationError`.

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

/// The metadata of a provider, from which a [`Client`] is created.
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

/// A relying party, as created by
/// [`Client::from_provider_metadata`](openidconnect::Client::from_provider_metadata).
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
