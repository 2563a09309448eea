//! Numbers (RFC 8259 §6), as integers and as `NumericDate`, without floats.

use crate::encoding::json::span::{Span, ValueKind};
use crate::encoding::json::utf8::Utf8;
use crate::encoding::swar;
use crate::error::Problem;
use crate::time::NumericDate;

/// Decimal places of a nanosecond.
const NANO_DIGITS: i64 = 9;

/// Nanoseconds in a second.
const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// A JSON number, validated and kept as it is written.
#[derive(Debug, Clone, Copy)]
pub struct JsonNumber<'a> {
    text: Utf8<'a>,
}

/// The most decimal digits that fit an `i64`, whatever their values.
pub(super) const MAX_SHORT: usize = 18;

/// Scans the number that starts at `start`.
#[inline]
pub(crate) fn scan_number(text: &[u8], start: usize) -> Option<Span> {
    let end = start.wrapping_add(swar::non_digit(text.get(start..)?));
    let short =
        end.wrapping_sub(start) <= MAX_SHORT && matches!(text.get(start), Some(b'1'..=b'9'));
    if short && !matches!(text.get(end), Some(b'.' | b'e' | b'E')) {
        return Some(Span::new(ValueKind::SHORT_NUMBER, start, end));
    }
    let len = number_len(text.get(start..)?)?;
    Some(Span::new(ValueKind::NUMBER, start, start.wrapping_add(len)))
}

/// Parses an integer of at most [`MAX_SHORT`] digits and nothing else.
#[inline]
pub(super) fn short(digits: &[u8]) -> i64 {
    let (number, rest) = match digits.split_first_chunk() {
        Some((first, rest)) => (eight(*first), rest),
        None => (0, digits),
    };
    let number = rest.iter().fold(number, |number, digit| {
        let digit = u64::from(digit.wrapping_sub(b'0'));
        number.wrapping_mul(10).wrapping_add(digit)
    });
    number.cast_signed()
}

/// Parses eight digits in three multiplications, which combine digits into pairs, pairs into fours,
/// and fours into the number.
///
/// Example: `12345678` is read as the bytes 1, 2, …, 8, the first one lowest. A multiplication by
/// 10 · 2⁸ + 1 adds to each byte ten times the one below it. Every second byte is kept: 12, 34, 56,
/// 78. The next two multiplications make these 1234, 5678, and then 12345678.
const fn eight(digits: [u8; 8]) -> u64 {
    let digits = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (digits.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// Returns the length of the number at the start of `text`.
#[cold]
#[inline(never)]
fn number_len(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let rest = match rest {
        // RFC 8259 §6: "Leading zeros are not allowed."
        [b'0', rest @ ..] => rest,
        _ => digits(rest)?,
    };
    let rest = match rest {
        [b'.', fraction @ ..] => digits(fraction)?,
        _ => rest,
    };
    let rest = match rest {
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            digits(exponent)?
        }
        _ => rest,
    };
    text.len().checked_sub(rest.len())
}

/// Skips one or more digits and returns the rest.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let [b'0'..=b'9', rest @ ..] = text else {
        return None;
    };
    let more = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    rest.get(more..)
}

impl Span {
    /// Returns the number as a time.
    ///
    /// # Errors
    ///
    /// [`Problem::WrongType`] if it is not a number, [`Problem::OutOfRange`] if its seconds do not
    /// fit in 64 bits.
    #[inline]
    pub(crate) fn numeric_date(self, text: &[u8]) -> Result<NumericDate, Problem> {
        if self.is_short_number() {
            let digits = self.raw(text).ok_or(Problem::WrongType)?.as_bytes();
            return Ok(NumericDate::from_seconds(short(digits)));
        }
        self.unusual_date(text)
    }

    #[cold]
    #[inline(never)]
    fn unusual_date(self, text: &[u8]) -> Result<NumericDate, Problem> {
        let number = self.raw(text).filter(|_| self.kind() == ValueKind::NUMBER);
        let number = JsonNumber::assume_valid(number.ok_or(Problem::WrongType)?);
        number.numeric_date().ok_or(Problem::OutOfRange)
    }
}

