//! A JWK Set gives the keys that its entries give one by one, and the report says what became of each.

use jose_verify::limits::{
    MAX_KEY_PARAMETER_LEN, MAX_KID_LEN, MAX_RSA_EXPONENT_BITS, MAX_RSA_MODULUS_BITS,
    MIN_RSA_MODULUS_BITS,
};
use jose_verify::{
    Algorithm, Error, Key, KeyParameters, KeySet, Kind, LoadReport, MACS, SIGNATURES,
    VerificationKey,
};
use num_bigint::BigUint;

use crate::json::{self, Json, Members};
use crate::token;

/// Small, so that sets are larger.
const CAPACITY: usize = 3;

type Algorithms = &'static [&'static dyn Algorithm];

/// `text` as a set and as one key.
pub fn check(text: &[u8]) {
    for algorithms in [SIGNATURES, MACS] {
        check_key(text, algorithms);
        check_set(text, algorithms);
    }
}

/// Into a set that holds a key already.
fn check_set(text: &[u8], algorithms: Algorithms) {
    let mut set = KeySet::<CAPACITY>::new();
    set.push(pinned(algorithms)).expect("room");
    let answer = set.load(text, algorithms);
    let json = Json::parse(text);
    let entries = match json.as_ref().and_then(Json::members) {
        Some(members) => entries(members),
        None => Err(UNREADABLE.to_vec()),
    };
    match entries {
        Ok(entries) => check_entries(entries, algorithms, &set, answer),
        Err(reasons) => {
            assert!(
                answer.is_err_and(|error| reasons.contains(&error)),
                "{answer:?}"
            );
            assert_eq!(ids(set.keys()), [Some(PINNED.to_owned())], "kept");
        }
    }
}

const PINNED: &str = "pinned";

fn pinned(algorithms: Algorithms) -> Key {
    let key = match algorithms.first().map(|a| a.kind()) {
        Some(Kind::Mac) => Key::from_secret(&[1; 64], algorithms),
        _ => {
            let (n, e) = ([0xff; MIN_RSA_MODULUS_BITS / 8], [3]);
            Key::from_parameters(&KeyParameters::Rsa { n: &n, e: &e }, algorithms)
        }
    };
    key.and_then(|key| key.with_key_id(PINNED)).expect("a key")
}

fn ids(keys: &[Key]) -> Vec<Option<String>> {
    keys.iter().map(|k| k.key_id().map(str::to_owned)).collect()
}

const UNREADABLE: [Error; 4] = [
    Error::MalformedJson,
    Error::DuplicateMember,
    Error::LimitExceeded,
    Error::MalformedKeySet,
];

/// The entries of a set, or why it is none.
fn entries<'j>(members: &'j Members<'j>) -> Result<&'j [Json<'j>], Vec<Error>> {
    let mut reasons = json::stricter(members);
    match json::get(members, "keys").and_then(Json::elements) {
        Some(entries) if reasons.is_empty() => return Ok(entries),
        Some(_) => {}
        None => reasons.push(Error::MalformedKeySet),
    }
    Err(reasons)
}

