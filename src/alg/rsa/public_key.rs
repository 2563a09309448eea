//! The RSA public key as key material, and the public key operation.

use super::montgomery::{MAX_WORDS, Modulus, words_of};
use crate::alg::arithmetic::{WORD_BYTES, less_than, read_big_endian, words_big_endian};
use crate::alg::packing;
use crate::alg::{InvalidSignature, KeyType, ParameterSource, Word};
use crate::error::Error;
use crate::limits::{
    MAX_KEY_PARAMETER_LEN, MAX_RSA_EXPONENT_BITS, MAX_RSA_MODULUS_BITS, MIN_RSA_MODULUS_BITS,
};

/// Bytes of the longest modulus.
pub(super) const MAX_MODULUS_LEN: usize = MAX_RSA_MODULUS_BITS / 8;

/// Words before the modulus in the key material: one for the length of the modulus in bits, and one
/// or two for the eight bytes of the exponent.
const HEADER_WORDS: usize = 1 + size_of::<u64>() / WORD_BYTES;

/// Bytes of an exponent: room for 33 bits and for leading zeros.
const MAX_EXPONENT_LEN: usize = 16;

/// Returns the number of words of the material of a key with this many bits: the header, the
/// modulus n, and R² mod n.
pub(crate) const fn key_words(bits: usize) -> usize {
    words_of(bits)
        .saturating_mul(2)
        .saturating_add(HEADER_WORDS)
}

/// A view of a key's material: the header, the modulus n, and R² mod n, where R is the Montgomery
/// radix. Numbers are stored with the least significant word first.
#[derive(Clone, Copy)]
pub(super) struct PublicKey<'a> {
    modulus_bits: usize,
    exponent: u64,
    modulus: Modulus<'a>,
    /// R² mod n.
    radix_squared: &'a [Word],
}

/// The key type of RSA public keys, which all RSA algorithms share.
#[derive(Debug)]
pub(super) struct RsaPublicKey;

impl KeyType for RsaPublicKey {
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        if !key.is("kty", "RSA") {
            return Err(Error::UnsupportedKey);
        }
        let (bits, exponent) = read(key, material)?;
        let len = key_words(bits);
        let material = material.get_mut(..len).ok_or(Error::KeySetFull)?;
        prepare(bits, exponent, material).ok_or(Error::MalformedKey)?;
        Ok(len)
    }
}

/// Checks the parameters, writes the modulus to the material, and returns the length of the modulus
/// in bits and the exponent.
// Not inlined, so that the stack of the decoded parameters is released before R² is computed.
#[inline(never)]
fn read(key: &dyn ParameterSource, material: &mut [Word]) -> Result<(usize, u64), Error> {
    let (mut n, mut e) = ([0; MAX_KEY_PARAMETER_LEN], [0; MAX_EXPONENT_LEN]);
    let n = without_leading_zeros(key.bytes("n", &mut n)?);
    let bits = checked_modulus(n)?;
    let exponent = checked_exponent(without_leading_zeros(key.bytes("e", &mut e)?))?;
    let words = material
        .get_mut(HEADER_WORDS..)
        .and_then(|numbers| numbers.get_mut(..words_of(bits)))
        .ok_or(Error::KeySetFull)?;
    read_big_endian(n, words);
    Ok((bits, exponent))
}

fn checked_modulus(n: &[u8]) -> Result<usize, Error> {
    let (Some(first), Some(last)) = (n.first(), n.last()) else {
        return Err(Error::MalformedKey);
    };
    let unused = usize::try_from(first.leading_zeros()).map_err(|_| Error::MalformedKey)?;
    let bits = n.len().saturating_mul(8).saturating_sub(unused);
    // RFC 7518 §3.3: 2048 bits or larger.
    if bits < MIN_RSA_MODULUS_BITS {
        return Err(Error::WeakKey);
    }
    if bits > MAX_RSA_MODULUS_BITS {
        return Err(Error::KeyTooLarge);
    }
    // The modulus is a product of odd primes. Montgomery's method also requires an odd modulus.
    if last & 1 == 0 {
        return Err(Error::MalformedKey);
    }
    Ok(bits)
}

