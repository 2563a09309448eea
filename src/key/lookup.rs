//! The rules that select the candidate keys for a token.

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::key::key_ref::{Candidate, KeyRef, KeyRequest, RequestedKid};
use crate::limits::MAX_KEYS;

/// The key and the algorithm that verified a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedBy {
    /// The key's position in the [`Keys`], starting at 0, as for [`Keys::key`]. In a slice of
    /// sources, positions continue from one source to the next. A set counts only the keys that it
    /// kept, unlike [`Skipped::position`](crate::keys::Skipped::position).
    pub position: usize,
    /// The algorithm's name (RFC 7518 §3.1).
    pub algorithm: &'static str,
}

/// A source of keys: a [`KeySet`](crate::KeySet), a [`Key`](crate::Key), or a type of your own.
///
/// A source only lists its keys. These rules select the candidate keys for a token, and no source
/// can relax them:
///
/// 1. A key fits if it can be used with the token's `alg` and its `kid` equals the token's `kid`.
///    The `kid` is not compared if the token has none, or if the caller supplied the key without
///    one.
/// 2. If no key fits, the error is [`Error::NoKey`], or [`Error::AlgorithmNotAccepted`] if the
///    `alg` is not [accepted](Self::accepts) at all.
/// 3. The keys that fit are tried in order. If none verifies the token, the error is
///    [`Error::BadSignature`].
///
/// `&dyn Keys` is a source too. With the feature `alloc`, so are `Box`, `Arc` and `Vec`. A slice
/// of sources lists the keys of each element in turn:
///
/// ```
/// use jose_verify::{Error, JwsVerifier, Key, Keys};
/// use jose_verify::alg::{ES256, HS256, KeyParameters};
///
/// # const POINT: [u8; 65] = [
/// #     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7,
/// #     51, 53, 123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27,
/// #     189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36,
/// #     173, 138, 70, 35, 40, 133, 136, 229, 173,
/// # ];
/// let vendor = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT))?;
/// let secret = KeyParameters::oct(b"a secret of at least 32 bytes, for HS256");
/// let service = Key::new(HS256, &secret)?;
/// let mixed: [&dyn Keys; 2] = [&vendor, &service];
/// let verifier = JwsVerifier::new(mixed.as_slice());
/// # let _ = verifier;
/// # Ok::<(), Error>(())
/// ```
pub trait Keys {
    /// Returns the key at `position`. Positions start at 0 and have no gaps.
    fn key(&self, position: usize) -> Option<KeyRef<'_>>;

    /// Returns whether tokens with this `alg` are accepted, whether or not a key for it is loaded.
    /// The result only determines the error for a token that no key fits.
    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        (0..MAX_KEYS)
            .map_while(|position| self.key(position))
            .any(|key| key.resolve(alg).is_some())
    }

    /// Returns the number of keys.
    #[doc(hidden)]
    fn count(&self, _: Sealed) -> usize {
        let mut positions = 0..MAX_KEYS;
        let end = positions.find(|position| self.key(*position).is_none());
        end.unwrap_or(MAX_KEYS)
    }

    /// Returns the first key at or after position `from` that fits by rule 1. Only this crate can
    /// override the method, because only this crate can name `Sealed`.
    #[doc(hidden)]
    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        _: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        (from..MAX_KEYS)
            .map_while(|position| Some((position, self.key(position)?)))
            .find_map(|(position, key)| Some((position, key.candidate(request)?)))
    }
}

/// An argument type that other crates cannot name.
#[derive(Debug, Clone, Copy)]
pub struct Sealed(());

/// The only value of [`Sealed`].
pub(crate) const SEALED: Sealed = Sealed(());

/// Implements [`Keys`] for a type that forwards to another source.
macro_rules! forward_keys {
    ($($(#[$cfg:meta])* [$($generics:tt)*] $holder:ty, $keys:ident => $inner:expr;)+) => {$(
        $(#[$cfg])*
        impl<$($generics)*> Keys for $holder {
            fn key(&self, position: usize) -> Option<KeyRef<'_>> {
                let $keys = self;
                $inner.key(position)
            }

            fn accepts(&self, alg: JsonStr<'_>) -> bool {
                let $keys = self;
                $inner.accepts(alg)
            }

            fn find<'k>(
                &'k self,
                request: &KeyRequest<'_>,
                from: usize,
                sealed: Sealed,
            ) -> Option<(usize, Candidate<'k>)> {
                let $keys = self;
                $inner.find(request, from, sealed)
            }

            fn count(&self, sealed: Sealed) -> usize {
                let $keys = self;
                $inner.count(sealed)
            }
        }
    )+};
}

pub(crate) use forward_keys;

forward_keys! {
    [K: Keys + ?Sized] &K, keys => (**keys);
    #[cfg(feature = "alloc")]
    [K: Keys + ?Sized] alloc::boxed::Box<K>, keys => (**keys);
    // Targets without atomics, such as Cortex-M0, have no `Arc`.
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    [K: Keys + ?Sized] alloc::sync::Arc<K>, keys => (**keys);
    #[cfg(feature = "alloc")]
    [K: Keys] alloc::vec::Vec<K>, keys => keys.as_slice();
    [K: Keys, const N: usize] [K; N], keys => keys.as_slice();
}

impl<K: Keys> Keys for [K] {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        let mut position = position;
        for keys in self {
            if let Some(key) = keys.key(position) {
                return Some(key);
            }
            position = position.saturating_sub(keys.count(SEALED));
        }
        None
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        self.iter().any(|keys| keys.accepts(alg))
    }

    // Searches each element once, so that the work is linear in the number of keys.
    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        sealed: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        let mut start = 0_usize;
        for keys in self {
            let from = from.saturating_sub(start);
            if let Some((position, candidate)) = keys.find(request, from, sealed) {
                return Some((start.saturating_add(position), candidate));
            }
            start = start.saturating_add(keys.count(sealed));
        }
        None
    }

    fn count(&self, sealed: Sealed) -> usize {
        let counts = self.iter().map(|keys| keys.count(sealed));
        counts.fold(0, usize::saturating_add)
    }
}

/// Verifies a signature with the candidate keys. With `unambiguous`, a token without a `kid` is
/// rejected if several keys fit it.
// Not inlined, so that its stack is released before the payload is decoded.
#[inline(never)]
pub(crate) fn verify_signature(
    keys: &dyn Keys,
    request: &KeyRequest<'_>,
    unambiguous: bool,
    signing_input: &[u8],
    signature: &[u8],
) -> Result<VerifiedBy, Error> {
    let mut outcome = Error::NoKey;
    let mut from = 0_usize;
    while let Some((position, candidate)) = keys.find(request, from, SEALED) {
        from = position.saturating_add(1);
        let is_named = !matches!(request.kid, RequestedKid::Absent);
        let is_ambiguous = || !is_named && keys.find(request, from, SEALED).is_some();
        if unambiguous && is_ambiguous() {
            return Err(Error::AmbiguousKey);
        }
        if candidate.verify(signing_input, signature).is_ok() {
            return Ok(VerifiedBy {
                position,
                algorithm: candidate.algorithm(),
            });
        }
        outcome = Error::BadSignature;
    }
    if outcome == Error::NoKey && !keys.accepts(request.alg) {
        outcome = Error::AlgorithmNotAccepted;
    }
    Err(outcome)
}