impl<'a> JsonNumber<'a> {
    /// Checks nothing: [`scan_number`] must have accepted the text.
    pub(super) const fn assume_valid(text: Utf8<'a>) -> Self {
        Self { text }
    }

    /// Parses a text that is one number, without white space around it.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.as_bytes();
        let number = scan_number(text, 0).filter(|number| number.len() == text.len());
        number.map(|_| Self::assume_valid(Utf8::assume_valid(text)))
    }

    /// Returns the number as it is written.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.text.as_str()
    }

    /// Returns the number if it is written as an integer, without fraction or exponent, and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_raw().parse().ok()
    }

    /// Returns the number as seconds since the epoch (RFC 7519 §2), with any fraction and exponent.
    ///
    /// Digits beyond the nanosecond are rounded towards the past. The work is linear in the length
    /// of the text, however large the exponent.
    ///
    /// Returns `None` if the seconds do not fit in 64 bits.
    #[must_use]
    pub fn numeric_date(&self) -> Option<NumericDate> {
        let (negative, text) = match self.as_raw().strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, self.as_raw()),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let point = i64::from(clamped(exponent))
            .saturating_add(i64::try_from(whole.len()).unwrap_or(i64::MAX));
        let digits = whole.bytes().chain(fraction.bytes());
        Decimal::read(digits, point).and_then(|decimal| decimal.into_date(negative))
    }
}

/// Parses an exponent and clamps it to 32 bits. Larger ones can only lead to zero or overflow.
fn clamped(exponent: &str) -> i32 {
    let limit = if exponent.starts_with('-') {
        i32::MIN
    } else {
        i32::MAX
    };
    // The text is valid, so parsing fails only if the exponent is out of range.
    exponent.parse().unwrap_or(limit)
}

/// The magnitude of a number, as seconds and nanoseconds.
struct Decimal {
    seconds: u64,
    nanos: u32,
    /// Whether digits other than zero were dropped.
    inexact: bool,
}

impl Decimal {
    /// Reads digits, the first `point` of which are before the decimal point. Missing digits are
    /// zeros. Returns `None` if the seconds do not fit. 128-bit integers are avoided, because they
    /// are expensive on 32-bit machines.
    ///
    /// Example: `1643e-2` has the digits 1643 with `point` 2: 16 seconds and 430,000,000
    /// nanoseconds.
    fn read(digits: impl Iterator<Item = u8>, point: i64) -> Option<Self> {
        let (mut seconds, mut nanos, mut inexact) = (0_u64, 0_u32, false);
        // The number of digits still missing before the point. Once it is negative, its magnitude
        // is the number of decimal places already read.
        let mut place = point;
        for digit in digits.map(|b| b.wrapping_sub(b'0')) {
            if place > 0 {
                seconds = seconds.checked_mul(10)?.checked_add(digit.into())?;
            } else if place > -NANO_DIGITS {
                nanos = nanos.checked_mul(10)?.checked_add(digit.into())?;
            } else {
                inexact |= digit != 0;
            }
            place = place.saturating_sub(1);
        }
        // Zero stays zero whatever the exponent. Any other number overflows after at most 20
        // rounds.
        while place > 0 && seconds != 0 {
            seconds = seconds.checked_mul(10)?;
            place = place.saturating_sub(1);
        }
        place = place.min(0);
        while place > -NANO_DIGITS {
            nanos = nanos.checked_mul(10)?;
            place = place.saturating_sub(1);
        }
        Some(Self {
            seconds,
            nanos,
            inexact,
        })
    }

