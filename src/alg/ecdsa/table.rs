//! Tables of a point's multiples, which reduce a scalar multiplication to a sum of few entries.
//!
//! A scalar is split into windows of `width` bits. Each becomes a digit from -2^(width - 1) to
//! 2^(width - 1) (A. D. Booth, "A Signed Binary Multiplication Technique", 1951). For every
//! `spacing`-th window, a table holds the multiples by 1 to 2^(width - 1) of the point times the
//! window's weight. With all windows in the table, no doublings remain. With only the lowest
//! window, all doublings remain.
//!
//! Example: a scalar of 9 bits in windows of 3 bits has four digits, d0 to d3, the highest only for
//! the sign. A table with spacing 2 holds the multiples by 1 to 4 of P and of 2⁶·P. The product is
//! 2³·(d1·P + d3·2⁶·P) + d0·P + d2·2⁶·P: four additions and three doublings.

use core::sync::atomic::{Ordering, compiler_fence};

use super::checksum::checksum;
use super::curve::{Curve, FieldElement};
use super::point::{Affine, Jacobian};
use super::prime::words;
use crate::alg::Word;
use crate::alg::arithmetic::{WORD_BITS, word_from};

/// Words before the entries: the shape and a checksum. Each has 64 bits on every machine, so that
/// tables made on one machine work on another.
const HEADER_WORDS: usize = 2 * 64 / WORD_BITS;

/// The widest window that is worth its memory: 2^11 entries.
const MAX_WIDTH: usize = 12;

/// Number of points that are converted to affine coordinates together, with one inversion. It is
/// lower on 32-bit machines, where the stack is small.
const BATCH: usize = if WORD_BITS == 64 { 8 } else { 4 };

/// How a scalar is split into windows, and which of them a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    width: usize,
    /// Distance from one window in the table to the next, in windows.
    spacing: usize,
}

impl Shape {
    /// Returns the shape of a table with only the lowest window.
    pub(super) const fn single(width: usize, scalar_bits: usize) -> Self {
        Self {
            width,
            spacing: windows(scalar_bits, width),
        }
    }

    /// Returns the shape with the least work whose table has at most `entries` entries.
    fn best(scalar_bits: usize, entries: usize) -> Option<Self> {
        (1..=MAX_WIDTH)
            .filter_map(|width| {
                let stored = entries.checked_div(entries_of(width)).filter(|n| *n > 0)?;
                let spacing = ceiling(windows(scalar_bits, width), stored);
                Some(Self { width, spacing })
            })
            .min_by_key(|shape| shape.work(scalar_bits))
    }

    /// Returns the work in field multiplications: 11 for each addition, 8 for each doubling.
    fn work(self, scalar_bits: usize) -> usize {
        let additions = windows(scalar_bits, self.width).saturating_mul(11);
        let doublings = self.spacing.saturating_sub(1).saturating_mul(self.width);
        additions.saturating_add(doublings.saturating_mul(8))
    }

    /// Encodes width and spacing in one number, which is not zero.
    fn encoded(self) -> u32 {
        u32::try_from(self.width | (self.spacing << 8)).unwrap_or(u32::MAX)
    }

    /// Returns the number of coordinates in the table: two for each entry of each window.
    const fn coordinates(self, scalar_bits: usize) -> usize {
        let stored = ceiling(windows(scalar_bits, self.width), self.spacing);
        stored
            .saturating_mul(entries_of(self.width))
            .saturating_mul(2)
    }
}

/// Returns the number of windows of a scalar, including a sign above its highest bit.
const fn windows(scalar_bits: usize, width: usize) -> usize {
    match scalar_bits.checked_div(width) {
        Some(windows) => windows.saturating_add(1),
        None => 1,
    }
}

/// Returns a / b, rounded up. Treats b = 0 as 1. Unlike `div_ceil`, it leaves no panic in the
/// program.
const fn ceiling(a: usize, b: usize) -> usize {
    let below = b.saturating_sub(1);
    match a.saturating_add(below).checked_div(b) {
        Some(quotient) => quotient,
        None => a,
    }
}

