//! A JWK Set gives the keys that its entries give one by one, in memory of every kind, and the
//! report says what became of each.

use jose_verify::alg::{Algorithm, AlgorithmKind, KeyParameters, MACS, SIGNATURES, Word};
use jose_verify::keys::{
    GrowingRotatingKeys, KeyMemory, KeySetIn, Lent, LentKeySet, LoadReport, Slot, WORDS_PER_KEY,
};
use jose_verify::limits::{
    KEY_ID_BYTES_PER_KEY, MAX_KEY_PARAMETER_LEN, MAX_KID_LEN, MAX_RSA_EXPONENT_BITS,
    MAX_RSA_MODULUS_BITS, MIN_RSA_MODULUS_BITS, SPARE_KEY_ID_BYTES,
};
use jose_verify::{Error, GrowingKeySet, KeySet, Options};
use num_bigint::BigUint;

use crate::json::{self, Json, Members};
use crate::keys::{self, Listed};
use crate::{answer, token};

/// Small, so that sets are larger.
const CAPACITY: usize = 3;
/// Bytes of `kid`s that a set of that capacity has room for, however they are split.
const KIDS: usize = CAPACITY * KEY_ID_BYTES_PER_KEY;

type Algorithms = &'static [&'static dyn Algorithm];

/// `text` as a set and as one key.
pub fn check(text: &[u8]) {
    for algorithms in [SIGNATURES, MACS] {
        check_key(text, algorithms);
        check_set(text, algorithms);
    }
}

/// Into sets in memory of each kind that hold a key already.
fn check_set(text: &[u8], algorithms: Algorithms) {
    let json = Json::parse(text);
    let entries = match json.as_ref().and_then(Json::members) {
        Some(members) => entries(members),
        None => Err([&json::MALFORMED[..], &[Error::MalformedKeySet]].concat()),
    };
    let entries = entries.as_deref();
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
        check_room(entries, &all, &by_value, KIDS + SPARE_KEY_ID_BYTES);
        check_room(entries, &all, &in_lent, KIDS);
        let kids = all.iter().flatten().filter_map(|(kid, _)| kid.as_ref());
        if kids.map(String::len).sum::<usize>() <= KIDS {
            assert_eq!(by_value, in_lent, "as much room, by value and lent");
        }
        check_material(entries, algorithms, &growing);
    }
}

