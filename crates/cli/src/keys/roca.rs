//! The fingerprint of RSA keys from a weak generator of smart cards and TPMs (ROCA,
//! CVE-2017-15361).
//!
//! Nemec, Sys, Svenda, Klinec, Matyas: "The Return of Coppersmith's Attack", ACM CCS 2017, §2. The
//! primes are k · M + (65537^a mod M), where M is the product of the first primes. The modulus N is
//! then a power of 65537 modulo each of these primes.

/// The primes up to 167 modulo which not every number is a power of 65537. A random modulus passes
/// all of them with a probability of about 2^-28.
const PRIMES: [u16; 17] = [
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
];

const GENERATOR: u32 = 65537;

/// Returns whether a big-endian modulus has the fingerprint.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| {
        let prime = u32::from(*prime);
        is_power(remainder(modulus, prime), prime)
    })
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest, byte| {
        // At most 156 · 256 + 255.
        let rest: u32 = rest;
        let next = rest.saturating_mul(256).saturating_add(u32::from(*byte));
        next.checked_rem(prime).unwrap_or(0)
    })
}

/// Returns whether a number is a power of the generator modulo a prime.
fn is_power(number: u32, prime: u32) -> bool {
    let mut power = 1_u32;
    // The powers repeat after fewer than `prime` steps.
    for _ in 0..prime {
        if power == number {
            return true;
        }
        let next = power.saturating_mul(GENERATOR.checked_rem(prime).unwrap_or(0));
        power = next.checked_rem(prime).unwrap_or(0);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primes_are_those_that_distinguish() {
        let is_prime = |n: &u16| (2..*n).all(|d| !n.is_multiple_of(d));
        let distinguishes = |n: &u16| {
            let prime = u32::from(*n);
            (1..prime).any(|number| !is_power(number, prime))
        };
        let primes = (3..168).filter(is_prime).filter(distinguishes);
        assert_eq!(primes.collect::<Vec<_>>(), PRIMES);
    }

    #[test]
    fn a_modulus_must_be_a_power_modulo_every_prime() {
        // 65537^3 = 281487861809153 is a power of 65537. The next number is not.
        let power = 65537_u64.pow(3);
        assert!(has_fingerprint(&power.to_be_bytes()));
        assert!(has_fingerprint(&65537_u32.to_be_bytes()));
        assert!(has_fingerprint(&[1]));
        assert!(!has_fingerprint(&(power + 1).to_be_bytes()));
        assert!(!has_fingerprint(&[]));
        assert!(!has_fingerprint(&[0x80; 256]));
    }
}
