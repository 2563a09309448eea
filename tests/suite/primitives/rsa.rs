//! RSASSA-PKCS1-v1_5 and RSASSA-PSS compared with the crate `rsa`, for moduli from 2048 to 4096
//! bits and four exponents.

use std::sync::LazyLock;

use jose_verify::alg::{KeyParameters, SIGNATURES};
use num_bigint::BigUint;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rsa::pkcs1v15::VerifyingKey as Pkcs1;
use rsa::pss::VerifyingKey as PssKey;
use rsa::signature::Verifier;
use rsa::{BoxedUint, RsaPublicKey, pkcs1v15, pss};
use sha2::{Sha256, Sha384, Sha512};

use super::Loaded;
use crate::support::hash::{digest, digest_info};
use crate::support::random::{bytes, cases};
use crate::support::report::report;
use crate::support::rsa::{Pss, RsaKey, pkcs1};

const ALGS: [&str; 6] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

/// Verifies with this crate, through its public API.
fn ours(key: &RsaKey, alg: &str, message: &[u8], signature: &[u8]) -> bool {
    let (n, e) = (key.n.to_bytes_be(), key.e.to_bytes_be());
    let loaded = Loaded::new(&KeyParameters::rsa(&n, &e), SIGNATURES).unwrap();
    loaded.verify(alg, message, signature).is_ok()
}

/// Verifies with the crate `rsa`.
fn theirs(key: &RsaKey, alg: &str, message: &[u8], signature: &[u8]) -> bool {
    let number = |number: &BigUint| BoxedUint::from_be_slice_vartime(&number.to_bytes_be());
    let key = RsaPublicKey::new(number(&key.n), number(&key.e)).unwrap();
    if alg.starts_with("RS") {
        let signature = pkcs1v15::Signature::try_from(signature).unwrap();
        match alg {
            "RS256" => Pkcs1::<Sha256>::new(key).verify(message, &signature),
            "RS384" => Pkcs1::<Sha384>::new(key).verify(message, &signature),
            _ => Pkcs1::<Sha512>::new(key).verify(message, &signature),
        }
    } else {
        let signature = pss::Signature::try_from(signature).unwrap();
        match alg {
            "PS256" => PssKey::<Sha256>::new(key).verify(message, &signature),
            "PS384" => PssKey::<Sha384>::new(key).verify(message, &signature),
            _ => PssKey::<Sha512>::new(key).verify(message, &signature),
        }
    }
    .is_ok()
}

/// Verifies with both. Both results must be equal.
fn agreed(key: &RsaKey, alg: &str, message: &[u8], signature: &[u8]) -> bool {
    let verified = ours(key, alg, message, signature);
    let bits = key.modulus_bits();
    assert_eq!(
        verified,
        theirs(key, alg, message, signature),
        "{alg}, {bits} bits, e {}",
        key.e
    );
    verified
}

/// All test keys.
static KEYS: LazyLock<Vec<RsaKey>> = LazyLock::new(RsaKey::all);

/// Returns the encoded message of a valid signature, with this salt.
fn encoded(key: &RsaKey, alg: &str, message: &[u8], salt: &[u8]) -> Vec<u8> {
    let hash = digest(alg, &[message]);
    if alg.starts_with("RS") {
        pkcs1(key.len(), &[&digest_info(alg), &hash])
    } else {
        Pss::new(alg, &salt[..hash.len()]).encode(message, key.modulus_bits() - 1)
    }
}

