//! The tokens in `vectors/`, with their keys and the policy that they were made for.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jose_verify::{
    Algorithm, Audience, Check, Clock, Error, InvalidSignature, Key, KeyQuery, KeySet, Keys,
    Leeway, MACS, NumericDate, Policy, SIGNATURES, VerificationKey, oidc,
};
use serde_json::Value;

use crate::answer::{self, Accepted};
use crate::token;

/// Cases of one maker with the same algorithm and the same kind of token; more would only look alike.
const CASES_OF_A_KIND: usize = 2;

/// A token that is accepted.
pub struct Case {
    /// File and name.
    pub name: String,
    /// The header's `alg`.
    pub algorithm: &'static str,
    /// The token.
    pub token: String,
    /// The keys that accept it.
    pub keys: VectorKeys,
    /// What its claims are held against; none if it has no claims.
    policy: Option<Policy<'static>>,
    now: Clock,
}

/// A key as the vectors give it: alone or in a set. A key alone need not have the token's `kid`.
pub enum VectorKeys {
    /// A secret or a JWK.
    One(Box<Key>),
    /// A JWK Set.
    Set(Box<KeySet<16>>),
}

impl Keys for VectorKeys {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        match self {
            Self::One(key) => key.accepts_algorithm(algorithm),
            Self::Set(set) => set.accepts_algorithm(algorithm),
        }
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        let (one, set) = match self {
            Self::One(key) => (Some(key.candidates(query)), None),
            Self::Set(set) => (None, Some(set.candidates(query))),
        };
        let one = one.into_iter().flatten().map(Either::One);
        one.chain(set.into_iter().flatten().map(Either::Other))
    }
}

/// A key of one of two types.
enum Either<A, B> {
    One(A),
    Other(B),
}

impl<A: VerificationKey, B: VerificationKey> VerificationKey for Either<A, B> {
    fn key_id(&self) -> Option<&str> {
        match self {
            Self::One(key) => key.key_id(),
            Self::Other(key) => key.key_id(),
        }
    }

    fn accepts(&self, algorithm: &str) -> bool {
        match self {
            Self::One(key) => key.accepts(algorithm),
            Self::Other(key) => key.accepts(algorithm),
        }
    }

    fn verify(
        &self,
        algorithm: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        match self {
            Self::One(key) => key.verify(algorithm, signing_input, signature),
            Self::Other(key) => key.verify(algorithm, signing_input, signature),
        }
    }
}

impl Case {
    /// The answer to a token in place of the case's own.
    pub fn answer(&self, token: &[u8]) -> Result<Accepted, Error> {
        match &self.policy {
            Some(policy) => answer::jwt(token, &self.keys, policy, self.now),
            None => answer::jws(token, &self.keys),
        }
    }
}

/// Tokens of every maker and every algorithm.
pub static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut seen = HashMap::new();
    let mut cases = Vec::new();
    for (file, case) in all() {
        let kind = [&file, text(&case["expect"]["alg"]), text(&case["profile"])].join(" ");
        let count = seen.entry(kind).or_insert(0);
        if case["expect"]["ok"] == true && *count < CASES_OF_A_KIND {
            *count += 1;
            cases.push(Case::new(&file, case));
        }
    }
    assert!(!cases.is_empty(), "no vectors");
    cases
});

/// Every token, also those refused for what they claim.
pub static TOKENS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    all()
        .map(|(_, case)| text(&case["token"]).to_owned())
        .collect()
});

/// Every case of every file, as JSON.
pub fn all() -> impl Iterator<Item = (String, Value)> {
    files().into_iter().flat_map(|path| {
        let file: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        let name = path.display().to_string();
        let cases = file["cases"].as_array().cloned().unwrap_or_default();
        cases.into_iter().map(move |case| (name.clone(), case))
    })
}

/// The JSON files of all makers, in order of their names.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let entries = |path: &Path| {
        fs::read_dir(path)
            .expect("a folder")
            .map(|e| e.expect("an entry").path())
    };
    let makers = entries(&folder).filter(|path| path.is_dir());
    let mut files: Vec<_> = makers.flat_map(|path| entries(&path)).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    files
}

impl Case {
    fn new(file: &str, case: Value) -> Self {
        let token = text(&case["token"]).to_owned();
        let algorithm = find(text(&case["expect"]["alg"])).name();
        let case = Self {
            name: format!("{file}: {}", text(&case["name"])),
            algorithm,
            keys: keys(&case).expect("keys"),
            policy: policy(&case),
            now: case["now"]
                .as_i64()
                .map_or(Clock::Absent, |now| NumericDate::from_seconds(now).into()),
            token,
        };
        let answer = case.answer(case.token.as_bytes());
        assert!(answer.is_ok(), "{}: {answer:?}", case.name);
        case
    }
}

fn keys(case: &Value) -> Result<VectorKeys, Error> {
    let names = texts(&case["algs"]);
    let list: &'static [_] = match names.is_empty() {
        false => names.into_iter().map(find).collect::<Vec<_>>().leak(),
        true if case["keys"].is_null() => MACS,
        true => SIGNATURES,
    };
    let jwk = case["keys"].to_string();
    Ok(if case["keys"]["keys"].is_array() {
        VectorKeys::Set(Box::new(KeySet::from_jwks(jwk.as_bytes(), list)?))
    } else if case["keys"].is_object() {
        VectorKeys::One(Box::new(Key::from_jwk(jwk.as_bytes(), list)?))
    } else {
        let secret = match case["secret"].as_str() {
            Some(secret) => secret.into(),
            None => token::decode(text(&case["secret_base64url"]).as_bytes()).expect("base64url"),
        };
        VectorKeys::One(Box::new(Key::from_secret(&secret, list)?))
    })
}

fn find(name: &str) -> &'static dyn Algorithm {
    let mut all = SIGNATURES.iter().chain(MACS);
    *all.find(|a| a.name() == name).expect("an algorithm")
}

fn policy(case: &Value) -> Option<Policy<'static>> {
    let issuers = strings(&case["issuer"]);
    let audiences = strings(&case["audience"]);
    let policy = match text(&case["profile"]) {
        "jws" => return None,
        "id-token" => oidc::id_token(issuers, audiences, Check::NotChecked),
        "access-token" => oidc::access_token(issuers, audiences),
        _ => oidc::jwt(
            Check::Required(issuers),
            Check::Required(Audience::AnyOf(audiences)),
        ),
    };
    let leeway = u32::try_from(case["leeway"].as_u64().unwrap_or(0)).ok()?;
    Some(Policy {
        issuer: if issuers.is_empty() {
            Check::NotChecked
        } else {
            policy.issuer
        },
        audience: if audiences.is_empty() {
            Check::NotChecked
        } else {
            policy.audience
        },
        typ: Check::NotChecked,
        ..policy.with_leeway(Leeway::seconds(leeway))
    })
}

/// One string or several.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

/// The same for as long as the program runs.
fn strings(value: &Value) -> &'static [&'static str] {
    let leak = |text: &str| -> &'static str { text.to_owned().leak() };
    texts(value)
        .into_iter()
        .map(leak)
        .collect::<Vec<_>>()
        .leak()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
