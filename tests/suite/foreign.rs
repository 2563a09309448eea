//! Ed25519 (RFC 8037, RFC 9864), which this crate does not implement, added from outside through
//! public items only.

use crate::support::secs;
use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signer, SigningKey};
use jose_verify::alg::{
    Algorithm, ES256, Es256, KeyParameters, MACS, MAX_DIGEST_LEN, RS256, SHA256, SIGNATURES,
};
use jose_verify::keys::{VerifiedBy, jwk_thumbprint};
use jose_verify::{Error, Key, KeySet, Keys, RotatingKeys};
use serde_json::{Value, json};

use self::ed25519::Ed25519;
use super::keys::{public_key, verified_by};
use super::support::hash::digest;
use super::support::sign::{base64url, token_signed_by};
use super::support::verdict::signature_verdict;

/// Everything that a caller has to write.
mod ed25519 {
    use ed25519_dalek::{Signature, VerifyingKey};
    use jose_verify::Error;
    use jose_verify::alg::{
        Algorithm, AlgorithmKind, InlineKey, InvalidSignature, KeyType, ParameterSource, Word,
    };

    const WORDS: usize = 32 / size_of::<Word>();

    #[derive(Debug)]
    struct Point;

    impl KeyType for Point {
        fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
            if !key.is("kty", "OKP") || !key.is("crv", "Ed25519") {
                return Err(Error::UnsupportedKey);
            }
            let mut buffer = [0; 32];
            let x = key.bytes("x", &mut buffer)?;
            VerifyingKey::try_from(x).map_err(|_| Error::MalformedKey)?;
            let material = material.get_mut(..WORDS).ok_or(Error::KeySetFull)?;
            for (word, bytes) in material.iter_mut().zip(x.as_chunks().0) {
                *word = Word::from_le_bytes(*bytes);
            }
            Ok(WORDS)
        }
    }

    /// `Ed25519` (RFC 9864), or `EdDSA` (RFC 8037), whose name does not specify the curve.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Ed25519<const EDDSA: bool = false>;

    impl<const EDDSA: bool> Algorithm for Ed25519<EDDSA> {
        fn name(&self) -> &'static str {
            if EDDSA { "EdDSA" } else { "Ed25519" }
        }
        fn kind(&self) -> AlgorithmKind {
            AlgorithmKind::Signature
        }
        fn key_type(&self) -> &'static dyn KeyType {
            &Point
        }
        fn verify(&self, key: &[Word], input: &[u8], sig: &[u8]) -> Result<(), InvalidSignature> {
            let mut bytes = [0; 32];
            for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(key) {
                *bytes = word.to_le_bytes();
            }
            VerifyingKey::from_bytes(&bytes)
                .and_then(|key| key.verify_strict(input, &Signature::from_slice(sig)?))
                .map_err(|_| InvalidSignature)
        }
    }

    impl<const EDDSA: bool> InlineKey for Ed25519<EDDSA> {
        type Material = [Word; WORDS];
        const EMPTY: Self::Material = [0; WORDS];
    }
}

const ED25519: Ed25519 = Ed25519;
const EDDSA: Ed25519<true> = Ed25519;

/// The key of RFC 8037, Appendix A.2.
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// The private part of that key (Appendix A.1).
const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

/// The signed example of Appendix A.4.
const EXAMPLE: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
    hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

/// The example with the first byte of the signature changed.
fn forged() -> String {
    EXAMPLE.replace(".hgyY", ".igyY")
}

fn decoded(text: &str) -> [u8; 32] {
    let bytes = Base64UrlUnpadded::decode_vec(text).unwrap();
    bytes.try_into().unwrap()
}

/// Returns the key as a JWK with additional members.
fn jwk(more: &Value) -> Value {
    let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": X});
    let members = jwk.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    jwk
}

/// Returns a token signed with the key.
fn token(header: &Value) -> String {
    let key = SigningKey::from_bytes(&decoded(D));
    let sign = |input: &[u8]| key.sign(input).to_bytes().to_vec();
    token_signed_by(header.to_string().as_bytes(), b"{}", sign)
}

#[test]
fn a_foreign_algorithm_takes_few_lines() {
    let text = include_str!("foreign.rs");
    let (_, part) = text.split_once("\nmod ed25519 {\n").unwrap();
    let (part, _) = part.split_once("\n}\n").unwrap();
    let lines = part.lines().count();
    assert!((30..60).contains(&lines), "{lines}");
}

#[test]
fn rfc_8037_appendix_a_4() {
    assert_eq!(
        token(&json!({"alg": "EdDSA"})).split('.').next(),
        EXAMPLE.split('.').next()
    );
    let text = jwk(&json!({})).to_string();
    let key = Key::from_jwk(EDDSA, text.as_bytes()).unwrap();
    let set = KeySet::<1>::from_jwk(text.as_bytes(), &[&EDDSA]).unwrap();
    let both: [&dyn Keys; 2] = [&key, &set];
    for keys in both {
        assert_eq!(signature_verdict(EXAMPLE, keys), Ok(()));
        let rejected = signature_verdict(&forged(), keys);
        assert_eq!(rejected, Err(Error::BadSignature));
    }
    // The other name is a different algorithm.
    let other = Key::from_jwk(ED25519, text.as_bytes()).unwrap();
    let rejected = signature_verdict(EXAMPLE, &other);
    assert_eq!(rejected, Err(Error::AlgorithmNotAccepted));
}

