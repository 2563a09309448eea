//! Keys in the formats in which providers publish them: PEM, DER, certificates, `x5c`, secrets as
//! text; and thumbprints.

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};
use jose_verify::alg::{
    Algorithm, ES256, HS256, HS384, HS512, KeyParameters, MACS, MAX_DIGEST_LEN, RS256, SHA256,
    SHA512, SIGNATURES,
};
use jose_verify::keys::jwk_thumbprint;
use jose_verify::limits::MAX_KEY_PARAMETER_LEN;
use jose_verify::{Error, Key, Keys, Limit, scratch_len};
use serde_json::{Value, json};

use super::keys::serves;
use super::support::Keyring;
use super::support::report::report;
use super::support::sign::base64url;
use super::support::verdict::signature_verdict;

fn vectors(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(file);
    serde_json::from_str(&fs::read_to_string(path).expect(file)).expect("JSON")
}

fn openssl(member: &str) -> Vec<Value> {
    let mut file = vectors("openssl/keys.json");
    serde_json::from_value(file[member].take()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

type List<'a> = &'a [&'static dyn Algorithm];

fn from_pem(pem: &str) -> Result<Keyring, Error> {
    from_pem_for(pem, SIGNATURES)
}

fn from_pem_for(pem: &str, list: List<'_>) -> Result<Keyring, Error> {
    let mut scratch = vec![0; scratch_len(pem.len())];
    let parameters = KeyParameters::from_pem(pem.as_bytes(), &mut scratch)?;
    Keyring::from_parameters(&parameters, list)
}

fn from_der(form: &str, der: &[u8]) -> Result<Keyring, Error> {
    let parameters = match form {
        "spki_der" | "spki_compressed_der" => KeyParameters::from_spki_der(der),
        "rsa_der" => KeyParameters::from_rsa_der(der),
        "certificate_der" | "certificate_v1_der" => KeyParameters::from_certificate_der(der),
        other => panic!("{other}"),
    };
    Keyring::from_parameters(&parameters?, SIGNATURES)
}

/// Returns every form of every key, as text and loaded.
fn forms() -> Vec<(Value, String, String, Keyring)> {
    let mut all = Vec::new();
    for case in openssl("keys") {
        for (form, content) in case["forms"].as_object().unwrap() {
            let content = text(content).to_owned();
            let key = if form.ends_with("_pem") {
                from_pem(&content)
            } else {
                from_der(form, &Base64::decode_vec(&content).unwrap())
            };
            let key = key.unwrap_or_else(|error| panic!("{} {form}: {error}", case["name"]));
            all.push((case.clone(), form.clone(), content, key));
        }
    }
    all
}

#[test]
fn every_form_loads_the_same_key() {
    let (forms, cases) = (forms(), openssl("keys"));
    assert_eq!((forms.len(), cases.len()), (48, 6));
    for (case, form, _, key) in &forms {
        assert!(key.key(0).unwrap().key_id().is_none(), "{form}");
        for other in &cases {
            let result = signature_verdict(text(&other["token"]), key);
            let want = if other["name"] == case["name"] {
                Ok(())
            } else if serves(key, text(&other["alg"])) {
                Err(Error::BadSignature)
            } else {
                Err(Error::NoKey)
            };
            assert_eq!(result, want, "{} {form} {}", case["name"], other["name"]);
        }
    }
    report(format_args!(
        "openssl/keys.json: {} encoded keys",
        forms.len()
    ));
}

#[test]
fn invalid_pem_is_rejected() {
    let rejected = openssl("refused");
    for case in &rejected {
        let error = from_pem(text(&case["pem"])).err().map(Error::name);
        assert_eq!(error, case["error"].as_str(), "{}", case["name"]);
    }
    assert_eq!(rejected.len(), 11);
}

/// RFC 4055 §3.1: the parameters of the key restrict it. Without parameters, it can still be used
/// only with the PS algorithms.
#[test]
fn rsassa_pss_keys_rfc_4055_3_1() {
    let file = vectors("openssl/pss.json");
    let keys = file["keys"].as_array().unwrap();
    let mut forms = 0;
    for case in keys {
        let allowed: Vec<&str> = case["algs"].as_array().unwrap().iter().map(text).collect();
        for (form, pem) in case["forms"].as_object().unwrap() {
            let name = format!("{} {form}", case["name"]);
            forms += 1;
            let loaded = from_pem(text(pem));
            if allowed.is_empty() {
                assert_eq!(loaded.err(), Some(Error::UnsupportedKey), "{name}");
                continue;
            }
            let key = loaded.unwrap_or_else(|error| panic!("{name}: {error}"));
            for algorithm in SIGNATURES {
                let is_allowed = allowed.contains(&algorithm.name());
                assert_eq!(serves(&key, algorithm.name()), is_allowed, "{name}");
            }
            for alg in &allowed {
                assert_eq!(
                    signature_verdict(text(&case["tokens"][alg]), &key),
                    Ok(()),
                    "{name}"
                );
            }
            let only_rs256 = from_pem_for(text(pem), &[&RS256]).err();
            assert_eq!(only_rs256, Some(Error::UnsupportedKey), "{name}");
            let mut scratch = vec![0; text(pem).len()];
            let parameters = KeyParameters::from_pem(text(pem).as_bytes(), &mut scratch).unwrap();
            let pinned = Key::new(RS256, &parameters).err();
            assert_eq!(pinned, Some(Error::UnsupportedKey), "{name}");
        }
    }
    assert_eq!((keys.len(), forms), (11, 21));
}

#[test]
fn keys_load_only_for_matching_algorithms() {
    for (case, form, content, _) in forms() {
        if form == "certificate_pem" {
            let load = |list: List<'_>| from_pem_for(&content, list);
            let fits = case["alg"] == "RS256";
            let rs256 = load(&[&RS256]).map(|key| serves(&key, "RS256")).ok();
            assert_eq!(rs256, fits.then_some(true), "{}", case["name"]);
            assert_eq!(load(MACS).err(), Some(Error::UnsupportedKey));
            let mixed = load(&[&RS256, &HS256]).err();
            assert_eq!(mixed, Some(Error::UnusableAlgorithmList));
        }
    }
}

#[test]
fn truncated_and_extended_encodings() {
    for (case, form, content, _) in forms() {
        let name = format!("{} {form}", case["name"]);
        if form.ends_with("_pem") {
            // The last line break is optional, and CRLF is accepted.
            assert!(from_pem(content.trim_end()).is_ok(), "{name}");
            assert!(from_pem(&content.replace('\n', "\r\n")).is_ok(), "{name}");
            for len in 0..content.len() - 1 {
                assert!(from_pem(&content[..len]).is_err(), "{name} {len}");
            }
            let error = KeyParameters::from_pem(content.as_bytes(), &mut [0; 32]).err();
            assert_eq!(error, Some(Error::ScratchTooSmall), "{name}");
        } else {
            let der = Base64::decode_vec(&content).unwrap();
            for len in 0..der.len() {
                assert!(from_der(&form, &der[..len]).is_err(), "{name} {len}");
            }
            let longer = [&der[..], &[0]].concat();
            assert_eq!(from_der(&form, &longer).err(), Some(Error::MalformedKey));
        }
    }
}

#[test]
fn text_and_white_space_around_pem_rfc_7468_2() {
    for (case, form, pem, key) in forms() {
        if !form.ends_with("_pem") {
            continue;
        }
        let name = format!("{} {form}", case["name"]);
        let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC \
            PARAMETERS-----\n";
        for noisy in [
            format!(" {pem}"),
            format!("\n{pem}"),
            format!("\u{feff}{pem}"),
            format!("{pem}\n"),
            format!("{pem} "),
            format!("{pem}{pem}"),
            format!("Certificate:\n    Data:\n        Version: 3 (0x2)\n{pem}"),
            format!("{pem}subject=CN = x\n"),
            format!("{parameters}{pem}"),
            pem.replace('\n', " \n"),
            pem.replace('\n', "\n "),
            pem.replace('\n', "\n\n"),
            pem.replace('\n', "\r"),
            pem.replacen("-----\n", "-----\n\n", 1),
            pem.replace("-----END", "\n-----END"),
        ] {
            let loaded = from_pem(&noisy).unwrap_or_else(|error| panic!("{name}: {error} {noisy}"));
            assert_eq!(serves(&loaded, "RS256"), serves(&key, "RS256"), "{name}");
            assert_eq!(
                signature_verdict(text(&case["token"]), &loaded),
                Ok(()),
                "{name}"
            );
        }
        for (noisy, want) in [
            (pem.replace('\n', "\t"), Error::NoLineBreaks),
            (pem.replace('\n', ""), Error::NoLineBreaks),
            (pem.replace('\n', "\\n"), Error::EscapedLineBreaks),
            (pem.replace("BEGIN ", "BEGIN  "), Error::UnsupportedPemLabel),
            (
                pem.replace("-----BEGIN", "x-----BEGIN"),
                Error::NoLineBreaks,
            ),
            (pem.replace("-----END", "x-----END"), Error::NoLineBreaks),
            (pem.replacen("MI", "M.I", 1), Error::MalformedKey),
            (pem.replacen("MI", "M\u{a0}I", 1), Error::MalformedKey),
        ] {
            // The form may not contain what is replaced.
            if noisy != pem {
                assert_eq!(from_pem(&noisy).err(), Some(want), "{name}: {noisy}");
            }
        }
    }
}

/// Inserts an additional element, and adjusts every enclosing length to include it.
#[test]
fn additional_elements_are_rejected() {
    let null = [5, 0];
    for (case, form, content, _) in forms() {
        let der = || Base64::decode_vec(&content).unwrap();
        // The positions of the last byte of each length that grows, and where the element is
        // inserted.
        let insertions: &[(&[usize], usize)] = match form.as_str() {
            "spki_compressed_der" if case["name"] == "P-256" => {
                &[(&[1], 59), (&[1, 3], 23), (&[1, 3], 4), (&[1], 2)]
            }
            "rsa_der" => &[(&[3], 4), (&[3], usize::MAX)],
            _ => continue,
        };
        for (lengths, position) in insertions {
            let mut longer = der();
            for length in *lengths {
                longer[*length] += 2;
            }
            let position = (*position).min(longer.len());
            longer.splice(position..position, null);
            let error = from_der(&form, &longer).err();
            assert_eq!(error, Some(Error::MalformedKey), "{form} {position}");
        }
    }
}

/// Certificates are not validated: the key is the same whatever the signature is.
#[test]
fn certificate_signatures_are_not_verified() {
    for (case, form, content, _) in forms() {
        if form != "certificate_der" || case["name"] != "RSA-2048" {
            continue;
        }
        let der = Base64::decode_vec(&content).unwrap();
        // From the count of unused bits to the end.
        for position in der.len() - 257..der.len() {
            let mut changed = der.clone();
            changed[position] ^= 1;
            let key = from_der(&form, &changed).unwrap();
            let result = signature_verdict(text(&case["token"]), &key);
            assert_eq!(result, Ok(()), "byte {position}");
        }
    }
}

/// A key in one form under the PEM label of another form is rejected.
#[test]
fn pem_label_must_match_the_content() {
    let labels = ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"];
    for (case, form, pem, _) in forms() {
        if !form.ends_with("_pem") {
            continue;
        }
        let actual = labels.iter().find(|l| pem.contains(&format!("BEGIN {l}-")));
        for label in labels {
            let labelled = pem.replace(actual.unwrap(), label);
            let loads = from_pem(&labelled).is_ok();
            assert_eq!(loads, Some(&label) == actual, "{} {form}", case["name"]);
        }
    }
}

/// Detects every flipped bit of the encoding around the key's numbers.
#[test]
fn flipped_bits_of_the_der_wrapping() {
    for (case, form, content, _) in forms() {
        if form != "spki_der" {
            continue;
        }
        let der = Base64::decode_vec(&content).unwrap();
        // Lengths and identifiers, up to the point or the modulus.
        let wrapping = if case["alg"] == "RS256" { 32 } else { 24 };
        for position in 0..wrapping {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[position] ^= 1 << bit;
                let error = from_der(&form, &changed).err();
                assert!(
                    error.is_some(),
                    "{} byte {position} bit {bit}",
                    case["name"]
                );
            }
        }
    }
}

#[test]
fn pem_inside_json() {
    for (case, form, pem, _) in forms() {
        if !form.ends_with("_pem") {
            continue;
        }
        // Slashes escaped, as PHP does.
        let json = json!({"public_key": pem, "algorithm": "sha256"}).to_string();
        let json = json.replace('/', "\\/");
        let mut scratch = vec![0; 2 * json.len()];
        let load = |json: &str, member: &str, scratch: &mut [u8]| {
            let parameters = KeyParameters::from_pem_member(json.as_bytes(), member, scratch)?;
            Keyring::from_parameters(&parameters, SIGNATURES)
        };
        let key = load(&json, "public_key", &mut scratch).unwrap();
        let result = signature_verdict(text(&case["token"]), &key);
        assert_eq!(result, Ok(()), "{} {form}", case["name"]);
        for (json, want) in [
            (json.replace("public_key", "publicKey"), Error::MalformedKey),
            (json.replace("\\n", " "), Error::NoLineBreaks),
            (json.replace("\\n", "\n"), Error::MalformedJson),
            (
                json.replace("sha256\"", "sha256\",\"public_key\":\"\""),
                Error::DuplicateMember,
            ),
            (r#"{"public_key":5}"#.to_owned(), Error::MalformedKey),
            (r#"{"public_key":null}"#.to_owned(), Error::MalformedKey),
            ("<html></html>".to_owned(), Error::MalformedJson),
            (
                format!("{json}{}", " ".repeat(1 << 20)),
                Error::Limit(Limit::KeySetLen),
            ),
        ] {
            let error = load(&json, "public_key", &mut scratch).err();
            assert_eq!(error, Some(want), "{json:.100}");
        }
        // The longest accepted text.
        let most = format!("{json}{}", " ".repeat((1 << 20) - json.len()));
        assert!(load(&most, "public_key", &mut vec![0; 2 << 20]).is_ok());
        let short = load(&json, "public_key", &mut scratch[..pem.len()]).err();
        assert_eq!(short, Some(Error::ScratchTooSmall));
    }
}

#[test]
fn x5c_only_on_request() {
    let cases = openssl("keys");
    for (i, case) in cases.iter().enumerate() {
        let other = &cases[(i + 1) % cases.len()];
        let certificate = case["forms"]["certificate_der"].clone();
        let with = |more: Value| {
            let kty = &case["jwk"]["kty"];
            let mut jwk = json!({"kty": kty, "x5c": [certificate, "not read"], "kid": "a"});
            let members = jwk.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            members.retain(|_, value| !value.is_null());
            jwk.to_string()
        };
        let load_with = |jwk: &str, scratch: &mut [u8]| {
            let mut keys = Keyring::new();
            keys.accept(SIGNATURES)?;
            keys.add_x5c(jwk.as_bytes(), scratch).map(|()| keys)
        };
        let load = |jwk: &str| load_with(jwk, &mut vec![0; 2 * jwk.len()]);
        for jwk in [
            with(json!({})),
            with(case["jwk"].clone()),
            with(json!({"use": "sig"})),
        ] {
            // Escaped slashes, as PHP writes them, make no difference.
            for jwk in [jwk.clone(), jwk.replace('/', "\\/")] {
                let key = load(&jwk).unwrap();
                assert!(key.key(0).unwrap().key_id().unwrap() == "a");
                assert_eq!(signature_verdict(text(&case["token"]), &key), Ok(()));
                let short = load_with(&jwk, &mut [0; 100]);
                assert_eq!(short.err(), Some(Error::ScratchTooSmall));
            }
        }
        let most = with(json!({}));
        let most = format!("{most}{}", " ".repeat((1 << 20) - most.len()));
        assert!(load(&most).is_ok());
        assert_eq!(
            load(&(most + " ")).err(),
            Some(Error::Limit(Limit::KeySetLen))
        );
        // `x5c` is not used otherwise: a JWK without the key's actual parameters is not a key.
        let error = Keyring::from_jwk(with(json!({})).as_bytes(), SIGNATURES).err();
        assert_eq!(error, Some(Error::MalformedKey));
        let same_type = other["jwk"]["kty"] == case["jwk"]["kty"];
        let mut foreign = other["jwk"].clone();
        foreign["kty"] = case["jwk"]["kty"].clone();
        if !same_type {
            // Parameters of another key type are ignored, like any unknown member (RFC 7517 §4).
            foreign["crv"] = case["jwk"]["crv"].clone();
            assert!(load(&with(foreign)).is_ok());
            foreign = json!({"kty": other["jwk"]["kty"]});
        }
        let url = text(&certificate).replace('+', "-").replace('/', "_");
        for (changes, want) in [
            (json!({"use": "enc"}), Error::WrongKeyUse),
            (json!({"key_ops": ["encrypt"]}), Error::WrongKeyUse),
            (json!({"alg": "RSA-OAEP"}), Error::AlgorithmNotAccepted),
            (json!({"kty": null}), Error::MalformedKey),
            (json!({"kty": "oct"}), Error::MalformedKey),
            (foreign, Error::MalformedKey),
            (json!({"x5c": null}), Error::MalformedKey),
            (json!({"x5c": []}), Error::MalformedKey),
            (json!({"x5c": [5]}), Error::MalformedKey),
            (json!({"x5c": certificate}), Error::MalformedKey),
            (
                json!({"x5c": [url.trim_end_matches('=')]}),
                Error::MalformedKey,
            ),
            (
                json!({"x5c": [format!("{} ", text(&certificate))]}),
                Error::MalformedKey,
            ),
            (
                json!({"x5c": [case["forms"]["spki_der"]]}),
                Error::MalformedKey,
            ),
            (
                json!({"kid": "k".repeat(257)}),
                Error::Limit(Limit::KeyIdLen),
            ),
        ] {
            assert_eq!(load(&with(changes.clone())).err(), Some(want), "{changes}");
        }
        // `crv` is a parameter only of elliptic-curve keys.
        let other_curve = load(&with(json!({"crv": "P-999"})));
        assert_eq!(other_curve.is_err(), case["jwk"]["kty"] == "EC");
    }
}

#[test]
fn secrets_as_text() {
    let secret: Vec<u8> = (0..=255).cycle().skip(200).take(64).collect();
    let strict = base64url(&secret);
    let list: List<'_> = &[&HS256, &HS384, &HS512];
    let from_secret = |secret: &[u8]| Keyring::from_parameters(&KeyParameters::oct(secret), list);
    let from_base64url = |text: &str| {
        let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
        let parameters = KeyParameters::oct_from_base64url(text, &mut buffer)?;
        Keyring::from_parameters(&parameters, list)
    };
    let from_lenient_base64url = |text: &str| {
        let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
        let parameters = KeyParameters::oct_from_lenient_base64url(text, &mut buffer)?;
        Keyring::from_parameters(&parameters, list)
    };
    // Both alphabets, white space inside, padding, and text after the padding.
    let lenient = strict.replace('-', "+").replace('_', " /\n");
    let lenient = format!("!{}=={}", lenient, "ignored");
    assert!(strict.contains('-') && strict.contains('_'));
    let token = |secret: &[u8]| {
        let header = br#"{"alg":"HS512"}"#;
        super::support::sign::token_signed_by(header, b"{}", |input| {
            super::support::hash::hmac("HS512", secret, input)
        })
    };
    let of_bytes = token(&secret);
    for key in [
        from_secret(&secret),
        from_base64url(&strict),
        from_lenient_base64url(&strict),
        from_lenient_base64url(&lenient),
    ] {
        assert_eq!(signature_verdict(&of_bytes, &key.unwrap()), Ok(()));
    }
    // The undecoded text is a different secret.
    let of_text = from_secret(strict.as_bytes()).unwrap();
    assert_eq!(
        signature_verdict(&of_bytes, &of_text),
        Err(Error::BadSignature)
    );
    assert_eq!(
        signature_verdict(&token(strict.as_bytes()), &of_text),
        Ok(())
    );

    let malformed = from_base64url(&lenient).err();
    assert_eq!(malformed, Some(Error::MalformedKey));
    for text in ["", "=AAAA", "AAAA", &"x".repeat(42)] {
        let weak = from_lenient_base64url(text).err();
        assert_eq!(weak, Some(Error::WeakKey), "{text}");
    }
    let long = "x".repeat(1000);
    for key in [from_base64url(&long), from_lenient_base64url(&long)] {
        assert_eq!(key.err(), Some(Error::KeyTooLarge));
    }
}

#[test]
fn thumbprints() {
    // RFC 7638 §3.1.
    let example = vectors("rfc7638/section-3.1.json");
    let mut buffer = [0; MAX_DIGEST_LEN];
    let jwk = example["jwk"].to_string();
    let thumbprint = jwk_thumbprint(jwk.as_bytes(), &SHA256, &mut buffer).unwrap();
    assert_eq!(base64url(thumbprint), text(&example["thumbprint_sha256"]));
    let long = jwk_thumbprint(jwk.as_bytes(), &SHA512, &mut buffer).unwrap();
    assert_eq!(long.len(), 64);

    let thumbprint_of = |jwk: &Value, members: &[&str]| {
        let fields: Vec<_> = members
            .iter()
            .map(|name| format!("\"{name}\":{}", jwk[name]))
            .collect();
        let canonical = format!("{{{}}}", fields.join(","));
        super::support::hash::digest("HS256", &[canonical.as_bytes()])
    };
    let mut jwks: Vec<_> = openssl("keys").iter().map(|k| k["jwk"].clone()).collect();
    jwks.push(json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMko", "kid": "x"}));
    for jwk in &jwks {
        let members: &[&str] = match text(&jwk["kty"]) {
            "RSA" => &["e", "kty", "n"],
            "EC" => &["crv", "kty", "x", "y"],
            _ => &["k", "kty"],
        };
        let got = jwk_thumbprint(jwk.to_string().as_bytes(), &SHA256, &mut buffer);
        assert_eq!(got, Ok(&thumbprint_of(jwk, members)[..]), "{jwk}");
        for name in members {
            let mut without = jwk.clone();
            without.as_object_mut().unwrap().remove(*name);
            let got = jwk_thumbprint(without.to_string().as_bytes(), &SHA256, &mut buffer);
            assert_eq!(got, Err(Error::MalformedKey), "{without}");
        }
    }
    for (jwk, want) in [
        (
            r#"{"kty":"okp","crv":"Ed25519","x":"AA"}"#,
            Error::UnsupportedKey,
        ),
        (r#"{"kty":"OKP","crv":"Ed25519"}"#, Error::MalformedKey),
        (r#"{"kty":"AKP","alg":"ML-DSA-44"}"#, Error::MalformedKey),
        (r#"{"kty":"oct","k":"A\u0041"}"#, Error::MalformedKey),
        (r#"{"kty":"oct","k":"\"}{"}"#, Error::MalformedKey),
        (r#"{"kty":"oct","k":"AA=="}"#, Error::MalformedKey),
        (r#"{"kty":"RSA","e":"AQAB","n":5}"#, Error::MalformedKey),
        (r#"{"kty":"oct","k":"AA","k":"AA"}"#, Error::DuplicateMember),
        ("[]", Error::MalformedJson),
    ] {
        let got = jwk_thumbprint(jwk.as_bytes(), &SHA256, &mut buffer);
        assert_eq!(got, Err(want), "{jwk}");
    }
}

/// The text of a public key is never used as a secret, in whatever form it is loaded.
#[test]
fn a_public_key_never_becomes_a_secret() {
    for (_, form, content, _) in forms() {
        if form.ends_with("_pem") {
            let key = from_pem_for(&content, MACS);
            assert_eq!(key.err(), Some(Error::UnsupportedKey), "{form}");
            let key = from_pem_for(&content, &[&HS256, &ES256]);
            assert_eq!(key.err(), Some(Error::UnusableAlgorithmList), "{form}");
        }
    }
}

/// Returns a map from `kid` to PEM, as Google publishes it.
fn pem_map(entries: &[(&str, &str)]) -> String {
    let entries: serde_json::Map<_, _> = entries
        .iter()
        .map(|(kid, pem)| ((*kid).to_owned(), json!(pem)))
        .collect();
    Value::Object(entries).to_string()
}

fn load_map(json: &str, list: List<'_>) -> Result<(Keyring, Vec<(usize, Error)>), Error> {
    let (mut keys, mut skipped) = (Keyring::new(), Vec::new());
    let mut scratch = vec![0; 2 * json.len()];
    keys.load_pem_map(json.as_bytes(), list, &mut scratch, |entry| {
        skipped.push((entry.position, entry.reason));
    })?;
    Ok((keys, skipped))
}

#[test]
fn maps_from_kid_to_pem() {
    let cases = openssl("keys");
    let pem = |case: &Value, form: &str| text(&case["forms"][form]).to_owned();
    let (one, other) = (
        pem(&cases[0], "certificate_pem"),
        pem(&cases[3], "spki_pem"),
    );
    let private = "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n";
    let entries = [("a", one.as_str()), ("ключ", &other), ("p", private)];
    let json = pem_map(&entries);
    for json in [
        json.clone(),
        json.replace('/', "\\/"),
        json.replace("\"a\"", "\"\\u0061\""),
    ] {
        let (keys, skipped) = load_map(&json, SIGNATURES).unwrap();
        let kids: Vec<_> = (0..2)
            .map(|i| keys.key(i).unwrap().key_id().unwrap())
            .collect();
        assert!(kids[0] == "a" && kids[1] == "ключ" && keys.len() == 2);
        assert_eq!(skipped, [(1, Error::MalformedKey)]);
        for case in [&cases[0], &cases[3]] {
            assert_eq!(signature_verdict(text(&case["token"]), &keys), Ok(()));
        }
        let (rsa_only, skipped) = load_map(&json, &[&RS256]).unwrap();
        assert_eq!(rsa_only.len(), 1);
        assert_eq!(skipped.len(), 2);
    }
    let long = "k".repeat(257);
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    for (case, json, want) in [
        ("empty", "{}".to_owned(), Error::MalformedKeySet),
        ("not an object", "[]".to_owned(), Error::MalformedJson),
        ("a web page", "<html>".to_owned(), Error::MalformedJson),
        (
            "cut",
            json[..json.len() - 1].to_owned(),
            Error::MalformedJson,
        ),
        ("null", r#"{"a":null}"#.to_owned(), Error::MalformedKeySet),
        (
            "a JWK Set",
            r#"{"keys":[]}"#.to_owned(),
            Error::MalformedKeySet,
        ),
        ("not PEM", r#"{"a":"x"}"#.to_owned(), Error::MalformedKeySet),
        (
            "a long kid",
            pem_map(&[(&long, &one)]),
            Error::Limit(Limit::KeyIdLen),
        ),
        (
            "too long",
            format!("{json}{}", " ".repeat(1 << 20)),
            Error::Limit(Limit::KeySetLen),
        ),
    ] {
        assert_eq!(load_map(&json, SIGNATURES).err(), Some(want), "{case}");
    }
    assert_eq!(
        load_map(&json, &[&RS256, &HS256]).err(),
        Some(Error::UnusableAlgorithmList)
    );
    // A foreign entry or a second one with the same name does not affect the others.
    for foreign in [
        format!(r#""z":{deep}"#),
        r#""z":"\ud800""#.to_owned(),
        r#""\ud800":"x""#.to_owned(),
        format!(r#""a":{}"#, json!(other)),
    ] {
        let json = format!(
            "{},{foreign}}}",
            &pem_map(&[("a", &one)]).trim_end_matches('}')
        );
        let (keys, skipped) = load_map(&json, SIGNATURES).unwrap();
        assert_eq!(
            (keys.len(), skipped),
            (1, vec![(1, Error::MalformedKey)]),
            "{foreign}"
        );
        assert_eq!(signature_verdict(text(&cases[0]["token"]), &keys), Ok(()));
    }
    // A rejected text, such as an error reported as JSON, leaves the keys in place.
    let mut keys = Keyring::new();
    let mut scratch = vec![0; 2 * json.len()];
    keys.load_pem_map(json.as_bytes(), SIGNATURES, &mut scratch, |_| {})
        .unwrap();
    for (refused, want) in [
        (r#"{"a":"#, Error::MalformedJson),
        (r#"{"error":{"code":503}}"#, Error::MalformedKeySet),
        (r#"{"error":"unavailable"}"#, Error::MalformedKeySet),
        (r#"{"keys":[]}"#, Error::MalformedKeySet),
        ("{}", Error::MalformedKeySet),
    ] {
        let result = keys.load_pem_map(refused.as_bytes(), SIGNATURES, &mut scratch, |_| {});
        assert_eq!((result.err(), keys.len()), (Some(want), 2), "{refused}");
    }
    let alone = pem_map(&[("a", &one)]);
    let short = keys.load_pem_map(alone.as_bytes(), SIGNATURES, &mut [0; 64], |_| {});
    assert_eq!(short.err(), Some(Error::ScratchTooSmall));
}

/// The document of a realm of Keycloak.
#[test]
fn spki_in_a_member_of_json() {
    for case in openssl("keys") {
        let der = text(&case["forms"]["spki_der"]);
        let realm = json!({"realm": "demo", "public_key": der, "tokens-not-before": 0}).to_string();
        let load = |json: &str| {
            let mut scratch = vec![0; 2 * json.len()];
            let key = KeyParameters::from_spki_member(json.as_bytes(), "public_key", &mut scratch);
            Keyring::from_parameters(&key?, SIGNATURES)
        };
        for json in [realm.clone(), realm.replace('/', "\\/")] {
            let key = load(&json).unwrap();
            assert_eq!(signature_verdict(text(&case["token"]), &key), Ok(()));
        }
        let cut = &der[..der.len() - 4];
        let certificate = text(&case["forms"]["certificate_der"]);
        for (case, public_key, want) in [
            ("null", json!(null), Error::MalformedKey),
            ("a number", json!(5), Error::MalformedKey),
            ("empty", json!(""), Error::MalformedKey),
            ("cut", json!(cut), Error::MalformedKey),
            (
                "white space",
                json!(format!("{der}\n")),
                Error::MalformedKey,
            ),
            (
                "base64url",
                json!(der.replace('/', "_").replace('+', "-") + "_"),
                Error::MalformedKey,
            ),
            (
                "PEM",
                json!(text(&case["forms"]["spki_pem"])),
                Error::MalformedKey,
            ),
            ("a certificate", json!(certificate), Error::MalformedKey),
        ] {
            let json = json!({"realm": "demo", "public_key": public_key}).to_string();
            assert_eq!(load(&json).err(), Some(want), "{case}");
        }
        assert_eq!(load(r#"{"realm":"demo"}"#).err(), Some(Error::MalformedKey));
        let twice = realm.replace("\"realm\"", "\"public_key\"");
        assert_eq!(load(&twice).err(), Some(Error::DuplicateMember));
    }
}
