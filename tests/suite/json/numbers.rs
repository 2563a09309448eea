//! Numbers compared with exact decimal arithmetic of unlimited precision.

use jose_verify::NumericDate;
use num_bigint::BigInt;
use proptest::prelude::*;

use super::read;
use super::texts::number;
use crate::support::random::cases;
use crate::support::report::report;

/// Returns the digits of a valid number and its power of ten.
fn decimal(text: &str) -> (BigInt, i128) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
    // Beyond this limit, only zero and out-of-range values remain.
    let limit = if exponent.starts_with('-') {
        -1_000_000_000
    } else {
        1_000_000_000
    };
    let exponent = exponent
        .parse::<i128>()
        .unwrap_or(limit)
        .clamp(-1_000_000_000, 1_000_000_000);
    (digits, exponent - i128::try_from(fraction.len()).unwrap())
}

/// Returns the largest integer that is at most a / b.
fn floor(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    let exact = &quotient * b == *a;
    let negative = *a < BigInt::ZERO;
    if negative && !exact {
        quotient - 1
    } else {
        quotient
    }
}

/// Returns the number as a date: whole seconds and nanoseconds, rounded towards the past.
pub(super) fn exact(text: &str) -> Option<NumericDate> {
    let (digits, exponent) = decimal(text);
    let billion = BigInt::from(1_000_000_000);
    let len = i128::try_from(digits.to_string().len()).unwrap();
    let nanos = match exponent + 9 {
        _ if digits == BigInt::ZERO => BigInt::ZERO,
        // Either the number has more than the 28 digits that fit, or every digit is rounded away.
        places if len + places > 40 => return None,
        places if len + places < -2 => floor(&digits.clamp((-1).into(), 1.into()), &billion),
        places @ 0.. => digits * BigInt::from(10).pow(u32::try_from(places).unwrap()),
        places => floor(
            &digits,
            &BigInt::from(10).pow(u32::try_from(-places).unwrap()),
        ),
    };
    let seconds = floor(&nanos, &billion);
    let subsec_nanos = u32::try_from(nanos - &seconds * billion).unwrap();
    let seconds = i64::try_from(seconds).ok()?;
    Some(NumericDate::new(seconds, subsec_nanos))
}

/// Checks a number as the claim `n` and, if it is a valid date, as `exp`.
fn assert_number(text: &str) {
    let claims = format!(r#"{{"n":{text}}}"#);
    read(claims.as_bytes(), |jwt| {
        let number = jwt.claims().get("n").unwrap();
        assert_eq!(number.as_i64(), text.parse().ok(), "{text}");
        let number = number.as_number().unwrap();
        assert_eq!(number.as_raw(), text);
        assert_eq!(number.numeric_date(), exact(text), "{text}");
    })
    .unwrap();
    let claims = format!(r#"{{"exp":{text}}}"#);
    let expires_at = read(claims.as_bytes(), |jwt| jwt.claims().expires_at().unwrap());
    assert_eq!(expires_at.ok(), exact(text), "{text}");
}

#[test]
fn exact_arithmetic_of_known_values() {
    for (text, seconds, nanos) in [
        ("0", 0, 0),
        ("1643033278.467703", 1_643_033_278, 467_703_000),
        ("1.688E9", 1_688_000_000, 0),
        ("-1.5", -2, 500_000_000),
        ("-1e-400", -1, 999_999_999),
        ("1e-400", 0, 0),
        ("9223372036854775807.9999999999", i64::MAX, 999_999_999),
    ] {
        assert_eq!(
            exact(text),
            Some(NumericDate::new(seconds, nanos)),
            "{text}"
        );
    }
    for text in [
        "9223372036854775808",
        "-9223372036854775808.1",
        "1e300",
        "1e99999999999999999999",
    ] {
        assert_eq!(exact(text), None, "{text}");
    }
}

/// Powers of two and ten and their neighbours, with the decimal point at every position.
#[test]
fn edges() {
    let powers = (0..130_u32).flat_map(|i| [BigInt::from(2).pow(i), BigInt::from(10).pow(i / 3)]);
    let mut count = 0;
    for digits in powers
        .flat_map(|p| [&p - 1, p.clone(), &p + 1])
        .map(|n| n.to_string())
    {
        for sign in ["", "-"] {
            assert_number(&format!("{sign}{digits}"));
            for places in 1..digits.len() {
                let (whole, fraction) = digits.split_at(places);
                assert_number(&format!("{sign}{whole}.{fraction}"));
                count += 1;
            }
            for exponent in [
                "e-9", "E-10", "e-18", "e-30", "e+1", "e0", "e-0", "e9", "E+21",
            ] {
                assert_number(&format!("{sign}{digits}{exponent}"));
                count += 1;
            }
        }
    }
    report(format_args!("json numbers: {count} cases"));
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn random_numbers(text in number()) {
        assert_number(&text);
    }
}
