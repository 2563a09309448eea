//! What became of the entries of a JWK Set.

use crate::encoding::json::JsonStr;
use crate::error::Error;

/// Why an entry can be skipped, in the order of the counters.
const REASONS: [Error; 7] = [
    Error::MalformedKey,
    Error::WeakKey,
    Error::UnsupportedKey,
    Error::KeyTooLarge,
    Error::WrongKeyUse,
    Error::AlgorithmNotAccepted,
    Error::KeySetFull,
];

/// An entry of a JWK Set that was not kept.
#[derive(Debug, Clone, Copy)]
pub struct Skipped<'a> {
    /// Its position in the array `keys`, from 0 on.
    pub position: usize,
    /// Its `kid`, if it has one that is a string.
    pub key_id: Option<JsonStr<'a>>,
    /// Why it was not kept: [`Error::KeySetFull`] if there was no room for it.
    pub reason: Error,
}

/// How many entries of a JWK Set were kept, and how many were not for which reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadReport {
    pub(crate) kept: usize,
    skipped: [usize; REASONS.len()],
}

impl LoadReport {
    /// How many entries became keys.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.kept
    }

    /// How many entries were skipped for that reason.
    #[must_use]
    pub fn skipped(&self, reason: Error) -> usize {
        self.reasons()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, count)| count)
    }

    /// Every reason for which entries were skipped, with their number.
    pub fn reasons(&self) -> impl Iterator<Item = (Error, usize)> {
        REASONS
            .into_iter()
            .zip(self.skipped)
            .filter(|(_, count)| *count > 0)
    }

    /// Counts an entry, and returns the reason as it is counted.
    pub(crate) fn count(&mut self, reason: Error) -> Error {
        // The text was accepted as JSON before, so what is left are duplicate members and limits: malformed keys.
        let index = REASONS.iter().position(|r| *r == reason).unwrap_or(0);
        if let Some(count) = self.skipped.get_mut(index) {
            *count = count.saturating_add(1);
        }
        REASONS.get(index).copied().unwrap_or(reason)
    }

    /// The reason, if all that were skipped were so for the same one.
    pub(crate) fn only_reason(&self) -> Option<Error> {
        let mut reasons = self.reasons();
        match (reasons.next(), reasons.next()) {
            (Some((reason, _)), None) => Some(reason),
            _ => None,
        }
    }
}
