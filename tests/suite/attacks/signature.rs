//! Forged and malformed signatures.

use std::fs;
use std::path::Path;

use jose_verify::{Error, Key, MACS, SIGNATURES};
use num_bigint::BigUint;
use serde_json::json;

use super::{CLAIMS, OURS, rsa_token, set};
use crate::support::curve::{CURVES, Curve, curve};
use crate::support::hash::{digest, digest_info, hmac};
use crate::support::judge::signature_verdict;
use crate::support::rsa::{Pss, RsaKey, pkcs1};
use crate::support::sign::token_signed_by;

const BAD: Result<(), Error> = Err(Error::BadSignature);

/// A token of this algorithm with that as its signature.
fn token(alg: &str, signature: &[u8]) -> String {
    token_made(alg, |_| signature.to_vec())
}

fn token_made(alg: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = json!({ "alg": alg }).to_string();
    token_signed_by(header.as_bytes(), CLAIMS, sign)
}

/// The secret scalar of the test's elliptic curve keys, and a nonce.
fn secrets() -> (BigUint, BigUint) {
    (
        BigUint::from(0xc0ff_ee11_u32),
        BigUint::from(0x00de_cade_u32),
    )
}

fn good_signature(curve: &Curve, input: &[u8]) -> Vec<u8> {
    let (d, k) = secrets();
    curve.sign(&d, &k, input)
}

fn public_key(curve: &Curve) -> Key {
    curve.key(&curve.point(&secrets().0))
}

/// "Psychic signatures" (CVE-2022-21449): r or s zero, or not below the order of the curve.
#[test]
fn row_07_psychic_signatures() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let good = token_made(curve.alg, |input| good_signature(curve, input));
        assert_eq!(signature_verdict(&good, &key), Ok(()));

        let zero = BigUint::from(0_u8);
        let one = BigUint::from(1_u8);
        let most = (BigUint::from(1_u8) << (8 * curve.width)) - 1_u8;
        let n = &curve.n;
        let out_of_range = [&zero, n, &(n + 1_u8), &curve.p, &most];
        for value in out_of_range {
            for other in out_of_range.iter().chain(&[&one, &(n - 1_u8)]) {
                for (r, s) in [(value, *other), (*other, value)] {
                    let forged = token(curve.alg, &curve.octets(r, s));
                    assert_eq!(
                        signature_verdict(&forged, &key),
                        BAD,
                        "{} {r:x} {s:x}",
                        curve.crv
                    );
                }
            }
            let half = |input: &[u8]| {
                let good = good_signature(curve, input);
                let (r, s) = good.split_at(curve.width);
                (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s))
            };
            let forged = token_made(curve.alg, |input| curve.octets(&half(input).0, value));
            assert_eq!(signature_verdict(&forged, &key), BAD);
            let forged = token_made(curve.alg, |input| curve.octets(value, &half(input).1));
            assert_eq!(signature_verdict(&forged, &key), BAD);
        }
    }
}

/// SEQUENCE of two INTEGERs, as X.509 and TLS have it (RFC 3279 §2.2.3).
fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let integer = |bytes: &[u8]| {
        let number = BigUint::from_bytes_be(bytes).to_bytes_be();
        let sign = if number[0] & 0x80 == 0 { &[][..] } else { &[0] };
        let len = u8::try_from(sign.len() + number.len()).unwrap();
        [&[2, len], sign, &number].concat()
    };
    let contents = [integer(r), integer(s)].concat();
    let len = u8::try_from(contents.len()).unwrap();
    let long_form = if len < 0x80 { &[][..] } else { &[0x81] };
    [&[0x30], long_form, &[len], &contents[..]].concat()
}

/// A good ECDSA signature in DER, and of every other length than r and s at full width.
#[test]
fn row_14_der_encoded_ecdsa_signature() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let refused = |change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
            let forged = token_made(curve.alg, |input| change(good_signature(curve, input)));
            assert_eq!(signature_verdict(&forged, &key), BAD, "{}", curve.crv);
        };
        refused(&|good| der(&good));
        for len in [
            0,
            1,
            curve.width,
            63,
            65,
            66,
            95,
            96,
            97,
            104,
            131,
            133,
            192,
        ] {
            if len != 2 * curve.width {
                refused(&|mut good| {
                    good.resize(len, 0);
                    good
                });
                refused(&|good| {
                    let zeros = len.saturating_sub(good.len());
                    [&vec![0; zeros], &good[..good.len().min(len)]].concat()
                });
            }
        }
        // A zero before r and before s.
        refused(&|good| {
            let (r, s) = good.split_at(curve.width);
            [&[0], r, &[0], s].concat()
        });
    }
}

