//! The key and the algorithm that verified a token, at every entry point.

use jose_verify::alg::{ES256, HS256, InvalidSignature, KeyParameters, RS256, RS512};
use jose_verify::keys::{ForeignKey, KeyRef};
use jose_verify::{Error, Key, KeySet, Keys, Options};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{ENTRY_POINTS, Form, ISSUER, claims, token_in_form};
use crate::support::curve::curve;
use crate::support::hash::hmac;
use crate::support::rsa::RsaKey;
use crate::support::sign::SECRET;

/// An opaque key for HS384 and HS512.
struct OpaqueKey;

const OPAQUE_SECRET: &[u8] = b"in the slot";

impl ForeignKey for OpaqueKey {
    fn key_id(&self) -> Option<&str> {
        Some("slot")
    }

    fn algorithms(&self) -> &[&'static str] {
        &["HS512", "HS384"]
    }

    fn verify(
        &self,
        algorithm: &'static str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if hmac(algorithm, OPAQUE_SECRET, signing_input) == signature {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

impl Keys for OpaqueKey {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| KeyRef::foreign(self))
    }
}

/// Signs the signing input of a token.
type Sign<'s> = &'s dyn Fn(&[u8]) -> Vec<u8>;

/// The position of the key that verifies a token, or the error.
type Position = Result<usize, Error>;

/// Verifies a token, once with a set and once with a list of sources, and compares the positions of
/// the key with the expected ones.
fn assert_positions(
    (set, list): (&dyn Keys, &dyn Keys),
    (alg, kid): (&str, Option<&str>),
    sign: Sign<'_>,
    (in_set, in_list): (Position, Position),
) {
    let header = match kid {
        Some(kid) => json!({"alg": alg, "kid": kid}).to_string(),
        None => json!({"alg": alg}).to_string(),
    };
    let claims = claims(ISSUER, "");
    let tokens =
        [Form::Strict, Form::Padded].map(|form| token_in_form(form, &header, &claims, sign));
    for entry in ENTRY_POINTS {
        let token = &tokens[usize::from(entry.form == Form::Padded)];
        for (keys, want) in [(set, in_set), (list, in_list)] {
            let result = entry.verify_token(token, keys, Options::new());
            let position = result.map(|read| {
                assert_eq!(read.by.algorithm, alg, "{entry:?} {header}");
                read.by.position
            });
            assert_eq!(position, want, "{entry:?} {header}");
        }
    }
}

/// Skipped entries and empty sets do not count as positions.
#[test]
fn positions_in_a_set_and_in_a_list_of_sources() {
    let (rsa, next, ec) = (RsaKey::usual(), RsaKey::new(2, 3, 65_537), curve("ES256"));
    let [ec_private, device_private, nonce] = [1_u8, 2, 3].map(BigUint::from);
    let named = |mut jwk: Value, kid: &str| {
        jwk["kid"] = json!(kid);
        jwk
    };
    let jwks = json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        named(ec.jwk(&ec.point(&ec_private)), "ec"),
        named(rsa.jwk(), "rsa"),
        {"kty": "RSA", "kid": "weak", "n": "AQ", "e": "AQAB"},
        named(next.jwk(), "next"),
    ]});
    let mut set = KeySet::<3>::new();
    let report = set.load(
        jwks.to_string().as_bytes(),
        &[&RS256, &ES256, &RS512],
        |_| {},
    );
    assert_eq!(report.unwrap().kept(), 3);

    let pinned = Key::new(HS256, &KeyParameters::oct(SECRET)).unwrap();
    let jwk = named(ec.jwk(&ec.point(&device_private)), "device").to_string();
    let device = Key::from_jwk(ES256, jwk.as_bytes()).unwrap();
    let mut empty = KeySet::<2>::new();
    empty.accept(&[&ES256]).unwrap();
    let list: [&dyn Keys; 6] = [&empty, &pinned, &set, &empty, &OpaqueKey, &device];
    let list = list.as_slice();

    let by_ec: Sign<'_> = &|input| ec.sign(&ec_private, &nonce, input);
    let by_device: Sign<'_> = &|input| ec.sign(&device_private, &nonce, input);
    let by_opaque = |alg: &'static str| move |input: &[u8]| hmac(alg, OPAQUE_SECRET, input);
    let by_secret: Sign<'_> = &|input| hmac("HS256", SECRET, input);
    let public = rsa.jwk().to_string();
    let (no_key, not_accepted) = (Err(Error::NoKey), Err(Error::AlgorithmNotAccepted));
    let bad = Err(Error::BadSignature);
    let check = |token: (&str, &str), sign: Sign<'_>, in_set: Position, in_list: Position| {
        let kid = (!token.1.is_empty()).then_some(token.1);
        assert_positions((&set, &list), (token.0, kid), sign, (in_set, in_list));
    };
    check(("ES256", "ec"), by_ec, Ok(0), Ok(1));
    check(("ES256", ""), by_ec, Ok(0), Ok(1));
    check(("ES256", "device"), by_device, no_key, Ok(5));
    // Other keys are tried first.
    check(("ES256", ""), by_device, bad, Ok(5));
    check(("RS256", "rsa"), &|i| rsa.sign("RS256", i), Ok(1), Ok(2));
    check(("RS512", "next"), &|i| next.sign("RS512", i), Ok(2), Ok(3));
    check(("RS512", ""), &|i| rsa.sign("RS512", i), Ok(1), Ok(2));
    check(("RS256", ""), &|i| next.sign("RS256", i), Ok(2), Ok(3));
    check(("RS256", "next"), &|i| rsa.sign("RS256", i), bad, bad);
    check(("RS256", "ec"), &|i| rsa.sign("RS256", i), no_key, no_key);
    check(
        ("RS384", ""),
        &|i| rsa.sign("RS384", i),
        not_accepted,
        not_accepted,
    );
    check(("HS384", "slot"), &by_opaque("HS384"), not_accepted, Ok(4));
    check(("HS512", ""), &by_opaque("HS512"), not_accepted, Ok(4));
    check(("HS384", "rsa"), &by_opaque("HS384"), not_accepted, no_key);
    check(("HS256", ""), by_secret, not_accepted, Ok(0));
    // A key without a `kid` fits a token with any `kid`.
    check(("HS256", "rsa"), by_secret, not_accepted, Ok(0));
    // A public key is not used as a secret, even next to a real secret.
    let confused: Sign<'_> = &|input| hmac("HS256", public.as_bytes(), input);
    check(("HS256", "rsa"), confused, not_accepted, bad);

    // If one of the sources is not loaded yet, the error is `NoKey`.
    let unloaded: [&dyn Keys; 2] = [&pinned, &KeySet::<2>::new()];
    let sign: Sign<'_> = &|i| rsa.sign("RS384", i);
    let sources: (&dyn Keys, &dyn Keys) = (&pinned, &unloaded.as_slice());
    assert_positions(sources, ("RS384", None), sign, (not_accepted, no_key));
}
