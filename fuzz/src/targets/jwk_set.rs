//! A JWK Set loads the same keys as its entries one by one, in every kind of memory, and the report
//! lists each skipped entry. The content of one entry does not affect the others.

use jose_verify::alg::{Algorithm, AlgorithmKind, KeyParameters, MACS, SIGNATURES, Word};
use jose_verify::keys::{
    GrowingRotatingKeys, KeyMemory, KeySetIn, Lent, LentKeySet, LoadReport, Slot, WORDS_PER_KEY,
    jwk_set_entries,
};
use jose_verify::limits::{
    KEY_ID_BYTES_PER_KEY, MAX_KEY_PARAMETER_LEN, MAX_KID_LEN, MAX_RSA_EXPONENT_BITS,
    MAX_RSA_MODULUS_BITS, MIN_RSA_MODULUS_BITS, SPARE_KEY_ID_BYTES,
};
use jose_verify::{Error, GrowingKeySet, KeySet, Limit, Options};
use num_bigint::BigUint;

use crate::json::{self, Json, Members};
use crate::keys::{self, Listed};
use crate::{key_text, outline, pipeline, token};

/// Small, so that inputs exceed it.
const CAPACITY: usize = 3;
/// Bytes of `kid`s that a set of this capacity can hold, whatever the lengths of the single ones.
const KIDS: usize = CAPACITY * KEY_ID_BYTES_PER_KEY;

type Algorithms = &'static [&'static dyn Algorithm];

/// Loads `text` as a set and as one key.
pub fn check(text: &[u8]) {
    for algorithms in [SIGNATURES, MACS] {
        check_key(text, algorithms);
        check_set(text, algorithms);
    }
}

/// Loads into sets in each kind of memory. They already contain a key.
fn check_set(text: &[u8], algorithms: Algorithms) {
    let entries = entries(text);
    let entries = entries.as_deref();
    match (jwk_set_entries(text), entries) {
        (Ok(ours), Ok(entries)) => assert!(ours.eq(entries.iter().copied())),
        // The grammar is not checked in a container that is nested too deeply. So another fault may
        // be the first that is found, or none.
        (Err(error @ (Error::MalformedKeySet | Error::DuplicateMember)), Err(_))
            if outline::may_be_too_deep(text) =>
        {
            let result = GrowingKeySet::default().load(text, algorithms, |_| {});
            return assert_eq!(result.err(), Some(error));
        }
        (Err(error), Err(reasons)) => assert!(reasons.contains(&error), "{error:?}"),
        (Ok(ours), Err(_)) if outline::may_be_too_deep(text) => {
            let mut set = GrowingKeySet::default();
            let mut skipped = 0;
            let result = set.load(text, algorithms, |_| skipped += 1);
            assert_eq!(set.len() + skipped, ours.count());
            return assert_eq!(result.is_ok(), !set.is_empty());
        }
        (ours, entries) => panic!("{ours:?}, expected {entries:?}"),
    }
    let load = |set: &mut dyn Loaded| check_memory(set, text, entries, algorithms);

    let mut growing = GrowingKeySet::default();
    let mut inline = KeySet::<CAPACITY>::new();
    let (mut slots, mut kids) = ([Slot::EMPTY; CAPACITY], [0; KIDS]);
    let mut words: [Word; CAPACITY * WORDS_PER_KEY] = [0; _];
    let mut lent = LentKeySet::in_memory(Lent {
        slots: &mut slots,
        kids: &mut kids,
        words: &mut words,
    });
    let all = load(&mut growing);
    let by_value = load(&mut inline);
    let in_lent = load(&mut lent);
    if let (Some(all), Some(by_value), Some(in_lent), Ok(entries)) =
        (all, by_value, in_lent, entries)
    {
        assert!(!all.contains(&Err(Error::KeySetFull)));
        check_capacity(entries, &all, &by_value, KIDS + SPARE_KEY_ID_BYTES);
        check_capacity(entries, &all, &in_lent, KIDS);
        let kids = all.iter().flatten().filter_map(|(kid, _)| kid.as_ref());
        if kids.map(String::len).sum::<usize>() <= KIDS {
            assert_eq!(
                by_value, in_lent,
                "inline and borrowed memory hold the same keys"
            );
        }
        check_material(entries, algorithms, &growing);
    }
}

