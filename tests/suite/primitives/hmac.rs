//! HMAC compared with the crate `hmac` and with the formula of RFC 2104, for secrets and messages
//! of many lengths.

use ::hmac::{Hmac, KeyInit, Mac};
use jose_verify::alg::{KeyParameters, MACS};
use jose_verify::{Error, limits};
use proptest::prelude::*;
use sha2::{Sha256, Sha384, Sha512};

use super::Loaded;
use crate::keys::secret_key;
use crate::support::algorithms;
use crate::support::hash::hmac;
use crate::support::random::{bytes, cases};
use crate::support::sign::{base64url, token_signed_by};
use crate::support::verdict::signature_verdict;

const ALGS: [(&str, usize); 3] = [("HS256", 32), ("HS384", 48), ("HS512", 64)];

/// Computes the MAC with the crate `hmac`, through a trait method that this crate does not use.
fn theirs(alg: &str, secret: &[u8], message: &[u8]) -> Vec<u8> {
    fn mac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
        <M as KeyInit>::new_from_slice(secret)
            .unwrap()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec()
    }
    match alg {
        "HS256" => mac::<Hmac<Sha256>>(secret, message),
        "HS384" => mac::<Hmac<Sha384>>(secret, message),
        _ => mac::<Hmac<Sha512>>(secret, message),
    }
}

/// Checks this secret with every algorithm, loaded for all three at once and for each alone.
fn assert_secret(secret: &[u8], message: &[u8]) {
    let parameters = KeyParameters::oct(secret);
    let all = Loaded::new(&parameters, MACS);
    for (alg, hash_len) in ALGS {
        let alone = Loaded::new(&parameters, &algorithms(&[alg]));
        if secret.len() > limits::MAX_KEY_PARAMETER_LEN {
            assert_eq!(
                alone.err(),
                Some(Error::KeyTooLarge),
                "{alg}, {} bytes",
                secret.len()
            );
            continue;
        }
        if secret.len() < hash_len || secret.iter().all(|byte| *byte == 0) {
            assert_eq!(
                alone.err(),
                Some(Error::WeakKey),
                "{alg}, {} bytes",
                secret.len()
            );
            continue;
        }
        let mac = hmac(alg, secret, message);
        assert_eq!(mac, theirs(alg, secret, message));
        for key in [all.as_ref().unwrap(), &alone.unwrap()] {
            assert!(
                key.verify(alg, message, &mac).is_ok(),
                "{alg}, {} bytes",
                secret.len()
            );
            for at in [0, mac.len() / 2, mac.len() - 1] {
                let mut other = mac.clone();
                other[at] ^= 1;
                assert!(
                    key.verify(alg, message, &other).is_err(),
                    "{alg}: byte {at}"
                );
            }
            let longer = [&mac[..], &[0]].concat();
            for other in [&mac[1..], &mac[..mac.len() - 1], &mac[..0], &longer] {
                assert!(
                    key.verify(alg, message, other).is_err(),
                    "{alg}: {} bytes",
                    other.len()
                );
            }
        }
        assert_in_a_set(alg, secret, message);
    }
}

/// Verifies a token with the secret, so that a set has to choose among the materials of the secret.
fn assert_in_a_set(alg: &str, secret: &[u8], payload: &[u8]) {
    let keys = secret_key(secret, MACS).unwrap();
    let header = format!(r#"{{"alg":"{alg}"}}"#);
    let token = token_signed_by(header.as_bytes(), payload, |input| hmac(alg, secret, input));
    assert_eq!(
        signature_verdict(&token, &keys),
        Ok(()),
        "{alg}, {} bytes",
        secret.len()
    );
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    for (other, _) in ALGS {
        let mac = hmac(other, secret, signing_input.as_bytes());
        let forged = format!("{signing_input}.{}", base64url(&mac));
        let want = if other == alg {
            Ok(())
        } else {
            Err(Error::BadSignature)
        };
        assert_eq!(signature_verdict(&forged, &keys), want, "{alg} by {other}");
    }
}

#[test]
fn secrets_of_every_length() {
    assert_secret(&[0; 64], b"message");
    let secret: Vec<u8> = (0..600_u32)
        .map(|i| u8::try_from(i % 251).unwrap())
        .collect();
    for len in 0..=secret.len() {
        assert_secret(&secret[..len], &secret[len..]);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn random_secrets_and_messages(secret in bytes(560), message in bytes(1000)) {
        assert_secret(&secret, &message);
    }
}
