//! The report on loading a JWK Set: how many entries were kept, and why the others were skipped.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::{Error, Limit};

/// The reasons for skipping an entry, in the order of the counters.
const REASONS: [Error; 10] = [
    Error::MalformedKey,
    Error::WeakKey,
    Error::UnsupportedKey,
    Error::KeyTooLarge,
    Error::Limit(Limit::KeyIdLen),
    Error::ShortCoordinate,
    Error::WrongKeyUse,
    Error::AlgorithmNotAccepted,
    Error::KeySetFull,
    Error::ScratchTooSmall,
];

/// A skipped entry of a JWK Set.
#[derive(Clone, Copy)]
pub struct Skipped<'a> {
    /// The entry's position in the array `keys` of the JWK Set, starting at 0. It differs from a
    /// position in [`Keys`](crate::Keys), which counts only kept keys.
    pub position: usize,
    /// The entry's `kid`, if it is a string.
    pub key_id: Option<JsonStr<'a>>,
    /// The reason for skipping the entry: [`Error::KeySetFull`] if there was no room for it, or
    /// [`Error::ScratchTooSmall`] if its certificate does not fit into the scratch buffer.
    /// Otherwise [`Error::MalformedKey`] (also for a duplicate member or an exceeded limit),
    /// [`Error::WeakKey`], [`Error::UnsupportedKey`], [`Error::KeyTooLarge`], [`Limit::KeyIdLen`],
    /// [`Error::ShortCoordinate`], [`Error::WrongKeyUse`] or [`Error::AlgorithmNotAccepted`].
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

/// The number of entries of a JWK Set that were kept, and the number skipped for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadReport {
    kept: usize,
    skipped: [usize; REASONS.len()],
}

impl LoadReport {
    /// Returns the number of entries that were kept.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the number of entries that were skipped for `reason`.
    #[must_use]
    pub fn skipped(&self, reason: Error) -> usize {
        self.reasons()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, count)| count)
    }

    /// Iterates over the reasons for skipping entries, each with its count.
    pub fn reasons(&self) -> impl Iterator<Item = (Error, usize)> {
        REASONS
            .into_iter()
            .zip(self.skipped)
            .filter(|(_, count)| *count > 0)
    }

    /// Counts an entry that was kept.
    pub(crate) const fn keep(&mut self) {
        self.kept = self.kept.saturating_add(1);
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

    /// Returns the reason if all skipped entries have the same one.
    pub(crate) fn only_reason(&self) -> Option<Error> {
        let mut reasons = self.reasons();
        match (reasons.next(), reasons.next()) {
            (Some((reason, _)), None) => Some(reason),
            _ => None,
        }
    }
}
