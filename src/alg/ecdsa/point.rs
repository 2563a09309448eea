//! Points of a curve and the group law.

use super::curve::{Curve, FieldElement};

/// A point other than infinity, by its coordinates.
pub(super) struct Affine<C: Curve<N>, const N: usize> {
    pub(super) x: FieldElement<C, N>,
    pub(super) y: FieldElement<C, N>,
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
        self.y.squared().equals(curve_equation::<C, N>(self.x))
    }

    /// The point with that x, and a y that is odd or not.
    pub(super) fn decompress(x: FieldElement<C, N>, odd: bool) -> Option<Self> {
        let y = curve_equation::<C, N>(x).square_root()?;
        let y = if y.is_odd() == odd { y } else { y.negated() };
        Some(Self { x, y })
    }
}

/// x³ - 3x + b
fn curve_equation<C: Curve<N>, const N: usize>(x: FieldElement<C, N>) -> FieldElement<C, N> {
    let b = FieldElement::<C, N>::from_number(C::B);
    x.squared() * x - x.tripled() + b
}

/// A point in Jacobian coordinates: (x / z², y / z³), or infinity if z is zero.
pub(super) struct Jacobian<C: Curve<N>, const N: usize> {
    pub(super) x: FieldElement<C, N>,
    pub(super) y: FieldElement<C, N>,
    pub(super) z: FieldElement<C, N>,
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
            z: FieldElement::<C, N>::ONE,
        }
    }
}

impl<C: Curve<N>, const N: usize> Jacobian<C, N> {
    pub(super) const INFINITY: Self = Self {
        x: FieldElement::<C, N>::ONE,
        y: FieldElement::<C, N>::ONE,
        z: FieldElement::<C, N>::ZERO,
    };

    /// The affine coordinates, given 1 / z.
    pub(super) fn scaled(&self, inverse_z: FieldElement<C, N>) -> Affine<C, N> {
        let inverse_zz = inverse_z.squared();
        Affine {
            x: self.x * inverse_zz,
            y: self.y * (inverse_zz * inverse_z),
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
        let xyy = self.x * yy;
        let l = ((self.x - zz) * (self.x + zz)).tripled().halved();
        let x = l.squared() - xyy.doubled();
        Self {
            x,
            y: l * (xyy - x) - yy.squared(),
            z: self.y * self.z,
        }
    }

    /// self + other, in eight products and three squares.
    pub(super) fn add_mixed(&self, other: Affine<C, N>) -> Self {
        if self.is_infinity() {
            return other.into();
        }
        let zz = self.z.squared();
        let p = other.x * zz - self.x;
        let r = other.y * (zz * self.z) - self.y;
        if p.is_zero() {
            return if r.is_zero() {
                self.doubled()
            } else {
                Self::INFINITY
            };
        }
        let pp = p.squared();
        let ppp = p * pp;
        let q = self.x * pp;
        let x = r.squared() - ppp - q.doubled();
        Self {
            x,
            y: r * (q - x) - self.y * ppp,
            z: self.z * p,
        }
    }
}