/// An algorithm with another curve than the key's, with the values brought to the width that the algorithm wants.
#[test]
fn row_15_curve_mismatch() {
    for (key_curve, alg) in [
        ("ES256", "ES384"),
        ("ES256", "ES512"),
        ("ES384", "ES256"),
        ("ES384", "ES512"),
        ("ES512", "ES256"),
        ("ES512", "ES384"),
    ] {
        let (from, to) = (curve(key_curve), curve(alg));
        let forged = token_made(alg, |input| {
            let good = good_signature(from, input);
            let (r, s) = good.split_at(from.width);
            let fitted = |half: &[u8]| {
                let zeros = vec![0; to.width.saturating_sub(half.len())];
                let cut = half.len().saturating_sub(to.width);
                [&zeros, &half[cut..]].concat()
            };
            [fitted(r), fitted(s)].concat()
        });
        let key = public_key(from);
        assert_eq!(
            signature_verdict(&forged, &key),
            Err(Error::AlgorithmNotAccepted)
        );
        let jwk = from.jwk(&from.point(&secrets().0));
        let keys = set(&[jwk], SIGNATURES);
        assert_eq!(
            signature_verdict(&forged, &*keys),
            Err(Error::NoKey),
            "{key_curve} {alg}"
        );
    }
}

/// Not an attack by itself: with (r, s) also (r, n - s) is good, as the standard has it. So a token has more than one
/// text, and a list of refused tokens must not be keyed on the text.
#[test]
fn row_16_ecdsa_malleability() {
    for curve in &*CURVES {
        let key = public_key(curve);
        let twin = token_made(curve.alg, |input| {
            let good = good_signature(curve, input);
            let (r, s) = good.split_at(curve.width);
            let s = BigUint::from_bytes_be(s);
            curve.octets(&BigUint::from_bytes_be(r), &(&curve.n - s))
        });
        let good = token_made(curve.alg, |input| good_signature(curve, input));
        assert_ne!(good, twin);
        assert_eq!(signature_verdict(&good, &key), Ok(()));
        assert_eq!(signature_verdict(&twin, &key), Ok(()));
    }
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    assert!(readme.contains("Key a deny list on `jti`"), "the warning");
}

/// Signatures of the wrong length, and numbers at the ends of the range.
#[test]
fn row_28_short_signatures() {
    for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        let len = OURS.len();
        let key = OURS.key();
        let good = |input: &[u8]| OURS.sign(alg, input);
        assert_eq!(signature_verdict(&token_made(alg, good), &key), Ok(()));
        for wrong in [0, 1, len - 1, len + 1, 2 * len] {
            let forged = token_made(alg, |input| {
                let mut signature = good(input);
                signature.resize(wrong, 0);
                signature
            });
            assert_eq!(signature_verdict(&forged, &key), BAD, "{alg} {wrong}");
            assert_eq!(signature_verdict(&token(alg, &vec![0; wrong]), &key), BAD);
        }
        let prefixed = token_made(alg, |input| [&[0], &good(input)[..]].concat());
        assert_eq!(signature_verdict(&prefixed, &key), BAD);
        let n = &OURS.n;
        for number in [n - 1_u8, n.clone(), n + 1_u8] {
            assert_eq!(
                signature_verdict(&token(alg, &OURS.octets(&number)), &key),
                BAD
            );
        }
        for byte in [0, 1, 0xff] {
            assert_eq!(signature_verdict(&token(alg, &vec![byte; len]), &key), BAD);
        }
        // The good signature plus the modulus is the same number modulo n.
        let above = token_made(alg, |input| {
            let sum = BigUint::from_bytes_be(&good(input)) + n;
            let bytes = sum.to_bytes_be();
            [&vec![0; len.saturating_sub(bytes.len())], &bytes[..]].concat()
        });
        assert_eq!(signature_verdict(&above, &key), BAD);
    }
    for (alg, len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let key = Key::from_secret(&[7; 64], MACS).unwrap();
        for forged in [0, 1, len - 1, len, len + 1] {
            assert_eq!(signature_verdict(&token(alg, &vec![0; forged]), &key), BAD);
        }
    }
}

