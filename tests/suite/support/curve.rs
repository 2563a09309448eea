//! Textbook elliptic curves (SEC 1, FIPS 186-4 §D.1.2). They are slow and share no code with the
//! curve crates.

#![expect(clippy::many_single_char_names, reason = "names from the standards")]

use std::sync::LazyLock;

use jose_verify::alg::{KeyParameters, SIGNATURES};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::Keyring;
use super::hash::digest;
use super::sign::base64url;

/// A point other than infinity.
pub(crate) type Affine = (BigUint, BigUint);

/// A point; `None` is the point at infinity.
pub(crate) type Point = Option<Affine>;

/// y² = x³ - 3x + b modulo p, with a base point of prime order n.
#[derive(Debug)]
pub(crate) struct Curve {
    pub(crate) alg: &'static str,
    pub(crate) crv: &'static str,
    /// Length of a coordinate in bytes.
    pub(crate) width: usize,
    pub(crate) p: BigUint,
    pub(crate) n: BigUint,
    b: BigUint,
    pub(crate) g: Affine,
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap()
}

/// P-256, P-384, P-521.
pub(crate) static CURVES: LazyLock<[Curve; 3]> = LazyLock::new(|| {
    [
        Curve {
            alg: "ES256",
            crv: "P-256",
            width: 32,
            p: number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
            n: number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
            b: number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
            g: (
                number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
                number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
            ),
        },
        Curve {
            alg: "ES384",
            crv: "P-384",
            width: 48,
            p: number(
                "ffffffffffffffffffffffffffffffffffffffffffffffff\
                 fffffffffffffffeffffffff0000000000000000ffffffff",
            ),
            n: number(
                "ffffffffffffffffffffffffffffffffffffffffffffffff\
                 c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
            ),
            b: number(
                "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112\
                 0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
            ),
            g: (
                number(
                    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98\
                     59f741e082542a385502f25dbf55296c3a545e3872760ab7",
                ),
                number(
                    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c\
                     e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
                ),
            ),
        },
        Curve {
            alg: "ES512",
            crv: "P-521",
            width: 66,
            p: (BigUint::from(1_u8) << 521_u32) - 1_u8,
            n: number(
                "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
                 51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
            ),
            b: number(
                "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1\
                 56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            ),
            g: (
                number(
                    "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dba\
                     a14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
                ),
                number(
                    "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c\
                     97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
                ),
            ),
        },
    ]
});

/// Returns the curve of an algorithm.
pub(crate) fn curve(alg: &str) -> &'static Curve {
    CURVES.iter().find(|curve| curve.alg == alg).expect(alg)
}

impl Curve {
    pub(crate) fn add(&self, a: &Point, b: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (a, b) else {
            return a.clone().or(b.clone());
        };
        let p = &self.p;
        let (rise, run) = if x1 != x2 {
            (y2 + p - y1, x2 + p - x1)
        } else if y1 == y2 {
            (x1 * x1 * 3_u8 + p * 3_u8 - 3_u8, y1 * 2_u8)
        } else {
            return None;
        };
        let slope = rise * (run % p).modinv(p).unwrap() % p;
        let x = (&slope * &slope + p * 2_u8 - x1 - x2) % p;
        let y = (slope * (x1 + p - &x) + p - y1) % p;
        Some((x, y))
    }

    /// Multiplies by double-and-add.
    pub(crate) fn multiply(&self, k: &BigUint, point: &Point) -> Point {
        let Some((x, y)) = point else { return None };
        let point = Jacobian {
            x: x.clone(),
            y: y.clone(),
            z: 1_u8.into(),
        };
        let product = (0..k.bits()).rev().fold(Jacobian::infinity(), |sum, bit| {
            let sum = self.double(&sum);
            if k.bit(bit) {
                self.sum(&sum, &point)
            } else {
                sum
            }
        });
        self.affine(&product)
    }

    /// Returns k times the base point, for k that is not a multiple of its order.
    pub(crate) fn point(&self, k: &BigUint) -> Affine {
        self.multiply(k, &Some(self.g.clone())).unwrap()
    }

    pub(crate) fn negative(&self, (x, y): &Affine) -> Affine {
        (x.clone(), &self.p - y)
    }

    /// Returns a point with this x coordinate, if there is one. Each p is 3 modulo 4, so a square
    /// root is one exponentiation.
    pub(crate) fn lift(&self, x: &BigUint) -> Point {
        let square = (x * x * x + (&self.p - 3_u8) * x + &self.b) % &self.p;
        let y = square.modpow(&((&self.p + 1_u8) >> 2_u8), &self.p);
        (&y * &y % &self.p == square).then(|| (x.clone(), y))
    }

    /// Returns the hash of the message modulo n. No hash here is longer than its n.
    pub(crate) fn hash(&self, message: &[u8]) -> BigUint {
        BigUint::from_bytes_be(&digest(self.alg, &[message])) % &self.n
    }

    pub(crate) fn inverse(&self, number: &BigUint) -> BigUint {
        number.modinv(&self.n).unwrap()
    }

