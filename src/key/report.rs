//! The report on loading a JWK Set: which entries were kept, and why others were skipped.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::Error;

/// The reasons for skipping an entry, in the order of the counters.
const REASONS: [Error; 7] = [
    Error::MalformedKey,
    Error::WeakKey,
    Error::UnsupportedKey,
    Error::KeyTooLarge,
    Error::WrongKeyUse,
    Error::AlgorithmNotAccepted,
    Error::KeySetFull,
];

/// An entry of a JWK Set that was skipped.
#[derive(Clone, Copy)]
pub struct Skipped<'a> {
    /// Its position in the array `keys` of the JWK Set, starting at 0. It is not a position in
    /// [`Keys`](crate::Keys), which counts only what was kept.
    pub position: usize,
    /// Its `kid`, if that is a string.
    pub key_id: Option<JsonStr<'a>>,
    /// Why it was skipped: [`Error::KeySetFull`] if there was no room for it, otherwise
    /// [`Error::MalformedKey`] (also for a duplicate member or an exceeded limit),
    /// [`Error::WeakKey`], [`Error::UnsupportedKey`], [`Error::KeyTooLarge`],
    /// [`Error::WrongKeyUse`] or [`Error::AlgorithmNotAccepted`].
    pub reason: Error,
}

impl Debug for Skipped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skipped")
            .field("position", &self.position)
            .field("key_id", &self.key_id.map(|kid| kid.escape_debug()))
            .field("reason", &self.reason)
            .finish()
    }
}

/// How many entries of a JWK Set were kept, and how many were skipped for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadReport {
    pub(crate) kept: usize,
    skipped: [usize; REASONS.len()],
}

impl LoadReport {
    /// Returns how many entries became keys.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.kept
    }

    /// Returns how many entries were skipped for `reason`.
    #[must_use]
    pub fn skipped(&self, reason: Error) -> usize {
        self.reasons()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, count)| count)
    }

    /// Iterates over the reasons for which entries were skipped, each with its count.
    pub fn reasons(&self) -> impl Iterator<Item = (Error, usize)> {
        REASONS
            .into_iter()
            .zip(self.skipped)
            .filter(|(_, count)| *count > 0)
    }

    /// Counts a skipped entry and returns the reason under which it is counted.
    pub(crate) fn count(&mut self, reason: Error) -> Error {
        // The text is known to be valid JSON, so any other reason is a duplicate member or a limit.
        // It counts as a malformed key.
        let index = REASONS.iter().position(|r| *r == reason).unwrap_or(0);
        if let Some(count) = self.skipped.get_mut(index) {
            *count = count.saturating_add(1);
        }
        REASONS.get(index).copied().unwrap_or(reason)
    }

    /// Returns the reason if all skipped entries were skipped for the same one.
    pub(crate) fn only_reason(&self) -> Option<Error> {
        let mut reasons = self.reasons();
        match (reasons.next(), reasons.next()) {
            (Some((reason, _)), None) => Some(reason),
            _ => None,
        }
    }
}