/// Returns the number of entries for one window. `width` may be unchecked, so it is capped at
/// [`MAX_WIDTH`].
const fn entries_of(width: usize) -> usize {
    let highest = if width > MAX_WIDTH { MAX_WIDTH } else { width };
    1 << highest.saturating_sub(1)
}

/// A view of a table of a point's multiples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'t, const N: usize> {
    shape: Shape,
    /// Two for each entry: x and y.
    coordinates: &'t [[Word; N]],
}

impl<'t, const N: usize> Table<'t, N> {
    /// Returns the constant table of the base point. Every program that uses the curve contains it.
    pub(super) fn base<C: Curve<N>>() -> Self {
        Self {
            shape: Shape::single(C::BASE_WIDTH, C::SCALAR_BITS),
            coordinates: C::BASE.as_chunks().0,
        }
    }

    /// Returns a view of a table that [`fill`] wrote, or `None` if it is missing or incomplete. A
    /// missing window would add nothing to the sum, which would let anyone forge signatures.
    fn open<C: Curve<N>>(words: &'t [Word]) -> Option<Self> {
        let (header, coordinates) = words.split_at_checked(HEADER_WORDS)?;
        let shape = usize::try_from(*header.first()?).ok()?;
        let shape = Shape {
            width: shape & 0xff,
            spacing: shape >> 8,
        };
        let spacings = 1..=windows(C::SCALAR_BITS, shape.width);
        let valid = (1..=MAX_WIDTH).contains(&shape.width) && spacings.contains(&shape.spacing);
        let coordinates = coordinates.as_chunks().0;
        let coordinates = coordinates.get(..shape.coordinates(C::SCALAR_BITS))?;
        valid.then_some(Self { shape, coordinates })
    }

    /// Returns a view of a table, if there is one and it is the table of `point`.
    pub(super) fn open_for<C: Curve<N>>(
        point: Option<Affine<C, N>>,
        words: &'t [Word],
    ) -> Option<Self> {
        let table = Self::open::<C>(words)?;
        table.point::<C>()?.equals(point?).then_some(table)
    }

    /// Returns the point whose multiples the table holds.
    pub(super) fn point<C: Curve<N>>(&self) -> Option<Affine<C, N>> {
        entry(self.coordinates, 1)
    }

    /// Makes a table of the point's multiples.
    pub(super) fn make<C: Curve<N>>(
        shape: Shape,
        point: Affine<C, N>,
        coordinates: &'t mut [[Word; N]],
    ) -> Self {
        let mut point = point;
        let entries = entries_of(shape.width);
        // Never 0, which would panic. `max` shows this to the compiler.
        let window_len = entries.saturating_mul(2).max(2);
        let mut windows = coordinates.chunks_mut(window_len).peekable();
        while let Some(window) = windows.next() {
            fill_window(point, window);
            if windows.peek().is_some() {
                point = shifted(point, shape.width.saturating_mul(shape.spacing));
            }
        }
        Self { shape, coordinates }
    }

    /// Returns the exclusive upper bound of the positions at which [`add_at`](Self::add_at) adds
    /// entries. It is also the distance in bits from one window in the table to the next.
    pub(super) const fn end(&self) -> usize {
        self.shape.width.saturating_mul(self.shape.spacing)
    }

    /// Adds the entries of the scalar's windows at `position` to `sum`. The caller doubles `sum`
    /// another `position` times.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn add_at<C: Curve<N>>(
        &self,
        position: usize,
        scalar: &[Word; N],
        sum: &mut Jacobian<C, N>,
    ) {
        let Shape { width, .. } = self.shape;
        if position >= self.end() || position.checked_rem(width) != Some(0) {
            return;
        }
        let entries = entries_of(width);
        let mut bit = position;
        for window in self.coordinates.chunks(entries.saturating_mul(2)) {
            let (negative, magnitude) = digit(scalar, bit, width);
            if let Some(point) = entry(window, magnitude) {
                *sum = sum.add_mixed(if negative { point.negated() } else { point });
            }
            bit = bit.saturating_add(self.end());
        }
    }
}

