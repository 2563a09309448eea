//! The number of words that keys take, for [`KeySet`](crate::KeySet) and
//! [`Key::new_in`](crate::Key::new_in).
//!
//! A [word](crate::alg::Word) is 8 bytes on a 64-bit machine and 4 on a 32-bit one.

pub use crate::alg::material_len::{
    HS256, HS384, HS512, P256, P384, P521, RSA_2048, RSA_3072, RSA_4096,
};

/// Returns how many words a key with `material` words of key material takes in a
/// [`KeySet`](crate::KeySet).
///
/// ```
/// use jose_verify::{KeySet, words};
///
/// /// Four keys on P-256.
/// static KEYS: KeySet<4, { words::in_set(words::P256) }> = KeySet::new();
/// ```
#[must_use]
pub const fn in_set(material: usize) -> usize {
    material.saturating_add(crate::key::ENTRY_HEADER_WORDS)
}
