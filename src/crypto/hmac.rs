//! HMAC with SHA-2 (RFC 7518 §3.2).

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use ::hmac::{EagerHash, KeyInit, Mac};
use sha2::digest::common::{BlockSizeUser, Key};
use sha2::{Sha256, Sha384, Sha512};

use crate::algorithm::{Algorithm, InvalidSignature, KeyParameters, Kind, Word};
use crate::crypto::words::{self, WORD_BYTES};
use crate::error::Error;
use crate::limits::MAX_KEY_PARAMETER_LEN;

/// HMAC using SHA-256; the secret has at least 32 bytes.
pub const HS256: Hmac<Sha256> = Hmac::new("HS256", 0);

/// HMAC using SHA-384; the secret has at least 48 bytes.
pub const HS384: Hmac<Sha384> = Hmac::new("HS384", 64);

/// HMAC using SHA-512; the secret has at least 64 bytes.
pub const HS512: Hmac<Sha512> = Hmac::new("HS512", 64 + 128);

/// HMAC with one hash.
///
/// The key material is the secret brought to the length of the hash's block (RFC 2104 §2), for each hash in a place
/// of its own.
#[derive(Clone, Copy)]
pub struct Hmac<D> {
    name: &'static str,
    /// Where in the key material, in bytes.
    offset: usize,
    hash: PhantomData<fn() -> D>,
}

impl<D> Hmac<D> {
    const fn new(name: &'static str, offset: usize) -> Self {
        Self {
            name,
            offset,
            hash: PhantomData,
        }
    }

    fn first_word(&self) -> usize {
        self.offset.div_euclid(WORD_BYTES)
    }
}

impl<D> Debug for Hmac<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<D: EagerHash> Algorithm for Hmac<D> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn kind(&self) -> Kind {
        Kind::Mac
    }

    fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error> {
        let KeyParameters::Oct { k: secret } = *key else {
            return Err(Error::UnsupportedKey);
        };
        // RFC 7518 §3.2: a key of the same size as the hash output, or larger, MUST be used.
        if secret.len() < <D as sha2::Digest>::output_size() {
            return Err(Error::WeakKey);
        }
        if secret.len() > MAX_KEY_PARAMETER_LEN {
            return Err(Error::KeyTooLarge);
        }
        // Nobody's secret, and what material looks like into which nothing was loaded.
        if is_zero(secret) {
            return Err(Error::WeakKey);
        }
        let mut block = Key::<::hmac::Hmac<D>>::default();
        if secret.len() > D::Core::block_size() {
            copy(&D::digest(secret), &mut block);
        } else {
            copy(secret, &mut block);
        }
        let material = material.get_mut(self.first_word()..);
        words::store(material.unwrap_or_default(), &block);
        Ok(())
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let mut block = Key::<::hmac::Hmac<D>>::default();
        let material = material.get(self.first_word()..).ok_or(InvalidSignature)?;
        words::fetch(material, &mut block);
        if is_zero(&block) {
            return Err(InvalidSignature);
        }
        let mut mac = ::hmac::Hmac::<D>::new(&block);
        mac.update(signing_input);
        // Constant-time, and of the full length only.
        mac.verify_slice(signature).map_err(|_| InvalidSignature)
    }
}

/// In a time that does not tell how many zeros there are at the beginning.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
