//! The token's algorithm is not the key's, or is `none`.

use std::panic;

use base64ct::{Base64, Encoding};
use jose_verify::alg::{
    Algorithm, ES256, HS256, HS384, HS512, KeyParameters, MACS, RS256, RS512, SIGNATURES,
};
use jose_verify::keys::{ForeignKey, KeyRef};
use jose_verify::{Error, Key, KeySet, Keys, Member, Problem};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BoxedUint, RsaPublicKey};
use serde_json::json;

use super::{CLAIMS, OURS, rsa_token, set, with};
use crate::support::Keyring;
use crate::support::curve::curve;
use crate::support::hash::hmac;
use crate::support::sign::{base64url, key as mac_key, token_signed_by};
use crate::support::verdict::signature_verdict;

const HS: [&str; 3] = ["HS256", "HS384", "HS512"];

/// Returns a token with a MAC.
fn mac_token(alg: &str, secret: &[u8]) -> String {
    let header = json!({ "alg": alg }).to_string();
    token_signed_by(header.as_bytes(), CLAIMS, |input| hmac(alg, secret, input))
}

/// "alg": "none" (CVE-2015-9235), also in other spellings, with and without bytes in place of the
/// signature.
#[test]
fn alg_none_cve_2015_9235() {
    let keys = set(&[OURS.jwk()], SIGNATURES);
    for (alg, want) in [
        ("none", Error::Unsecured),
        ("None", Error::Unsecured),
        ("NONE", Error::Unsecured),
        ("nOnE", Error::Unsecured),
        (r"n\u006fne", Error::Unsecured),
        (r"\u004eONE", Error::Unsecured),
        ("none ", Error::AlgorithmNotAccepted),
        ("nonе", Error::AlgorithmNotAccepted), // the last letter is Cyrillic
        ("", Error::AlgorithmNotAccepted),
    ] {
        let header = format!(r#"{{"typ":"JWT","alg":"{alg}"}}"#);
        let signatures = [vec![], vec![0; 32], OURS.sign("RS256", b"whatever")];
        for signature in signatures {
            let token = token_signed_by(header.as_bytes(), CLAIMS, |_| signature);
            assert_eq!(signature_verdict(&token, &*keys), Err(want), "{alg}");
            assert_eq!(signature_verdict(&token, &OURS.key()), Err(want), "{alg}");
            assert_eq!(signature_verdict(&token, &mac_key()), Err(want), "{alg}");
        }
    }
    let without = token_signed_by(br#"{"typ":"JWT"}"#, CLAIMS, |_| vec![]);
    assert_eq!(
        signature_verdict(&without, &*keys),
        Err(Error::Header(Member::Alg, Problem::Missing))
    );
}

/// The text of a public key configured as the shared secret (CVE-2016-10555). It is known to
/// everyone.
#[test]
fn public_key_text_as_shared_secret_cve_2016_10555() {
    let pem = |label: &str| {
        let body = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7";
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let rsa = OURS.jwk().to_string();
    let p256 = curve("ES256");
    let ec = p256.jwk(&p256.g).to_string();
    let ed25519 = format!(
        r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#,
        "A".repeat(43)
    );
    let texts = [
        pem("PUBLIC KEY"),
        pem("RSA PUBLIC KEY"),
        pem("CERTIFICATE"),
        pem("PRIVATE KEY"),
        format!("Certificate:\n  Data:\n{}", pem("CERTIFICATE")),
        pem("PUBLIC KEY").replace('\n', ""),
        pem("PUBLIC KEY").replace('\n', "\\n"),
        format!("\u{feff}{}", pem("PUBLIC KEY").replace('\n', "\r\n")),
        rsa.clone(),
        ec.clone(),
        ed25519.clone(),
        json!({"keys": [OURS.jwk()]}).to_string(),
        format!("{{\n  \"keys\": [\n{ec}\n]}}"),
        format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{}", "A".repeat(40)),
        format!(
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{} me@host\n",
            "A".repeat(99)
        ),
        format!(
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY{}",
            "A".repeat(99)
        ),
        format!(
            "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1{} me",
            "A".repeat(60)
        ),
        format!(
            "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNh{}",
            "A".repeat(60)
        ),
        format!(
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1{}\n---- END SSH2 PUBLIC KEY ----\n",
            "A".repeat(60)
        ),
    ];
    let refused = Some(Error::PublicKeyAsSecret);
    for text in &texts {
        let secret = KeyParameters::oct(text.as_bytes());
        assert_eq!(Key::new(HS256, &secret).err(), refused, "{text}");
        assert_eq!(
            Keyring::from_parameters(&secret, MACS).err(),
            refused,
            "{text}"
        );
    }
    // Passphrases that only look similar.
    let filler = "and it goes on and on, until it is as long as the text of a key, or even longer";
    for passphrase in [
        format!("-----BEGIN PUBLIC KEY----- is how my passphrase begins, {filler}"),
        format!("-----BEGIN-----END {filler}"),
        format!("ssh-rsa AAAA is how my passphrase begins, {filler}"),
        format!("ssh-ed25519 is a kind of key, {filler}"),
        format!(r#"{{"kty" is how my passphrase begins, {filler}"#),
        format!(r#"{{"kty":"oct","k":"{}"}}"#, "A".repeat(99)),
        format!(r#"{{"keys":"RSA","{filler}"}}"#),
        format!("BEGIN SSH2 PUBLIC KEY is how my passphrase begins, {filler}"),
    ] {
        let key = Key::new(HS256, &KeyParameters::oct(passphrase.as_bytes())).unwrap();
        let token = mac_token("HS256", passphrase.as_bytes());
        assert_eq!(signature_verdict(&token, &key), Ok(()), "{passphrase}");
    }
}

/// Returns public keys in every encoding that could be mistaken for a secret.
fn forms_of_public_keys() -> Vec<Vec<u8>> {
    let number = |bytes: Vec<u8>| BoxedUint::from_be_slice_vartime(&bytes);
    let (n, e) = (OURS.n.to_bytes_be(), OURS.e.to_bytes_be());
    let rsa = RsaPublicKey::new(number(n.clone()), number(e)).unwrap();
    let spki_pem = rsa.to_public_key_pem(LineEnding::LF).unwrap();
    let pkcs1_pem = rsa.to_pkcs1_pem(LineEnding::LF).unwrap();

    let p256 = curve("ES256");
    let point = [&[4], &p256.octets(&p256.g.0, &p256.g.1)[..]].concat();
    // RFC 5480 §2: a SubjectPublicKeyInfo for P-256, up to the point.
    let head = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
    let head = num_bigint::BigUint::parse_bytes(head.as_bytes(), 16)
        .unwrap()
        .to_bytes_be();
    let ec_der = [&head[..], &point].concat();
    let ec_pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        Base64::encode_string(&ec_der)
    );
    let (rsa_jwk, ec_jwk) = (OURS.jwk(), p256.jwk(&p256.g));
    vec![
        spki_pem.trim_end().as_bytes().to_vec(),
        spki_pem.replace('\n', "\r\n").into_bytes(),
        spki_pem.into_bytes(),
        pkcs1_pem.trim_end().as_bytes().to_vec(),
        pkcs1_pem.into_bytes(),
        rsa.to_public_key_der().unwrap().into_vec(),
        rsa.to_pkcs1_der().unwrap().as_bytes().to_vec(),
        n,
        rsa_jwk.to_string().into_bytes(),
        rsa_jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        json!({ "keys": [rsa_jwk] }).to_string().into_bytes(),
        ec_pem.into_bytes(),
        ec_der,
        point,
        ec_jwk.to_string().into_bytes(),
        json!({ "keys": [ec_jwk] }).to_string().into_bytes(),
    ]
}

/// RS256 is changed to HS256, and the public key is used as the secret (CVE-2016-10555,
/// CVE-2022-29217, CVE-2024-33663, CVE-2026-34950). A list of algorithms never mixes signatures and
/// MACs, so no key can be used for both.
#[test]
fn public_key_as_hmac_secret_cve_2016_10555() {
    let p256 = curve("ES256");
    let keys = set(&[OURS.jwk(), p256.jwk(&p256.g)], SIGNATURES);
    let forms = forms_of_public_keys();
    assert_eq!(forms.len(), 16);
    for (secret, alg) in forms.iter().flat_map(|form| HS.map(|alg| (form, alg))) {
        let token = mac_token(alg, secret);
        let rejected = Err(Error::AlgorithmNotAccepted);
        assert_eq!(signature_verdict(&token, &*keys), rejected);
        assert_eq!(signature_verdict(&token, &OURS.key()), rejected);
        assert_eq!(signature_verdict(&token, &p256.key(&p256.g)), rejected);
    }
    for jwk in [OURS.jwk(), p256.jwk(&p256.g)] {
        let text = jwk.to_string();
        let mixed = Some(Error::UnusableAlgorithmList);
        assert_eq!(
            Keyring::from_jwk(text.as_bytes(), &[&RS256, &HS256]).err(),
            mixed
        );
        assert_eq!(
            Keyring::from_jwk(text.as_bytes(), &[&HS512, &ES256]).err(),
            mixed
        );
        let jwks = json!({ "keys": [jwk] }).to_string();
        let set = KeySet::<2>::from_jwks(jwks.as_bytes(), &[&RS256, &ES256, &HS384]);
        assert_eq!(set.err(), mixed);
        assert_eq!(
            Keyring::from_jwk(text.as_bytes(), MACS).err(),
            Some(Error::UnsupportedKey)
        );
    }
    let (n, e) = (OURS.n.to_bytes_be(), OURS.e.to_bytes_be());
    let public = KeyParameters::rsa(&n, &e);
    let mixed = Keyring::from_parameters(&public, &[&RS256, &HS256]);
    assert_eq!(mixed.err(), Some(Error::UnusableAlgorithmList));
    let as_secret = Keyring::from_parameters(&public, MACS);
    assert_eq!(as_secret.err(), Some(Error::UnsupportedKey));
}

/// The text of a JWK or JWK Set is used as the secret (CVE-2026-48526).
#[test]
fn jwk_text_as_hmac_secret_cve_2026_48526() {
    let oct = json!({"kty": "oct", "k": base64url(&[7; 64])});
    let public = set(&[OURS.jwk()], SIGNATURES);
    let secret = set(std::slice::from_ref(&oct), MACS);
    for text in [
        OURS.jwk().to_string(),
        json!({ "keys": [OURS.jwk()] }).to_string(),
        oct.to_string(),
        json!({ "keys": [oct] }).to_string(),
        base64url(&[7; 64]),
    ] {
        for alg in HS {
            let token = mac_token(alg, text.as_bytes());
            let with_public = signature_verdict(&token, &*public);
            assert_eq!(with_public, Err(Error::AlgorithmNotAccepted), "{text}");
            let with_secret = signature_verdict(&token, &*secret);
            assert_eq!(with_secret, Err(Error::BadSignature), "{text}");
        }
    }
    assert_eq!(
        signature_verdict(&mac_token("HS256", &[7; 64]), &*secret),
        Ok(())
    );
}

/// An algorithm that fits the key but is not the one meant for it (CVE-2026-22817, CVE-2026-48523).
#[test]
fn alg_not_pinned_to_the_key_cve_2026_22817() {
    let [rs256, rs512, ps256] =
        ["RS256", "RS512", "PS256"].map(|alg| rsa_token(&OURS, &json!({ "alg": alg })));
    // The JWK has no `alg`, but only RS256 is accepted.
    let open = OURS.jwk();
    let text = open.to_string();
    let key = Key::from_jwk(RS256, text.as_bytes()).unwrap();
    let one = Keyring::from_jwk(text.as_bytes(), &[&RS256]).unwrap();
    let keys = set(&[open], &[&RS256]);
    for (token, want) in [
        (&rs256, Ok(())),
        (&rs512, Err(Error::AlgorithmNotAccepted)),
        (&ps256, Err(Error::AlgorithmNotAccepted)),
    ] {
        assert_eq!(signature_verdict(token, &key), want);
        assert_eq!(signature_verdict(token, &one), want);
        assert_eq!(signature_verdict(token, &*keys), want);
    }
    // RS256 and RS512 are accepted, but the JWK's `alg` is RS256.
    let pinned = with(&OURS.jwk(), &json!({"alg": "RS256"}));
    let text = pinned.to_string();
    let other = Key::from_jwk(RS512, text.as_bytes()).err();
    assert_eq!(other, Some(Error::AlgorithmNotAccepted));
    let key = Key::from_jwk(RS256, text.as_bytes()).unwrap();
    let one = Keyring::from_jwk(text.as_bytes(), &[&RS256, &RS512]).unwrap();
    let keys = set(&[pinned], &[&RS256, &RS512]);
    assert_eq!(signature_verdict(&rs256, &key), Ok(()));
    assert_eq!(signature_verdict(&rs256, &one), Ok(()));
    assert_eq!(signature_verdict(&rs256, &*keys), Ok(()));
    assert_eq!(
        signature_verdict(&rs512, &key),
        Err(Error::AlgorithmNotAccepted)
    );
    assert_eq!(signature_verdict(&rs512, &one), Err(Error::NoKey));
    assert_eq!(signature_verdict(&rs512, &*keys), Err(Error::NoKey));
}

/// An RSA JWK has no `k`, so the MAC is keyed with the empty string (CVE-2026-44699).
#[test]
fn rsa_jwk_as_empty_hmac_key_cve_2026_44699() {
    let jwk = OURS.jwk().to_string();
    for alg in HS {
        let token = mac_token(alg, b"");
        let rejected = signature_verdict(&token, &*set(&[OURS.jwk()], SIGNATURES));
        assert_eq!(rejected, Err(Error::AlgorithmNotAccepted));
    }
    assert_eq!(
        Keyring::from_jwk(jwk.as_bytes(), MACS).err(),
        Some(Error::UnsupportedKey)
    );
    let no_k = Keyring::from_jwk(br#"{"kty":"oct"}"#, MACS);
    assert_eq!(no_k.err(), Some(Error::MalformedKey));
}

/// A secret that is empty or shorter than the hash (CVE-2026-45363, CVE-2026-102266; RFC 7518
/// §3.2).
#[test]
fn empty_or_short_hmac_key_rfc_7518_3_2() {
    let cases: [(usize, &[&'static dyn Algorithm]); 7] = [
        (0, &[&HS256]),
        (0, MACS),
        (1, MACS),
        (31, &[&HS256]),
        (31, MACS),
        (47, &[&HS384]),
        (63, &[&HS512]),
    ];
    for (len, list) in cases {
        let secret = vec![0x61; len];
        assert_eq!(
            Keyring::from_parameters(&KeyParameters::oct(&secret), list).err(),
            Some(Error::WeakKey),
            "{len}"
        );
        let jwk = json!({"kty": "oct", "k": base64url(&secret)});
        let loaded = Keyring::from_jwk(jwk.to_string().as_bytes(), list);
        assert_eq!(loaded.err(), Some(Error::WeakKey), "{len}");
        let jwks = json!({ "keys": [jwk] }).to_string();
        let loaded = KeySet::<1>::from_jwks(jwks.as_bytes(), list);
        assert_eq!(loaded.err(), Some(Error::WeakKey), "{len}");
    }
    // Long enough, but all zeros.
    let zeros = Keyring::from_parameters(&KeyParameters::oct(&[0; 64]), MACS);
    assert_eq!(zeros.err(), Some(Error::WeakKey));
    // Long enough for HS256 only, so it is loaded for HS256 only.
    let secret = KeyParameters::oct(&[0x61; 47]);
    let keys = Keyring::from_parameters(&secret, MACS).unwrap();
    let key = Key::new(HS256, &secret).unwrap();
    assert_eq!(Key::new(HS384, &secret).err(), Some(Error::WeakKey));
    let hs256 = mac_token("HS256", &[0x61; 47]);
    assert_eq!(signature_verdict(&hs256, &keys), Ok(()));
    assert_eq!(signature_verdict(&hs256, &key), Ok(()));
    let hs384 = mac_token("HS384", &[0x61; 47]);
    assert_eq!(signature_verdict(&hs384, &keys), Err(Error::NoKey));
    assert_eq!(
        signature_verdict(&hs384, &key),
        Err(Error::AlgorithmNotAccepted)
    );
}

/// A key that panics when it is asked to verify.
#[derive(Debug)]
struct PanickingKey;

impl ForeignKey for PanickingKey {
    fn key_id(&self) -> Option<&str> {
        None
    }

    fn algorithms(&self) -> &[&'static str] {
        &["HS256"]
    }

    fn verify(
        &self,
        _: &'static str,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), jose_verify::alg::InvalidSignature> {
        panic!("the key was asked to verify");
    }
}

impl Keys for PanickingKey {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| KeyRef::foreign(self))
    }
}

/// Password-based key management (PBES2) with an iteration count that costs hours, and JWE:
/// rejected before any work is done.
#[test]
fn pbes2_iteration_count_and_jwe() {
    for alg in [
        "PBES2-HS256+A128KW",
        "PBES2-HS512+A256KW",
        "dir",
        "RSA-OAEP",
        "A128KW",
        "ECDH-ES",
    ] {
        let header = json!({"alg": alg, "enc": "A128GCM", "p2c": 2_147_483_647, "p2s": "c2FsdA"});
        let header = header.to_string();
        let three = token_signed_by(header.as_bytes(), CLAIMS, |_| vec![1; 32]);
        assert_eq!(
            signature_verdict(&three, &PanickingKey),
            Err(Error::AlgorithmNotAccepted),
            "{alg}"
        );
        let five = format!("{}..aXY.Y2lwaGVy.dGFn", base64url(header.as_bytes()));
        assert_eq!(
            signature_verdict(&five, &PanickingKey),
            Err(Error::Encrypted),
            "{alg}"
        );
    }
    assert_eq!(
        signature_verdict("!.!.!.!.!", &PanickingKey),
        Err(Error::Encrypted)
    );
    let asked =
        panic::catch_unwind(|| signature_verdict(&mac_token("HS256", &[7; 32]), &PanickingKey));
    assert!(
        asked.is_err(),
        "a token with the key's own algorithm reaches the key"
    );
}
