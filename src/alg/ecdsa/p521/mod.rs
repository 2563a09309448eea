//! P-521 (SP 800-186 §3.2.1.5).

mod base;

use sha2::Sha512;

use super::curve::Curve;
use super::prime::{Prime, add, subtract, words};
use crate::alg::Word;
use crate::alg::arithmetic::{WORD_BITS, multiply, square, word_from};

/// Whole words of 64 bits on every machine, so that a table made on one machine works on another.
pub(in crate::alg) const WORDS: usize = 576 / WORD_BITS;

/// The curve P-521.
#[derive(Debug, Clone, Copy)]
pub(in crate::alg) struct P521;

impl Curve<WORDS> for P521 {
    const NAME: &'static str = "P-521";
    const ALGORITHM: &'static str = "ES512";
    type Field = Field;
    type Order = Order;
    type Hash = Sha512;
    const B: [Word; WORDS] = words([
        0xef45_1fd4_6b50_3f00,
        0x3573_df88_3d2c_34f1,
        0x1652_c0bd_3bb1_bf07,
        0x5619_3951_ec7e_937b,
        0xb8b4_8991_8ef1_09e1,
        0xa2da_725b_99b3_15f3,
        0x929a_21a0_b685_40ee,
        0x953e_b961_8e1c_9a1f,
        0x0000_0000_0000_0051,
    ]);
    const BASE: &'static [Word] = &base::TABLE;
    const BASE_WIDTH: usize = 5;
}

/// p = 2⁵²¹ - 1
pub(super) struct Field;

impl Prime<WORDS> for Field {
    const PRIME: [Word; WORDS] = words([
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0x0000_0000_0000_01ff,
    ]);
    const BITS: usize = 521;

    // 2⁵²¹ is 1 modulo p, so reduction is an addition, and R is 1: Montgomery's method is not
    // needed. Invariant: numbers are below 2⁵²¹ + 2¹², so zero is stored as 0 or p, but never 2p.
    const RADIX_BITS: usize = 0;

    // Not inlined where flash is scarce: the point formulas share the code.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn multiply(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        let mut product = [0; 2 * WORDS];
        multiply(a, b.iter().copied(), &mut product);
        folded_product(&product)
    }

    // Not inlined where flash is scarce: the point formulas share the code.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn square(a: &[Word; WORDS]) -> [Word; WORDS] {
        let mut product = [0; 2 * WORDS];
        square(a, &mut product);
        folded_product(&product)
    }

    #[inline]
    fn add(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        folded(add(a, b).0)
    }

    #[inline]
    fn subtract(a: &[Word; WORDS], b: &[Word; WORDS]) -> [Word; WORDS] {
        // 4p is added first, so that the difference is not negative.
        const FOUR_P: [Word; WORDS] = words([
            0xffff_ffff_ffff_fffc,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0x0000_0000_0000_07ff,
        ]);
        let (lifted, _) = add(a, &FOUR_P);
        folded(subtract(&lifted, b).0)
    }
}

/// The position of bit 521, the lowest one that reduction removes: its word, and its bit in that
/// word.
const TOP_WORD: usize = 521 / WORD_BITS;
const TOP_SHIFT: usize = 521 % WORD_BITS;
const TOP_MASK: Word = (1 << TOP_SHIFT) - 1;

/// Reduces a product: the lowest 521 bits plus the bits above them.
///
/// Example modulo 2³ - 1 = 7: 45 is 101 101 in binary, and 5 + 5 = 10 is 1 010. The second step in
/// [`folded`] makes it 1 + 2 = 3, which is 45 modulo 7.
#[inline]
fn folded_product(product: &[Word; 2 * WORDS]) -> [Word; WORDS] {
    let (low, _) = product.split_at(WORDS);
    let low = low.try_into().map_or([0; WORDS], without_top);
    let mut high = [0; WORDS];
    let below = product.iter().skip(TOP_WORD);
    let above = product.iter().skip(TOP_WORD + 1);
    for ((word, below), above) in high.iter_mut().zip(below).zip(above) {
        *word = (below >> TOP_SHIFT) | (above << (WORD_BITS - TOP_SHIFT));
    }
    folded(add(&low, &high).0)
}

/// Reduces a number whose bits above the lowest 521 fit in one word.
#[inline]
fn folded(number: [Word; WORDS]) -> [Word; WORDS] {
    let mut rest = [0; WORDS];
    if let Some(lowest) = rest.first_mut() {
        *lowest = word_from(&number, 521);
    }
    add(&without_top(number), &rest).0
}

/// Returns the lowest 521 bits of a number.
#[inline]
fn without_top(mut number: [Word; WORDS]) -> [Word; WORDS] {
    if let Some([top, above @ ..]) = number.get_mut(TOP_WORD..) {
        *top &= TOP_MASK;
        above.fill(0);
    }
    number
}

/// n, the order of the base point.
pub(super) struct Order;

impl Prime<WORDS> for Order {
    const PRIME: [Word; WORDS] = words([
        0xbb6f_b71e_9138_6409,
        0x3bb5_c9b8_899c_47ae,
        0x7fcc_0148_f709_a5d0,
        0x5186_8783_bf2f_966b,
        0xffff_ffff_ffff_fffa,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_ffff_ffff,
        0x0000_0000_0000_01ff,
    ]);
    const BITS: usize = 521;
}
