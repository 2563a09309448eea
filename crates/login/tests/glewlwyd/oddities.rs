//! Where Glewlwyd departs from RFC 7518: coordinates without leading zeros, and wrong algorithms.

use jose_verify::alg::{Algorithm, Algorithms, ES256, ES384, ES512, HS384, HS512, PS384, PS512};
use jose_verify::keys::JwkOptions;
use jose_verify::{Error as TokenError, GrowingKeySet};
use jose_verify_login::{Client, Flow};
use serde_json::{Value, json};

use crate::provider::{Glewlwyd, SECRET, error_of, find_key, is_short, signed_by, with_name};
use crate::{assert_is_alice, assert_is_token_error, assert_keys_are_skipped, id_token, log_in};

const CURVES: [(&str, &str, &dyn Algorithm); 3] = [
    ("ES256", "ec256", &ES256),
    ("ES384", "ec384", &ES384),
    ("ES512", "ec521", &ES512),
];

/// Loads the published keys, with an option for short coordinates or without.
fn load(
    provider: &Glewlwyd,
    name: &str,
    algorithm: &'static dyn Algorithm,
    options: JwkOptions<'_>,
) -> Result<GrowingKeySet, TokenError> {
    let algorithms = Algorithms::new(&[algorithm]).unwrap();
    let mut keys = GrowingKeySet::default();
    let jwks = provider.jwks(name);
    keys.load_with(jwks.as_bytes(), &algorithms, options, |_| {})?;
    Ok(keys)
}

/// Checks that the only key of a plugin is short, and what that means.
fn refuse_short(
    provider: &Glewlwyd,
    name: &str,
    algorithm: &'static dyn Algorithm,
) -> GrowingKeySet {
    let jwks: Value = serde_json::from_str(&provider.jwks(name)).unwrap();
    assert!(is_short(&jwks["keys"][0]), "{name}");
    // The client skips such keys by default.
    let outcome = log_in(&mut provider.client(name, algorithm), Flow::Code);
    assert_keys_are_skipped(outcome, TokenError::ShortCoordinate, name);
    let strict = load(provider, name, algorithm, JwkOptions::new()).err();
    assert_eq!(strict, Some(TokenError::ShortCoordinate), "{name}");
    load(
        provider,
        name,
        algorithm,
        JwkOptions::new().short_coordinates(),
    )
    .unwrap()
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn short_coordinates() {
    let provider = Glewlwyd::honest(&["ES256", "ES384", "ES512"]);
    let twin = Glewlwyd::posing_as(&provider, &["ES256", "ES384", "ES512"], 1);
    for (alg, kind, algorithm) in CURVES {
        let new_key = || with_name(find_key(kind, is_short), alg, "short");
        provider.rotate(alg, &[new_key()]);
        twin.rotate(alg, &[new_key()]);
        let keys = refuse_short(&provider, alg, algorithm);
        let issuer = [provider.issuer(alg)];
        let verify = |token: &str| error_of(token, &keys, &id_token(&issuer));
        let tokens = provider.tokens(alg);
        assert_eq!(verify(&tokens.id_token), None, "{alg}");
        assert_eq!(verify(&tokens.from_browser), None, "{alg}");
        let forged = twin.tokens(alg).id_token;
        assert_eq!(verify(&forged), Some(TokenError::BadSignature), "{alg}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn short_coordinates_of_a_key_in_pem() {
    let provider = Glewlwyd::honest(&[]);
    // Three of four keys of P-521 have a short coordinate.
    for number in 0..40 {
        let name = format!("pem-{number}");
        let parameters = provider.with_pem(&name, "ec521", ("ecdsa", "512"));
        provider.add_plugin(&name, &parameters);
        let jwks: Value = serde_json::from_str(&provider.jwks(&name)).unwrap();
        if is_short(&jwks["keys"][0]) {
            let keys = refuse_short(&provider, &name, &ES512);
            let (issuer, tokens) = ([provider.issuer(&name)], provider.tokens(&name));
            assert_eq!(error_of(&tokens.id_token, &keys, &id_token(&issuer)), None);
            return;
        }
        assert_is_alice(
            log_in(&mut provider.client(&name, &ES512), Flow::Code),
            &name,
        );
    }
    panic!("no key with a short coordinate");
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn the_size_384_means_512() {
    let provider = Glewlwyd::honest(&[]);
    // With a key in PEM, Glewlwyd 2.7.6 signs with SHA-512 if it is told to use 384 bits.
    let rsa = provider.with_pem("rsa", "RSA2048", ("rsa-pss", "384"));
    let mut secret = provider.with_pem("hmac", "ec384", ("sha", "384"));
    secret["key"] = SECRET.into();
    let ec = provider.with_pem("ec", "ec384", ("ecdsa", "384"));
    for (name, parameters) in [("rsa", rsa), ("hmac", secret), ("ec", ec)] {
        provider.add_plugin(name, &parameters);
    }
    let cases: [(&str, &str, &dyn Algorithm, &dyn Algorithm); 2] = [
        ("rsa", "PS512", &PS384, &PS512),
        ("hmac", "HS512", &HS384, &HS512),
    ];
    for (name, alg, expected, actual) in cases {
        let client = |algorithm| {
            let settings = provider.settings(name, &signed_by(alg, algorithm));
            Client::discover(settings).unwrap()
        };
        let outcome = log_in(&mut client(expected), Flow::Code);
        let error = TokenError::AlgorithmNotAccepted;
        if name == "hmac" {
            assert_is_token_error(outcome, error, name);
        } else {
            assert_keys_are_skipped(outcome, error, name);
        }
        assert_is_alice(log_in(&mut client(actual), Flow::Code), name);
    }
    // A key of P-384 cannot belong to ES512 (RFC 7518 §3.4), which the JWK and the tokens name.
    let jwks: Value = serde_json::from_str(&provider.jwks("ec")).unwrap();
    let key = json!([jwks["keys"][0]["crv"], jwks["keys"][0]["alg"]]);
    assert_eq!(key, json!(["P-384", "ES512"]));
    let outcome = log_in(&mut provider.client("ec", &ES384), Flow::Code);
    assert_keys_are_skipped(outcome, TokenError::AlgorithmNotAccepted, "ES384");
    let outcome = log_in(&mut provider.client("ec", &ES512), Flow::Code);
    assert_keys_are_skipped(outcome, TokenError::UnsupportedKey, "ES512");
    let refused = load(&provider, "ec", &ES512, JwkOptions::new()).err();
    assert_eq!(refused, Some(TokenError::UnsupportedKey));
}
