//! Signatures and MACs alone, hashing included.

use aws_lc_rs::signature::{
    self as aws, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use hmac::{KeyInit, Mac};
use jose_verify::Jwk;
use jose_verify::alg::{
    Algorithm, MACS, P256_TABLES, P384_TABLES, P521_TABLES, Precomputation, SIGNATURES, Tables,
    Word,
};
use jose_verify::keys::WORDS_PER_KEY;
use ring::signature as ring;
use rsa::signature::Verifier;
use sha2::{Sha256, Sha384, Sha512};

use crate::material::{Material, Public};
use crate::measure::Contender;

/// Returns the sizes of the prepared keys' tables in kilobytes.
pub fn table_kilobytes(alg: &str) -> &'static [usize] {
    match alg {
        "ES256" => &[1, 4, 16, 64, 150, 300],
        _ => &[4, 16, 64, 200, 420],
    }
}

/// Returns every contender for the algorithm.
pub fn contenders(material: &Material) -> Vec<Contender> {
    let mut contenders = vec![ours(material)];
    if let Public::Ec(_) = material.key {
        let tables = table_kilobytes(material.alg).iter();
        contenders.extend(tables.map(|kilobytes| prepared(material, *kilobytes)));
    }
    contenders.extend(match &material.key {
        Public::Secret(secret) => macs(material, secret),
        Public::Rsa { n, e } => rsa(material, n, e),
        Public::Ec(point) => ecdsa(material, point),
    });
    contenders
}

/// Returns this crate's algorithm and the key material loaded for it.
fn loaded(material: &Material) -> (&'static dyn Algorithm, Vec<Word>) {
    let mut algorithms = SIGNATURES.iter().chain(MACS);
    let algorithm = *algorithms.find(|a| a.name() == material.alg).unwrap();
    let jwk = Jwk::parse(material.jwk.as_bytes()).unwrap();
    // RSA keys of 4096 bits are the longest.
    let mut words = vec![0; 2 * WORDS_PER_KEY];
    let len = algorithm.key_type().load(&jwk, &mut words).unwrap();
    words.truncate(len);
    (algorithm, words)
}

/// Returns a contender that verifies the material's signature.
fn contender(
    name: impl Into<String>,
    material: &Material,
    verifies: impl Fn(&[u8], &[u8]) -> bool + 'static,
) -> Contender {
    let (message, signature) = (material.signing_input.clone(), material.signature.clone());
    Contender::new(name, move || {
        assert!(verifies(message.as_bytes(), &signature));
    })
}

fn ours(material: &Material) -> Contender {
    let (algorithm, key) = loaded(material);
    contender("jose-verify", material, move |message, signature| {
        algorithm.verify(&key, message, signature).is_ok()
    })
}

fn prepared(material: &Material, kilobytes: usize) -> Contender {
    let by: &dyn Precomputation = match material.alg {
        "ES256" => &P256_TABLES,
        "ES384" => &P384_TABLES,
        _ => &P521_TABLES,
    };
    let (_, key) = loaded(material);
    // A second table of the same size is shared by all keys of the algorithm.
    let mut of_key = vec![0; by.table_len(kilobytes * 1024 / size_of::<Word>())];
    let mut shared = of_key.clone();
    by.fill(&key, &mut of_key);
    by.fill_shared(&mut shared);
    let name = format!("jose-verify, {kilobytes} KB");
    contender(name, material, move |message, signature| {
        let tables = Tables {
            key: &of_key,
            shared: &shared,
        };
        by.verify(&key, tables, message, signature).is_ok()
    })
}

fn macs(material: &Material, secret: &[u8]) -> Vec<Contender> {
    use ::ring::hmac as ring;
    use aws_lc_rs::hmac as aws;
    let (aws_algorithm, ring_algorithm) = match material.alg {
        "HS256" => (aws::HMAC_SHA256, ring::HMAC_SHA256),
        "HS384" => (aws::HMAC_SHA384, ring::HMAC_SHA384),
        _ => (aws::HMAC_SHA512, ring::HMAC_SHA512),
    };
    let (aws_key, ring_key) = (
        aws::Key::new(aws_algorithm, secret),
        ring::Key::new(ring_algorithm, secret),
    );
    vec![
        contender("aws-lc-rs", material, move |m, s| {
            aws::verify(&aws_key, m, s).is_ok()
        }),
        contender("ring", material, move |m, s| {
            ring::verify(&ring_key, m, s).is_ok()
        }),
        match material.alg {
            "HS256" => rust_crypto_mac::<hmac::Hmac<Sha256>>(material, secret),
            "HS384" => rust_crypto_mac::<hmac::Hmac<Sha384>>(material, secret),
            _ => rust_crypto_mac::<hmac::Hmac<Sha512>>(material, secret),
        },
    ]
}