/// A set in any kind of memory.
trait Loaded {
    /// Adds a key.
    fn pin(&mut self, algorithms: Algorithms);
    /// Loads a set. Also returns the skipped entries.
    fn load(&mut self, text: &[u8], algorithms: Algorithms) -> (LoadResult, Vec<Skipped>);
    /// Loads the entries one by one.
    fn one_by_one(&mut self, entries: &[&[u8]], algorithms: Algorithms) -> Vec<Outcome>;
    /// Returns the keys.
    fn listed(&self) -> Vec<Listed>;
}

type LoadResult = Result<LoadReport, Error>;
/// Position, `kid` and reason.
type Skipped = (usize, Option<String>, Error);
/// The outcome of an entry: its key, or the reason why it was skipped.
type Outcome = Result<Listed, Error>;

impl<M: KeyMemory> Loaded for KeySetIn<M> {
    fn pin(&mut self, algorithms: Algorithms) {
        self.accept(algorithms).expect("a list");
        let (n, e) = ([0xff; MIN_RSA_MODULUS_BITS / 8], [3]);
        let key = match algorithms.first().map(|a| a.kind()) {
            Some(AlgorithmKind::Mac) => KeyParameters::oct(&[1; 64]),
            _ => KeyParameters::rsa(&n, &e),
        };
        self.add(&key, Some(PINNED)).expect("a set with capacity");
    }

    fn load(&mut self, text: &[u8], algorithms: Algorithms) -> (LoadResult, Vec<Skipped>) {
        let mut reported = Vec::new();
        let result = KeySetIn::load(self, text, algorithms, |skipped| {
            let kid = skipped.key_id.map(|kid| kid.to_string());
            reported.push((skipped.position, kid, skipped.reason));
        });
        (result, reported)
    }

    fn one_by_one(&mut self, entries: &[&[u8]], algorithms: Algorithms) -> Vec<Outcome> {
        self.accept(algorithms).expect("a list");
        let mut add = |entry: &&[u8]| {
            self.add_jwk(entry).map_err(counted)?;
            Ok(keys::listed(self).pop().expect("the last key"))
        };
        entries.iter().map(&mut add).collect()
    }

    fn listed(&self) -> Vec<Listed> {
        keys::listed(self)
    }
}

const PINNED: &str = "pinned";

/// Returns the reason under which a skipped entry is counted.
fn counted(error: Error) -> Error {
    match error {
        Error::Limit(Limit::KeyIdLen) => error,
        Error::MalformedJson | Error::DuplicateMember | Error::Limit(_) => Error::MalformedKey,
        error => error,
    }
}

/// Returns the entries of a set, or the errors for which the text is not a set. An entry can be any
/// value. Members other than `keys` can be anything, and can be repeated.
fn entries(text: &[u8]) -> Result<Vec<&[u8]>, Vec<Error>> {
    let Some(members) = outline::members(text) else {
        return Err(vec![Error::MalformedJson, Error::DuplicateMember]);
    };
    let is_keys = |(name, _): &&outline::Member<'_>| name.as_deref() == Some("keys");
    let keys: Vec<_> = members.iter().filter(is_keys).collect();
    match keys[..] {
        [(_, keys)] => outline::elements(keys).ok_or_else(|| vec![Error::MalformedKeySet]),
        [] => Err(vec![Error::MalformedKeySet]),
        _ => Err(vec![Error::DuplicateMember]),
    }
}

/// Returns the outcome of each entry of a set. If the text is not a set, asserts that the keys are
/// unchanged and returns `None`.
fn check_memory(
    set: &mut dyn Loaded,
    text: &[u8],
    entries: Result<&[&[u8]], &Vec<Error>>,
    algorithms: Algorithms,
) -> Option<Vec<Outcome>> {
    set.pin(algorithms);
    let before = set.listed();
    let (result, reported) = set.load(text, algorithms);
    match entries {
        Ok(entries) => {
            let keys = set.listed();
            let outcomes = set.one_by_one(entries, algorithms);
            check_entries(entries, &outcomes, &keys, &reported, result);
            // Loads the set again, because the caller compares its keys.
            let _ = set.load(text, algorithms);
            Some(outcomes)
        }
        Err(reasons) => {
            assert!(
                result.is_err_and(|error| reasons.contains(&error)),
                "{result:?}"
            );
            assert_eq!(set.listed(), before, "the keys are unchanged");
            assert_eq!(reported, [], "no entry is reported");
            None
        }
    }
}