#[test]
fn beside_rs256_in_a_jwk_set() {
    let (rsa, of_rsa) = public_key("RS256");
    let jwks = json!({"keys": [rsa, jwk(&json!({"kid": "ed"}))]}).to_string();
    let list: [&dyn Algorithm; 3] = [&RS256, &ED25519, &EDDSA];
    let keys = KeySet::<2>::from_jwks(jwks.as_bytes(), &list).unwrap();
    assert_eq!(keys.len(), 2, "one entry for both names");
    assert_eq!(signature_verdict(&of_rsa, &keys), Ok(()));
    assert_eq!(signature_verdict(EXAMPLE, &keys), Ok(()));
    assert_eq!(
        signature_verdict(&forged(), &keys),
        Err(Error::BadSignature)
    );
    for algorithm in ["Ed25519", "EdDSA"] {
        let header = |kid: &str| json!({"alg": algorithm, "kid": kid});
        let want = VerifiedBy {
            position: 1,
            algorithm,
        };
        assert_eq!(verified_by(&token(&header("ed")), &keys), Ok(want));
        for wrong in ["Ed", "rsa", ""] {
            assert_eq!(
                signature_verdict(&token(&header(wrong)), &keys),
                Err(Error::NoKey)
            );
        }
    }
    // A set accepts only the algorithms of its list.
    let mut skipped = Vec::new();
    let mut without = KeySet::<2>::new();
    without
        .load(jwks.as_bytes(), SIGNATURES, |entry| {
            skipped.push((
                entry.position,
                entry.key_id.unwrap().to_string(),
                entry.reason,
            ));
        })
        .unwrap();
    assert_eq!(skipped, [(1, "ed".to_owned(), Error::UnsupportedKey)]);
    assert_eq!(
        signature_verdict(EXAMPLE, &without),
        Err(Error::AlgorithmNotAccepted)
    );
    // A list cannot mix it with MACs.
    let mixed = [MACS[0], &EDDSA];
    let rejected = KeySet::<2>::from_jwks(jwks.as_bytes(), &mixed).err();
    assert_eq!(rejected, Some(Error::UnusableAlgorithmList));
}

#[test]
fn jwk_members_are_checked() {
    for (members, want) in [
        (json!({}), None),
        (
            json!({"alg": "EdDSA", "use": "sig", "key_ops": ["verify"]}),
            None,
        ),
        (json!({"alg": "Ed25519"}), Some(Error::AlgorithmNotAccepted)),
        (json!({"use": "enc"}), Some(Error::WrongKeyUse)),
        (json!({"crv": "X25519"}), Some(Error::UnsupportedKey)),
        (json!({"crv": "Ed448"}), Some(Error::UnsupportedKey)),
        (json!({"kty": "EC"}), Some(Error::UnsupportedKey)),
        (json!({"x": 5}), Some(Error::MalformedKey)),
        (json!({"x": base64url(&[1; 31])}), Some(Error::MalformedKey)),
        (json!({"x": base64url(&[1; 33])}), Some(Error::KeyTooLarge)),
        // There is no point with y = 2 on the curve.
        (
            json!({"x": base64url(&[[2].as_slice(), &[0; 31]].concat())}),
            Some(Error::MalformedKey),
        ),
    ] {
        let text = jwk(&members).to_string();
        let set = KeySet::<1>::from_jwk(text.as_bytes(), &[&EDDSA]).err();
        assert_eq!(set, want, "{members}");
        let key = Key::from_jwk(EDDSA, text.as_bytes()).err();
        assert_eq!(key, want, "{members}");
    }
}

#[test]
fn rotation() {
    let list: [&dyn Algorithm; 3] = [&RS256, &EDDSA, &ES256];
    let update = |keys: &RotatingKeys<4>, published: Value, now| {
        let jwks = json!({ "keys": published }).to_string();
        let (new, _) = keys
            .updated(jwks.as_bytes(), &list, secs(3600), now, |_| {})
            .unwrap();
        new
    };
    let (rsa, of_rsa) = public_key("RS256");
    let header = json!({"alg": "EdDSA", "kid": "ed"});
    let first = update(
        &RotatingKeys::new(),
        json!([jwk(&json!({"kid": "ed"}))]),
        secs(0),
    );
    assert_eq!(signature_verdict(&token(&header), &first), Ok(()));
    let second = update(&first, json!([rsa]), secs(10));
    assert!(second.has_new_keys(&first));
    assert_eq!(
        (second.set().len(), second.retires_next()),
        (2, Some(secs(3610)))
    );
    assert_eq!(signature_verdict(&token(&header), &second), Ok(()));
    assert_eq!(signature_verdict(&of_rsa, &second), Ok(()));
    let third = second.without_retired(secs(3610));
    assert_eq!(
        signature_verdict(&token(&header), &third),
        Err(Error::NoKey)
    );
    // The same key published again is not a new key.
    let back = update(&second, json!([jwk(&json!({"kid": "ed"})), rsa]), secs(20));
    assert!(!back.has_new_keys(&second));
    assert_eq!((back.set().len(), back.retires_next()), (2, None));
    // An update without the algorithm removes the key.
    let without = json!({ "keys": [rsa] }).to_string();
    let (without, _) = back
        .updated(without.as_bytes(), &[&RS256], secs(3600), secs(30), |_| {})
        .unwrap();
    assert_eq!(
        signature_verdict(EXAMPLE, &without),
        Err(Error::AlgorithmNotAccepted)
    );
}

