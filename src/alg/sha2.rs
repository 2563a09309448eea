//! The hashes of RFC 7518 §3.1, for what is hashed beside signatures.

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use ::sha2::{Digest, Sha256, Sha384, Sha512};

use crate::alg::{HashFunction, MAX_DIGEST_LEN};

/// SHA-256: the hash of HS256, RS256, PS256 and ES256.
pub const SHA256: Sha2<Sha256> = Sha2::new("SHA-256", ["HS256", "RS256", "PS256", "ES256"]);

/// SHA-384: the hash of HS384, RS384, PS384 and ES384.
pub const SHA384: Sha2<Sha384> = Sha2::new("SHA-384", ["HS384", "RS384", "PS384", "ES384"]);

/// SHA-512: the hash of HS512, RS512, PS512 and ES512.
pub const SHA512: Sha2<Sha512> = Sha2::new("SHA-512", ["HS512", "RS512", "PS512", "ES512"]);

/// One hash of the SHA-2 family.
#[derive(Clone, Copy)]
pub struct Sha2<D> {
    name: &'static str,
    algorithms: [&'static str; 4],
    hash: PhantomData<fn() -> D>,
}

impl<D> Sha2<D> {
    const fn new(name: &'static str, algorithms: [&'static str; 4]) -> Self {
        Self {
            name,
            algorithms,
            hash: PhantomData,
        }
    }
}

impl<D> Debug for Sha2<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<D: Digest> HashFunction for Sha2<D> {
    fn is_of(&self, algorithm: &str) -> bool {
        self.algorithms.contains(&algorithm)
    }

    fn digest<'b>(&self, parts: &[&[u8]], buffer: &'b mut [u8; MAX_DIGEST_LEN]) -> &'b [u8] {
        let mut hash = D::new();
        for part in parts {
            hash.update(part);
        }
        let digest = hash.finalize();
        let places = buffer.iter_mut().zip(&digest);
        places.for_each(|(to, from)| *to = *from);
        buffer.get(..digest.len()).unwrap_or_default()
    }
}
