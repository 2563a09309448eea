//! This crate's ECDSA, that of the curve crates, and the textbook formula agree on every signature.
//!
//! A signature is made backwards: s and the point R are chosen, and the signature is valid for the
//! key Q = r⁻¹(sR - zG). This reaches cases that signing never produces.

use arbitrary::Arbitrary;
use ecdsa::elliptic_curve::point::AffineCoordinates;
use ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ecdsa::elliptic_curve::{
    AffinePoint, CurveArithmetic, Field, FieldBytes, FieldBytesSize, Group, PrimeField,
    ProjectivePoint, Scalar,
};
use ecdsa::signature::Verifier;
use ecdsa::{DigestAlgorithm, EcdsaCurve, Signature, VerifyingKey};
use jose_verify::alg::{
    ES256, ES384, ES512, InlineKey, KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES,
    Precomputation,
};
use jose_verify::{Error, Key};
use num_bigint::BigUint;
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use sha2::digest::Digest;

use crate::edit::Edit;

/// A signature and its key, and changes to both.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    curve: Curve,
    message: &'a [u8],
    point: Point<'a>,
    s: Number<'a>,
    /// If present, these replace r and s after the key is computed.
    other_r: Option<Number<'a>>,
    other_s: Option<Number<'a>>,
    /// Whether s is replaced by n - s, which is valid too.
    negate: bool,
    /// Changes to the signature's bytes.
    signature: Vec<Edit<'a>>,
    form: Form,
    /// Changes to the key's bytes.
    key: Vec<Edit<'a>>,
    /// Words of memory for the key's tables.
    memory: u16,
}

#[derive(Debug, Arbitrary)]
enum Curve {
    P256,
    P384,
    P521,
}

