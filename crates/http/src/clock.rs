//! The clock, which tests replace.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jose_verify::NumericDate;

/// A source of time. [`SystemClock`] is the default; tests can use a clock of their own.
pub trait Clock: Debug + Send + Sync {
    /// Returns the time of a monotonic clock, counted from any fixed point. The ages and the pauses
    /// of keys are measured with it.
    fn elapsed(&self) -> Duration;

    /// Returns the date and time. The times of tokens are compared with it, and kept files contain
    /// it.
    fn now(&self) -> NumericDate;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn now(&self) -> NumericDate {
        (**self).now()
    }
}

/// The monotonic clock and the date of the system.
///
/// The monotonic clock is [`Instant`], which on Linux does not count the time during which the
/// machine is suspended. After it, keys can be older than
/// [`max_age`](crate::IssuerConfig::max_age), until they are fetched again.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn now(&self) -> NumericDate {
        NumericDate::now()
    }
}
