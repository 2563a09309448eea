//! Lengths of key material, in words.

use crate::alg::arithmetic::WORD_BYTES;
use crate::alg::ecdsa;
use crate::alg::rsa::key_words;
use crate::limits::MAX_RSA_MODULUS_BITS;

/// An RSA key of 2048 bits.
pub const RSA_2048: usize = key_words(2048);

/// An RSA key of 3072 bits.
pub const RSA_3072: usize = key_words(3072);

/// An RSA key of 4096 bits, the maximum.
pub const RSA_4096: usize = key_words(MAX_RSA_MODULUS_BITS);

/// A public key on P-256: two coordinates.
pub const P256: usize = 2 * ecdsa::P256_WORDS;

/// A public key on P-384: two coordinates.
pub const P384: usize = 2 * ecdsa::P384_WORDS;

/// A public key on P-521: two coordinates.
pub const P521: usize = 2 * ecdsa::P521_WORDS;

/// A secret for HS256: two SHA-256 states of 32 bytes, each with an 8-byte block counter.
pub const HS256: usize = 2 * 40 / WORD_BYTES;

/// A secret for HS384: two SHA-512 states of 64 bytes, each with a 16-byte block counter.
pub const HS384: usize = 2 * 80 / WORD_BYTES;

/// A secret for HS512: as for HS384.
pub const HS512: usize = 2 * 80 / WORD_BYTES;
