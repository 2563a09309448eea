//! What the tests share: reading vector files, running cases, making tokens.

pub(crate) mod curve;
pub(crate) mod hash;
pub(crate) mod primes;
pub(crate) mod random;
pub(crate) mod report;
pub(crate) mod rsa;
pub(crate) mod sign;
pub(crate) mod vector;
pub(crate) mod verdict;

use core::time::Duration;
use jose_verify::KeySet;
use jose_verify::alg::{Algorithm, MACS, SIGNATURES};

/// Holds one key of any kind for any number of algorithms, including an RSA key of 4096 bits.
pub(crate) type Keyring = KeySet<2>;

/// Returns the algorithms with these names, whether or not one list may contain them all.
pub(crate) fn algorithms(names: &[&str]) -> Vec<&'static dyn Algorithm> {
    let by_name = |wanted: &&str| {
        let mut all = SIGNATURES.iter().chain(MACS);
        *all.find(|a| a.name() == *wanted)
            .expect("a known algorithm")
    };
    names.iter().map(by_name).collect()
}

/// The twelve names of RFC 7518 §3.1.
pub(crate) const ALL_TWELVE: [&str; 12] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512",
];

/// Returns a duration of this many seconds.
pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