/// Returns the number of words of the best table that fits `available` words, or 0 if not even the
/// point itself fits.
pub(super) fn len<C: Curve<N>, const N: usize>(available: usize) -> usize {
    let Some(shape) = best_within::<C, N>(available) else {
        return 0;
    };
    let words = shape.coordinates(C::SCALAR_BITS).saturating_mul(N);
    words.saturating_add(HEADER_WORDS)
}

/// Returns the best shape for a table of at most this many words.
fn best_within<C: Curve<N>, const N: usize>(words: usize) -> Option<Shape> {
    let coordinates = words.checked_sub(HEADER_WORDS)?.checked_div(N)?;
    Shape::best(C::SCALAR_BITS, coordinates / 2)
}

/// Makes a table in memory of a length that [`len`] returned.
///
/// The header is written last, so memory in which this was interrupted holds no table.
pub(super) fn fill<C: Curve<N>, const N: usize>(point: Affine<C, N>, words: &mut [Word]) {
    let Some(shape) = best_within::<C, N>(words.len()) else {
        return;
    };
    if let Some((header, coordinates)) = words.split_at_mut_checked(HEADER_WORDS) {
        header.fill(0);
        compiler_fence(Ordering::SeqCst);
        let coordinates = coordinates.as_chunks_mut().0;
        let table = Table::make(shape, point, coordinates);
        let sum = checksum(shape.encoded(), table.coordinates.as_flattened());
        compiler_fence(Ordering::SeqCst);
        header.copy_from_slice(&encoded_header(shape, sum));
    }
}

/// Returns whether the words hold the complete and unchanged table of the point.
///
/// This reads every entry, so it is meant to be called once, when a table is attached.
pub(super) fn is_intact<C: Curve<N>, const N: usize>(
    point: Option<Affine<C, N>>,
    words: &[Word],
) -> bool {
    let Some(table) = Table::open_for::<C>(point, words) else {
        return false;
    };
    let sum = checksum(table.shape.encoded(), table.coordinates.as_flattened());
    words.starts_with(&encoded_header(table.shape, sum))
}

/// Encodes the shape and the checksum as the header before the entries.
fn encoded_header(shape: Shape, [first, second]: [u32; 2]) -> [Word; HEADER_WORDS] {
    words([
        u64::from(shape.encoded()),
        u64::from(second) << 32 | u64::from(first),
    ])
}

/// Returns the entry for a digit's magnitude, or `None` for zero.
fn entry<C: Curve<N>, const N: usize>(
    window: &[[Word; N]],
    magnitude: usize,
) -> Option<Affine<C, N>> {
    let (points, _) = window.as_chunks::<2>();
    let [x, y] = points.get(magnitude.checked_sub(1)?)?;
    Some(Affine {
        x: FieldElement::<C, N>::from_words(*x),
        y: FieldElement::<C, N>::from_words(*y),
    })
}

/// Returns the digit of the window that starts at `bit`: whether it is negative, and its magnitude.
///
/// The digit is the window's value, plus one if the bit below the window is set, minus 2^width if
/// the window's highest bit is set. The next window adds that back, because this bit is below it.
///
/// Example: 30 is 011 110 in windows of 3 bits. The lower digit is 6 - 8 = -2, and the upper one is
/// 3 + 1 = 4: 4 · 8 - 2 = 30.
fn digit<const N: usize>(scalar: &[Word; N], bit: usize, width: usize) -> (bool, usize) {
    let bits = match bit.checked_sub(1) {
        Some(below) => word_from(scalar, below),
        None => word_from(scalar, 0) << 1,
    };
    let bits = usize::try_from(bits & !(Word::MAX << width << 1)).unwrap_or(0);
    let rounded = bits.div_ceil(2);
    if bits >> width == 0 {
        (false, rounded)
    } else {
        (true, (1_usize << width).saturating_sub(rounded))
    }
}