fn check_entries(
    entries: &[&[u8]],
    outcomes: &[Outcome],
    keys: &[Listed],
    reported: &[Skipped],
    result: LoadResult,
) {
    let kept: Vec<_> = outcomes.iter().flatten().cloned().collect();
    assert_eq!(keys, kept);
    // Each skipped entry is reported once, in order.
    let skipped = |(position, outcome): (usize, &Outcome)| {
        let reason = outcome.as_ref().err()?;
        Some((position, kid(entries[position]), *reason))
    };
    let skipped: Vec<_> = outcomes.iter().enumerate().filter_map(skipped).collect();
    assert_eq!(reported, skipped);
    let Ok(report) = result else {
        let first = skipped.first().map_or(Error::NoUsableKey, |first| first.2);
        let only = skipped.iter().all(|(.., reason)| *reason == first);
        let reason = if only { first } else { Error::NoUsableKey };
        assert!(kept.is_empty());
        return assert_eq!(result.err(), Some(reason));
    };
    assert!(!kept.is_empty());
    assert_eq!(report.kept(), kept.len());
    assert_eq!(
        report.reasons().map(|(_, count)| count).sum::<usize>(),
        skipped.len()
    );
    for (reason, count) in report.reasons() {
        assert_eq!(report.skipped(reason), count);
        let counted = skipped.iter().filter(|(.., r)| *r == reason);
        assert_eq!(counted.count(), count, "{reason:?}");
    }
}

/// Returns the `kid` of an entry, if there is exactly one and it is a string.
fn kid(entry: &[u8]) -> Option<String> {
    let members = outline::members(entry)?;
    let mut kids = members
        .iter()
        .filter(|(name, _)| name.as_deref() == Some("kid"));
    let (_, kid) = kids.next()?;
    let only = kids.next().is_none();
    outline::string(kid).filter(|_| only)
}

/// Asserts that an entry has the same outcome with limited memory as with unlimited memory, unless
/// it does not fit, and that every entry within the documented capacity fits. `most` is the most
/// bytes of `kid`s that can fit.
fn check_capacity(entries: &[&[u8]], all: &[Outcome], few: &[Outcome], most: usize) {
    assert_eq!(all.len(), few.len());
    let (mut keys, mut kids, mut sizes) = (0, 0, 0);
    for ((entry, all), few) in entries.iter().zip(all).zip(few) {
        let size = if is_large(entry) { 2 } else { 1 };
        let kid_len = kid(entry).map_or(0, |kid| kid.len());
        match (all, few) {
            (Ok(key), Ok(kept)) => {
                assert_eq!(key, kept);
                (keys, kids, sizes) = (keys + 1, kids + kid_len, sizes + size);
                assert!(keys <= CAPACITY && kids <= most);
            }
            (Ok(key), Err(Error::KeySetFull)) => {
                let fits = keys < CAPACITY && kids + kid_len <= KIDS && sizes + size <= CAPACITY;
                assert!(!fits, "{key:?} fits");
            }
            // The size of the key is checked before the length of its `kid`.
            (Err(Error::Limit(Limit::KeyIdLen)), Err(Error::KeySetFull)) => {
                assert!(kid_len > MAX_KID_LEN);
            }
            (Err(reason), Err(other)) => assert_eq!(reason, other),
            (all, few) => panic!("unlimited: {all:?}, limited: {few:?}"),
        }
    }
}

/// Returns whether a key takes more words than an RSA key of 2048 bits. It then takes at most twice
/// as many.
fn is_large(entry: &[u8]) -> bool {
    let json = Json::parse(entry);
    let n = json.as_ref().and_then(Json::members);
    let n = n.and_then(|jwk| Jwk(jwk).bytes("n"));
    n.is_some_and(|n| BigUint::from_bytes_be(&n).bits() > MIN_RSA_MODULUS_BITS as u64)
}

/// Asserts that the keys of a set have the same material as those of its entries, if all of them
/// have a `kid`.
fn check_material(entries: &[&[u8]], algorithms: Algorithms, set: &GrowingKeySet) {
    let mut one_by_one = GrowingKeySet::default();
    one_by_one.one_by_one(entries, algorithms);
    if Loaded::listed(set).iter().all(|(kid, _)| kid.is_some()) {
        let loaded = GrowingRotatingKeys::from(set.clone());
        let one_by_one = GrowingRotatingKeys::from(one_by_one);
        assert!(!loaded.has_new_keys(&one_by_one) && !one_by_one.has_new_keys(&loaded));
    }
}

