//! Every bound in the crate, each with the reason for its number.

/// Bytes of a token: 1 MiB.
///
/// HTTP servers refuse headers above 8 to 64 KB, so a bearer token is far smaller; an update manifest may carry a
/// list of digests. The bound keeps the work for one token finite whatever the caller's buffer holds.
pub const MAX_TOKEN_LEN: usize = 1 << 20;

/// Bytes of a JWK or JWK Set: 1 MiB. The largest seen at a real provider has 22 KB.
pub const MAX_KEY_SET_LEN: usize = 1 << 20;

/// Bytes of a JSON text: 256 MiB, for positions are kept in 28 bits. What has no smaller bound here keeps to this one.
pub const MAX_JSON_LEN: usize = (1 << 28) - 1;

/// Containers open at once inside a member of a JSON object.
///
/// Claims seen in the field nest four deep, verifiable credentials eight. Nesting costs one bit a level, so a word
/// of them is generous.
pub const MAX_JSON_DEPTH: u32 = 32;

/// Members of an object that is checked for duplicate names: a header, a claims set, a JWK.
///
/// The table of names lives on the stack (eight bytes each). The richest claims sets seen have some sixty members.
pub const MAX_MEMBERS: usize = 128;

/// Pairs of different names in one object that have the same hash of 32 bits.
///
/// Such names are compared, and who makes them on purpose would have more compared than the text is long. By chance
/// one object of 128 names in half a million has a single such pair.
pub const MAX_NAME_COLLISIONS: usize = 8;

/// Bytes of a provider's metadata: 1 MiB. Those of large providers have some 10 KB.
pub const MAX_METADATA_LEN: usize = 1 << 20;

/// Bytes of a token endpoint's answer: 4 MiB, for three tokens of [`MAX_TOKEN_LEN`] and what stands around them.
pub const MAX_TOKEN_RESPONSE_LEN: usize = 4 * MAX_TOKEN_LEN;

/// Bytes of a `jti` that a [`ReplayGuard`](crate::oauth::ReplayGuard) remembers.
///
/// UUIDs have 36, 256 random bits 43 in base64url and 64 in hexadecimal.
pub const MAX_JWT_ID_LEN: usize = 64;

/// Bytes of a `kid`, unescaped.
///
/// Thumbprints have 43, UUIDs 36, URLs of key vaults up to 214, `did:jwk` up to 230. A longer `kid` in a token names no
/// key; a JWK with a longer one is skipped.
pub const MAX_KID_LEN: usize = 256;

/// Bytes of a `kid` that a [`KeySet`](crate::KeySet) has room for, for each of its keys on average: a thumbprint, and one.
pub const KEY_ID_BYTES_PER_KEY: usize = 44;

/// Bytes of a `kid` that a [`KeySet`](crate::KeySet) has room for beside that, so that a set of one key takes any `kid`.
pub const SPARE_KEY_ID_BYTES: usize = MAX_KID_LEN;

/// Keys of a set on the heap, which takes nine megabytes then: more than a JWK Set of [`MAX_KEY_SET_LEN`] has, which are
/// some 2,600 RSA keys or 6,000 on P-256. Of keys with the longest `kid`s fewer fit.
#[cfg(feature = "alloc")]
pub const MAX_KEYS_ON_HEAP: usize = 1 << 14;

/// Makers of tables in one list: the three curves, and room for those to come.
pub const MAX_PRECOMPUTATIONS: usize = 8;

/// Algorithms in one list. RFC 7518 has twelve for signatures and MACs; the rest is room for those to come.
pub const MAX_ALGORITHMS: usize = 16;

/// Bits of the shortest RSA modulus. RFC 7518 §3.3 and §3.5: 2048 bits or larger MUST be used.
pub const MIN_RSA_MODULUS_BITS: usize = 2048;

/// Bits of the longest RSA modulus. Longer ones are not seen at providers, and each doubling costs four times the
/// work and twice the stack.
pub const MAX_RSA_MODULUS_BITS: usize = 4096;

/// Bits of the largest RSA public exponent: the bound of the widespread implementations. Real keys use 65537.
pub const MAX_RSA_EXPONENT_BITS: u32 = 33;

/// Bytes that one decoded key parameter may have: the longest modulus, and room for sixteen leading zeros, which
/// some providers publish. It is also the longest shared secret.
pub const MAX_KEY_PARAMETER_LEN: usize = MAX_RSA_MODULUS_BITS / 8 + 16;