/// A set in memory of any kind.
trait Loaded {
    /// Adds a key.
    fn pin(&mut self, algorithms: Algorithms);
    /// Loads a set, and lists what was skipped.
    fn load(&mut self, text: &[u8], algorithms: Algorithms) -> (Answer, Vec<Skipped>);
    /// What the entries give one by one.
    fn one_by_one(&mut self, entries: &[Json<'_>], algorithms: Algorithms) -> Vec<Outcome>;
    /// The keys.
    fn listed(&self) -> Vec<Listed>;
}

type Answer = Result<LoadReport, Error>;
/// Position, `kid` and reason.
type Skipped = (usize, Option<String>, Error);
/// What became of an entry: its key, or the reason why it is none.
type Outcome = Result<Listed, Error>;

impl<M: KeyMemory> Loaded for KeySetIn<M> {
    fn pin(&mut self, algorithms: Algorithms) {
        self.accept(algorithms).expect("a list");
        let (n, e) = ([0xff; MIN_RSA_MODULUS_BITS / 8], [3]);
        let key = match algorithms.first().map(|a| a.kind()) {
            Some(AlgorithmKind::Mac) => KeyParameters::oct(&[1; 64]),
            _ => KeyParameters::rsa(&n, &e),
        };
        self.add(&key, Some(PINNED)).expect("room");
    }

    fn load(&mut self, text: &[u8], algorithms: Algorithms) -> (Answer, Vec<Skipped>) {
        let mut told = Vec::new();
        let answer = KeySetIn::load(self, text, algorithms, |skipped| {
            let kid = skipped.key_id.map(|kid| kid.to_string());
            told.push((skipped.position, kid, skipped.reason));
        });
        (answer, told)
    }

    fn one_by_one(&mut self, entries: &[Json<'_>], algorithms: Algorithms) -> Vec<Outcome> {
        self.accept(algorithms).expect("a list");
        let mut add = |entry: &Json<'_>| {
            let Json::Object(text, _) = entry else {
                return Err(Error::MalformedKey);
            };
            self.add_jwk(text.as_bytes()).map_err(|error| match error {
                Error::DuplicateMember | Error::Limit(_) => Error::MalformedKey,
                error => error,
            })?;
            Ok(keys::listed(self).pop().expect("the last key"))
        };
        entries.iter().map(&mut add).collect()
    }

    fn listed(&self) -> Vec<Listed> {
        keys::listed(self)
    }
}

const PINNED: &str = "pinned";

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

/// What became of each entry of a set; none if the text is no set, which leaves the keys as they
/// were.
fn check_memory(
    set: &mut dyn Loaded,
    text: &[u8],
    entries: Result<&[Json<'_>], &Vec<Error>>,
    algorithms: Algorithms,
) -> Option<Vec<Outcome>> {
    set.pin(algorithms);
    let before = set.listed();
    let (answer, told) = set.load(text, algorithms);
    match entries {
        Ok(entries) => {
            let keys = set.listed();
            let outcomes = set.one_by_one(entries, algorithms);
            check_entries(entries, &outcomes, &keys, &told, answer);
            // The keys of the set again, for whoever compares them.
            let _ = set.load(text, algorithms);
            Some(outcomes)
        }
        Err(reasons) => {
            assert!(
                answer.is_err_and(|error| reasons.contains(&error)),
                "{answer:?}"
            );
            assert_eq!(set.listed(), before, "kept");
            assert_eq!(told, [], "no entry");
            None
        }
    }
}

fn check_entries(
    entries: &[Json<'_>],
    outcomes: &[Outcome],
    keys: &[Listed],
    told: &[Skipped],
    answer: Answer,
) {
    let kept: Vec<_> = outcomes.iter().flatten().cloned().collect();
    assert_eq!(keys, kept);
    // Each skipped entry is named once, in order.
    let skipped = |(position, outcome): (usize, &Outcome)| {
        let reason = outcome.as_ref().err()?;
        Some((position, kid(&entries[position]), *reason))
    };
    let skipped: Vec<_> = outcomes.iter().enumerate().filter_map(skipped).collect();
    assert_eq!(told, skipped);
    let Ok(report) = answer else {
        let first = skipped.first().map_or(Error::NoUsableKey, |first| first.2);
        let only = skipped.iter().all(|(.., reason)| *reason == first);
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
        let counted = skipped.iter().filter(|(.., r)| *r == reason);
        assert_eq!(counted.count(), count, "{reason:?}");
    }
}

/// The `kid` of an entry, if there is one and it is a string.
fn kid(entry: &Json<'_>) -> Option<String> {
    let mut kids = entry.members()?.iter().filter(|(name, _)| name == "kid");
    let (_, kid) = kids.next()?;
    let only = kids.next().is_none();
    kid.text().filter(|_| only).map(str::to_owned)
}

/// Where there is room for few keys, what becomes of an entry is the same as where there is room
/// for all, unless it does not fit; and all fit for which there is said to be room. `most` is the
/// room for `kid`s if none of it is lost.
fn check_room(entries: &[Json<'_>], all: &[Outcome], few: &[Outcome], most: usize) {
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
            // The key itself is judged before the length of its name is.
            (Err(Error::KeyTooLarge), Err(Error::KeySetFull)) => assert!(kid_len > MAX_KID_LEN),
            (Err(reason), Err(other)) => assert_eq!(reason, other),
            (all, few) => panic!("{all:?} and {few:?}"),
        }
    }
}

/// Whether a key takes more than that of RSA with 2048 bits, and then not more than twice as much.
fn is_large(entry: &Json<'_>) -> bool {
    let n = entry.members().and_then(|jwk| Jwk(jwk).bytes("n"));
    n.is_some_and(|n| BigUint::from_bytes_be(&n).bits() > MIN_RSA_MODULUS_BITS as u64)
}

/// The keys of a set, if all of them have names, are those of its entries also by their material.
fn check_material(entries: &[Json<'_>], algorithms: Algorithms, set: &GrowingKeySet) {
    let mut one_by_one = GrowingKeySet::default();
    one_by_one.one_by_one(entries, algorithms);
    if Loaded::listed(set).iter().all(|(kid, _)| kid.is_some()) {
        let loaded = GrowingRotatingKeys::from(set.clone());
        let one_by_one = GrowingRotatingKeys::from(one_by_one);
        assert!(!loaded.has_new_keys(&one_by_one) && !one_by_one.has_new_keys(&loaded));
    }
}

/// A key is loaded for exactly the algorithms that it is good for.
fn check_key(text: &[u8], algorithms: Algorithms) {
    let answer = GrowingKeySet::from_jwk(text, algorithms);
    let json = Json::parse(text);
    let members = json.as_ref().and_then(Json::members);
    let good_for = |name: &str| members.is_some_and(|jwk| is_good(&Jwk(jwk), name));
    match answer {
        Ok(set) => {
            let [(key_id, names)] = &keys::listed(&set)[..] else {
                panic!("one key");
            };
            assert!(!names.is_empty());
            for algorithm in algorithms {
                let name = algorithm.name();
                assert_eq!(names.contains(&name), good_for(name), "{name}");
                // Any answer but a panic, and none in favour.
                let header = format!(r#"{{"alg":"{name}"}}"#);
                let token = token::join(header.as_bytes(), text, text);
                assert!(answer::jws(&token, &set, Options::new()).is_err());
            }
            let kid = members.and_then(|jwk| Jwk(jwk).text("kid"));
            assert_eq!(key_id.as_deref(), kid);
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
            | Error::Limit(_)
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

    /// Of the members that every key may have; parameters are judged where they are needed.
    fn has_types(&self) -> bool {
        let strings = ["kty", "use", "alg", "kid"];
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
