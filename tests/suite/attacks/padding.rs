//! RSA signatures with malformed padding, made with the private key, or with e = 3 and no private
//! key.

use num_bigint::BigUint;
use serde_json::json;

use super::rsa_token;
use super::signature::{BAD, token, token_made};
use crate::support::hash::{digest, digest_info};
use crate::support::rsa::{Pss, RsaKey, pkcs1};
use crate::support::verdict::signature_verdict;

/// Returns malformed replacements for the digest's identifier and the digest, each with a name.
fn malformed(hash: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let info = digest_info("RS256");
    let oid = &info[6..15];
    let sha1 = [
        0x30, 0x2d, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 32,
    ];
    let reversed: Vec<u8> = hash.iter().rev().copied().collect();
    let cases: [(&str, &[&[u8]]); 19] = [
        ("a trailing byte", &[&info, hash, &[0]]),
        (
            "no NULL",
            &[&[0x30, 0x2f, 0x30, 0x0b, 6, 9], oid, &[4, 32], hash],
        ),
        (
            "no NULL, lengths that count it",
            &[&[0x30, 0x31, 0x30, 0x0d, 6, 9], oid, &[4, 32], hash],
        ),
        (
            "other parameters",
            &[&[0x30, 0x31, 0x30, 0x0d, 6, 9], oid, &[4, 0, 4, 32], hash],
        ),
        (
            "garbage in NULL",
            &[
                &[0x30, 0x35, 0x30, 0x11, 6, 9],
                oid,
                &[5, 4, 1, 2, 3, 4, 4, 32],
                hash,
            ],
        ),
        (
            "garbage in the identifier",
            &[
                &[0x30, 0x34, 0x30, 0x10, 6, 9],
                oid,
                &[5, 0, 2, 1, 7, 4, 32],
                hash,
            ],
        ),
        (
            "long length of the sequence",
            &[&[0x30, 0x81, 0x31], &info[2..], hash],
        ),
        (
            "longer length of the sequence",
            &[&[0x30, 0x84, 0, 0, 0, 0x31], &info[2..], hash],
        ),
        (
            "long length of the identifier",
            &[&[0x30, 0x32, 0x30, 0x81, 0x0d], &info[4..], hash],
        ),
        (
            "long length of NULL",
            &[
                &[0x30, 0x32, 0x30, 0x0e],
                &info[4..15],
                &[5, 0x81, 0, 4, 32],
                hash,
            ],
        ),
        (
            "long length of the digest",
            &[&[0x30, 0x32], &info[2..17], &[4, 0x81, 32], hash],
        ),
        (
            "indefinite length",
            &[&[0x30, 0x80], &info[2..], hash, &[0, 0]],
        ),
        ("digest alone", &[hash]),
        ("SHA-1's identifier", &[&sha1, hash]),
        (
            "SHA-384's identifier",
            &[&info[..14], &[2], &info[15..], hash],
        ),
        (
            "SHA-512's identifier and digest",
            &[&digest_info("RS512"), &digest("RS512", &[hash])],
        ),
        ("truncated digest", &[&info[..18], &[31], &hash[..31]]),
        ("reversed digest", &[&info, &reversed]),
        ("no contents", &[]),
    ];
    cases.map(|(case, parts)| (case, parts.concat())).to_vec()
}

/// Implementations that parse PKCS #1 padding instead of comparing it (Bleichenbacher 2006;
/// CVE-2006-4339, CVE-2014-1568). The encoded messages are malformed but correctly signed; for e =
/// 3, the forgeries need no private key.
#[test]
fn pkcs1_padding_forgery_cve_2006_4339() {
    for key in [RsaKey::new(0, 1, 3), RsaKey::usual(), RsaKey::new(3, 5, 17)] {
        let public = key.key();
        let forge = |encode: &dyn Fn(&[u8]) -> Vec<u8>| {
            let encode = |input: &[u8]| encode(&digest("RS256", &[input]));
            let forged = token_made("RS256", |input| key.sign_raw(&encode(input)));
            signature_verdict(&forged, &public)
        };
        let good = forge(&|hash| pkcs1(key.len(), &[&digest_info("RS256"), hash]));
        assert_eq!(good, Ok(()), "control: the well-formed message is accepted");
        for (i, (case, _)) in malformed(&[0; 32]).iter().enumerate() {
            let rejected = forge(&|hash| pkcs1(key.len(), &[&malformed(hash)[i].1]));
            assert_eq!(rejected, BAD, "{case}");
        }
        for padding in [0, 1, 7, 8, 9, 100] {
            let after = forge(&|hash| short_padding(key.len(), padding, hash, true));
            assert_eq!(
                after, BAD,
                "{padding} bytes of padding, garbage after the digest"
            );
            let before = forge(&|hash| short_padding(key.len(), padding, hash, false));
            assert_eq!(
                before, BAD,
                "{padding} bytes of padding, garbage before the digest"
            );
        }
        assert_head_of_the_block(&key);
    }
    assert_cube_roots_rejected();
}

