//! Points in time and tolerances, without a clock and without overflow.

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
/// // Now, where there is a clock:
/// use std::time::{SystemTime, UNIX_EPOCH};
/// let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH)?;
/// let now = NumericDate::new(i64::try_from(since_epoch.as_secs())?, since_epoch.subsec_nanos());
/// assert!(issued < now);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate {
    // In this order, so that the derived comparison is the chronological one.
    seconds: i64,
    nanos: u32,
}

impl NumericDate {
    /// A whole number of seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Seconds and the nanoseconds that follow them; nanoseconds from 1 000 000 000 on count as 999 999 999.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        let nanos = if nanos < NANOS_PER_SECOND {
            nanos
        } else {
            NANOS_PER_SECOND - 1
        };
        Self { seconds, nanos }
    }

    /// The whole seconds, rounded towards the past.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// The nanoseconds after [`seconds`](Self::seconds), below 1 000 000 000.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// This much later, or the last representable moment.
    #[must_use]
    pub(crate) fn later_by(self, leeway: Leeway) -> Self {
        match self.seconds.checked_add(i64::from(leeway.0)) {
            Some(seconds) => Self { seconds, ..self },
            None => Self::new(i64::MAX, u32::MAX),
        }
    }
}

/// How far a comparison of times is relaxed, in seconds: for clocks that disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leeway(u32);

impl Leeway {
    /// No tolerance at all.
    pub const NONE: Self = Self(0);

    /// A tolerance of so many seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds)
    }
}

/// What the device knows of the time.
///
/// Where a time is at hand, pass the [`NumericDate`] itself; it converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The current time.
    Now(NumericDate),
    /// There is no clock. Times are still required where the policy requires them, and still have to be numbers, but
    /// nothing is compared with them: expired tokens pass. Make up for it with a nonce or a version.
    Absent,
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
    fn leeway_never_wraps() {
        let last = NumericDate::from_seconds(i64::MAX);
        assert!(last.later_by(Leeway::seconds(1)) > last);
        assert_eq!(
            NumericDate::new(5, 3).later_by(Leeway::seconds(2)),
            NumericDate::new(7, 3)
        );
        assert_eq!(last.later_by(Leeway::NONE), last);
    }
}