    /// Verifies a signature (SEC 1 §4.1.4).
    pub(crate) fn verify(&self, q: &Affine, message: &[u8], r: &BigUint, s: &BigUint) -> bool {
        let in_range = |v: &BigUint| v.bits() > 0 && *v < self.n;
        if !in_range(r) || !in_range(s) {
            return false;
        }
        let inverse = self.inverse(s);
        let u1 = self.hash(message) * &inverse % &self.n;
        let u2 = r * inverse % &self.n;
        let first = self.multiply(&u1, &Some(self.g.clone()));
        let second = self.multiply(&u2, &Some(q.clone()));
        self.add(&first, &second)
            .is_some_and(|(x, _)| x % &self.n == *r)
    }

    /// Signs with the private key d and the nonce k (SEC 1 §4.1.3).
    pub(crate) fn sign(&self, d: &BigUint, k: &BigUint, message: &[u8]) -> Vec<u8> {
        let r = self.point(k).0 % &self.n;
        let s = self.inverse(k) * (self.hash(message) + &r * d) % &self.n;
        self.octets(&r, &s)
    }

    /// Returns the public key Q under which (r, s) is valid if its point is `nonce`: Q = r⁻¹ · (s ·
    /// R - z · G).
    pub(crate) fn recover(&self, nonce: &Affine, message: &[u8], s: &BigUint) -> Point {
        let r = &nonce.0 % &self.n;
        let minus_z = &self.n - self.hash(message);
        let sum = self.add(
            &self.multiply(s, &Some(nonce.clone())),
            &self.multiply(&minus_z, &Some(self.g.clone())),
        );
        self.multiply(&self.inverse(&r), &sum)
    }

    /// Encodes two numbers at the curve's width: a signature, or the coordinates of a point.
    pub(crate) fn octets(&self, first: &BigUint, second: &BigUint) -> Vec<u8> {
        [first, second]
            .map(|number| octets(number, self.width))
            .concat()
    }

    /// Loads a public key for all signature algorithms.
    pub(crate) fn key(&self, q: &Affine) -> Keyring {
        let bytes = self.octets(&q.0, &q.1);
        let (x, y) = bytes.split_at(self.width);
        Keyring::from_parameters(&KeyParameters::ec(self.crv, x, y), SIGNATURES).unwrap()
    }

    /// Returns a public key as a JWK.
    pub(crate) fn jwk(&self, q: &Affine) -> Value {
        let text = |number: &BigUint| base64url(&octets(number, self.width));
        json!({"kty": "EC", "crv": self.crv, "x": text(&q.0), "y": text(&q.1)})
    }
}

/// The point (x/z², y/z³), which avoids a division in each step. At infinity z is 0.
#[derive(Clone)]
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Jacobian {
    fn infinity() -> Self {
        Self {
            x: 1_u8.into(),
            y: 1_u8.into(),
            z: 0_u8.into(),
        }
    }
}

/// Arithmetic on Jacobian coordinates, for curves with a = -3.
impl Curve {
    fn product(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.p
    }

    fn difference(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    fn double(&self, point: &Jacobian) -> Jacobian {
        let Jacobian { x, y, z } = point;
        let (yy, zz) = (self.product(y, y), self.product(z, z));
        let s = self.product(x, &yy) * 4_u8 % &self.p;
        let m = self.product(&self.difference(x, &zz), &(x + &zz)) * 3_u8;
        let double_x = self.difference(&self.product(&m, &m), &(&s * 2_u8 % &self.p));
        let eight_y4 = self.product(&yy, &yy) * 8_u8 % &self.p;
        let double_y = self.product(&m, &self.difference(&s, &double_x));
        Jacobian {
            y: self.difference(&double_y, &eight_y4),
            x: double_x,
            z: self.product(y, z) * 2_u8 % &self.p,
        }
    }

    fn sum(&self, a: &Jacobian, b: &Jacobian) -> Jacobian {
        if a.z.bits() == 0 || b.z.bits() == 0 {
            return if a.z.bits() == 0 {
                b.clone()
            } else {
                a.clone()
            };
        }
        let (aa, bb) = (self.product(&a.z, &a.z), self.product(&b.z, &b.z));
        let (u, s) = (
            self.product(&a.x, &bb),
            self.product(&a.y, &self.product(&bb, &b.z)),
        );
        let h = self.difference(&self.product(&b.x, &aa), &u);
        let r = self.difference(&self.product(&b.y, &self.product(&aa, &a.z)), &s);
        if h.bits() == 0 {
            return if r.bits() == 0 {
                self.double(a)
            } else {
                Jacobian::infinity()
            };
        }
        let hh = self.product(&h, &h);
        let (hhh, v) = (self.product(&h, &hh), self.product(&u, &hh));
        let x = self.difference(&self.product(&r, &r), &((&hhh + &v * 2_u8) % &self.p));
        let y = self.product(&r, &self.difference(&v, &x));
        Jacobian {
            x,
            y: self.difference(&y, &self.product(&s, &hhh)),
            z: self.product(&h, &self.product(&a.z, &b.z)),
        }
    }

    fn affine(&self, point: &Jacobian) -> Point {
        let inverse = point.z.modinv(&self.p)?;
        let square = self.product(&inverse, &inverse);
        let y = self.product(&point.y, &self.product(&square, &inverse));
        Some((self.product(&point.x, &square), y))
    }
}

/// Encodes a number in big-endian at a width.
pub(crate) fn octets(number: &BigUint, width: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [vec![0; width - bytes.len()], bytes].concat()
}
