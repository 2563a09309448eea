//! Numbers, passed to visitors in the same way as by `serde_json`.

use serde::de::Visitor;

use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::reader::Reader;
use crate::encoding::json::number::{MAX_SHORT, short};
use crate::encoding::swar;

/// An integer that fits in 64 bits, other than `-0`.
enum Integer {
    Unsigned(u64),
    Negative(i64),
}

impl<'a> Reader<'a, '_> {
    /// Passes an integer to the visitor.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn visit_integer<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        match self.integer() {
            Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Some(Integer::Negative(integer)) => visitor.visit_i64(integer),
            None => Err(integer_error(self.number())),
        }
    }

    /// Passes an integer to the visitor, or a float if the number is not an integer of 64 bits.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn visit_number<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        match self.integer() {
            Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Some(Integer::Negative(integer)) => visitor.visit_i64(integer),
            None => visitor.visit_f64(float(self.number())?),
        }
    }

    /// Like [`visit_number`](Self::visit_number), with a float rounded to single precision.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn visit_single<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        match self.integer() {
            Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Some(Integer::Negative(integer)) => visitor.visit_i64(integer),
            None => visitor.visit_f64(single(self.number())?),
        }
    }

    /// Passes an integer of 128 bits to the visitor.
    pub(super) fn visit_i128<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        let number = self.number();
        visitor.visit_i128(number.parse().map_err(|_| integer_error(number))?)
    }

    /// Passes an unsigned integer of 128 bits to the visitor.
    pub(super) fn visit_u128<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        let number = self.number();
        visitor.visit_u128(number.parse().map_err(|_| integer_error(number))?)
    }

    /// Checks that a number is next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn number_is_next(&mut self) -> Result<(), DeserializeError> {
        match self.peek() {
            b'-' | b'0'..=b'9' => Ok(()),
            _ => Err(DeserializeError::WRONG_TYPE),
        }
    }

    /// Consumes the number if it is an integer that fits in 64 bits.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn integer(&mut self) -> Option<Integer> {
        let rest = self.rest();
        let (negative, rest) = match rest {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, rest),
        };
        let len = swar::non_digit(rest);
        if let Some(b'.' | b'e' | b'E') = rest.get(len) {
            return None;
        }
        let digits = rest.get(..len)?;
        let magnitude = if len <= MAX_SHORT {
            short(digits).cast_unsigned()
        } else {
            long(digits)?
        };
        let integer = if negative {
            Integer::Negative(negated(magnitude)?)
        } else {
            Integer::Unsigned(magnitude)
        };
        self.pass_bytes(len.wrapping_add(usize::from(negative)));
        Some(integer)
    }
}

/// Parses an integer of more than [`MAX_SHORT`] digits, or returns `None` if it does not fit 64
/// bits.
#[cold]
fn long(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

/// Returns -magnitude, or `None` for minus zero or if it does not fit.
fn negated(magnitude: u64) -> Option<i64> {
    let integer = 0_i64.checked_sub_unsigned(magnitude)?;
    (integer != 0).then_some(integer)
}

/// Returns why the integer type cannot represent a number.
#[cold]
fn integer_error(number: &str) -> DeserializeError {
    let is_integer = number.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    if is_integer && number != "-0" {
        DeserializeError::INVALID_VALUE
    } else {
        DeserializeError::WRONG_TYPE
    }
}

/// Returns the nearest float, or an error if the number is too large for one.
#[inline(never)]
fn float(number: &str) -> Result<f64, DeserializeError> {
    let float: f64 = number.parse().unwrap_or(f64::INFINITY);
    if float.is_finite() {
        Ok(float)
    } else {
        Err(DeserializeError::INVALID_VALUE)
    }
}

/// Returns the nearest float of single precision, or an error if the number is too large for one.
#[inline(never)]
fn single(number: &str) -> Result<f64, DeserializeError> {
    let float: f32 = number.parse().unwrap_or(f32::INFINITY);
    if float.is_finite() {
        Ok(float.into())
    } else {
        Err(DeserializeError::INVALID_VALUE)
    }
}
