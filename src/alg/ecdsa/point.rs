//! Points of a curve and the group law.

use super::curve::{Curve, FieldElement};

/// A point other than infinity, in affine coordinates.
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

    /// Returns whether both are the same point, with coordinates in the same words.
    pub(super) fn equals(self, other: Self) -> bool {
        self.x.words() == other.x.words() && self.y.words() == other.y.words()
    }

    /// Returns whether the point is on the curve: y² = x³ - 3x + b.
    pub(super) fn is_on_curve(self) -> bool {
        self.y.squared().equals(curve_equation::<C, N>(self.x))
    }

    /// Returns the point with this x and an odd or even y, if there is one.
    pub(super) fn decompress(x: FieldElement<C, N>, odd: bool) -> Option<Self> {
        let y = curve_equation::<C, N>(x).square_root()?;
        let y = if y.is_odd() == odd { y } else { y.negated() };
        Some(Self { x, y })
    }
}

/// Returns x³ - 3x + b.
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

    /// Returns the affine coordinates, given 1 / z.
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

    /// Returns 2 · self, with four multiplications and four squarings. Infinity stays infinity.
    ///
    /// With l = 3 (x - z²) (x + z²) / 2, half the numerator of the tangent's slope:
    /// x' = l² - 2 x y², y' = l (x y² - x') - y⁴, z' = y z.
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

    /// Returns self + other, with eight multiplications and three squarings.
    ///
    /// With p = other.x z² - x and r = other.y z³ - y: x' = r² - p³ - 2 x p²,
    /// y' = r (x p² - x') - y p³, z' = z p.
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
