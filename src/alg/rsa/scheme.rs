//! The part that all RSA algorithms share: everything except the encoding of messages.

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use super::public_key::{Message, PublicKey, RsaPublicKey};
use crate::alg::{Algorithm, AlgorithmKind, InvalidSignature, KeyType, Word};

/// A signature scheme with appendix (RFC 8017 §8), and its hash function.
pub(super) trait Scheme {
    /// Returns whether the message representative is a valid encoding of the signing input.
    fn is_encoding(message: &Message, modulus_bits: usize, signing_input: &[u8]) -> bool;
}

/// RSA with one signature scheme.
pub(in crate::alg) struct Rsa<S> {
    name: &'static str,
    scheme: PhantomData<fn() -> S>,
}

// Not derived, because that would require `S: Clone`.
impl<S> Clone for Rsa<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Rsa<S> {}

impl<S> Rsa<S> {
    pub(in crate::alg) const fn new(name: &'static str) -> Self {
        Self {
            name,
            scheme: PhantomData,
        }
    }
}

impl<S> Debug for Rsa<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<S: Scheme + 'static> Algorithm for Rsa<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &RsaPublicKey
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = PublicKey::view(material)?;
        let mut message = Message::empty();
        key.recover(signature, &mut message)?;
        if S::is_encoding(&message, key.modulus_bits(), signing_input) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}