/// A change to a valid signature or its message.
#[derive(Debug, Clone)]
enum Change {
    Message(Index, u8),
    Signature(Index, u8),
    Encoded(Index, u8),
    Longer(u8),
    Shorter,
    PlusModulus,
    Random(Vec<u8>),
    Value(usize),
    Algorithm(&'static str),
}

fn changes() -> impl Strategy<Value = Change> {
    let place = || (any::<Index>(), 1..=255_u8);
    prop_oneof![
        place().prop_map(|(at, by)| Change::Message(at, by)),
        place().prop_map(|(at, by)| Change::Signature(at, by)),
        place().prop_map(|(at, by)| Change::Encoded(at, by)),
        any::<u8>().prop_map(Change::Longer),
        Just(Change::Shorter),
        Just(Change::PlusModulus),
        prop::collection::vec(any::<u8>(), 512).prop_map(Change::Random),
        (0..6_usize).prop_map(Change::Value),
        select(ALGS.to_vec()).prop_map(Change::Algorithm),
    ]
}

/// Applies a change. Returns `None` if it is not applicable.
fn changed(
    key: &RsaKey,
    alg: &'static str,
    message: &[u8],
    encoded: &[u8],
    change: &Change,
) -> Option<(&'static str, Vec<u8>, Vec<u8>)> {
    let (mut message, mut encoded) = (message.to_vec(), encoded.to_vec());
    let mut signature = key.sign_raw(&encoded);
    let number = BigUint::from_bytes_be(&signature);
    let whole = BigUint::from(1_u8) << (8 * key.len());
    let fits = |number: BigUint| (number < whole).then(|| key.octets(&number));
    match change {
        Change::Message(at, by) if !message.is_empty() => *at.get_mut(&mut message) ^= by,
        Change::Message(_, by) => message.push(*by),
        Change::Signature(at, by) => *at.get_mut(&mut signature) ^= by,
        Change::Encoded(at, by) => {
            *at.get_mut(&mut encoded) ^= by;
            let below = BigUint::from_bytes_be(&encoded) < key.n;
            signature = below.then(|| key.sign_raw(&encoded))?;
        }
        Change::Longer(byte) => signature.push(*byte),
        Change::Shorter => signature.truncate(signature.len() - 1),
        Change::PlusModulus => signature = fits(number + &key.n)?,
        Change::Random(random) => signature.copy_from_slice(&random[..key.len()]),
        Change::Value(which) => {
            let n = || key.n.clone();
            let values = [
                0_u8.into(),
                1_u8.into(),
                n() - 1_u8,
                n(),
                n() + 1_u8,
                &whole - 1_u8,
            ];
            signature = fits(values[*which].clone())?;
        }
        Change::Algorithm(other) if *other != alg => return Some((other, message, signature)),
        Change::Algorithm(_) => return None,
    }
    Some((alg, message, signature))
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn random_keys_messages_and_changes(
        key in select(&KEYS[..]),
        alg in select(ALGS.to_vec()),
        message in bytes(300),
        salt in any::<[u8; 64]>(),
        changes in prop::collection::vec(changes(), 4),
    ) {
        let encoded = encoded(&key, alg, &message, &salt);
        let valid = key.sign_raw(&encoded);
        prop_assert!(agreed(&key, alg, &message, &valid), "unchanged signature rejected");
        for change in &changes {
            let changed = changed(&key, alg, &message, &encoded, change);
            if let Some((alg, message, signature)) = changed {
                prop_assert!(!agreed(&key, alg, &message, &signature), "{change:?}");
            }
        }
    }
}

#[test]
fn every_modulus_and_exponent() {
    let mut lengths = Vec::new();
    for key in &*KEYS {
        lengths.push(key.modulus_bits());
        for alg in ["RS512", "PS256"] {
            let signature = key.sign(alg, b"message");
            assert!(agreed(key, alg, b"message", &signature));
            assert!(!agreed(key, alg, b"Message", &signature));
        }
    }
    lengths.sort_unstable();
    lengths.dedup();
    report(format_args!(
        "rsa keys: {} cases of {} lengths",
        KEYS.len(),
        lengths.len()
    ));
    assert!(lengths.first() == Some(&2048) && lengths.last() == Some(&4096));
    // For such a modulus, the encoded message of PSS is a byte shorter.
    assert!(lengths.iter().any(|bits| bits % 8 == 1));
}

/// Moduli with long runs of equal bits, with several messages each.
#[test]
fn moduli_with_long_carries() {
    let extreme = |key: &&RsaKey| {
        let words = key.n.to_u64_digits();
        [words[0], words[words.len() - 1]]
            .iter()
            .all(|w| [1, 1 << 63, u64::MAX].contains(w))
    };
    let keys: Vec<_> = KEYS.iter().filter(extreme).collect();
    assert_eq!(keys.len(), 4 * 12);
    for (key, i) in keys
        .into_iter()
        .flat_map(|key| (0..6_u8).map(move |i| (key, i)))
    {
        let signature = key.sign("PS384", &[i]);
        assert!(agreed(key, "PS384", &[i], &signature));
        assert!(!agreed(key, "PS384", &[i + 1], &signature));
    }
}