fn rust_crypto_mac<M: Mac + KeyInit + Clone + 'static>(
    material: &Material,
    secret: &[u8],
) -> Contender {
    let mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    contender("RustCrypto", material, move |message, signature| {
        mac.clone()
            .chain_update(message)
            .verify_slice(signature)
            .is_ok()
    })
}

fn rsa(material: &Material, n: &[u8], e: &[u8]) -> Vec<Contender> {
    type OfRing = &'static ::ring::signature::RsaParameters;
    let (aws_params, ring_params): (&'static RsaParameters, OfRing) = match material.alg {
        "RS256" => (
            &aws::RSA_PKCS1_2048_8192_SHA256,
            &ring::RSA_PKCS1_2048_8192_SHA256,
        ),
        _ => (
            &aws::RSA_PSS_2048_8192_SHA256,
            &ring::RSA_PSS_2048_8192_SHA256,
        ),
    };
    let aws_key = RsaPublicKeyComponents {
        n: n.to_vec(),
        e: e.to_vec(),
    };
    let ring_key = ring::RsaPublicKeyComponents {
        n: n.to_vec(),
        e: e.to_vec(),
    };
    let parsed = aws_key.to_parsed_public_key(aws_params).unwrap();
    vec![
        contender("aws-lc-rs, parsed key", material, move |m, s| {
            parsed.verify_sig(m, s).is_ok()
        }),
        contender("aws-lc-rs", material, move |m, s| {
            aws_key.verify(aws_params, m, s).is_ok()
        }),
        contender("ring", material, move |m, s| {
            ring_key.verify(ring_params, m, s).is_ok()
        }),
        rust_crypto_rsa(material, n, e),
    ]
}

fn rust_crypto_rsa(material: &Material, n: &[u8], e: &[u8]) -> Contender {
    let number = rsa::BoxedUint::from_be_slice_vartime;
    let key = rsa::RsaPublicKey::new(number(n), number(e)).unwrap();
    let signature = material.signature.as_slice();
    if material.alg == "RS256" {
        let key = rsa::pkcs1v15::VerifyingKey::<Sha256>::new(key);
        let signature = rsa::pkcs1v15::Signature::try_from(signature).unwrap();
        contender("RustCrypto", material, move |m, _| {
            key.verify(m, &signature).is_ok()
        })
    } else {
        let key = rsa::pss::VerifyingKey::<Sha256>::new(key);
        let signature = rsa::pss::Signature::try_from(signature).unwrap();
        contender("RustCrypto", material, move |m, _| {
            key.verify(m, &signature).is_ok()
        })
    }
}

fn ecdsa(material: &Material, point: &[u8]) -> Vec<Contender> {
    type Of<T> = &'static T;
    let (aws_algorithm, ring_algorithm): (
        Of<dyn VerificationAlgorithm>,
        Option<Of<dyn ring::VerificationAlgorithm>>,
    ) = match material.alg {
        "ES256" => (
            &aws::ECDSA_P256_SHA256_FIXED,
            Some(&ring::ECDSA_P256_SHA256_FIXED),
        ),
        "ES384" => (
            &aws::ECDSA_P384_SHA384_FIXED,
            Some(&ring::ECDSA_P384_SHA384_FIXED),
        ),
        _ => (&aws::ECDSA_P521_SHA512_FIXED, None),
    };
    let parsed = ParsedPublicKey::new(aws_algorithm, point).unwrap();
    let unparsed = UnparsedPublicKey::new(aws_algorithm, point.to_vec());
    let mut contenders = vec![
        contender("aws-lc-rs, parsed key", material, move |m, s| {
            parsed.verify_sig(m, s).is_ok()
        }),
        contender("aws-lc-rs", material, move |m, s| {
            unparsed.verify(m, s).is_ok()
        }),
        rust_crypto_ecdsa(material, point),
    ];
    if let Some(algorithm) = ring_algorithm {
        let key = ring::UnparsedPublicKey::new(algorithm, point.to_vec());
        contenders.push(contender("ring", material, move |m, s| {
            key.verify(m, s).is_ok()
        }));
    }
    contenders
}

fn rust_crypto_ecdsa(material: &Material, point: &[u8]) -> Contender {
    macro_rules! curve {
        ($curve:ident) => {{
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
            contender("RustCrypto", material, move |message, signature| {
                let signature = $curve::ecdsa::Signature::from_slice(signature).unwrap();
                key.verify(message, &signature).is_ok()
            })
        }};
    }
    match material.alg {
        "ES256" => curve!(p256),
        "ES384" => curve!(p384),
        _ => curve!(p521),
    }
}