/// Returns a block with that many bytes of padding. Garbage fills the remaining bytes.
fn short_padding(len: usize, padding: usize, hash: &[u8], garbage_last: bool) -> Vec<u8> {
    let head = [&[0, 1], &vec![0xff; padding][..], &[0]].concat();
    let contents = [&digest_info("RS256"), hash].concat();
    let garbage = vec![0xaa; len - head.len() - contents.len()];
    let tail = if garbage_last {
        [contents, garbage]
    } else {
        [garbage, contents]
    };
    [head, tail.concat()].concat()
}

/// Asserts that a block is rejected if any one byte before the digest's identifier is wrong.
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

/// Returns a signature whose cube begins with the given bytes. With e = 3, this needs no private
/// key if the verifier ignores the bytes that follow.
fn cube_root_of(beginning: &[u8], key: &RsaKey) -> Vec<u8> {
    let rest = 8 * (key.len() - beginning.len());
    let wanted = BigUint::from_bytes_be(beginning) << rest;
    let root = wanted.cbrt() + 1_u8;
    let cube = &root * &root * &root;
    assert_eq!(
        cube >> rest,
        BigUint::from_bytes_be(beginning),
        "the cube begins with the given bytes"
    );
    key.octets(&root)
}

/// Bleichenbacher's attack: a well-formed beginning with garbage after it, made from the public key
/// alone.
fn assert_cube_roots_rejected() {
    let key = RsaKey::new(9, 10, 3);
    for padding in [0, 1, 8, 64] {
        let forged = token_made("RS256", |input| {
            let head = [&[0, 1], &vec![0xff; padding][..], &[0]].concat();
            let hash = digest("RS256", &[input]);
            cube_root_of(&[head, digest_info("RS256"), hash].concat(), &key)
        });
        assert_eq!(signature_verdict(&forged, &key.key()), BAD, "{padding}");
    }
    // The cubes of small numbers contain no padding at all.
    for small in 0..10_u8 {
        let forged = token("RS256", &key.octets(&BigUint::from(small)));
        assert_eq!(signature_verdict(&forged, &key.key()), BAD, "{small}");
    }
    assert_eq!(
        signature_verdict(&rsa_token(&key, &json!({"alg": "RS256"})), &key.key()),
        Ok(())
    );
}

/// PSS parameters other than those of RFC 7518 §3.5, correctly signed.
#[test]
fn pss_parameters_rfc_7518_3_5() {
    // Encoded messages that end in the middle of a byte, at the end of a byte, and one byte before
    // the end of the modulus.
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
        assert_eq!(
            forge(good),
            Ok(()),
            "control: the correct parameters are accepted"
        );
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

/// Asserts that set bits above the encoded message are rejected. Only numbers below the modulus can
/// be signed.
fn assert_top_bits(key: &RsaKey, alg: &str) {
    let bits = key.modulus_bits() - 1;
    let mut tried = 0;
    for (salt, bit) in (0..16_u8).flat_map(|salt| (bits..8 * key.len()).map(move |bit| (salt, bit)))
    {
        let forged = token_made(alg, |input| {
            let salt = vec![salt; digest(alg, &[]).len()];
            let encoded = Pss::new(alg, &salt).encode(input, bits);
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
    assert!(
        tried > 0,
        "at least one number with a top bit is below the modulus"
    );
}
