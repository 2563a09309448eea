//! The tokens in `vectors/`, with their keys and their policies.

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

use crate::pipeline::{self, Accepted};
use crate::token;

/// How many cases are kept for each file, algorithm and kind of token. More would only be similar.
const CASES_OF_A_KIND: usize = 2;

/// A token that is accepted.
pub struct Case {
    /// File and name of the case.
    pub name: String,
    /// The header's `alg`.
    pub algorithm: &'static str,
    /// The token.
    pub token: String,
    /// The keys that accept it.
    pub keys: GrowingKeySet,
    /// The policy for its claims. `None` if the payload is not a claims set.
    policy: Option<Policy<'static>>,
    now: Clock,
}

impl Case {
    /// Verifies another token with the case's keys and policy.
    pub fn verify(&self, token: &[u8], options: Options<'_>) -> Result<Accepted, Error> {
        match &self.policy {
            Some(policy) => pipeline::jwt(token, &self.keys, policy, self.now, options),
            None => pipeline::jws(token, &self.keys, options),
        }
    }

    /// Verifies a token with issuers of these names, which have the case's keys and policy. Returns
    /// `None` if the payload is not a claims set.
    pub fn verify_with_issuers(
        &self,
        token: &[u8],
        names: &[&'static str],
        options: Options<'_>,
    ) -> Option<Result<(String, Accepted), Error>> {
        let policy = self.policy?;
        let tenant = |name: &&'static str| Tenant::new(name, &self.keys, policy);
        let tenants: Vec<_> = names.iter().map(tenant).collect();
        Some(pipeline::of_issuers(token, &tenants, self.now, options))
    }
}

/// Accepted tokens of every implementation and every algorithm.
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

/// Every token, including those whose claims are rejected.
pub static TOKENS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    all()
        .map(|(_, case)| text(&case["token"]).to_owned())
        .collect()
});

/// Returns every case of every file, as JSON.
pub fn all() -> impl Iterator<Item = (String, Value)> {
    files().into_iter().flat_map(|path| {
        let file: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        let name = path.display().to_string();
        let cases = file["cases"].as_array().cloned().unwrap_or_default();
        cases.into_iter().map(move |case| (name.clone(), case))
    })
}

/// Returns the JSON files of all implementations, sorted by name.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let entries = |path: &Path| {
        fs::read_dir(path)
            .expect("a folder")
            .map(|e| e.expect("an entry").path())
    };
    // The cases in `field` have another format.
    let folders = entries(&folder).filter(|path| path.is_dir() && !path.ends_with("field"));
    let mut files: Vec<_> = folders.flat_map(|path| entries(&path)).collect();
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
        let result = case.verify(case.token.as_bytes(), Options::new());
        assert!(result.is_ok(), "{}: {result:?}", case.name);
        case
    }
}

/// Loads a JWK Set, a JWK or a secret.
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

/// Returns one string or several as a list.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

/// Returns the same list with a static lifetime. It is leaked.
fn strings(value: &Value) -> &'static Vec<String> {
    let strings = texts(value).into_iter().map(str::to_owned);
    Box::leak(Box::new(strings.collect()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
