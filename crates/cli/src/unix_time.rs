//! The time in `--now` and in the member `now`.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use jose_verify::NumericDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Seconds since 1970, an integer or a decimal fraction. Parsed without the rounding of floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnixTime(NumericDate);

impl UnixTime {
    /// Returns the time of the system clock.
    pub(crate) fn now() -> Self {
        // A clock before 1970 was never set, and counts as 1970.
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let seconds = i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX);
        Self(NumericDate::new(seconds, elapsed.subsec_nanos()))
    }

    /// Returns the whole seconds since 1970.
    pub(crate) const fn seconds(self) -> i64 {
        self.0.seconds()
    }

    pub(crate) const fn date(self) -> NumericDate {
        self.0
    }
}

impl FromStr for UnixTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let parsed = whole.parse().ok().zip(nanoseconds(fraction));
        let (seconds, nanos) = parsed.ok_or("expected seconds since 1970, without an exponent")?;
        // The fraction counts away from zero, but that of `NumericDate` counts towards the future:
        // -1.5 is -2 seconds and 500,000,000 nanoseconds.
        let date = if whole.starts_with('-') && nanos > 0 {
            let rest = NANOS_PER_SECOND.saturating_sub(nanos);
            NumericDate::new(i64::saturating_sub(seconds, 1), rest)
        } else {
            NumericDate::new(seconds, nanos)
        };
        Ok(Self(date))
    }
}

/// Parses the digits after the decimal point. Digits after the ninth are dropped.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    fraction
        .chars()
        .chain("00000000".chars())
        .take(9)
        .collect::<String>()
        .parse()
        .ok()
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = <&RawValue>::deserialize(deserializer)?;
        number.get().parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_and_fractions() {
        for (text, seconds, nanos) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("1311281000", 1_311_281_000, 0),
            ("1.5", 1, 500_000_000),
            ("1.000000001", 1, 1),
            ("1.0000000019", 1, 1),
            ("-1", -1, 0),
            ("-1.5", -2, 500_000_000),
            ("-0.25", -1, 750_000_000),
            ("-1.0", -1, 0),
            ("9223372036854775807", i64::MAX, 0),
        ] {
            let want = UnixTime(NumericDate::new(seconds, nanos));
            assert_eq!(text.parse(), Ok(want), "{text}");
        }
    }

    #[test]
    fn texts_that_are_not_times() {
        for text in [
            "",
            "x",
            "1.",
            ".5",
            "1.5.5",
            "1e9",
            "1.5e9",
            "1.+5",
            "\"1\"",
            "9223372036854775808",
        ] {
            assert!(text.parse::<UnixTime>().is_err(), "{text}");
        }
    }
}
