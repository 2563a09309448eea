//! Which key verifies a token: the one rule, in one place.

use heapless::String;

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::header::Header;
use crate::key::VerificationKey;
use crate::limits::MAX_KID_LEN;

/// Bytes of an algorithm's name that is looked for; longer names are none that anybody registered.
const MAX_ALGORITHM_NAME_LEN: usize = 32;

/// What a token's header asks for.
#[derive(Debug, Clone, Copy)]
pub struct KeyQuery<'q> {
    algorithm: &'q str,
    key_id: WantedId<&'q str>,
}

/// The header parameter `kid`.
#[derive(Debug, Clone, Copy)]
enum WantedId<S> {
    Absent,
    Exactly(S),
    /// Longer than any key's.
    TooLong,
}

impl<S> WantedId<S> {
    fn of<'a>(
        header: &Header<'a>,
        unescaped: impl FnOnce(JsonStr<'a>) -> Result<S, Error>,
    ) -> Self {
        match header.key_id().map(unescaped) {
            None => Self::Absent,
            Some(Ok(kid)) => Self::Exactly(kid),
            Some(Err(_)) => Self::TooLong,
        }
    }
}

/// Room for what a header has written with escapes.
pub(crate) struct Unescaped {
    algorithm: [u8; MAX_ALGORITHM_NAME_LEN],
    key_id: [u8; MAX_KID_LEN],
}

impl Unescaped {
    pub(crate) const EMPTY: Self = Self {
        algorithm: [0; MAX_ALGORITHM_NAME_LEN],
        key_id: [0; MAX_KID_LEN],
    };
}

impl<'q> KeyQuery<'q> {
    #[inline]
    pub(crate) fn new(header: &Header<'q>, room: &'q mut Unescaped) -> Result<Self, Error> {
        let algorithm = within(header.algorithm(), &mut room.algorithm);
        Ok(Self {
            algorithm: algorithm.map_err(|_| Error::AlgorithmNotAccepted)?,
            key_id: WantedId::of(header, |kid| within(kid, &mut room.key_id)),
        })
    }

    /// The header parameter `alg`.
    #[must_use]
    pub const fn algorithm(&self) -> &'q str {
        self.algorithm
    }

    /// Whether a key with this identifier may be the one: any, if the token has no `kid`; else exactly that one.
    #[must_use]
    pub fn allows(&self, key_id: Option<&str>) -> bool {
        match self.key_id {
            WantedId::Absent => true,
            WantedId::Exactly(wanted) => key_id == Some(wanted),
            WantedId::TooLong => false,
        }
    }

    /// Whether that key of a set comes into question.
    pub(crate) fn fits(&self, key: &impl VerificationKey) -> bool {
        self.allows(key.key_id()) && key.accepts(self.algorithm())
    }
}

/// What a header asks for, copied out of it, so that its buffer is free while keys are tried.
pub(crate) struct CopiedQuery {
    algorithm: String<MAX_ALGORITHM_NAME_LEN>,
    key_id: WantedId<String<MAX_KID_LEN>>,
}

impl CopiedQuery {
    pub(crate) fn new(header: &Header<'_>) -> Result<Self, Error> {
        let algorithm = header.algorithm().to_heapless();
        Ok(Self {
            algorithm: algorithm.map_err(|_| Error::AlgorithmNotAccepted)?,
            key_id: WantedId::of(header, |kid| kid.to_heapless()),
        })
    }

    pub(crate) fn query(&self) -> KeyQuery<'_> {
        KeyQuery {
            algorithm: &self.algorithm,
            key_id: match &self.key_id {
                WantedId::Absent => WantedId::Absent,
                WantedId::Exactly(kid) => WantedId::Exactly(kid),
                WantedId::TooLong => WantedId::TooLong,
            },
        }
    }
}

/// The string, unescaped, if it has at most `N` bytes then.
fn within<'q, const N: usize>(
    string: JsonStr<'q>,
    room: &'q mut [u8; N],
) -> Result<&'q str, Error> {
    let text = string.unescape(room)?;
    if text.len() > N {
        return Err(Error::BufferTooSmall);
    }
    Ok(text)
}

/// What a token is verified with: a [`KeySet`](crate::KeySet), or any one [`VerificationKey`].
///
/// Implement it for a source of keys of another kind. It only says which keys come into question; the rule around
/// it stays the same:
///
/// 1. The token's `alg` must be one that is accepted at all, else [`Error::AlgorithmNotAccepted`].
/// 2. No candidate is [`Error::NoKey`].
/// 3. Every candidate is tried. None fitting is [`Error::BadSignature`].
pub trait Keys {
    /// Whether tokens with this algorithm are accepted, be there a key for it or not.
    fn accepts_algorithm(&self, algorithm: &str) -> bool;

    /// The keys that may be used with the query's algorithm and that [it allows](KeyQuery::allows).
    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey>;

    /// Whether a token without `kid` for which there are several candidates is refused instead of tried with each.
    fn refuses_ambiguity(&self) -> bool {
        false
    }
}

/// One key is a set of one. Without an identifier of its own it fits every token: the caller has chosen it.
impl<K: VerificationKey> Keys for K {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        self.accepts(algorithm)
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        let allowed = self.key_id().is_none() || query.allows(self.key_id());
        (allowed && self.accepts(query.algorithm()))
            .then_some(self)
            .into_iter()
    }
}

/// Verifies a signature with the keys that come into question.
pub(crate) fn verify_signature(
    keys: &impl Keys,
    query: &KeyQuery<'_>,
    signing_input: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    if !keys.accepts_algorithm(query.algorithm()) {
        return Err(Error::AlgorithmNotAccepted);
    }
    let named = !matches!(query.key_id, WantedId::Absent);
    if !named && keys.refuses_ambiguity() && keys.candidates(query).nth(1).is_some() {
        return Err(Error::AmbiguousKey);
    }
    let mut outcome = Err(Error::NoKey);
    for key in keys.candidates(query) {
        outcome = key
            .verify(query.algorithm(), signing_input, signature)
            .map_err(|_| Error::BadSignature);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}
