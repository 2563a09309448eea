//! Which key verifies a token: the one rule, in one place.

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::header::Header;
use crate::key::key_ref::{Candidate, KeyRef};
use crate::limits::MAX_KID_LEN;

/// Bytes of an algorithm's name that is looked for; longer names are none that anybody registered.
const MAX_ALGORITHM_NAME_LEN: usize = 32;

/// What a token's header asks for.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest<'q> {
    pub(crate) alg: JsonStr<'q>,
    pub(crate) kid: RequestedKid<'q>,
}

/// The header parameter `kid`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RequestedKid<'q> {
    Absent,
    Is(JsonStr<'q>),
    /// Longer than [`MAX_KID_LEN`], which is that of no key.
    TooLong,
}

impl<'q> KeyRequest<'q> {
    /// # Errors
    ///
    /// [`Error::AlgorithmNotAccepted`] if the algorithm's name is longer than any.
    #[inline]
    pub(crate) fn new(header: &Header<'q>) -> Result<Self, Error> {
        let alg = header.algorithm();
        if alg.is_longer_than(MAX_ALGORITHM_NAME_LEN) {
            return Err(Error::AlgorithmNotAccepted);
        }
        let kid = match header.key_id() {
            None => RequestedKid::Absent,
            Some(kid) if kid.is_longer_than(MAX_KID_LEN) => RequestedKid::TooLong,
            Some(kid) => RequestedKid::Is(kid),
        };
        Ok(Self { alg, kid })
    }
}

/// A request that was copied out of its header, whose buffer is then free while keys are tried.
pub(crate) struct CopiedRequest {
    alg: ([u8; MAX_ALGORITHM_NAME_LEN], usize),
    kid: ([u8; MAX_KID_LEN], CopiedKid),
}

/// What was copied of the `kid`.
enum CopiedKid {
    Absent,
    Len(usize),
    TooLong,
}

impl CopiedRequest {
    /// # Errors
    ///
    /// As for [`KeyRequest::new`].
    pub(crate) fn new(header: &Header<'_>) -> Result<Self, Error> {
        let request = KeyRequest::new(header)?;
        let (mut alg, mut kid) = ([0; MAX_ALGORITHM_NAME_LEN], [0; MAX_KID_LEN]);
        let alg_len = request.alg.copy_to(&mut alg)?;
        let copied = match request.kid {
            RequestedKid::Absent => CopiedKid::Absent,
            RequestedKid::Is(text) => CopiedKid::Len(text.copy_to(&mut kid)?),
            RequestedKid::TooLong => CopiedKid::TooLong,
        };
        Ok(Self {
            alg: (alg, alg_len),
            kid: (kid, copied),
        })
    }

    pub(crate) fn request(&self) -> KeyRequest<'_> {
        KeyRequest {
            alg: front(&self.alg.0, self.alg.1),
            kid: match self.kid.1 {
                CopiedKid::Absent => RequestedKid::Absent,
                CopiedKid::Len(len) => RequestedKid::Is(front(&self.kid.0, len)),
                CopiedKid::TooLong => RequestedKid::TooLong,
            },
        }
    }
}

/// The string that was copied to the front.
fn front(copy: &[u8], len: usize) -> JsonStr<'_> {
    JsonStr::from_copy(copy.get(..len).unwrap_or_default())
}

/// What verified a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedBy {
    /// The key's position among the [`Keys`], from 0 on.
    pub position: usize,
    /// The algorithm's name (RFC 7518 §3.1).
    pub algorithm: &'static str,
}

/// Keys to verify with: a [`KeySet`](crate::KeySet), a [`Key`](crate::Key), or a source of keys of another kind.
///
/// A source only lists its keys. Which of them verifies a token is decided by one rule, which no source can loosen:
///
/// 1. A key fits if it may be used with the token's `alg`, and if its `kid` is the token's. A token without `kid` fits
///    every key; a key that the caller gave without a name fits every token.
/// 2. If none fits: [`Error::NoKey`], or [`Error::AlgorithmNotAccepted`] if the `alg` is not
///    [accepted](Self::accepts) at all.
/// 3. Each key that fits is tried. If none verifies: [`Error::BadSignature`].
///
/// `&dyn Keys` is a source, too, and so are with the feature `alloc` `Box` and `Arc`. A slice holds the keys of each of
/// its elements in turn:
///
/// ```
/// use jose_verify::{ES256, Error, HS256, JwsVerifier, Key, KeyParameters, Keys};
///
/// # const POINT: [u8; 65] = [
/// #     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19,
/// #     186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244,
/// #     179, 105, 93, 110, 169, 11, 36, 173, 138, 70, 35, 40, 133, 136, 229, 173,
/// # ];
/// let vendor = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT))?;
/// let service = Key::new(HS256, &KeyParameters::oct(b"a secret of at least 32 bytes, for HS256"))?;
/// let mixed: [&dyn Keys; 2] = [&vendor, &service];
/// let verifier = JwsVerifier::new(mixed.as_slice());
/// # let _ = verifier;
/// # Ok::<(), Error>(())
/// ```
pub trait Keys {
    /// The key at that position; positions start at 0 and have no gaps.
    fn key(&self, position: usize) -> Option<KeyRef<'_>>;

    /// Whether tokens with this `alg` are accepted, whether or not a key for it is loaded. It only decides which error a
    /// token gets that no key fits.
    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        (0..)
            .map_while(|position| self.key(position))
            .any(|key| key.resolve(alg).is_some())
    }

    /// The first key from that position on that fits: rule 1, which only this crate can write down.
    #[doc(hidden)]
    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        _: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        (from..)
            .map_while(|position| Some((position, self.key(position)?)))
            .find_map(|(position, key)| Some((position, key.candidate(request)?)))
    }
}

/// An argument that nobody outside can name.
#[derive(Debug, Clone, Copy)]
pub struct Sealed(());

/// The one.
pub(crate) const SEALED: Sealed = Sealed(());

impl<K: Keys + ?Sized> Keys for &K {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (**self).key(position)
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        (**self).accepts(alg)
    }

    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        sealed: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        (**self).find(request, from, sealed)
    }
}

#[cfg(feature = "alloc")]
impl<K: Keys + ?Sized> Keys for alloc::boxed::Box<K> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (**self).key(position)
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        (**self).accepts(alg)
    }

    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        sealed: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        (**self).find(request, from, sealed)
    }
}

// A Cortex-M0 has no `Arc`.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<K: Keys + ?Sized> Keys for alloc::sync::Arc<K> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (**self).key(position)
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        (**self).accepts(alg)
    }

    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        sealed: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        (**self).find(request, from, sealed)
    }
}

impl<K: Keys> Keys for [K] {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        let mut position = position;
        for keys in self {
            if let Some(key) = keys.key(position) {
                return Some(key);
            }
            let len = (0..position).take_while(|i| keys.key(*i).is_some()).count();
            position = position.saturating_sub(len);
        }
        None
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        self.iter().any(|keys| keys.accepts(alg))
    }
}

/// Verifies a signature with the keys that fit; `unambiguous` refuses a token without `kid` that several keys fit.
// Not inlined, so that the stack is released before the payload is decoded.
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
