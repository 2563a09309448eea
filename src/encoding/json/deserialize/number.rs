//! Numbers, as `serde_json` hands them out.

use serde::de::Visitor;

use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::reader::Reader;
use crate::encoding::json::number::{MAX_SHORT, short};
use crate::encoding::swar;

/// An integer that 64 bits hold. Minus zero is none, but a float.
enum Integer {
    Unsigned(u64),
    Negative(i64),
}

impl<'a> Reader<'a, '_> {
    /// Hands the visitor an integer.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn visit_integer<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        match self.integer() {
            Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Some(Integer::Negative(integer)) => visitor.visit_i64(integer),
            None => Err(no_integer(self.number())),
        }
    }

    /// Hands the visitor an integer if the number is one, otherwise a float.
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

    /// The same, with the float rounded to single precision.
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

    /// Hands the visitor an integer of 128 bits.
    pub(super) fn visit_i128<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        let number = self.number();
        visitor.visit_i128(number.parse().map_err(|_| no_integer(number))?)
    }

    /// Hands the visitor an integer of 128 bits without a sign.
    pub(super) fn visit_u128<V: Visitor<'a>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.number_is_next()?;
        let number = self.number();
        visitor.visit_u128(number.parse().map_err(|_| no_integer(number))?)
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    fn number_is_next(&mut self) -> Result<(), DeserializeError> {
        match self.peek() {
            b'-' | b'0'..=b'9' => Ok(()),
            _ => Err(DeserializeError::WRONG_TYPE),
        }
    }

    /// Passes the number if it is an integer that 64 bits hold.
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

/// An integer of more digits than usual, if 64 bits hold it.
#[cold]
fn long(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

fn negated(magnitude: u64) -> Option<i64> {
    let integer = 0_i64.checked_sub_unsigned(magnitude)?;
    (integer != 0).then_some(integer)
}

/// Returns why a number does not fit the integer type.
#[cold]
fn no_integer(number: &str) -> DeserializeError {
    let is_integer = number.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    if is_integer && number != "-0" {
        DeserializeError::INVALID_VALUE
    } else {
        DeserializeError::WRONG_TYPE
    }
}

/// The nearest float, if there is one.
#[inline(never)]
fn float(number: &str) -> Result<f64, DeserializeError> {
    let float: f64 = number.parse().unwrap_or(f64::INFINITY);
    if float.is_finite() {
        Ok(float)
    } else {
        Err(DeserializeError::INVALID_VALUE)
    }
}

/// The nearest float of single precision, if there is one.
#[inline(never)]
fn single(number: &str) -> Result<f64, DeserializeError> {
    let float: f32 = number.parse().unwrap_or(f32::INFINITY);
    if float.is_finite() {
        Ok(float.into())
    } else {
        Err(DeserializeError::INVALID_VALUE)
    }
}
