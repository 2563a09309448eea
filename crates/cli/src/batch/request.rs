//! A line of `batch` as a request.

use jose_verify::alg::Algorithm;
use jose_verify::{Error, Options, scratch_len};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::algorithms::{AlgorithmList, AlgorithmName, named};
use crate::expectations::{Accepted, Expectations, HashedValues, Profile};
use crate::key_source::KeySource;

use super::members::{Members, read};

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(values: OneOrMany<T>) -> Self {
        match values {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        }
    }
}

/// A valid request. Not `Debug`, because it contains secrets.
pub(super) struct Request<'a> {
    pub(super) id: Option<&'a RawValue>,
    pub(super) token: String,
    source: KeySource<'a>,
    algorithms: AlgorithmList,
    expectations: Expectations,
}

impl<'a> Request<'a> {
    /// Parses a line.
    ///
    /// # Errors
    ///
    /// A message that says what is wrong with the line.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, String> {
        let members = Members::parse(line)?;
        let token = string("token", members.token)?;
        let token = token.ok_or("token: expected a string")?;
        let source = key_source(&members)?;
        let algorithms = "the name of an algorithm or an array of them, such as RS256";
        let names: Option<Vec<AlgorithmName>> = list("algs", members.algs, algorithms)?;
        let request = Self {
            id: members.id,
            token,
            algorithms: names.map_or_else(|| source.default_algorithms(), |names| named(&names)),
            source,
            expectations: expectations(&members)?,
        };
        Ok(request)
    }

    /// Verifies `token`, a copy of the request's token.
    pub(super) fn verify<'t>(&self, token: &'t mut [u8]) -> Result<Accepted<'t>, Error> {
        check_header(token, &self.algorithms)?;
        let keys = self.source.load(&self.algorithms)?;
        self.expectations.verify(token, &keys)
    }
}

/// Checks the header before the keys are loaded, because an error in the token takes precedence.
fn check_header(token: &[u8], algorithms: &[&'static dyn Algorithm]) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = Options::new().peek_header_untrusted(token, &mut scratch)?;
    if algorithms.iter().any(|a| header.algorithm() == a.name()) {
        Ok(())
    } else if algorithms.is_empty() {
        // No token can match an empty list, so the list is wrong rather than the token.
        Err(Error::UnusableAlgorithmList)
    } else {
        Err(Error::AlgorithmNotAccepted)
    }
}

fn key_source<'a>(members: &Members<'a>) -> Result<KeySource<'a>, String> {
    let secret = string("secret", members.secret)?;
    let base64url = string("secret_base64url", members.secret_base64url)?;
    let pem = string("pem", members.pem)?;
    match (members.keys, pem, secret, base64url) {
        (Some(keys), None, None, None) if keys.get().starts_with('{') => {
            Ok(KeySource::Jwks(keys.get().as_bytes().into()))
        }
        (Some(_), None, None, None) => Err("keys: expected a JSON object".to_owned()),
        (None, Some(pem), None, None) => Ok(KeySource::Pem(pem.into_bytes().into())),
        (None, None, Some(secret), None) => Ok(KeySource::Secret(secret.into_bytes())),
        (None, None, None, Some(secret)) => Ok(KeySource::SecretBase64url(secret)),
        _ => Err("expected exactly one of keys, pem, secret, secret_base64url".to_owned()),
    }
}

fn expectations(members: &Members<'_>) -> Result<Expectations, String> {
    let profiles = "id-token, access-token, logout-token, jwt or jws";
    let strings = "a string or an array of strings";
    let expectations = Expectations {
        profile: read("profile", members.profile, profiles)?.unwrap_or_default(),
        issuers: list("issuer", members.issuer, strings)?,
        audiences: list("audience", members.audience, strings)?,
        nonce: string("nonce", members.nonce)?,
        subject: string("subject", members.subject)?,
        acr: list("acr", members.acr, strings)?,
        hashed_values: HashedValues {
            access_token: string("access_token", members.access_token)?,
            code: string("code", members.code)?,
            state: string("state", members.state)?,
        },
        typ: string("typ", members.typ)?,
        leeway: seconds("leeway", members.leeway)?.unwrap_or(0),
        max_age: seconds("max_age", members.max_age)?,
        now: read(
            "now",
            members.now,
            "seconds since 1970, without an exponent",
        )?,
    };
    if expectations.profile == Profile::Jws && expectations.has_claim_checks() {
        return Err("profile jws checks no claims".to_owned());
    }
    if expectations.profile != Profile::IdToken && expectations.hashed_values.is_any_given() {
        return Err("access_token, code and state require profile id-token".to_owned());
    }
    Ok(expectations)
}

fn string(name: &str, value: Option<&RawValue>) -> Result<Option<String>, String> {
    read(name, value, "a string")
}

fn seconds(name: &str, value: Option<&RawValue>) -> Result<Option<u32>, String> {
    read(name, value, "whole seconds from 0 to 4294967295")
}

fn list<'a, T: Deserialize<'a>>(
    name: &str,
    value: Option<&'a RawValue>,
    expected: &str,
) -> Result<Option<Vec<T>>, String> {
    let values: Option<OneOrMany<T>> = read(name, value, expected)?;
    Ok(values.map(Vec::from))
}