/// A comparison that stops at the first difference tells how far a guess was right. By its answers alone ours cannot
/// be told apart, so the source is looked at: the comparison is that of the crate `hmac`, in constant time.
#[test]
fn row_32_timing() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/crypto/hmac.rs");
    let source = fs::read_to_string(source).unwrap();
    assert_eq!(source.matches(".verify_slice(signature)").count(), 1);
    for other in ["truncated", ".finalize(", "== signature", "signature =="] {
        assert!(!source.contains(other), "{other}");
    }
    for (alg, len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let key = Key::from_secret(&[7; 64], MACS).unwrap();
        let good = |input: &[u8]| hmac(alg, &[7; 64], input);
        assert_eq!(signature_verdict(&token_made(alg, good), &key), Ok(()));
        for at in 0..len {
            let flipped = token_made(alg, |input| {
                let mut mac = good(input);
                mac[at] ^= 1;
                mac
            });
            assert_eq!(signature_verdict(&flipped, &key), BAD, "{alg}: byte {at}");
            let cut = token_made(alg, |input| good(input)[..at].to_vec());
            assert_eq!(signature_verdict(&cut, &key), BAD, "{alg}: {at} bytes");
        }
        let longer = token_made(alg, |input| [&good(input)[..], &[0]].concat());
        assert_eq!(signature_verdict(&longer, &key), BAD);
    }
}

/// A signature whose cube has the wanted beginning: no private key is needed where e is 3 and what follows is not
/// looked at.
fn cube_root_of(beginning: &[u8], key: &RsaKey) -> Vec<u8> {
    let rest = 8 * (key.len() - beginning.len());
    let wanted = BigUint::from_bytes_be(beginning) << rest;
    let root = wanted.cbrt() + 1_u8;
    let cube = &root * &root * &root;
    assert_eq!(
        cube >> rest,
        BigUint::from_bytes_be(beginning),
        "a cube that begins so"
    );
    key.octets(&root)
}