fn check_entries(
    entries: &[Json<'_>],
    algorithms: Algorithms,
    set: &KeySet<CAPACITY>,
    answer: Result<LoadReport, Error>,
) {
    let (mut kept, mut skipped) = (Vec::new(), Vec::new());
    for entry in entries {
        match one_by_one(entry, algorithms) {
            _ if kept.len() == CAPACITY => skipped.push(Error::KeySetFull),
            Ok(key) => kept.push(key),
            Err(reason) => skipped.push(reason),
        }
    }
    assert_eq!(ids(set.keys()), ids(&kept));
    let Ok(report) = answer else {
        let first = skipped.first().copied().unwrap_or(Error::NoUsableKey);
        let only = skipped.iter().all(|reason| *reason == first);
        let reason = if only { first } else { Error::NoUsableKey };
        assert!(kept.is_empty());
        return assert_eq!(answer.err(), Some(reason));
    };
    assert!(!kept.is_empty());
    assert_eq!(report.kept(), kept.len());
    assert_eq!(
        report.reasons().map(|(_, count)| count).sum::<usize>(),
        skipped.len()
    );
    for (reason, count) in report.reasons() {
        assert_eq!(report.skipped(reason), count);
        assert_eq!(
            skipped.iter().filter(|r| **r == reason).count(),
            count,
            "{reason:?}"
        );
    }
}

/// What the set should make of an entry.
fn one_by_one(entry: &Json<'_>, algorithms: Algorithms) -> Result<Key, Error> {
    let Json::Object(text, _) = entry else {
        return Err(Error::MalformedKey);
    };
    Key::from_jwk(text.as_bytes(), algorithms).map_err(|error| match error {
        Error::DuplicateMember | Error::LimitExceeded => Error::MalformedKey,
        error => error,
    })
}

/// A key is loaded for exactly the algorithms that it is good for.
fn check_key(text: &[u8], algorithms: Algorithms) {
    let answer = Key::from_jwk(text, algorithms);
    let json = Json::parse(text);
    let members = json.as_ref().and_then(Json::members);
    let good_for = |name: &str| members.is_some_and(|jwk| is_good(&Jwk(jwk), name));
    match answer {
        Ok(key) => {
            assert!(algorithms.iter().any(|a| key.accepts(a.name())));
            for algorithm in algorithms {
                let name = algorithm.name();
                assert_eq!(key.accepts(name), good_for(name), "{name}");
                // Any answer but a panic, and none in favour.
                assert!(key.verify(name, text, text).is_err());
            }
            let kid = members.and_then(|jwk| Jwk(jwk).text("kid"));
            assert_eq!(key.key_id(), kid);
        }
        Err(error) => {
            assert!(!algorithms.iter().any(|a| good_for(a.name())), "{error:?}");
            assert!(is_documented(error), "{error:?}");
        }
    }
}

fn is_documented(error: Error) -> bool {
    matches!(
        error,
        Error::MalformedJson
            | Error::DuplicateMember
            | Error::LimitExceeded
            | Error::MalformedKey
            | Error::WrongKeyUse
            | Error::AlgorithmNotAccepted
            | Error::UnsupportedKey
            | Error::WeakKey
            | Error::KeyTooLarge
    )
}

struct Jwk<'j>(&'j Members<'j>);

impl<'j> Jwk<'j> {
    fn text(&self, name: &str) -> Option<&'j str> {
        json::get(self.0, name)?.text()
    }

    /// A parameter in base64url, which needs no escapes and may not have any.
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        match json::get(self.0, name)? {
            Json::String(raw, text) if !raw.contains('\\') => token::decode(text.as_bytes()),
            _ => None,
        }
    }

    fn has_types(&self) -> bool {
        let strings = ["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y", "k"];
        let is_string = |name: &&str| json::get(self.0, name).is_none_or(|v| v.text().is_some());
        let ops = json::get(self.0, "key_ops");
        strings.iter().all(is_string) && ops.is_none_or(|v| v.elements().is_some())
    }

    fn may_verify(&self) -> bool {
        let ops = json::get(self.0, "key_ops").and_then(Json::elements);
        self.text("use").is_none_or(|u| u == "sig")
            && ops.is_none_or(|ops| ops.iter().any(|op| op.text() == Some("verify")))
    }
}

fn is_good(jwk: &Jwk<'_>, algorithm: &str) -> bool {
    json::stricter(jwk.0).is_empty()
        && jwk.has_types()
        && jwk.may_verify()
        && jwk.text("alg").is_none_or(|alg| alg == algorithm)
        && jwk.text("kid").is_none_or(|kid| kid.len() <= MAX_KID_LEN)
        && has_good_parameters(jwk, algorithm).unwrap_or(false)
}

fn has_good_parameters(jwk: &Jwk<'_>, algorithm: &str) -> Option<bool> {
    Some(match (jwk.text("kty")?, algorithm) {
        ("oct", "HS256") => is_secret(&jwk.bytes("k")?, 32),
        ("oct", "HS384") => is_secret(&jwk.bytes("k")?, 48),
        ("oct", "HS512") => is_secret(&jwk.bytes("k")?, 64),
        ("RSA", name) if name.starts_with("RS") || name.starts_with("PS") => {
            is_rsa(&jwk.bytes("n")?, &jwk.bytes("e")?)
        }
        ("EC", "ES256") if jwk.text("crv")? == "P-256" => {
            p256::ecdsa::VerifyingKey::from_sec1_bytes(&point(jwk, 32)?).is_ok()
        }
        ("EC", "ES384") if jwk.text("crv")? == "P-384" => {
            p384::ecdsa::VerifyingKey::from_sec1_bytes(&point(jwk, 48)?).is_ok()
        }
        ("EC", "ES512") if jwk.text("crv")? == "P-521" => {
            p521::ecdsa::VerifyingKey::from_sec1_bytes(&point(jwk, 66)?).is_ok()
        }
        _ => false,
    })
}

fn is_secret(k: &[u8], shortest: usize) -> bool {
    (shortest..=MAX_KEY_PARAMETER_LEN).contains(&k.len()) && k.iter().any(|byte| *byte != 0)
}

fn is_rsa(n: &[u8], e: &[u8]) -> bool {
    let lengths = n.len() <= MAX_KEY_PARAMETER_LEN && e.len() <= 16;
    let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
    let sizes = MIN_RSA_MODULUS_BITS as u64..=MAX_RSA_MODULUS_BITS as u64;
    let exponents = BigUint::from(3_u32)..BigUint::from(1_u64 << MAX_RSA_EXPONENT_BITS);
    lengths && sizes.contains(&n.bits()) && n.bit(0) && exponents.contains(&e) && e.bit(0)
}

/// The uncompressed point.
fn point(jwk: &Jwk<'_>, width: usize) -> Option<Vec<u8>> {
    let (x, y) = (jwk.bytes("x")?, jwk.bytes("y")?);
    (x.len() == width && y.len() == width).then(|| [&[4], &x[..], &y].concat())
}
