//! The tokens in `vectors/`, with their keys and the policy that they were made for.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use jose_verify::alg::{Algorithm, Algorithms, KeyParameters, MACS, SIGNATURES};
use jose_verify::{
    Audience, Check, Clock, Error, GrowingKeySet, NumericDate, Options, Policy, Tenant, oauth, oidc,
};
use serde_json::Value;

use crate::answer::{self, Accepted};
use crate::token;

/// Cases of one maker with the same algorithm and the same kind of token; more would only look
/// alike.
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
    pub keys: GrowingKeySet,
    /// What its claims are held against; none if it has no claims.
    policy: Option<Policy<'static>>,
    now: Clock,
}

impl Case {
    /// The answer to a token in place of the case's own.
    pub fn answer(&self, token: &[u8], options: Options<'_>) -> Result<Accepted, Error> {
        match &self.policy {
            Some(policy) => answer::jwt(token, &self.keys, policy, self.now, options),
            None => answer::jws(token, &self.keys, options),
        }
    }

    /// The answer where issuers of these names have the case's keys and policy; none if it has no
    /// claims.
    pub fn answer_of_issuers(
        &self,
        token: &[u8],
        names: &[&'static str],
        options: Options<'_>,
    ) -> Option<Result<(String, Accepted), Error>> {
        let policy = self.policy?;
        let tenant = |name: &&'static str| Tenant::new(name, &self.keys, policy);
        let tenants: Vec<_> = names.iter().map(tenant).collect();
        Some(answer::of_issuers(token, &tenants, self.now, options))
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
        let answer = case.answer(case.token.as_bytes(), Options::new());
        assert!(answer.is_ok(), "{}: {answer:?}", case.name);
        case
    }
}

/// A JWK Set, or one key alone.
fn keys(case: &Value) -> Result<GrowingKeySet, Error> {
    let names = texts(&case["algs"]);
    let algorithms = match names.is_empty() {
        false => Algorithms::new(&names.into_iter().map(find).collect::<Vec<_>>())?,
        true if case["keys"].is_null() => Algorithms::new(MACS)?,
        true => Algorithms::new(SIGNATURES)?,
    };
    let jwk = case["keys"].to_string();
    if case["keys"]["keys"].is_array() {
        GrowingKeySet::from_jwks(jwk.as_bytes(), &algorithms)
    } else if case["keys"].is_object() {
        GrowingKeySet::from_jwk(jwk.as_bytes(), &algorithms)
    } else {
        let secret = match case["secret"].as_str() {
            Some(secret) => secret.into(),
            None => token::decode(text(&case["secret_base64url"]).as_bytes()).expect("base64url"),
        };
        GrowingKeySet::from_parameters(&KeyParameters::oct(&secret), &algorithms)
    }
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
        "id-token" => oidc::id_token(issuers, audiences, oidc::Nonce::NotSent),
        "access-token" => oauth::access_token(issuers, audiences),
        _ => Policy::jwt(
            Check::Required(issuers),
            Check::Required(Audience::AnyOf(audiences)),
        ),
    };
    let leeway = case["leeway"].as_u64().unwrap_or(0);
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
        ..policy.with_leeway(Duration::from_secs(leeway))
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
fn strings(value: &Value) -> &'static Vec<String> {
    let strings = texts(value).into_iter().map(str::to_owned);
    Box::leak(Box::new(strings.collect()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
