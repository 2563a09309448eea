//! RSA keys of any size with a fast private operation. The modulus is a product of many small
//! primes, each with its own exponent.
//!
//! A verifier cannot tell such a modulus from another one. With two primes, one signature would
//! take a millisecond.

use std::sync::LazyLock;

use num_bigint::BigUint;

/// Sizes in bits, and public exponents: whole bytes, one bit more (PSS then encodes into one byte
/// less), and partly filled words.
const SHAPES: [(u64, u64); 8] = [
    (2048, 65_537),
    (2048, 3),
    (2049, 65_537),
    (2055, 17),
    (2056, 65_537),
    (2113, (1 << 33) - 9),
    (3071, 65_537),
    (4096, 65_537),
];

/// The same keys in every run.
pub static KEYS: LazyLock<Vec<PrivateKey>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|(bits, e)| PrivateKey::new(*bits, *e))
        .collect()
});

/// A private key that can sign any number, including those that no encoding allows.
pub struct PrivateKey {
    /// The modulus.
    pub n: BigUint,
    /// The public exponent.
    pub e: u64,
    primes: Vec<Prime>,
}

struct Prime {
    p: u64,
    /// The private exponent modulo p - 1.
    exponent: BigUint,
    /// 1 modulo p and 0 modulo all others.
    coefficient: BigUint,
}

impl PrivateKey {
    fn new(bits: u64, e: u64) -> Self {
        let factors = factors(bits, e);
        let n: BigUint = factors.iter().product();
        assert_eq!(n.bits(), bits);
        let prime = |p: u64| {
            let others = &n / p;
            let inverse = (&others % p).modinv(&p.into()).expect("distinct primes");
            Prime {
                p,
                exponent: BigUint::from(e).modinv(&(p - 1).into()).expect("coprime"),
                coefficient: others * inverse,
            }
        };
        let primes = factors.iter().map(|p| prime(*p)).collect();
        Self { n, e, primes }
    }

    /// Returns the e-th root of a number modulo n.
    pub fn private(&self, number: &BigUint) -> BigUint {
        let part = |prime: &Prime| {
            let p = BigUint::from(prime.p);
            number.modpow(&prime.exponent, &p) * &prime.coefficient
        };
        self.primes.iter().map(part).sum::<BigUint>() % &self.n
    }
}

/// Returns distinct primes whose product has this many bits, and whose p - 1 is coprime to the
/// exponent.
fn factors(bits: u64, e: u64) -> Vec<u64> {
    let mut random = bits ^ (e << 16);
    let mut primes = Vec::new();
    loop {
        let product: BigUint = primes.iter().product();
        let missing = bits - (product.bits() - 1);
        if missing <= 62 {
            // Aims at three quarters of the largest product, so that the next prime still fits.
            let last = (BigUint::from(3_u32) << (bits - 2)) / product;
            primes.push(next_prime(u64::try_from(last).expect("one word"), e));
            return primes;
        }
        random = xorshift(random);
        let size = if missing < 128 { missing / 2 } else { 63 };
        primes.push(next_prime(random >> (64 - size) | 1 << (size - 1), e));
    }
}

fn next_prime(from: u64, e: u64) -> u64 {
    let allows = |p: &u64| BigUint::from(e).modinv(&(p - 1).into()).is_some();
    (from | 1..)
        .step_by(2)
        .find(|p| is_prime(*p) && allows(p))
        .expect("a prime")
}

/// The Miller-Rabin test, with bases for which it is exact for 64 bits.
fn is_prime(n: u64) -> bool {
    let exponent = (n - 1) >> (n - 1).trailing_zeros();
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
        .iter()
        .all(|base| {
            let mut x = power(*base, exponent, n);
            if x == 1 {
                return true;
            }
            for _ in 0..(n - 1).trailing_zeros() {
                if x == n - 1 {
                    return true;
                }
                x = power(x, 2, n);
            }
            false
        })
}

fn power(base: u64, exponent: u64, modulus: u64) -> u64 {
    let modulus = u128::from(modulus);
    let mut result = 1;
    for bit in (0..u64::BITS).rev() {
        result = result * result % modulus;
        if exponent >> bit & 1 == 1 {
            result = result * u128::from(base) % modulus;
        }
    }
    u64::try_from(result).expect("below the modulus")
}

fn xorshift(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ x << 17
}
