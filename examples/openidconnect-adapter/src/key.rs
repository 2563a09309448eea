//! A key type for `openidconnect` that verifies with the core.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{
    HashFunction, KeyParameters, MACS, MAX_DIGEST_LEN, SHA256, SHA384, SHA512, SIGNATURES,
};
use jose_verify::{Category, Check, Clock, Error, GrowingKeySet, Policy, Verifier, scratch_len};
use openidconnect::core::{CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, SignatureVerificationError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::jwk::Members;

const HASHES: [&dyn HashFunction; 3] = [&SHA256, &SHA384, &SHA512];

/// A public key of a provider, or the client's secret.
///
/// A provider's key set leaves out keys that cannot verify: those of unsupported types and curves,
/// malformed or weak ones, and those for another use.
#[derive(Clone)]
pub struct Key {
    /// The members as published. For a secret, only `kty`.
    members: Members,
    kty: CoreJsonWebKeyType,
    kid: Option<JsonWebKeyId>,
    usage: Option<CoreJsonWebKeyUse>,
    algorithm: Option<CoreJwsSigningAlgorithm>,
    /// A set with this key only. `openidconnect` clones its keys freely, so all clones share it. A
    /// secret may be too short, which can only be reported when it is used.
    usable: Result<Arc<GrowingKeySet>, Error>,
}

impl Key {
    fn published(members: Members) -> Result<Self, Error> {
        let text = Value::from_iter(members.0.clone()).to_string();
        let key = GrowingKeySet::from_jwk(text.as_bytes(), SIGNATURES)?;
        Ok(Self {
            kty: members.read("kty").ok_or(Error::UnsupportedKey)?,
            kid: members
                .text("kid")
                .map(|kid| JsonWebKeyId::new(kid.to_owned())),
            usage: members.read("use"),
            algorithm: members.read("alg"),
            usable: Ok(Arc::new(key)),
            members,
        })
    }

    /// Runs the strict pipeline: header, signature, claims set. `openidconnect` checks the values
    /// of the claims.
    fn check(&self, algorithm: &str, token: &str) -> Result<(), Error> {
        let key = self.usable.as_ref().map_err(|error| *error)?;
        let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
        let mut scratch = vec![0; scratch_len(token.len())];
        let verifier = Verifier::new(key, &policy);
        let token = verifier.verify(token.as_bytes(), Clock::Absent, &mut scratch)?;
        if token.header().algorithm() == algorithm {
            Ok(())
        } else {
            Err(Error::AlgorithmNotAccepted)
        }
    }
}

impl JsonWebKey for Key {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.kid.as_ref()
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.kty
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        self.usage.as_ref()
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        match &self.algorithm {
            Some(algorithm) => JsonWebKeyAlgorithm::Algorithm(algorithm),
            None => JsonWebKeyAlgorithm::Unspecified,
        }
    }

    fn new_symmetric(secret: Vec<u8>) -> Self {
        let key = GrowingKeySet::from_parameters(&KeyParameters::oct(&secret), MACS);
        Self {
            members: Members(BTreeMap::from([("kty".to_owned(), Value::from("oct"))])),
            kty: CoreJsonWebKeyType::Symmetric,
            kid: None,
            usage: None,
            algorithm: None,
            usable: key.map(Arc::new),
        }
    }

    fn verify_signature(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        // Lossless, because `openidconnect` reads tokens as text.
        let message = String::from_utf8_lossy(message);
        let token = format!("{message}.{}", Base64UrlUnpadded::encode_string(signature));
        self.check(&name(algorithm), &token)
            .map_err(signature_error)
    }

    fn hash_bytes(
        &self,
        bytes: &[u8],
        algorithm: &CoreJwsSigningAlgorithm,
    ) -> Result<Vec<u8>, String> {
        let name = name(algorithm);
        let hash = HASHES.into_iter().find(|hash| hash.is_of(&name));
        let hash = hash.ok_or_else(|| Error::AlgorithmNotAccepted.to_string())?;
        let mut buffer = [0; MAX_DIGEST_LEN];
        Ok(hash.digest(&[bytes], &mut buffer).to_vec())
    }
}

/// Converts an error to that of `openidconnect`.
fn signature_error(error: Error) -> SignatureVerificationError {
    let text = error.to_string();
    match error.category() {
        Category::Signature => SignatureVerificationError::CryptoError(text),
        Category::Keys => SignatureVerificationError::InvalidKey(text),
        _ if error == Error::AlgorithmNotAccepted => SignatureVerificationError::InvalidKey(text),
        _ => SignatureVerificationError::Other(text),
    }
}

/// Returns the name of the algorithm (RFC 7518 §3.1).
fn name(algorithm: &CoreJwsSigningAlgorithm) -> String {
    let name = serde_json::to_value(algorithm).ok();
    let name = name.as_ref().and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members::deserialize(deserializer)?;
        Self::published(members).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("kty", &self.kty)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