#[test]
fn from_subject_public_key_info_rfc_8410() {
    let prefix = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    let spki = [&prefix[..], &decoded(X)].concat();
    let parameters = KeyParameters::from_spki_der(&spki).unwrap();
    let key = Key::new(EDDSA, &parameters).unwrap();
    assert_eq!(signature_verdict(EXAMPLE, &key), Ok(()));
    assert_eq!(signature_verdict(&forged(), &key), Err(Error::BadSignature));
    let set = KeySet::<1>::from_parameters(&parameters, &[&RS256, &EDDSA]).unwrap();
    assert_eq!(signature_verdict(EXAMPLE, &set), Ok(()));
    // RFC 8410 §3: the parameters MUST be absent.
    let mut with_null = spki.clone();
    (with_null[1], with_null[3]) = (0x2c, 0x07);
    with_null.splice(9..9, [5, 0]);
    for (der, want) in [
        (&spki[..43], Error::MalformedKey),
        (&with_null, Error::MalformedKey),
    ] {
        assert_eq!(KeyParameters::from_spki_der(der).err(), Some(want));
    }
    // X25519 is not a signature algorithm.
    let mut other = spki;
    other[8] = 0x6e;
    let rejected = KeyParameters::from_spki_der(&other).err();
    assert_eq!(rejected, Some(Error::UnsupportedKey));
}

#[test]
fn kid_must_match() {
    let text = jwk(&json!({"kid": "ed"})).to_string();
    let key = Key::from_jwk(ED25519, text.as_bytes()).unwrap();
    for (kid, want) in [("ed", Ok(())), ("de", Err(Error::NoKey))] {
        let token = token(&json!({"alg": "Ed25519", "kid": kid}));
        assert_eq!(signature_verdict(&token, &key), want, "{kid}");
        let renamed = key.with_key_id("de");
        assert_eq!(signature_verdict(&token, &renamed).is_ok(), kid == "de");
    }
    let unnamed = token(&json!({"alg": "Ed25519"}));
    assert_eq!(signature_verdict(&unnamed, &key), Ok(()));
}

#[test]
fn a_key_has_the_size_that_its_algorithm_needs() {
    // A key of ES256 has 64 bytes of material; the rest is its `kid`.
    let kid = size_of::<Key<'_, Es256>>() - 64;
    assert_eq!(size_of::<Key<'_, Ed25519>>(), 32 + kid);
    assert!(kid <= 3 * size_of::<usize>());
}

#[test]
fn thumbprints() {
    let thumbprint = |jwk: &Value| {
        let mut buffer = [0; MAX_DIGEST_LEN];
        let jwk = jwk.to_string();
        let thumbprint = jwk_thumbprint(jwk.as_bytes(), &SHA256, &mut buffer);
        thumbprint.map(base64url)
    };
    // RFC 8037, Appendix A.3.
    let want = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(thumbprint(&jwk(&json!({}))).as_deref(), Ok(want));
    let more = json!({"kid": "1", "use": "sig", "alg": "EdDSA", "d": D});
    assert_eq!(thumbprint(&jwk(&more)).as_deref(), Ok(want));

    // RFC 9964: `alg`, `kty` and `pub` are the required members of an AKP key.
    let canonical =
        r#"{"alg":"ML-DSA-44","kty":"AKP","pub":"unH59k4RuutY-pxvu24U5h8YZD2rSVtHU5qRZsoBmBM"}"#;
    let mut akp: Value = serde_json::from_str(canonical).unwrap();
    let want = base64url(&digest("HS256", &[canonical.as_bytes()]));
    assert_eq!(thumbprint(&akp), Ok(want.clone()));
    akp["kid"] = json!("1");
    akp["priv"] = json!("AA");
    assert_eq!(thumbprint(&akp), Ok(want));
    for (of, member) in [
        (jwk(&json!({})), "x"),
        (jwk(&json!({})), "crv"),
        (akp.clone(), "alg"),
        (akp, "pub"),
    ] {
        for value in [json!(null), json!(5)] {
            let mut wrong = of.clone();
            wrong[member] = value;
            assert_eq!(thumbprint(&wrong), Err(Error::MalformedKey), "{wrong}");
        }
    }
}
