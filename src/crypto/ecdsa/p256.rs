//! P-256 (SP 800-186 §3.2.1.3).

use sha2::Sha256;

mod base;
#[cfg(target_pointer_width = "64")]
mod wide;

use super::curve::Curve;
use super::prime::{Prime, words};
use crate::algorithm::Word;
use crate::crypto::arithmetic::WORD_BITS;

pub(super) const WORDS: usize = 256 / WORD_BITS;

/// The curve P-256.
#[derive(Debug, Clone, Copy)]
pub struct P256;

impl Curve<WORDS> for P256 {
    const NAME: &'static str = "P-256";
    type Field = Field;
    type Order = Order;
    type Hash = Sha256;
    const B: [Word; WORDS] = words([
        0x3bce_3c3e_27d2_604b,
        0x651d_06b0_cc53_b0f6,
        0xb3eb_bd55_7698_86bc,
        0x5ac6_35d8_aa3a_93e7,
    ]);
    const BASE: &'static [Word] = &base::TABLE;
}

/// p = 2²⁵⁶ - 2²²⁴ + 2¹⁹² + 2⁹⁶ - 1
pub(super) struct Field;

impl Prime<WORDS> for Field {
    const PRIME: [Word; WORDS] = words([
        0xffff_ffff_ffff_ffff,
        0x0000_0000_ffff_ffff,
        0x0000_0000_0000_0000,
        0xffff_ffff_0000_0001,
    ]);
    const BITS: usize = 256;

    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn multiply(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        wide::reduce(wide::product(a, b))
    }

    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn square(a: &[Word; WORDS]) -> [Word; WORDS] {
        wide::reduce(wide::square(a))
    }

    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn add(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        wide::add(a, b)
    }

    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn subtract(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        wide::subtract(a, b)
    }
}

/// n, the order of the base point.
pub(super) struct Order;

impl Prime<WORDS> for Order {
    const PRIME: [Word; WORDS] = words([
        0xf3b9_cac2_fc63_2551,
        0xbce6_faad_a717_9e84,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_0000_0000,
    ]);
    const BITS: usize = 256;
}