/// RSA with PKCS #1 padding that is parsed instead of compared (Bleichenbacher 2006, BERserk 2014): encoded messages
/// with something wrong in them, signed rightly; and for e = 3 signatures made without any private key.
#[test]
fn row_39_rsa_padding_forgeries() {
    for key in [RsaKey::new(0, 1, 3), RsaKey::usual(), RsaKey::new(3, 5, 17)] {
        let public = key.key();
        let forge = |make: &dyn Fn(&[u8]) -> Vec<u8>| {
            let forged = token_made("RS256", |input| {
                key.sign_raw(&make(&digest("RS256", &[input])))
            });
            signature_verdict(&forged, &public)
        };
        let (len, info) = (key.len(), digest_info("RS256"));
        let block = |contents: &[&[u8]]| pkcs1(len, contents);
        assert_eq!(
            forge(&|hash| block(&[&info, hash])),
            Ok(()),
            "the forge itself works"
        );

        // A block whose padding is that short; the rest of the room is filled with garbage.
        let short = |padding: usize, contents: &[u8], at_the_end: bool| {
            let garbage = vec![0xaa; len - padding - 3 - contents.len()];
            let head = [&[0, 1], &vec![0xff; padding][..], &[0]].concat();
            let tail = if at_the_end {
                [contents, &garbage]
            } else {
                [&garbage, contents]
            };
            [head, tail.concat()].concat()
        };
        for padding in [0, 1, 7, 8, 9, 100] {
            let after = forge(&|hash| short(padding, &[&info, hash].concat(), true));
            assert_eq!(after, BAD, "garbage after the digest, {padding}");
            let before = forge(&|hash| short(padding, &[&info, hash].concat(), false));
            assert_eq!(before, BAD, "garbage before it, {padding}");
        }
        let oid = &info[6..15];
        type Parts<'a> = (&'a str, &'a dyn Fn(&[u8]) -> Vec<u8>);
        let variants: &[Parts<'_>] = &[
            ("a byte after", &|hash| block(&[&info, hash, &[0]])),
            ("no NULL", &|hash| {
                block(&[&[0x30, 0x2f, 0x30, 0x0b, 6, 9], oid, &[4, 32], hash])
            }),
            ("other parameters", &|hash| {
                block(&[&[0x30, 0x31, 0x30, 0x0d, 6, 9], oid, &[4, 0, 4, 32], hash])
            }),
            ("garbage in NULL", &|hash| {
                block(&[
                    &[0x30, 0x35, 0x30, 0x11, 6, 9],
                    oid,
                    &[5, 4, 1, 2, 3, 4, 4, 32],
                    hash,
                ])
            }),
            ("garbage in the identifier", &|hash| {
                block(&[
                    &[0x30, 0x34, 0x30, 0x10, 6, 9],
                    oid,
                    &[5, 0, 2, 1, 7, 4, 32],
                    hash,
                ])
            }),
            ("long length of the sequence", &|hash| {
                block(&[&[0x30, 0x81, 0x31], &info[2..], hash])
            }),
            ("longer still", &|hash| {
                block(&[&[0x30, 0x84, 0, 0, 0, 0x31], &info[2..], hash])
            }),
            ("long length of the identifier", &|hash| {
                block(&[&[0x30, 0x32, 0x30, 0x81, 0x0d], &info[4..], hash])
            }),
            ("long length of NULL", &|hash| {
                block(&[
                    &[0x30, 0x32, 0x30, 0x0e],
                    &info[4..15],
                    &[5, 0x81, 0, 4, 32],
                    hash,
                ])
            }),
            ("long length of the digest", &|hash| {
                block(&[&[0x30, 0x32], &info[2..17], &[4, 0x81, 32], hash])
            }),
            ("indefinite length", &|hash| {
                block(&[&[0x30, 0x80], &info[2..], hash, &[0, 0]])
            }),
            ("digest alone", &|hash| block(&[hash])),
            ("SHA-1's identifier", &|hash| {
                let sha1 = [
                    0x30, 0x2d, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 32,
                ];
                block(&[&sha1, hash])
            }),
            ("SHA-384's identifier", &|hash| {
                block(&[&info[..14], &[2], &info[15..], hash])
            }),
            ("SHA-512 by name and digest", &|hash| {
                block(&[&digest_info("RS512"), &digest("RS512", &[hash])])
            }),
            ("digest cut short", &|hash| {
                block(&[&info[..18], &[31], &hash[..31]])
            }),
            ("digest reversed", &|hash| {
                let reversed: Vec<u8> = hash.iter().rev().copied().collect();
                block(&[&info, &reversed])
            }),
        ];
        for (case, make) in variants {
            assert_eq!(forge(make), BAD, "{case}");
        }
        assert_head_of_the_block(&key);
    }
    assert_cube_roots_refused();
}

/// What stands before the digest's identifier, one byte of it wrong at a time.
fn assert_head_of_the_block(key: &RsaKey) {
    let public = key.key();
    let info = digest_info("RS256");
    let padding_end = key.len() - 32 - info.len() - 1;
    for (at, by) in [
        (1, 2),
        (1, 1),
        (2, 0xfe),
        (10, 1),
        (100, 0xff),
        (padding_end - 1, 1),
        (padding_end, 1),
    ] {
        let forged = token_made("RS256", |input| {
            let mut block = pkcs1(key.len(), &[&info, &digest("RS256", &[input])]);
            block[at] ^= by;
            key.sign_raw(&block)
        });
        assert_eq!(signature_verdict(&forged, &public), BAD, "byte {at}");
    }
}

