//! The hash functions of RFC 7518 §3.1 for values outside of signatures, in one call or in parts.

use core::fmt::{self, Debug};

use ::sha2::Digest;

use crate::alg::{HashFunction, MAX_DIGEST_LEN};

/// SHA-256: the hash of HS256, RS256, PS256 and ES256.
pub const SHA256: Sha2 = Sha2 {
    name: "SHA-256",
    algorithms: ["HS256", "RS256", "PS256", "ES256"],
    digest: digest::<::sha2::Sha256>,
};

/// SHA-384: the hash of HS384, RS384, PS384 and ES384.
pub const SHA384: Sha2 = Sha2 {
    name: "SHA-384",
    algorithms: ["HS384", "RS384", "PS384", "ES384"],
    digest: digest::<::sha2::Sha384>,
};

/// SHA-512: the hash of HS512, RS512, PS512 and ES512.
pub const SHA512: Sha2 = Sha2 {
    name: "SHA-512",
    algorithms: ["HS512", "RS512", "PS512", "ES512"],
    digest: digest::<::sha2::Sha512>,
};

/// One hash function of the SHA-2 family. See [`SHA256`], [`SHA384`] and [`SHA512`].
#[derive(Clone, Copy)]
pub struct Sha2 {
    name: &'static str,
    algorithms: [&'static str; 4],
    /// Writes the digest of the concatenated parts to the buffer and returns its length.
    digest: fn(&[&[u8]], &mut [u8; MAX_DIGEST_LEN]) -> usize,
}

impl Debug for Sha2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl HashFunction for Sha2 {
    fn is_of(&self, algorithm: &str) -> bool {
        self.algorithms.contains(&algorithm)
    }

    fn digest<'b>(&self, parts: &[&[u8]], buffer: &'b mut [u8; MAX_DIGEST_LEN]) -> &'b [u8] {
        let len = (self.digest)(parts, buffer);
        buffer.get(..len).unwrap_or_default()
    }
}

fn digest<D: Digest>(parts: &[&[u8]], buffer: &mut [u8; MAX_DIGEST_LEN]) -> usize {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    let digest = hash.finalize();
    let pairs = buffer.iter_mut().zip(&digest);
    pairs.for_each(|(to, from)| *to = *from);
    digest.len()
}

/// Declares a hash function that takes its input in parts.
macro_rules! incremental {
    ($(#[$doc:meta])+ $type:ident, $len:literal) => {
        $(#[$doc])+
        #[derive(Clone, Default)]
        pub struct $type(::sha2::$type);

        impl $type {
            /// Creates a hash of the empty input.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Appends the next part of the input.
            pub fn update(&mut self, part: &[u8]) {
                self.0.update(part);
            }

            /// Returns the digest of all parts.
            #[must_use]
            pub fn finalize(self) -> [u8; $len] {
                self.0.finalize().into()
            }
        }

        impl Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Omits the state, which may be derived from a secret.
                f.write_str(stringify!($type))
            }
        }
    };
}

incremental! {
    /// SHA-256 of input that arrives in parts, such as a firmware image that is read from flash.
    ///
    /// ```
    /// use jose_verify::base64url;
    /// use jose_verify::alg::Sha256;
    ///
    /// let mut hash = Sha256::new();
    /// for block in [&b"Kz~8mXK1EalYznwH-LC-1fBAo.4L"[..], b"jp~zsPE_NeO.gxU"] {
    ///     hash.update(block);
    /// }
    /// // The `ath` of a DPoP proof for this access token (RFC 9449 §7.1).
    /// let mut text = [0; 43];
    /// let ath = base64url::encode(&hash.finalize(), &mut text)?;
    /// assert_eq!(ath, "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    /// # Ok::<(), jose_verify::Error>(())
    /// ```
    Sha256, 32
}

incremental! {
    /// SHA-384 of input that arrives in parts.
    Sha384, 48
}

incremental! {
    /// SHA-512 of input that arrives in parts.
    Sha512, 64
}
