//! P-256 (SP 800-186 §3.2.1.3).

use sha2::Sha256;

mod base;
#[cfg_attr(target_pointer_width = "64", path = "limbs64.rs")]
#[cfg_attr(not(target_pointer_width = "64"), path = "limbs32.rs")]
mod limbs;

use super::curve::Curve;
use super::prime::{Prime, add, subtract, words};
use crate::alg::Word;
use crate::alg::arithmetic::WORD_BITS;

pub(in crate::alg) const WORDS: usize = 256 / WORD_BITS;

/// The curve P-256.
#[derive(Debug, Clone, Copy)]
pub(in crate::alg) struct P256;

impl Curve<WORDS> for P256 {
    const NAME: &'static str = "P-256";
    const ALGORITHM: &'static str = "ES256";
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
    const BASE_WIDTH: usize = 6;
}

/// p = 2²⁵⁶ - 2²²⁴ + 2¹⁹² + 2⁹⁶ - 1
///
/// Invariant: numbers are below 2²⁵⁶, but not always below p. So a carry alone decides whether to
/// subtract p, and nothing is compared with p.
pub(super) struct Field;

impl Prime<WORDS> for Field {
    const PRIME: [Word; WORDS] = words([
        0xffff_ffff_ffff_ffff,
        0x0000_0000_ffff_ffff,
        0x0000_0000_0000_0000,
        0xffff_ffff_0000_0001,
    ]);
    const BITS: usize = 256;

    #[inline]
    fn multiply(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        let (number, carry) = limbs::reduce(limbs::product(a, b));
        add(&number, &if_carried(carry)).0
    }

    #[inline]
    fn square(a: &[Word; WORDS]) -> [Word; WORDS] {
        let (number, carry) = limbs::reduce(limbs::square(a));
        add(&number, &if_carried(carry)).0
    }

    #[inline]
    fn add(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        let (sum, carry) = add(a, b);
        let (sum, carry) = add(&sum, &if_carried(carry));
        // Carries again only if a + b is at least 2²⁵⁶ + p.
        if carry {
            add(&sum, &if_carried(true)).0
        } else {
            sum
        }
    }

    #[inline]
    fn subtract(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        let (difference, borrow) = subtract(a, b);
        let (difference, borrow) = subtract(&difference, &if_carried(borrow));
        // Borrows again only if b is above a + p.
        if borrow {
            subtract(&difference, &if_carried(true)).0
        } else {
            difference
        }
    }
}

/// Returns 2²⁵⁶ mod p, which is 2²⁵⁶ - p, after a carry or borrow, and zero otherwise.
///
/// A carry out of the words drops 2²⁵⁶ from the number, so 2²⁵⁶ mod p is added. A borrow adds 2²⁵⁶,
/// so 2²⁵⁶ mod p is subtracted.
#[inline]
fn if_carried(carry: bool) -> [Word; WORDS] {
    const RADIX: [Word; WORDS] = words([
        0x0000_0000_0000_0001,
        0xffff_ffff_0000_0000,
        0xffff_ffff_ffff_ffff,
        0x0000_0000_ffff_fffe,
    ]);
    let mask = Word::from(carry).wrapping_neg();
    RADIX.map(|word| word & mask)
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
