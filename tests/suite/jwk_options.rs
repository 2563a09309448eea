//! JWKs that deviate from the RFCs, and the options that accept them.

use jose_verify::alg::{ES256, ES384, ES512, RS256, SIGNATURES};
use jose_verify::keys::JwkOptions;
use jose_verify::{Error, Jwk, Key, Keys};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::support::Keyring;
use super::support::curve::{CURVES, Curve};
use super::support::sign::base64url;

type Outcome = Result<usize, Error>;

/// Loads a JWK Set with one entry.
fn load(jwk: &Value, options: JwkOptions<'_>) -> Outcome {
    let jwks = json!({"keys": [jwk]}).to_string();
    let mut keys = Keyring::new();
    let report = keys.load_with(jwks.as_bytes(), SIGNATURES, options, |_| {});
    report.map(|report| report.kept())
}

/// Loads the JWK alone.
fn add(jwk: &Value, options: JwkOptions<'_>) -> Outcome {
    let mut keys = Keyring::new();
    keys.accept(SIGNATURES)?;
    keys.add_jwk_with(jwk.to_string().as_bytes(), options)?;
    Ok(keys.len())
}

fn with(jwk: &Value, members: &Value) -> Value {
    let mut changed = jwk.clone();
    let members = members.as_object().unwrap().clone();
    changed.as_object_mut().unwrap().extend(members);
    changed
}

/// RFC 7515 A.3.
fn example() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
}

#[test]
fn null_members_of_a_jwk_count_as_absent() {
    let one = Ok(1);
    for (members, want) in [
        (json!({"alg": null}), one),
        (json!({"kid": null}), one),
        (json!({"use": null}), one),
        (json!({"key_ops": null}), one),
        (
            json!({"x5c": null, "x5t": null, "x5u": null, "d": null, "n": null}),
            one,
        ),
        (
            json!({"alg": null, "kid": null, "use": null, "key_ops": null, "ext": null}),
            one,
        ),
        (json!({"kty": null}), Err(Error::MalformedKey)),
        (json!({"crv": null}), Err(Error::MalformedKey)),
        (json!({"x": null}), Err(Error::MalformedKey)),
        (json!({"y": null}), Err(Error::MalformedKey)),
        (json!({"alg": "null"}), Err(Error::AlgorithmNotAccepted)),
        (json!({"use": ""}), Err(Error::WrongKeyUse)),
        (json!({"kid": false}), Err(Error::MalformedKey)),
        (json!({"key_ops": [null]}), Err(Error::WrongKeyUse)),
    ] {
        let jwk = with(&example(), &members);
        assert_eq!(load(&jwk, JwkOptions::new()), want, "{members}");
        assert_eq!(add(&jwk, JwkOptions::new()), want, "{members}");
        let text = jwk.to_string();
        assert_eq!(Key::from_jwk(ES256, text.as_bytes()).map(|_| 1), want);
        if members["alg"].is_null() && want.is_ok() {
            assert!(Jwk::parse(text.as_bytes()).unwrap().is_for("ES256"));
        }
    }
}

#[test]
fn other_registered_uses_rfc_7517_4_2() {
    for (public_key_use, accepted, want) in [
        (json!("sig"), &["sig"][..], true),
        (json!("jwt-svid"), &["jwt-svid"], true),
        (json!("jwt-svid"), &["sig", "jwt-svid"], true),
        (json!("sig"), &["sig", "jwt-svid"], true),
        (Value::Null, &["jwt-svid"], true),
        (json!("sig"), &["jwt-svid"], false),
        (json!("x509-svid"), &["jwt-svid"], false),
        (json!("enc"), &["jwt-svid"], false),
        (json!("JWT-SVID"), &["jwt-svid"], false),
        (json!("jwt-svid "), &["jwt-svid"], false),
        (json!(""), &["jwt-svid"], false),
        (json!("sig"), &[], false),
    ] {
        let jwk = with(&example(), &json!({ "use": public_key_use }));
        let want = if want { Ok(1) } else { Err(Error::WrongKeyUse) };
        let options = || JwkOptions::new().accept_use(accepted);
        assert_eq!(load(&jwk, options()), want, "{public_key_use}");
        assert_eq!(add(&jwk, options()), want, "{public_key_use}");
        let text = jwk.to_string();
        let key = Key::from_jwk_with(ES256, text.as_bytes(), options());
        assert_eq!(key.map(|_| 1), want, "{public_key_use}");
        let default = if matches!(public_key_use.as_str(), None | Some("sig")) {
            Ok(1)
        } else {
            Err(Error::WrongKeyUse)
        };
        assert_eq!(load(&jwk, JwkOptions::new()), default, "{public_key_use}");
    }
    // `key_ops` still has to allow verification.
    let jwk = with(
        &example(),
        &json!({"use": "jwt-svid", "key_ops": ["encrypt"]}),
    );
    let options = JwkOptions::new().accept_use(&["jwt-svid"]);
    assert_eq!(load(&jwk, options), Err(Error::WrongKeyUse));
}

/// Returns a key whose x has this many leading zero bytes, or more.
fn with_leading_zeros(curve: &Curve, zeros: usize) -> Value {
    let bits = 8 * (curve.width - zeros) - if curve.width == 66 { 7 } else { 0 };
    let mut x = (BigUint::from(1_u8) << u32::try_from(bits).unwrap()) - 1_u8;
    loop {
        if let Some(point) = curve.lift(&x) {
            return curve.jwk(&point);
        }
        x -= 1_u8;
    }
}