    /// Applies the sign and rounds towards the past. For example, -1.5 is the second -2 and
    /// 500,000,000 nanoseconds.
    fn into_date(self, negative: bool) -> Option<NumericDate> {
        if !negative {
            return Some(NumericDate::new(
                i64::try_from(self.seconds).ok()?,
                self.nanos,
            ));
        }
        let below = self.nanos.checked_add(self.inexact.into())?;
        let whole = 0_i64.checked_sub_unsigned(self.seconds)?;
        match NANOS_PER_SECOND.checked_sub(below)? {
            NANOS_PER_SECOND => Some(NumericDate::new(whole, 0)),
            rest => Some(NumericDate::new(whole.checked_sub(1)?, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn parse(text: &str) -> Result<JsonNumber<'_>, Error> {
        let whole = number_len(text.as_bytes()) == Some(text.len());
        whole
            .then_some(JsonNumber::assume_valid(Utf8::assume_valid(
                text.as_bytes(),
            )))
            .ok_or(Error::MalformedJson)
    }

    #[test]
    fn grammar() {
        for text in [
            "0",
            "-0",
            "1",
            "10",
            "-7",
            "0.5",
            "1.50",
            "1e3",
            "1E+3",
            "1e-3",
            "0e0",
            "123.456e7",
        ] {
            assert_eq!(parse(text).unwrap().as_raw(), text);
        }
        for text in [
            "", "-", "+1", "01", "-01", ".5", "1.", "1.e3", "1e", "1e+", "0x1", "NaN", "Infinity",
            "1_0", "--1", "٣", "1.2.3", "00",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn integers() {
        for (text, want) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1.0", None),
            ("1e2", None),
        ] {
            assert_eq!(parse(text).unwrap().as_i64(), want, "{text}");
        }
    }

    #[test]
    fn numbers_within_a_text() {
        let digits = "98765432101234567898765";
        for len in 1..digits.len() {
            let digits = digits.get(..len).unwrap();
            for (tail, short) in [("", true), (",\"x\":[12345678]}", true), (".5", false)] {
                let text = std::format!("{digits}{tail}");
                let span = scan_number(text.as_bytes(), 0).unwrap();
                let fraction = if short { "" } else { ".5" };
                assert_eq!(span.end(), len + fraction.len(), "{text}");
                assert_eq!(span.is_short_number(), short && len <= 18, "{text}");
                let date = span.numeric_date(text.as_bytes());
                let nanos = if short { 0 } else { 500_000_000 };
                let want = digits
                    .parse()
                    .map(|seconds| NumericDate::new(seconds, nanos));
                assert_eq!(date.ok(), want.ok(), "{text}");
            }
        }
    }

    #[test]
    fn numeric_dates() {
        let at = |seconds, nanos| Some(NumericDate::new(seconds, nanos));
        let out_of_range = None;
        for (text, want) in [
            ("1643033278.467703", at(1_643_033_278, 467_703_000)),
            ("1.688E9", at(1_688_000_000, 0)),
            ("1.688e+09", at(1_688_000_000, 0)),
            ("16880000000e-1", at(1_688_000_000, 0)),
            ("1643033278.4677031234567", at(1_643_033_278, 467_703_123)),
            ("0", at(0, 0)),
            ("-0", at(0, 0)),
            ("-0.0e5", at(0, 0)),
            ("-1", at(-1, 0)),
            ("-1.5", at(-2, 500_000_000)),
            ("-1e-400", at(-1, 999_999_999)),
            ("1e-400", at(0, 0)),
            ("1e-9", at(0, 1)),
            ("1e-10", at(0, 0)),
            ("9007199254740993", at(9_007_199_254_740_993, 0)),
            ("9223372036854775807", at(i64::MAX, 0)),
            ("9223372036854775807.999999999", at(i64::MAX, 999_999_999)),
            ("9223372036854775808", out_of_range),
            ("-9223372036854775808", at(i64::MIN, 0)),
            ("-9223372036854775808.5", out_of_range),
            ("1e300", out_of_range),
            ("-1e300", out_of_range),
            ("1e99999999999999999999", out_of_range),
            ("1e-99999999999999999999", at(0, 0)),
            ("0e99999999999999999999", at(0, 0)),
            ("0.000000000000000000000000000001e40", at(10_000_000_000, 0)),
        ] {
            assert_eq!(parse(text).unwrap().numeric_date(), want, "{text}");
        }
    }
}
