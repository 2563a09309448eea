//! P-384 (SP 800-186 §3.2.1.4).

mod base;

use sha2::Sha384;

use super::curve::Curve;
use super::prime::{Prime, words};
use crate::alg::Word;
use crate::alg::arithmetic::WORD_BITS;

pub(in crate::alg) const WORDS: usize = 384 / WORD_BITS;

/// The curve P-384.
#[derive(Debug, Clone, Copy)]
pub(in crate::alg) struct P384;

impl Curve<WORDS> for P384 {
    const NAME: &'static str = "P-384";
    const ALGORITHM: &'static str = "ES384";
    type Field = Field;
    type Order = Order;
    type Hash = Sha384;
    const B: [Word; WORDS] = words([
        0x2a85_c8ed_d3ec_2aef,
        0xc656_398d_8a2e_d19d,
        0x0314_088f_5013_875a,
        0x181d_9c6e_fe81_4112,
        0x988e_056b_e3f8_2d19,
        0xb331_2fa7_e23e_e7e4,
    ]);
    const BASE: &'static [Word] = &base::TABLE;
    const BASE_WIDTH: usize = 5;
}

/// p = 2³⁸⁴ - 2¹²⁸ - 2⁹⁶ + 2³² - 1
pub(super) struct Field;

impl Prime<WORDS> for Field {
    const PRIME: [Word; WORDS] = words([
        0x0000_0000_ffff_ffff,
        0xffff_ffff_0000_0000,
        0xffff_ffff_ffff_fffe,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
    ]);
    const BITS: usize = 384;
}

/// n, the order of the base point.
pub(super) struct Order;

impl Prime<WORDS> for Order {
    const PRIME: [Word; WORDS] = words([
        0xecec_196a_ccc5_2973,
        0x581a_0db2_48b0_a77a,
        0xc763_4d81_f437_2ddf,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
    ]);
    const BITS: usize = 384;
}
