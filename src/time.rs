//! Points in time, and what is known about the current time. The arithmetic saturates.

use core::time::Duration;

/// Nanoseconds in a second.
const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds ignored (RFC 7519 §2), down to the nanosecond.
///
/// ```
/// use jose_verify::NumericDate;
/// let issued = NumericDate::from_seconds(1_311_280_970);
/// assert!(issued < NumericDate::from_seconds(1_311_281_970));
/// assert_eq!(issued.seconds(), 1_311_280_970);
///
/// // With the feature `std`, from the system's clock:
/// # #[cfg(feature = "std")]
/// assert!(issued < NumericDate::now());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate {
    // Seconds first, so that the derived order is chronological.
    seconds: i64,
    nanos: u32,
}

impl NumericDate {
    /// Creates a time from a whole number of seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Creates a time from seconds since the epoch and the nanoseconds after them. The nanoseconds
    /// are capped at 999,999,999.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        let nanos = if nanos < NANOS_PER_SECOND {
            nanos
        } else {
            NANOS_PER_SECOND - 1
        };
        Self { seconds, nanos }
    }

    /// Returns the whole seconds, rounded towards the past.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds after [`seconds`](Self::seconds), below 1,000,000,000.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// Returns this time plus `span`, or the last representable time.
    // Not inlined where flash is scarce: all checks of times share the code.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    #[must_use]
    pub(crate) const fn later_by(self, span: Duration) -> Self {
        let nanos = self.nanos.wrapping_add(span.subsec_nanos());
        let (carry, nanos) = match nanos.checked_sub(NANOS_PER_SECOND) {
            Some(nanos) => (1, nanos),
            None => (0, nanos),
        };
        match self.seconds.checked_add_unsigned(span.as_secs()) {
            Some(i64::MAX) if carry == 1 => Self::LAST,
            Some(seconds) => Self {
                seconds: seconds.wrapping_add(carry),
                nanos,
            },
            None => Self::LAST,
        }
    }

    /// Returns the time from `earlier` to this one, or zero if this one is not later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        if self <= earlier {
            return Duration::ZERO;
        }
        let borrow = i64::from(self.nanos < earlier.nanos);
        // `self` is later, so the difference of the two `i64` is not negative and fits a `u64`.
        let seconds = self.seconds.abs_diff(earlier.seconds);
        let nanos = self.nanos.wrapping_sub(earlier.nanos);
        let nanos = match borrow {
            0 => nanos,
            _ => nanos.wrapping_add(NANOS_PER_SECOND),
        };
        Duration::new(seconds.saturating_sub(borrow.unsigned_abs()), nanos)
    }

    /// Returns this time minus `span`, or the first representable time.
    #[cfg(feature = "std")]
    fn earlier_by(self, span: Duration) -> Self {
        let (borrow, nanos) = match self.nanos.checked_sub(span.subsec_nanos()) {
            Some(nanos) => (0, nanos),
            None => (
                1,
                self.nanos
                    .wrapping_add(NANOS_PER_SECOND)
                    .wrapping_sub(span.subsec_nanos()),
            ),
        };
        let seconds = self.seconds.checked_sub_unsigned(span.as_secs());
        match seconds.and_then(|seconds| seconds.checked_sub(borrow)) {
            Some(seconds) => Self { seconds, nanos },
            None => Self::from_seconds(i64::MIN),
        }
    }

    const LAST: Self = Self::end_of(i64::MAX);

    /// Returns the last nanosecond of the second that begins at `start`.
    const fn end_of(start: i64) -> Self {
        Self {
            seconds: start,
            nanos: NANOS_PER_SECOND - 1,
        }
    }
}

/// What is known about the current time.
///
/// If the time is known, pass the [`NumericDate`] itself, which converts to [`Clock::Now`].
///
/// ```
/// use jose_verify::{Clock, NumericDate};
///
/// /// When this firmware was built, which is before it runs.
/// const BUILT: Clock = Clock::AtLeast(NumericDate::from_seconds(1_790_000_000));
/// # let _ = BUILT;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The current time.
    Now(NumericDate),
    /// The current second since the epoch, from a clock without fractions of a second, such as C's
    /// `time`. `exp` is compared with the start of the second, and times that must not be in the
    /// future with its end. Otherwise, a token that was issued half a second after the second began
    /// would be rejected.
    Second(i64),
    /// A lower bound of the current time, such as the time at which the firmware was built. A token
    /// that expired before it is rejected. Nothing detects a token from the future.
    AtLeast(NumericDate),
    /// Nothing is known. A time that the policy requires must still be present and be a number, but
    /// it is not compared, so expired tokens pass. Compensate with a nonce or a version.
    Absent,
}

impl Clock {
    /// Returns the earliest possible current time, or `None` without a clock.
    const fn earliest(self) -> Option<NumericDate> {
        match self {
            Self::Now(time) | Self::AtLeast(time) => Some(time),
            Self::Second(start) => Some(NumericDate::from_seconds(start)),
            Self::Absent => None,
        }
    }

    /// Returns the latest possible current time, or `None` if it is not known.
    const fn latest(self) -> Option<NumericDate> {
        match self {
            Self::Now(time) => Some(time),
            Self::Second(start) => Some(NumericDate::end_of(start)),
            Self::AtLeast(_) | Self::Absent => None,
        }
    }

