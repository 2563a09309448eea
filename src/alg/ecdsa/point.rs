//! Points of a curve and the group law.

use super::curve::{Curve, Field};

/// A point other than infinity, by its coordinates.
pub(super) struct Affine<C: Curve<N>, const N: usize> {
    pub(super) x: Field<C, N>,
    pub(super) y: Field<C, N>,
}

impl<C: Curve<N>, const N: usize> Clone for Affine<C, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Curve<N>, const N: usize> Copy for Affine<C, N> {}

impl<C: Curve<N>, const N: usize> Affine<C, N> {
    pub(super) fn negated(self) -> Self {
        Self {
            y: self.y.negated(),
            ..self
        }
    }

    /// Whether the two are the same, and in the same words.
    pub(super) fn equals(self, other: Self) -> bool {
        self.x.words() == other.x.words() && self.y.words() == other.y.words()
    }

    /// Whether it lies on the curve: y² = x³ - 3x + b.
    pub(super) fn is_on_curve(self) -> bool {
        self.y.squared().equals(right_side::<C, N>(self.x))
    }

    /// The point with that x, and a y that is odd or not.
    pub(super) fn decompress(x: Field<C, N>, odd: bool) -> Option<Self> {
        let y = right_side::<C, N>(x).square_root()?;
        let y = if y.is_odd() == odd { y } else { y.negated() };
        Some(Self { x, y })
    }
}

/// x³ - 3x + b
fn right_side<C: Curve<N>, const N: usize>(x: Field<C, N>) -> Field<C, N> {
    let b = Field::<C, N>::from_number(C::B);
    x.squared().times(x).minus(x.tripled()).plus(b)
}

/// A point in Jacobian coordinates: (x / z², y / z³), or infinity if z is zero.
pub(super) struct Jacobian<C: Curve<N>, const N: usize> {
    pub(super) x: Field<C, N>,
    pub(super) y: Field<C, N>,
    pub(super) z: Field<C, N>,
}

impl<C: Curve<N>, const N: usize> Clone for Jacobian<C, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Curve<N>, const N: usize> Copy for Jacobian<C, N> {}

impl<C: Curve<N>, const N: usize> From<Affine<C, N>> for Jacobian<C, N> {
    fn from(point: Affine<C, N>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Field::<C, N>::ONE,
        }
    }
}

impl<C: Curve<N>, const N: usize> Jacobian<C, N> {
    pub(super) const INFINITY: Self = Self {
        x: Field::<C, N>::ONE,
        y: Field::<C, N>::ONE,
        z: Field::<C, N>::ZERO,
    };

    /// The affine coordinates, given 1 / z.
    pub(super) fn scaled(&self, inverse_z: Field<C, N>) -> Affine<C, N> {
        let inverse_zz = inverse_z.squared();
        Affine {
            x: self.x.times(inverse_zz),
            y: self.y.times(inverse_zz.times(inverse_z)),
        }
    }

    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// 2 · self, in four products and four squares. Infinity stays so.
    ///
    /// With l = 3 (x - z²) (x + z²) / 2, half the numerator of the tangent's slope: x' = l² - 2 x
    /// y², y' = l (x y² - x') - y⁴, z' = y z.
    pub(super) fn doubled(&self) -> Self {
        let zz = self.z.squared();
        let yy = self.y.squared();
        let xyy = self.x.times(yy);
        let l = self.x.minus(zz).times(self.x.plus(zz)).tripled().halved();
        let x = l.squared().minus(xyy.doubled());
        Self {
            x,
            y: l.times(xyy.minus(x)).minus(yy.squared()),
            z: self.y.times(self.z),
        }
    }

    /// self + other, in eight products and three squares.
    pub(super) fn plus(&self, other: Affine<C, N>) -> Self {
        if self.is_infinity() {
            return other.into();
        }
        let zz = self.z.squared();
        let p = other.x.times(zz).minus(self.x);
        let r = other.y.times(zz.times(self.z)).minus(self.y);
        if p.is_zero() {
            return if r.is_zero() {
                self.doubled()
            } else {
                Self::INFINITY
            };
        }
        let pp = p.squared();
        let ppp = p.times(pp);
        let q = self.x.times(pp);
        let x = r.squared().minus(ppp).minus(q.doubled());
        Self {
            x,
            y: r.times(q.minus(x)).minus(self.y.times(ppp)),
            z: self.z.times(p),
        }
    }
}