#[test]
fn coordinates_without_leading_zeros_rfc_7518_6_2_1_2() {
    for curve in &*CURVES {
        for zeros in 1..=3 {
            let jwk = with_leading_zeros(curve, zeros);
            let (x, y) = (coordinate(&jwk, "x"), coordinate(&jwk, "y"));
            assert!(x[..zeros].iter().all(|byte| *byte == 0), "{}", curve.crv);
            let lenient = || JwkOptions::new().short_coordinates();
            let short = Err(Error::ShortCoordinate);
            let malformed = Err(Error::MalformedKey);
            let too_many = if curve.width == 66 {
                Err(Error::KeyTooLarge)
            } else {
                malformed
            };
            let zero_too_many = [&[0], &x[..]].concat();
            let two_too_many = [&[0, 0], &x[..]].concat();
            let other = [&[1], &x[..]].concat();
            for (x, strict, want) in [
                (&x[..], Ok(1), Ok(1)),
                (&x[1..], short, Ok(1)),
                (&x[zeros..], short, Ok(1)),
                (&zero_too_many, too_many, Ok(1)),
                (&two_too_many, too_many, Err(Error::KeyTooLarge)),
                (&other, too_many, malformed),
                (&x[..x.len() - 1], short, malformed),
                (&[], malformed, malformed),
                (&[0], malformed, malformed),
                (&y[..], malformed, malformed),
            ] {
                let want = match want {
                    // The buffer of the adapter has room for 67 bytes.
                    Err(Error::KeyTooLarge) if curve.width < 66 => malformed,
                    want => want,
                };
                let jwk = with(&jwk, &json!({ "x": base64url(x) }));
                let case = format!("{} {zeros}: {}", curve.crv, x.len());
                assert_eq!(load(&jwk, JwkOptions::new()), strict, "{case}");
                assert_eq!(load(&jwk, lenient()), want, "{case}");
                assert_eq!(add(&jwk, lenient()), want, "{case}");
            }
            let swapped = with(&jwk, &json!({"crv": "P-256"}));
            if curve.width > 32 {
                assert!(load(&swapped, lenient()).is_err());
            }
        }
    }
    let jwk = with_leading_zeros(&CURVES[2], 1);
    let short = with(&jwk, &json!({"x": base64url(&coordinate(&jwk, "x")[1..])})).to_string();
    let key = |options| Key::from_jwk_with(ES512, short.as_bytes(), options);
    assert_eq!(key(JwkOptions::new()).err(), Some(Error::ShortCoordinate));
    let lenient = key(JwkOptions::new().short_coordinates()).unwrap();
    let strict = Key::from_jwk(ES512, jwk.to_string().leak().as_bytes()).unwrap();
    assert_eq!(lenient.material(), strict.material());
    let wrong = Key::from_jwk_with(
        ES384,
        short.as_bytes(),
        JwkOptions::new().short_coordinates(),
    );
    assert_eq!(wrong.err(), Some(Error::UnsupportedKey));
}

fn coordinate(jwk: &Value, name: &str) -> Vec<u8> {
    let text = jwk.to_string();
    let mut buffer = [0; 66];
    let jwk = Jwk::parse(text.as_bytes()).unwrap();
    jwk.parameter(name, &mut buffer).unwrap().to_vec()
}

#[test]
fn entries_with_only_a_certificate_rfc_7517_4_7() {
    let file = include_str!("../../vectors/openssl/keys.json");
    let file: Value = serde_json::from_str(file).unwrap();
    for case in file["keys"].as_array().unwrap() {
        let certificate = &case["forms"]["certificate_der"];
        let kty = &case["jwk"]["kty"];
        let only = json!({"kty": kty, "kid": "a", "x5c": [certificate]});
        let unreadable = json!([case["forms"]["spki_der"]]);
        for (jwk, want) in [
            (only.clone(), Ok(1)),
            (
                with(&only, &json!({"use": "sig", "alg": case["alg"]})),
                Ok(1),
            ),
            (
                with(&only, &json!({"n": null, "e": null, "x": null, "y": null})),
                Ok(1),
            ),
            (
                with(&only, &json!({"x5c": [certificate, "not read"]})),
                Ok(1),
            ),
            (with(&case["jwk"], &json!({"x5c": ["not read"]})), Ok(1)),
            (with(&only, &json!({"use": "enc"})), Err(Error::WrongKeyUse)),
            (
                with(&only, &json!({"kty": "OKP"})),
                Err(Error::MalformedKey),
            ),
            (with(&only, &json!({"x5c": []})), Err(Error::MalformedKey)),
            (with(&only, &json!({"x5c": null})), Err(Error::MalformedKey)),
            (
                with(&only, &json!({"x5c": certificate})),
                Err(Error::MalformedKey),
            ),
            (
                with(&only, &json!({"x5c": unreadable})),
                Err(Error::MalformedKey),
            ),
            (
                with(&only, &json!({"n": 5, "x": 5})),
                Err(Error::MalformedKey),
            ),
        ] {
            let mut scratch = [0; 8192];
            let options = JwkOptions::new().x5c(&mut scratch);
            assert_eq!(load(&jwk, options), want, "{jwk}");
        }
        // By default, a certificate is not read.
        assert_eq!(load(&only, JwkOptions::new()), Err(Error::MalformedKey));
        let mut short = [0; 64];
        let options = JwkOptions::new().x5c(&mut short);
        assert_eq!(add(&only, options), Err(Error::ScratchTooSmall));
        if *kty == "RSA" {
            let text = only.to_string();
            let mut scratch = [0; 8192];
            let options = JwkOptions::new().x5c(&mut scratch);
            let key = Key::from_jwk_with(RS256, text.as_bytes(), options).unwrap();
            assert!(key.key(0).unwrap().key_id().unwrap() == "a");
        }
    }
}
