//! Which key verifies a token: the one rule, in one place.

use heapless::String;

use crate::error::Error;
use crate::header::Header;
use crate::key::VerificationKey;
use crate::limits::MAX_KID_LEN;

/// Bytes of an algorithm's name that is looked for; longer names are none that anybody registered.
const MAX_ALGORITHM_NAME_LEN: usize = 32;

/// What a token's header asks for. Copied out of the header, so that its buffer is free while keys are tried.
#[derive(Debug, Clone)]
pub struct KeyQuery {
    algorithm: String<MAX_ALGORITHM_NAME_LEN>,
    key_id: WantedId,
}

/// The header parameter `kid`.
#[derive(Debug, Clone)]
enum WantedId {
    Absent,
    Exactly(String<MAX_KID_LEN>),
    /// Longer than any key's.
    TooLong,
}

impl KeyQuery {
    pub(crate) fn new(header: &Header<'_>) -> Result<Self, Error> {
        let algorithm = header.algorithm().to_heapless();
        Ok(Self {
            algorithm: algorithm.map_err(|_| Error::AlgorithmNotAccepted)?,
            key_id: match header.key_id().map(|kid| kid.to_heapless()) {
                None => WantedId::Absent,
                Some(Ok(kid)) => WantedId::Exactly(kid),
                Some(Err(_)) => WantedId::TooLong,
            },
        })
    }

    /// The header parameter `alg`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// Whether a key with this identifier may be the one: any, if the token has no `kid`; else exactly that one.
    #[must_use]
    pub fn allows(&self, key_id: Option<&str>) -> bool {
        match &self.key_id {
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
    fn candidates<'k>(&'k self, query: &'k KeyQuery) -> impl Iterator<Item = impl VerificationKey>;

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

    fn candidates<'k>(&'k self, query: &'k KeyQuery) -> impl Iterator<Item = impl VerificationKey> {
        let allowed = self.key_id().is_none() || query.allows(self.key_id());
        (allowed && self.accepts(query.algorithm()))
            .then_some(self)
            .into_iter()
    }
}

/// Verifies a signature with the keys that come into question.
pub(crate) fn verify_signature(
    keys: &impl Keys,
    query: &KeyQuery,
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