    /// Returns whether the current time is known to be `time` or later. For `AtLeast`, `false`
    /// means that it is not known. Returns `None` without a clock.
    pub(crate) fn has_reached(self, time: NumericDate) -> Option<bool> {
        Some(self.earliest()? >= time)
    }

    /// Returns whether the current time is known to be later than `time`, like
    /// [`has_reached`](Self::has_reached).
    pub(crate) fn has_passed(self, time: NumericDate) -> Option<bool> {
        Some(self.earliest()? > time)
    }

    /// Returns whether the current time plus `leeway` is before `time`, or `None` if that is not
    /// known.
    pub(crate) fn is_before(self, time: NumericDate, leeway: Duration) -> Option<bool> {
        Some(self.latest()?.later_by(leeway) < time)
    }
}

#[cfg(feature = "std")]
impl NumericDate {
    /// Returns the current time of the system's clock. Requires the feature `std`.
    #[must_use]
    pub fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

/// Times before the epoch are negative. Requires the feature `std`.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for NumericDate {
    fn from(time: std::time::SystemTime) -> Self {
        let epoch = Self::from_seconds(0);
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => epoch.later_by(since),
            Err(before) => epoch.earlier_by(before.duration()),
        }
    }
}

impl From<NumericDate> for Clock {
    fn from(now: NumericDate) -> Self {
        Self::Now(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordering_is_chronological() {
        let minus_one_and_a_half = NumericDate::new(-2, 500_000_000);
        assert!(minus_one_and_a_half < NumericDate::from_seconds(-1));
        assert!(NumericDate::new(7, 1) > NumericDate::from_seconds(7));
        assert_eq!(NumericDate::new(7, u32::MAX).subsec_nanos(), 999_999_999);
    }

    #[test]
    fn later_by_never_wraps() {
        let last = NumericDate::from_seconds(i64::MAX);
        let (second, nano) = (Duration::from_secs(1), Duration::from_nanos(1));
        for (time, span, want) in [
            (NumericDate::new(5, 3), 2 * second, NumericDate::new(7, 3)),
            (
                NumericDate::new(5, 999_999_999),
                nano,
                NumericDate::new(6, 0),
            ),
            (
                NumericDate::new(-1, 999_999_998),
                nano,
                NumericDate::new(-1, 999_999_999),
            ),
            (
                NumericDate::new(-2, 600_000_000),
                Duration::from_millis(500),
                NumericDate::new(-1, 100_000_000),
            ),
            (last, Duration::ZERO, last),
            (last, nano, NumericDate::new(i64::MAX, 1)),
            (last, second, NumericDate::LAST),
            (
                NumericDate::new(i64::MAX, 999_999_999),
                nano,
                NumericDate::LAST,
            ),
            (
                NumericDate::from_seconds(i64::MIN),
                Duration::MAX,
                NumericDate::LAST,
            ),
            (
                NumericDate::from_seconds(0),
                Duration::MAX,
                NumericDate::LAST,
            ),
        ] {
            assert_eq!(time.later_by(span), want, "{time:?} {span:?}");
            assert!(time.later_by(span) >= time);
        }
    }

    #[test]
    fn since_an_earlier_time() {
        for (time, earlier, want) in [
            (
                NumericDate::new(7, 3),
                NumericDate::new(5, 1),
                Duration::new(2, 2),
            ),
            (
                NumericDate::new(7, 1),
                NumericDate::new(5, 3),
                Duration::new(1, 999_999_998),
            ),
            (
                NumericDate::new(0, 1),
                NumericDate::new(-1, 999_999_999),
                Duration::from_nanos(2),
            ),
            (
                NumericDate::new(5, 1),
                NumericDate::new(5, 1),
                Duration::ZERO,
            ),
            (
                NumericDate::new(5, 0),
                NumericDate::new(5, 1),
                Duration::ZERO,
            ),
            (
                NumericDate::LAST,
                NumericDate::from_seconds(i64::MIN),
                Duration::new(u64::MAX, 999_999_999),
            ),
        ] {
            assert_eq!(time.since(earlier), want, "{time:?} {earlier:?}");
        }
    }

    #[test]
    fn clocks_answer_only_what_they_know() {
        let (early, late) = (NumericDate::from_seconds(5), NumericDate::new(5, 1));
        for (clock, reached, before) in [
            (Clock::Now(early), Some(false), Some(true)),
            (Clock::Now(late), Some(true), Some(false)),
            (Clock::AtLeast(early), Some(false), None),
            (Clock::AtLeast(late), Some(true), None),
            (Clock::Absent, None, None),
        ] {
            assert_eq!(clock.has_reached(late), reached, "{clock:?}");
            assert_eq!(clock.has_passed(early), reached, "{clock:?}");
            assert_eq!(clock.has_passed(late), reached.map(|_| false), "{clock:?}");
            assert_eq!(clock.is_before(late, Duration::ZERO), before, "{clock:?}");
        }
        let leeway = Duration::from_nanos(1);
        assert_eq!(Clock::Now(early).is_before(late, leeway), Some(false));
    }
}