fn checked_exponent(e: &[u8]) -> Result<u64, Error> {
    let mut exponent = 0_u64;
    for byte in e {
        // Cannot overflow: the check below leaves room for one more byte.
        exponent = (exponent << 8) | u64::from(*byte);
        if exponent >> MAX_RSA_EXPONENT_BITS != 0 {
            return Err(Error::KeyTooLarge);
        }
    }
    match exponent {
        // RFC 8017 §3.1: an integer between 3 and n - 1, coprime to λ(n), which is even.
        3.. if exponent & 1 == 1 => Ok(exponent),
        // With the exponent 1, every encoded message would be its own signature.
        1 => Err(Error::WeakKey),
        _ => Err(Error::MalformedKey),
    }
}

/// Writes the header and R² to the material, which contains the modulus.
fn prepare(bits: usize, exponent: u64, material: &mut [Word]) -> Option<()> {
    let len = words_of(bits);
    let (header, numbers) = material.split_at_mut_checked(HEADER_WORDS)?;
    let (words, numbers) = numbers.split_at_mut_checked(len)?;
    let radix_squared = numbers.get_mut(..len)?;

    let modulus = Modulus::new(words);
    modulus.radix_squared(radix_squared);

    let (bits_word, header) = header.split_first_mut()?;
    *bits_word = Word::try_from(bits).ok()?;
    packing::pack(header, &exponent.to_le_bytes());
    Some(())
}

impl<'a> PublicKey<'a> {
    /// Returns a view of the material that [`RsaPublicKey`] wrote.
    pub(super) fn view(material: &'a [Word]) -> Result<Self, InvalidSignature> {
        Self::split(material).ok_or(InvalidSignature)
    }

    fn split(material: &'a [Word]) -> Option<Self> {
        let (header, numbers) = material.split_at_checked(HEADER_WORDS)?;
        let (bits, exponent_words) = header.split_first()?;
        let mut exponent = [0; size_of::<u64>()];
        packing::unpack(exponent_words, &mut exponent);
        let modulus_bits = usize::try_from(*bits).ok()?;
        let len = words_of(modulus_bits);
        let (modulus, numbers) = numbers.split_at_checked(len)?;
        Some(Self {
            modulus_bits,
            exponent: u64::from_le_bytes(exponent),
            modulus: Modulus::new(modulus),
            radix_squared: numbers.get(..len)?,
        })
    }

    pub(super) const fn modulus_bits(&self) -> usize {
        self.modulus_bits
    }

    /// RSAVP1 (RFC 8017 §5.2.2): computes the message representative, signature ^ e mod n.
    // Not inlined, so that its stack is released before the message is hashed.
    #[inline(never)]
    pub(super) fn recover(
        &self,
        signature: &[u8],
        message: &mut Message,
    ) -> Result<(), InvalidSignature> {
        let len = self.modulus_bits.div_ceil(8);
        // RFC 8017 §8.1.2 and §8.2.2, step 1: the signature is exactly as long as the modulus.
        if signature.len() != len {
            return Err(InvalidSignature);
        }
        message.len = len;
        let words = self.radix_squared.len();
        let number = message.words.get_mut(..words).ok_or(InvalidSignature)?;
        // OS2IP (RFC 8017 §4.2).
        read_big_endian(signature, number);
        // RFC 8017 §5.2.2, step 1: the signature representative is between 0 and n - 1.
        if !less_than(number, self.modulus.words()) {
            return Err(InvalidSignature);
        }
        self.modulus.power(
            number,
            &words_big_endian(signature),
            self.exponent,
            self.radix_squared,
        );
        Ok(())
    }
}

/// A message representative: a number below the modulus.
pub(super) struct Message {
    /// The number, least significant word first.
    words: [Word; MAX_WORDS],
    /// Bytes of the modulus.
    len: usize,
}

impl Message {
    /// Returns an empty message for [`PublicKey::recover`] to fill.
    pub(super) const fn empty() -> Self {
        Self {
            words: [0; MAX_WORDS],
            len: 0,
        }
    }

    /// I2OSP (RFC 8017 §4.1): encodes the number in big-endian order, in as many bytes as the
    /// modulus.
    pub(super) fn encode<'b>(&self, buffer: &'b mut [u8; MAX_MODULUS_LEN]) -> &'b mut [u8] {
        let encoded = buffer.get_mut(..self.len).unwrap_or_default();
        for (bytes, word) in encoded.rchunks_mut(WORD_BYTES).zip(&self.words) {
            let from = word.to_be_bytes();
            bytes
                .iter_mut()
                .rev()
                .zip(from.iter().rev())
                .for_each(|(to, from)| *to = *from);
        }
        encoded
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.get(zeros..).unwrap_or_default()
}
