//! Textbook RSA (RFC 8017): keys of many sizes from a few primes, and signatures that no library
//! would produce.

use jose_verify::alg::{KeyParameters, SIGNATURES};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::Keyring;
use super::hash::{digest, digest_info};
use super::primes::{EXTREME, PRIMES};
use super::sign::base64url;

/// Public exponents that work with every pair of primes: the smallest, another small one, the usual
/// one, and one of 33 bits.
pub(crate) const EXPONENTS: [u64; 4] = [3, 17, 65_537, 4_294_967_311];

/// A key pair.
#[derive(Debug, Clone)]
pub(crate) struct RsaKey {
    pub(crate) n: BigUint,
    pub(crate) e: BigUint,
    p: BigUint,
    q: BigUint,
    d: BigUint,
}

impl RsaKey {
    /// Returns the key of two of [`PRIMES`], by their indices.
    pub(crate) fn new(p: usize, q: usize, e: u64) -> Self {
        Self::of(PRIMES[p], PRIMES[q], e)
    }

    /// Returns keys of 2048 to 4096 bits with each of [`EXPONENTS`], for each pair of [`PRIMES`]
    /// and for the pairs of [`EXTREME`].
    pub(crate) fn all() -> Vec<Self> {
        let (primes, extreme) = (PRIMES.iter(), EXTREME.iter());
        let pairs = primes
            .enumerate()
            .flat_map(|(i, p)| PRIMES[..i].iter().map(move |q| (p, q)));
        let pairs = pairs.chain(extreme.map(|[p, q]| (p, q)));
        pairs
            .flat_map(|(p, q)| EXPONENTS.map(|e| Self::of(p, q, e)))
            .collect()
    }

    fn of(p: &str, q: &str, e: u64) -> Self {
        let prime = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).unwrap();
        let (p, q, e) = (prime(p), prime(q), BigUint::from(e));
        let d = e.modinv(&((&p - 1_u8) * (&q - 1_u8))).unwrap();
        Self {
            n: &p * &q,
            e,
            p,
            q,
            d,
        }
    }

    /// Returns a key of 2048 bits with the usual exponent.
    pub(crate) fn usual() -> Self {
        Self::new(0, 1, 65_537)
    }

    pub(crate) fn modulus_bits(&self) -> usize {
        usize::try_from(self.n.bits()).unwrap()
    }

    /// Returns the length of the modulus, and therefore of a signature, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.modulus_bits().div_ceil(8)
    }

    /// Loads the public key for all signature algorithms.
    pub(crate) fn key(&self) -> Keyring {
        let (n, e) = (self.n.to_bytes_be(), self.e.to_bytes_be());
        Keyring::from_parameters(&KeyParameters::rsa(&n, &e), SIGNATURES).unwrap()
    }

    /// Returns the public key as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        let text = |number: &BigUint| base64url(&number.to_bytes_be());
        json!({"kty": "RSA", "n": text(&self.n), "e": text(&self.e)})
    }

    /// RSASP1: the private operation on any encoded message below the modulus.
    pub(crate) fn sign_raw(&self, encoded: &[u8]) -> Vec<u8> {
        let message = BigUint::from_bytes_be(encoded);
        assert!(message < self.n, "the encoded message is below the modulus");
        // Uses the Chinese remainder theorem (RFC 8017 §5.2.1, step 2b), which takes a quarter of
        // the time.
        let (p, q) = (&self.p, &self.q);
        let by_p = message.modpow(&(&self.d % (p - 1_u8)), p);
        let by_q = message.modpow(&(&self.d % (q - 1_u8)), q);
        let h = q.modinv(p).unwrap() * (&by_p + p - &by_q % p) % p;
        self.octets(&(by_q + q * h))
    }

    /// Returns a valid signature: RSASSA-PKCS1-v1_5, or RSASSA-PSS with a salt of zeros.
    pub(crate) fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let hash = digest(alg, &[message]);
        if alg.starts_with("RS") {
            return self.sign_raw(&pkcs1(self.len(), &[&digest_info(alg), &hash]));
        }
        let salt = vec![0; hash.len()];
        self.sign_raw(&Pss::new(alg, &salt).encode(message, self.modulus_bits() - 1))
    }

    /// Encodes a number below the modulus at the length of the modulus.
    pub(crate) fn octets(&self, number: &BigUint) -> Vec<u8> {
        let bytes = number.to_bytes_be();
        let mut octets = vec![0; self.len() - bytes.len()];
        octets.extend(bytes);
        octets
    }
}

/// Returns a block of type 1 (RFC 8017 §9.2): `00 01 ff … ff 00`, followed by the contents.
pub(crate) fn pkcs1(len: usize, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let padding = vec![0xff; len - contents.len() - 3];
    [&[0, 1], &padding[..], &[0], &contents].concat()
}

/// The parts of an EMSA-PSS encoded message (RFC 8017 §9.1.1). Each of them can be set to a wrong
/// value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pss<'a> {
    /// An algorithm with the hash of the message.
    pub(crate) alg: &'a str,
    /// An algorithm with the hash of MGF1.
    pub(crate) mgf: &'a str,
    pub(crate) salt: &'a [u8],
    /// The bytes before the digest in the hash.
    pub(crate) prefix: [u8; 8],
    /// The first byte of the padding: zero.
    pub(crate) padding: u8,
    /// The byte between padding and salt.
    pub(crate) separator: u8,
    pub(crate) trailer: u8,
    /// Bits to set in the first byte of the encoded message.
    pub(crate) top_bits: u8,
}

impl<'a> Pss<'a> {
    /// Returns the correct parameters.
    pub(crate) fn new(alg: &'a str, salt: &'a [u8]) -> Self {
        Self {
            alg,
            mgf: alg,
            salt,
            prefix: [0; 8],
            padding: 0,
            separator: 1,
            trailer: 0xbc,
            top_bits: 0,
        }
    }

    /// EMSA-PSS-ENCODE for an encoded message of this many bits.
    pub(crate) fn encode(&self, message: &[u8], bits: usize) -> Vec<u8> {
        let hash = digest(self.alg, &[message]);
        let h = digest(self.alg, &[&self.prefix, &hash, self.salt]);
        let len = bits.div_ceil(8);
        let mut db = vec![0; len - h.len() - 1];
        let separator = db.len() - self.salt.len() - 1;
        db[0] = self.padding;
        db[separator] = self.separator;
        db[separator + 1..].copy_from_slice(self.salt);
        let blocks = (0_u32..).map(|i| digest(self.mgf, &[&h, &i.to_be_bytes()]));
        let mask = blocks.take(len).flatten();
        db.iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
        db[0] &= 0xff >> (8 * len - bits);
        db[0] |= self.top_bits;
        [&db[..], &h, &[self.trailer]].concat()
    }
}
