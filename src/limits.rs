//! All limits of this crate, each with the reason for its value.

/// Maximum size of a token: 1 MiB.
///
/// Bearer tokens are far smaller, because HTTP servers reject headers above 8 to 64 KB. An update
/// manifest with a list of digests may be longer. The limit bounds the work for one token,
/// whatever the size of the caller's buffer.
pub const MAX_TOKEN_LEN: usize = 1 << 20;

/// Maximum size of a JWK or JWK Set: 1 MiB. The largest one seen at a provider has 22 KB.
pub const MAX_KEY_SET_LEN: usize = 1 << 20;

/// Maximum size of a JSON text: one byte less than 256 MiB, because positions are stored in 28
/// bits. It applies where no smaller limit does.
pub const MAX_JSON_LEN: usize = (1 << 28) - 1;

/// Maximum depth of nested arrays and objects inside a member of a JSON object.
///
/// Claims seen in practice nest four deep, and verifiable credentials eight. Each level costs one
/// bit, and 32 levels fit in one word.
pub const MAX_JSON_DEPTH: u32 = 32;

/// Maximum number of members of an object that is checked for duplicate names: a header, a claims
/// set, a JWK.
///
/// The table of names is on the stack. It takes eight bytes for each name, or six on 32-bit
/// machines. The largest claims sets seen have about sixty members.
pub const MAX_MEMBERS: usize = 128;

/// Maximum number of pairs of different names in one object that have the same hash. The hash has
/// 32 bits, or 16 bits on 32-bit machines, whose table is smaller.
///
/// Names with the same hash are compared. Without this limit, an attacker could choose colliding
/// names to make the work grow faster than the length of the text. By chance, one in half a million
/// objects of 128 names has such a pair, or one in nine with 16 bits. More than eight never occur
/// by chance.
pub const MAX_NAME_COLLISIONS: usize = 8;

/// Maximum size of a provider's metadata: 1 MiB. The metadata of large providers has about 10 KB.
pub const MAX_METADATA_LEN: usize = 1 << 20;

/// Maximum size of a token endpoint's response: 4 MiB, for three tokens of [`MAX_TOKEN_LEN`] and
/// the JSON around them.
pub const MAX_TOKEN_RESPONSE_LEN: usize = 4 * MAX_TOKEN_LEN;

/// Maximum length in bytes of a `jti` that a [`ReplayGuard`](crate::oauth::ReplayGuard) remembers.
///
/// A UUID has 36 bytes. 256 random bits have 43 bytes in base64url and 64 in hexadecimal.
pub const MAX_JWT_ID_LEN: usize = 64;

/// Maximum length in bytes of a `kid`, unescaped.
///
/// Thumbprints have 43 bytes, UUIDs 36, URLs of key vaults up to 214, `did:jwk` up to 230. A token
/// with a longer `kid` matches no key. A JWK with a longer `kid` is skipped.
pub const MAX_KID_LEN: usize = 256;

/// Bytes that a [`KeySet`](crate::KeySet) has for the `kid` of each key, on average: a thumbprint
/// and one more byte.
pub const KEY_ID_BYTES_PER_KEY: usize = 44;

/// Additional bytes for `kid`s in a [`KeySet`](crate::KeySet), so that a set of one key has room
/// for any `kid`.
pub const SPARE_KEY_ID_BYTES: usize = MAX_KID_LEN;

/// Maximum number of keys of a set on the heap. A set of that many keys takes 600 KB. The largest
/// JWK Set seen at a provider has 14 keys. The limit also bounds an update of
/// [`RotatingKeys`](crate::RotatingKeys), which compares each new key with each old one.
#[cfg(feature = "alloc")]
pub const MAX_KEYS_ON_HEAP: usize = 1 << 10;

/// Maximum number of keys that another crate's implementation of [`Keys`](crate::Keys) may list.
/// The limit stops the search if its iterator never ends.
pub const MAX_KEYS: usize = 1 << 16;

/// Maximum number of strings in a list of a policy's expected values
/// ([`StringList`](crate::StringList)). Later ones are ignored, and
/// [`Policy::validate`](crate::Policy::validate) reports them. The limit bounds the work, because
/// each string is compared with each audience of a token. It also stops the search if another
/// crate's list never ends.
pub const MAX_EXPECTED: usize = 1 << 10;

/// Maximum number of precomputations in one list. There is one for each of the three curves; the
/// rest is room for future ones.
pub const MAX_PRECOMPUTATIONS: usize = 8;

/// Maximum number of algorithms in one list. RFC 7518 has twelve for signatures and MACs; the rest
/// is room for future ones.
pub const MAX_ALGORITHMS: usize = 16;

/// Bits of the shortest RSA modulus. RFC 7518 §3.3 and §3.5: 2048 bits or larger MUST be used.
pub const MIN_RSA_MODULUS_BITS: usize = 2048;

/// Bits of the longest RSA modulus. Providers do not use longer ones. Each doubling costs four
/// times the work and twice the stack.
pub const MAX_RSA_MODULUS_BITS: usize = 4096;

/// Bits of the largest RSA public exponent. Widely used implementations have the same limit. Almost
/// all keys use 65537.
pub const MAX_RSA_EXPONENT_BITS: u32 = 33;

/// Bytes of one decoded key parameter: the longest modulus and sixteen leading zero bytes. Some
/// providers publish leading zeros. It is also the length of the longest shared secret.
pub const MAX_KEY_PARAMETER_LEN: usize = MAX_RSA_MODULUS_BITS / 8 + 16;