/// Asserts that a key is loaded for exactly the algorithms that it is valid for.
fn check_key(text: &[u8], algorithms: Algorithms) {
    let result = GrowingKeySet::from_jwk(text, algorithms);
    let json = Json::parse(text);
    let members = json.as_ref().and_then(Json::members);
    let valid_for = |name: &str| members.is_some_and(|jwk| is_valid(&Jwk(jwk), name));
    match result {
        Ok(set) => {
            let [(key_id, names)] = &keys::listed(&set)[..] else {
                panic!("one key");
            };
            assert!(!names.is_empty());
            for algorithm in algorithms {
                let name = algorithm.name();
                assert_eq!(names.contains(&name), valid_for(name), "{name}");
                // Verifying must not panic, and must not accept.
                let header = format!(r#"{{"alg":"{name}"}}"#);
                let token = token::join(header.as_bytes(), text, text);
                assert!(pipeline::jws(&token, &set, Options::new()).is_err());
            }
            let kid = members.and_then(|jwk| Jwk(jwk).text("kid"));
            assert_eq!(key_id.as_deref(), kid);
        }
        Err(error) => {
            assert!(!algorithms.iter().any(|a| valid_for(a.name())), "{error:?}");
            assert!(is_documented(error), "{error:?}");
        }
    }
}

fn is_documented(error: Error) -> bool {
    matches!(
        error,
        Error::MalformedJson
            | Error::DuplicateMember
            | Error::Limit(_)
            | Error::MalformedKey
            | Error::WrongKeyUse
            | Error::AlgorithmNotAccepted
            | Error::UnsupportedKey
            | Error::WeakKey
            | Error::KeyTooLarge
            | Error::ShortCoordinate
            | Error::PublicKeyAsSecret
    )
}

struct Jwk<'j>(&'j Members<'j>);

impl<'j> Jwk<'j> {
    /// Returns a member that is not null. `kty` may not be null.
    fn get(&self, name: &str) -> Option<&'j Json<'j>> {
        let member = json::get(self.0, name);
        member.filter(|value| name == "kty" || !matches!(value, Json::Null))
    }

    fn text(&self, name: &str) -> Option<&'j str> {
        self.get(name)?.text()
    }

    /// Decodes a parameter in base64url. It may not contain escapes.
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        match self.get(name)? {
            Json::String(raw, text) if !raw.contains('\\') => token::decode(text.as_bytes()),
            _ => None,
        }
    }

    /// Returns whether the members that every key may have are of the right types. Parameters are
    /// checked where they are needed.
    fn has_types(&self) -> bool {
        let strings = ["kty", "crv", "use", "alg", "kid"];
        let is_string = |name: &&str| self.get(name).is_none_or(|v| v.text().is_some());
        let ops = self.get("key_ops");
        strings.iter().all(is_string) && ops.is_none_or(|v| v.elements().is_some())
    }

    fn may_verify(&self) -> bool {
        let ops = self.get("key_ops").and_then(Json::elements);
        self.text("use").is_none_or(|u| u == "sig")
            && ops.is_none_or(|ops| ops.iter().any(|op| op.text() == Some("verify")))
    }
}

fn is_valid(jwk: &Jwk<'_>, algorithm: &str) -> bool {
    json::stricter(jwk.0).is_empty()
        && jwk.has_types()
        && jwk.may_verify()
        && jwk.text("alg").is_none_or(|alg| alg == algorithm)
        && jwk.text("kid").is_none_or(|kid| kid.len() <= MAX_KID_LEN)
        && has_valid_parameters(jwk, algorithm).unwrap_or(false)
}

fn has_valid_parameters(jwk: &Jwk<'_>, algorithm: &str) -> Option<bool> {
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
    (shortest..=MAX_KEY_PARAMETER_LEN).contains(&k.len())
        && k.iter().any(|byte| *byte != 0)
        && !key_text::is_key(k)
}

fn is_rsa(n: &[u8], e: &[u8]) -> bool {
    let lengths = n.len() <= MAX_KEY_PARAMETER_LEN && e.len() <= 16;
    let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
    let sizes = MIN_RSA_MODULUS_BITS as u64..=MAX_RSA_MODULUS_BITS as u64;
    let exponents = BigUint::from(3_u32)..BigUint::from(1_u64 << MAX_RSA_EXPONENT_BITS);
    lengths && sizes.contains(&n.bits()) && n.bit(0) && exponents.contains(&e) && e.bit(0)
}

/// Returns the uncompressed point.
fn point(jwk: &Jwk<'_>, width: usize) -> Option<Vec<u8>> {
    let (x, y) = (jwk.bytes("x")?, jwk.bytes("y")?);
    (x.len() == width && y.len() == width).then(|| [&[4], &x[..], &y].concat())
}