/// Bleichenbacher's own: a perfect beginning, garbage after it, made with nothing but the public key.
fn assert_cube_roots_refused() {
    let key = RsaKey::new(9, 10, 3);
    for padding in [0, 1, 8, 64] {
        let forged = token_made("RS256", |input| {
            let head = [&[0, 1], &vec![0xff; padding][..], &[0]].concat();
            let hash = digest("RS256", &[input]);
            cube_root_of(&[head, digest_info("RS256"), hash].concat(), &key)
        });
        assert_eq!(signature_verdict(&forged, &key.key()), BAD, "{padding}");
    }
    // The cubes of small numbers have no padding at all.
    for small in 0..10_u8 {
        let forged = token("RS256", &key.octets(&BigUint::from(small)));
        assert_eq!(signature_verdict(&forged, &key.key()), BAD, "{small}");
    }
    assert_eq!(
        signature_verdict(&rsa_token(&key, &json!({"alg": "RS256"})), &key.key()),
        Ok(())
    );
}

/// PSS with other parameters than RFC 7518 §3.5 sets, signed rightly.
#[test]
fn row_40_pss_parameters() {
    // Encoded messages that end in the middle of a byte, at a byte's end, and a byte before the modulus does.
    let keys = [
        RsaKey::usual(),
        RsaKey::new(2, 3, 3),
        RsaKey::new(0, 2, 65_537),
        RsaKey::new(4, 6, 17),
    ];
    for (key, alg) in keys
        .iter()
        .flat_map(|key| ["PS256", "PS384", "PS512"].map(|alg| (key, alg)))
    {
        let public = key.key();
        let bits = key.modulus_bits() - 1;
        let hash_len = digest(alg, &[]).len();
        let forge = |pss: Pss<'_>| {
            let forged = token_made(alg, |input| key.sign_raw(&pss.encode(input, bits)));
            signature_verdict(&forged, &public)
        };
        let salt = vec![0x5a; hash_len];
        let good = Pss::new(alg, &salt);
        assert_eq!(forge(good), Ok(()), "the forge itself works");
        assert_eq!(
            forge(Pss {
                salt: &vec![0; hash_len],
                ..good
            }),
            Ok(())
        );

        let longest = bits.div_ceil(8) - hash_len - 2;
        for len in [0, 1, 20, 32, 48, 64, hash_len - 1, hash_len + 1, longest] {
            if len != hash_len {
                let salt = vec![0x5a; len];
                assert_eq!(
                    forge(Pss {
                        salt: &salt,
                        ..good
                    }),
                    BAD,
                    "salt of {len} bytes"
                );
            }
        }
        for trailer in [0, 0xbb, 0xbd, 0xcc, 0x3c, 0xff] {
            assert_eq!(forge(Pss { trailer, ..good }), BAD, "trailer {trailer:x}");
        }
        for separator in [0, 2, 0x81, 0xff] {
            assert_eq!(
                forge(Pss { separator, ..good }),
                BAD,
                "separator {separator:x}"
            );
        }
        assert_eq!(forge(Pss { padding: 1, ..good }), BAD, "padding");
        assert_eq!(
            forge(Pss {
                prefix: [0, 0, 0, 0, 0, 0, 0, 1],
                ..good
            }),
            BAD,
            "prefix"
        );
        for other in ["PS256", "PS384", "PS512"] {
            if other != alg {
                assert_eq!(forge(Pss { mgf: other, ..good }), BAD, "MGF1 with {other}");
                assert_eq!(forge(Pss { alg: other, ..good }), BAD, "hash of {other}");
            }
        }
        assert_top_bits(key, alg);
    }
}

/// Bits above those of the encoded message, wherever the number stays below the modulus.
fn assert_top_bits(key: &RsaKey, alg: &str) {
    let bits = key.modulus_bits() - 1;
    let mut tried = 0;
    for (salt, bit) in (0..16_u8).flat_map(|salt| (bits..8 * key.len()).map(move |bit| (salt, bit)))
    {
        let mut encoded = Vec::new();
        let forged = token_made(alg, |input| {
            let salt = vec![salt; digest(alg, &[]).len()];
            encoded = Pss::new(alg, &salt).encode(input, bits);
            let number = BigUint::from_bytes_be(&encoded) + (BigUint::from(1_u8) << bit);
            if number < key.n {
                key.sign_raw(&number.to_bytes_be())
            } else {
                vec![]
            }
        });
        tried += usize::from(!forged.ends_with('.'));
        assert_eq!(signature_verdict(&forged, &key.key()), BAD, "bit {bit}");
    }
    assert!(tried > 0, "no number with top bits is below the modulus");
}