/// R, the point that verification computes as u₁G + u₂Q.
#[derive(Debug, Arbitrary)]
enum Point<'a> {
    /// A multiple of G.
    Multiple(Number<'a>),
    /// The point with this x, if there is one. For x ≥ n, r is x - n.
    WithX(Number<'a>),
    /// u₁G = u₂Q, so that the sum is a doubling.
    Doubling,
    /// u₁G = -u₂Q, so that the sum is the point at infinity; with this r.
    Infinity(Number<'a>),
}

/// A number near a limit, or an arbitrary one.
#[derive(Debug, Arbitrary)]
enum Number<'a> {
    Small(u8),
    NearOrder(i8),
    NearHalfOrder(i8),
    NearPrime(i8),
    NearPowerOfTwo(u16, i8),
    Any(&'a [u8]),
}

#[derive(Debug, Arbitrary)]
enum Form {
    Coordinates,
    Uncompressed,
    Compressed,
}

/// Checks one signature.
pub fn check(input: &Input<'_>) {
    let power = |bits: u32| BigUint::from(1_u32) << bits;
    let one = power(0);
    match input.curve {
        Curve::P256 => {
            let p = power(256) - power(224) + power(192) + power(96) - one;
            Scheme::<NistP256, _>::new("P-256", p, ES256, &P256_TABLES).check(input);
        }
        Curve::P384 => {
            let p = power(384) - power(128) - power(96) + power(32) - one;
            Scheme::<NistP384, _>::new("P-384", p, ES384, &P384_TABLES).check(input);
        }
        Curve::P521 => {
            let p = power(521) - one;
            Scheme::<NistP521, _>::new("P-521", p, ES512, &P521_TABLES).check(input);
        }
    }
}

struct Scheme<C: CurveArithmetic, A> {
    name: &'static str,
    /// The order of the field.
    prime: BigUint,
    /// The order of the group.
    order: BigUint,
    width: usize,
    ours: A,
    tables: &'static dyn Precomputation,
    generator: ProjectivePoint<C>,
}

impl<C, A> Scheme<C, A>
where
    A: InlineKey,
    C: EcdsaCurve + CurveArithmetic + DigestAlgorithm,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    fn new(
        name: &'static str,
        prime: BigUint,
        ours: A,
        tables: &'static dyn Precomputation,
    ) -> Self {
        let last = (-Scalar::<C>::ONE).to_repr();
        Self {
            name,
            prime,
            order: BigUint::from_bytes_be(&last) + 1_u32,
            width: last.len(),
            ours,
            tables,
            generator: ProjectivePoint::<C>::generator(),
        }
    }

    fn check(&self, input: &Input<'_>) {
        let z = self.scalar(&BigUint::from_bytes_be(&C::Digest::digest(input.message)));
        let s = self.scalar(&self.number(&input.s));
        let Some((r, key)) = self.key(&input.point, z, s) else {
            return;
        };
        let Ok(key) = VerifyingKey::<C>::from_affine(key.into()) else {
            return;
        };
        let bytes = self.signature(input, r, s);
        let is_changed =
            input.other_r.is_some() || input.other_s.is_some() || !input.signature.is_empty();
        let is_valid =
            !is_changed && !matches!(input.point, Point::Infinity(_)) && s != Scalar::<C>::ZERO;

        let (ours, key) = self.load(input, &key);
        let accepted = ours.as_ref().is_ok_and(|ours| {
            let material = ours.material().as_ref();
            let accepted = self.ours.verify(material, input.message, &bytes).is_ok();
            let memory_len = usize::from(input.memory) % 4_000;
            let mut memory = vec![0; memory_len];
            let prepared = ours.prepare(self.tables, &mut memory);
            let suffices = self.tables.table_len(memory_len / 2) > 0;
            assert_eq!(
                prepared.tables().is_some(),
                suffices,
                "tables are made if and only if the memory suffices"
            );
            if let Some(tables) = prepared.tables() {
                let quick = self.tables.verify(material, tables, input.message, &bytes);
                assert_eq!(
                    quick.is_ok(),
                    accepted,
                    "results with and without tables agree"
                );
                let again = ours.with_tables(self.tables, tables).tables();
                let again = again.map(|again| (again.key, again.shared));
                assert_eq!(
                    again,
                    Some((tables.key, tables.shared)),
                    "intact tables are attached"
                );
            }
            accepted
        });
        let Some(key) = key else {
            return assert!(
                ours.is_err(),
                "the curve's crate rejects the key, so this crate must too"
            );
        };
        assert!(ours.is_ok(), "{ours:?}");
        let theirs = Signature::<C>::from_slice(&bytes).and_then(|s| key.verify(input.message, &s));
        assert_eq!(accepted, theirs.is_ok(), "the curve's crate agrees");
        assert_eq!(
            accepted,
            self.textbook(&key, z, &bytes),
            "the textbook agrees"
        );
        assert!(
            accepted || !is_valid || !input.key.is_empty(),
            "a valid signature is accepted"
        );
    }

    /// Returns r, and the key for which r and s are valid, if there is one.
    fn key(
        &self,
        point: &Point<'_>,
        z: Scalar<C>,
        s: Scalar<C>,
    ) -> Option<(Scalar<C>, ProjectivePoint<C>)> {
        let inverse = |scalar: Scalar<C>| Option::<Scalar<C>>::from(Field::invert(&scalar));
        let point = match point {
            Point::Multiple(k) => self.generator * self.scalar(&self.number(k)),
            Point::WithX(x) => self.with_x(&self.number(x))?,
            Point::Doubling => self.generator * (z.double() * inverse(s)?),
            Point::Infinity(r) => {
                let r = self.scalar(&self.number(r));
                return Some((r, self.generator * -(z * inverse(r)?)));
            }
        };
        let r = self.x_of(point)?;
        Some((r, (point * s - self.generator * z) * inverse(r)?))
    }

    fn with_x(&self, x: &BigUint) -> Option<ProjectivePoint<C>> {
        let point = [&[2], &self.bytes(x)[..]].concat();
        let point = VerifyingKey::<C>::from_sec1_bytes(&point).ok()?;
        Some((*point.as_affine()).into())
    }

    /// Returns a point's x modulo the order, or `None` for the point at infinity.
    fn x_of(&self, point: ProjectivePoint<C>) -> Option<Scalar<C>> {
        let affine: AffinePoint<C> = point.into();
        let x = BigUint::from_bytes_be(&affine.x());
        (!bool::from(point.is_identity())).then(|| self.scalar(&x))
    }

    fn signature(&self, input: &Input<'_>, r: Scalar<C>, s: Scalar<C>) -> Vec<u8> {
        let s = if input.negate { -s } else { s };
        let number = |other: &Option<Number<'_>>, scalar: Scalar<C>| match other {
            Some(number) => self.bytes(&self.number(number)),
            None => scalar.to_repr().to_vec(),
        };
        let mut bytes = number(&input.other_r, r);
        bytes.extend(number(&input.other_s, s));
        Edit::apply_all(&input.signature, &mut bytes);
        bytes
    }

    /// Loads the key, after its changes, with this crate and with the curve's crate.
    fn load(
        &self,
        input: &Input<'_>,
        key: &VerifyingKey<C>,
    ) -> (Result<Key<'static, A>, Error>, Option<VerifyingKey<C>>) {
        let compressed = matches!(input.form, Form::Compressed);
        let mut point = key.to_sec1_point(compressed).as_bytes().to_vec();
        Edit::apply_all(&input.key, &mut point);
        let coordinates =
            matches!(input.form, Form::Coordinates) && point.len() == 1 + 2 * self.width;
        let parameters = if coordinates {
            point[0] = 4;
            let (x, y) = point[1..].split_at(self.width);
            KeyParameters::ec(self.name, x, y)
        } else {
            KeyParameters::ec_point(self.name, &point)
        };
        let ours = Key::new(self.ours, &parameters);
        // The curve's crate also accepts a form that SEC 1 does not define.
        let is_known = matches!(point.first(), Some(2..=4));
        let theirs = VerifyingKey::from_sec1_bytes(&point)
            .ok()
            .filter(|_| is_known);
        (ours, theirs)
    }

    /// Verifies by FIPS 186-5 §6.4.2, with the group's complete and constant-time formulas.
    fn textbook(&self, key: &VerifyingKey<C>, z: Scalar<C>, bytes: &[u8]) -> bool {
        if bytes.len() != 2 * self.width {
            return false;
        }
        let (r, s) = bytes.split_at(self.width);
        let [r, s] = [r, s].map(|bytes| {
            let number = BigUint::from_bytes_be(bytes);
            (number != BigUint::ZERO && number < self.order).then(|| self.scalar(&number))
        });
        let (Some(r), Some(s)) = (r, s) else {
            return false;
        };
        let inverse = Option::<Scalar<C>>::from(Field::invert(&s)).expect("not zero");
        let key = ProjectivePoint::<C>::from(*key.as_affine());
        self.x_of(self.generator * (z * inverse) + key * (r * inverse)) == Some(r)
    }

    fn number(&self, number: &Number<'_>) -> BigUint {
        let near = |base: &BigUint, offset: i8| {
            let distance = BigUint::from(offset.unsigned_abs());
            if offset < 0 && *base > distance {
                base - distance
            } else {
                base + distance
            }
        };
        match *number {
            Number::Small(small) => small.into(),
            Number::NearOrder(offset) => near(&self.order, offset),
            Number::NearHalfOrder(offset) => near(&(&self.order >> 1), offset),
            Number::NearPrime(offset) => near(&self.prime, offset),
            Number::NearPowerOfTwo(power, offset) => {
                let bits = u64::from(power) % self.prime.bits();
                near(&(BigUint::from(1_u32) << bits), offset)
            }
            Number::Any(bytes) => BigUint::from_bytes_be(bytes),
        }
    }

    /// Encodes a number in the width of the field. Longer numbers lose their highest bytes.
    fn bytes(&self, number: &BigUint) -> Vec<u8> {
        let mut bytes = number.to_bytes_le();
        bytes.resize(self.width, 0);
        bytes.reverse();
        bytes
    }

    fn scalar(&self, number: &BigUint) -> Scalar<C> {
        let bytes = self.bytes(&(number % &self.order));
        let bytes = FieldBytes::<C>::try_from(&bytes[..]).expect("the field's width");
        Option::from(Scalar::<C>::from_repr(bytes)).expect("below the order")
    }
}
