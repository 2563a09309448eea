//! The vector format (see `vectors/README.md`): a request and the expected result.

use core::time::Duration;
use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{KeyParameters, MACS, SIGNATURES};
use jose_verify::oidc::Nonce;
use jose_verify::{
    Audience, Check, Error, JwsVerifier, KeySet, Keys, MaxAge, NumericDate, Options, Policy,
    StringList, Verifier, oauth, oidc, scratch_len,
};
use serde_json::Value;

use super::sign::base64url;
use super::{Keyring, algorithms};

/// Returns the cases of a file in `vectors/`.
pub(crate) fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(file);
    let text = fs::read_to_string(path).expect(file);
    let mut file: Value = serde_json::from_str(&text).expect("JSON");
    match file["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("the file has no array `cases`"),
    }
}

/// What an accepted token contains: algorithm, `kid`, and payload in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) alg: String,
    pub(crate) kid: Option<String>,
    pub(crate) payload: String,
}

/// Runs a case and compares the result with the expected one.
pub(crate) fn assert_case(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let expect = &case["expect"];
    let want = if expect["ok"].as_bool().unwrap() {
        let text = |member: &str| expect[member].as_str().map(str::to_owned);
        Ok(Accepted {
            alg: text("alg").unwrap(),
            kid: text("kid"),
            payload: text("payload").unwrap(),
        })
    } else {
        Err(expect["error"].as_str().unwrap())
    };
    let got = run(case, token_of(case)).map_err(Error::name);
    assert_eq!(got, want, "{name}");
}

pub(crate) fn token_of(case: &Value) -> &str {
    case["token"].as_str().unwrap()
}

/// Runs a case's request with a scratch buffer and in place. Both results must be equal.
///
/// Errors in the token's header take precedence over errors in the keys.
pub(crate) fn run(case: &Value, token: &str) -> Result<Accepted, Error> {
    let names: Vec<&str> = strings(&case["algs"]);
    let wanted = algorithms(&names);
    let list = match names.is_empty() {
        false => &wanted,
        true if case["keys"].is_null() => MACS,
        true => SIGNATURES,
    };
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token.as_bytes(), &mut scratch)?;
    if !list.iter().any(|a| header.algorithm() == a.name()) {
        return Err(Error::AlgorithmNotAccepted);
    }
    let jwks = case["keys"].to_string();
    if !case["keys"]["keys"].is_null() {
        run_with(
            case,
            token,
            &*Box::new(KeySet::<16>::from_jwks(jwks.as_bytes(), list)?),
        )
    } else if case["keys"].is_null() {
        let secret = secret(case);
        let key = Keyring::from_parameters(&KeyParameters::oct(&secret), list)?;
        run_with(case, token, &key)
    } else {
        run_with(case, token, &Keyring::from_jwk(jwks.as_bytes(), list)?)
    }
}

fn secret(case: &Value) -> Vec<u8> {
    if let Some(text) = case["secret"].as_str() {
        return text.as_bytes().to_vec();
    }
    let text = case["secret_base64url"].as_str().unwrap();
    let mut buffer = vec![0; text.len()];
    Base64UrlUnpadded::decode(text, &mut buffer)
        .unwrap()
        .to_vec()
}

fn run_with(case: &Value, token: &str, keys: &impl Keys) -> Result<Accepted, Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let mut copy = token.as_bytes().to_vec();
    let (answer, in_place) = if case["profile"] == "jws" {
        let accepted = |jws: jose_verify::VerifiedJws<'_>| accept(jws.header(), jws.payload());
        let verifier = JwsVerifier::new(keys);
        let answer = verifier
            .verify(token.as_bytes(), &mut scratch)
            .map(accepted);
        (answer, verifier.verify_in_place(&mut copy).map(accepted))
    } else {
        let (issuers, audiences) = (strings(&case["issuer"]), strings(&case["audience"]));
        let subjects = strings(&case["subject"]);
        let policy = policy(case, &issuers, &audiences, &subjects);
        let now = NumericDate::from_seconds(case["now"].as_i64().unwrap());
        let accepted =
            |jwt: jose_verify::Verified<'_>| accept(jwt.header(), jwt.claims().as_raw().as_bytes());
        let verifier = Verifier::new(keys, &policy);
        let answer = verifier.verify(token.as_bytes(), now, &mut scratch);
        (
            answer.map(accepted),
            verifier.verify_in_place(&mut copy, now).map(accepted),
        )
    };
    assert_eq!(
        answer, in_place,
        "scratch buffer and in-place results agree"
    );
    answer
}

fn accept(header: &jose_verify::Header<'_>, payload: &[u8]) -> Accepted {
    Accepted {
        alg: header.algorithm().to_string(),
        kid: header.key_id().map(|kid| format!("{kid}")),
        payload: base64url(payload),
    }
}

fn policy<'p>(
    case: &'p Value,
    issuers: &'p dyn StringList,
    audiences: &'p dyn StringList,
    subjects: &'p dyn StringList,
) -> Policy<'p> {
    let text = |member: &str| required(case[member].as_str());
    let issuer = list(issuers);
    let any_of = required(audiences.string_at(0).map(|_| Audience::AnyOf(audiences)));
    let policy = match case["profile"].as_str().unwrap() {
        "jwt" => Policy::jwt(issuer, any_of),
        "access-token" => Policy {
            issuer,
            audience: any_of,
            ..oauth::access_token(&[""; 0], &[""; 0])
        },
        "id-token" => Policy {
            issuer,
            ..oidc::id_token(&[""; 0], audiences, Nonce::NotSent)
        },
        other => panic!("profile {other}"),
    };
    let number = |member: &str| case[member].as_u64();
    let max_age = |seconds| MaxAge {
        age: Duration::from_secs(seconds),
        leeway: Duration::ZERO,
    };
    Policy {
        nonce: text("nonce"),
        subject: match list(subjects) {
            Check::NotChecked => policy.subject,
            subject => subject,
        },
        typ: match text("typ") {
            Check::NotChecked => policy.typ,
            typ => typ,
        },
        auth_time: required(number("max_age").map(max_age)),
        ..policy.with_leeway(Duration::from_secs(number("leeway").unwrap_or(0)))
    }
}

fn required<T>(expected: Option<T>) -> Check<T> {
    expected.map_or(Check::NotChecked, Check::Required)
}

/// Requires one of the strings, if there are any.
fn list(strings: &dyn StringList) -> Check<&dyn StringList> {
    required(strings.string_at(0).map(|_| strings))
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().map(|s| s.as_str().unwrap()).collect(),
        _ => Vec::new(),
    }
}