/// Returns point · 2^doublings.
#[inline(never)]
fn shifted<C: Curve<N>, const N: usize>(point: Affine<C, N>, doublings: usize) -> Affine<C, N> {
    let mut sum = Jacobian::from(point);
    for _ in 0..doublings {
        sum = sum.doubled();
    }
    let z = sum.z.inverted();
    sum.scaled(z)
}

/// Fills a window with the multiples of a point by 1, 2, 3 and so on.
#[inline(never)]
fn fill_window<C: Curve<N>, const N: usize>(point: Affine<C, N>, window: &mut [[Word; N]]) {
    let mut multiple = Jacobian::INFINITY;
    for entries in window.as_chunks_mut().0.chunks_mut(BATCH) {
        let mut z = [FieldElement::<C, N>::ONE; BATCH];
        for ([x, y], z) in entries.iter_mut().zip(&mut z) {
            multiple = multiple.add_mixed(point);
            (*x, *y, *z) = (*multiple.x.words(), *multiple.y.words(), multiple.z);
        }
        make_affine::<C, N>(entries, &z);
    }
}

/// Converts entries from Jacobian to affine coordinates, given their z coordinates. One inversion
/// serves all of them (P. L. Montgomery, "Speeding the Pollard and Elliptic Curve Methods of
/// Factorization", 1987).
///
/// Example: to invert 2 and 3 modulo 7, invert 2 · 3 = 6, which is 6. Times 2 it is 5, the inverse
/// of 3. Times 3 it is 4, the inverse of 2.
#[inline(never)]
fn make_affine<C: Curve<N>, const N: usize>(
    entries: &mut [[[Word; N]; 2]],
    z: &[FieldElement<C, N>; BATCH],
) {
    let mut product = FieldElement::<C, N>::ONE;
    let products_before = z.map(|z| {
        let before = product;
        product = product * z;
        before
    });
    let mut inverse = product.inverted();
    // From the last entry down. Where a batch is short, the remaining z are one. Iterates by
    // reference, because a reversed iterator by value would leave a panic in the program.
    for (i, (z, before)) in z.iter().zip(&products_before).enumerate().rev() {
        if let Some([x, y]) = entries.get_mut(i) {
            let inverse_z = inverse * *before;
            let inverse_zz = inverse_z.squared();
            *x = *(FieldElement::<C, N>::from_words(*x) * inverse_zz).words();
            *y = *(FieldElement::<C, N>::from_words(*y) * (inverse_zz * inverse_z)).words();
        }
        inverse = inverse * *z;
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::many_single_char_names,
        reason = "big integers do not overflow, and a small one that does fails the test"
    )]

    use std::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::alg::ecdsa::p256::{self, P256};
    use crate::alg::ecdsa::p384::{self, P384};
    use crate::alg::ecdsa::p521::{self, P521};

    /// Computes the entries of the base point's table.
    fn computed_base<C: Curve<N>, const N: usize>() -> vec::Vec<Word> {
        let base = Table::<N>::base::<C>();
        let mut words = vec![0; C::BASE.len()];
        Table::make::<C>(base.shape, base.point().unwrap(), words.as_chunks_mut().0);
        words
    }

    #[test]
    fn base_tables_hold_the_multiples_of_the_base_point() {
        assert_eq!(computed_base::<P256, { p256::WORDS }>(), P256::BASE);
        assert_eq!(computed_base::<P384, { p384::WORDS }>(), P384::BASE);
        assert_eq!(computed_base::<P521, { p521::WORDS }>(), P521::BASE);
    }

    #[test]
    fn tables_fit_their_memory_and_more_memory_never_means_more_work() {
        let mut work = usize::MAX;
        let most = 480_000 / size_of::<Word>();
        for available in (0..most).step_by(if cfg!(miri) { 7_001 } else { 17 }) {
            let len = len::<P256, { p256::WORDS }>(available);
            assert!(len <= available);
            let Some(shape) = best_within::<P256, { p256::WORDS }>(available) else {
                assert_eq!(len, 0);
                continue;
            };
            assert_eq!(best_within::<P256, { p256::WORDS }>(len), Some(shape));
            assert!(shape.work(256) <= work, "{available}");
            work = shape.work(256);
        }
        assert!(work < 400, "{work}");
    }

    type P256Table<'t> = Table<'t, { p256::WORDS }>;

    #[test]
    fn rejects_memory_that_holds_no_table() {
        assert!(P256Table::open::<P256>(&[]).is_none());
        assert!(P256Table::open::<P256>(&[0; 64]).is_none());
        assert!(P256Table::open::<P256>(&[Word::MAX; 64]).is_none());
    }

    #[test]
    fn rejects_a_truncated_table() {
        let point = P256Table::base::<P256>().point::<P256>();
        // One window under Miri, which is slow.
        let most = if cfg!(miri) { 80 } else { 1_000 };
        let mut whole = vec![0; len::<P256, { p256::WORDS }>(most)];
        fill::<P256, { p256::WORDS }>(point.unwrap(), &mut whole);
        assert!(P256Table::open_for::<P256>(point, &whole).is_some());
        for part in 0..whole.len() {
            let table = P256Table::open_for::<P256>(point, whole.get(..part).unwrap());
            assert!(table.is_none(), "{part} words");
        }
        // A large spacing needs few entries. It must not exceed the number of windows.
        whole.resize(1_000, 0);
        let shape = |width, spacing: usize| Word::try_from(width | spacing << 8).unwrap();
        for (width, spacing, valid) in [
            (5, 52, true),
            (5, 53, false),
            (5, 0, false),
            (13, 20, false),
        ] {
            *whole.first_mut().unwrap() = shape(width, spacing);
            let table = P256Table::open_for::<P256>(point, &whole);
            assert_eq!(table.is_some(), valid, "{width}, {spacing}");
        }
    }

    #[test]
    fn every_change_of_a_word_is_detected() {
        let point = P256Table::base::<P256>().point::<P256>();
        let most = if cfg!(miri) { 80 } else { 1_000 };
        let mut table = vec![0; len::<P256, { p256::WORDS }>(most)];
        fill::<P256, { p256::WORDS }>(point.unwrap(), &mut table);
        let is_intact = |words: &[Word]| is_intact::<P256, { p256::WORDS }>(point, words);
        assert!(is_intact(&table));
        for at in 0..table.len() {
            let mut changed = table.clone();
            for value in [0, Word::MAX, table[at] ^ 1, !table[at]] {
                changed[at] = value;
                assert_eq!(is_intact(&changed), value == table[at], "word {at}");
            }
            changed[at] = table[at];
            changed.swap(at, (at + 1) % table.len());
            assert_eq!(is_intact(&changed), changed == table, "word {at}");
            // Written up to here, and erased or zeroed after it.
            for rest in [0, Word::MAX] {
                let mut part = table.clone();
                part[at..].fill(rest);
                assert_eq!(is_intact(&part), part == table, "from word {at} on");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            cases: if cfg!(miri) { 3 } else { 300 },
            ..ProptestConfig::default()
        })]

        #[test]
        fn digits_sum_to_the_scalar(
            high in any::<u32>(),
            low in any::<u32>(),
            width in 1..=MAX_WIDTH,
        ) {
            let number = (i128::from(high) << 32) | i128::from(low);
            let scalar: [Word; 2] = words([u64::from(high) << 32 | u64::from(low), 0]);
            let sum: i128 = (0..windows(64, width))
                .map(|window| {
                    let (negative, magnitude) = digit(&scalar, window * width, width);
                    assert!(magnitude <= entries_of(width));
                    let digit = i128::try_from(magnitude).unwrap() << (window * width);
                    if negative { -digit } else { digit }
                })
                .sum();
            prop_assert_eq!(sum, number);
        }
    }
}
