//! Keys that change: when to fetch them again, and how long the old ones stay.
//!
//! Nothing here fetches, waits, or reads a clock. Times are seconds of a clock that never goes back, from any start:
//! the caller passes them in.

mod refetch;
mod rotating_keys;

pub use self::refetch::Refetch;
pub use self::rotating_keys::RotatingKeys;
