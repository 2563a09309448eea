//! Exact arithmetic of times.

use jose_verify::NumericDate;
use num_bigint::BigUint;

/// Larger exponents are clamped to this. It exceeds the number of digits that an input can have.
const LARGEST_EXPONENT: i64 = 20_000;

/// Converts a well-formed JSON number of seconds, rounded to nanoseconds towards the past. Returns
/// `None` if it is out of range. Example: `-0.00000000015e1` is -1.5 ns and becomes -2 ns.
pub fn numeric_date(number: &str) -> Option<NumericDate> {
    let (magnitude, negative) = match number.strip_prefix('-') {
        Some(magnitude) => (magnitude, true),
        None => (number, false),
    };
    let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigUint = format!("{whole}{fraction}").parse().ok()?;
    if digits == BigUint::ZERO {
        return Some(NumericDate::from_seconds(0));
    }
    let power = exponent_of(exponent) + 9 - i64::try_from(fraction.len()).ok()?;
    let factor = BigUint::from(10_u32).pow(u32::try_from(power.abs()).ok()?);
    let (nanos, inexact) = if power < 0 {
        (&digits / &factor, &digits % &factor != BigUint::ZERO)
    } else {
        (digits * factor, false)
    };
    let nanos = i128::try_from(nanos).ok()?;
    let nanos = if negative {
        -nanos - i128::from(inexact)
    } else {
        nanos
    };
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    let rest = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
    Some(NumericDate::new(seconds, rest))
}

fn exponent_of(text: &str) -> i64 {
    let (digits, sign) = match text.strip_prefix('-') {
        Some(digits) => (digits, -1),
        None => (text.strip_prefix('+').unwrap_or(text), 1),
    };
    let magnitude = digits
        .parse()
        .unwrap_or(LARGEST_EXPONENT)
        .min(LARGEST_EXPONENT);
    sign * magnitude
}
