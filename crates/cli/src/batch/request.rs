//! A line of `batch` as a request.

use jose_verify::alg::Algorithm;
use jose_verify::{Error, scratch_len};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::algorithms::{AlgorithmList, AlgorithmName, named};
use crate::expectations::{Accepted, Expectations, HashedValues, Profile};
use crate::jwk_leniency::JwkLeniency;
use crate::key_file::{Fallback, Form};
use crate::key_source::KeySource;
use crate::reason::Attempt;

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
    ///
    /// # Errors
    ///
    /// The error, and a message if the error alone does not say why.
    pub(super) fn verify<'t>(
        &self,
        token: &'t mut [u8],
    ) -> Result<Accepted<'t>, (Error, Option<String>)> {
        self.check_header(token).map_err(|error| (error, None))?;
        let keys = self.source.load(&self.algorithms);
        let keys = keys.map_err(|error| (error, self.weakness(error)))?;
        self.expectations.verify(token, &keys).map_err(|error| {
            let attempt = Attempt {
                token: self.token.as_bytes(),
                expectations: &self.expectations,
                source: &self.source,
                keys: &keys,
            };
            (error, attempt.cause(error, ""))
        })
    }

    /// Describes a secret that is too short for every algorithm.
    fn weakness(&self, error: Error) -> Option<String> {
        match self.source {
            KeySource::Secret(_) if error == Error::WeakKey => {
                let diagnostic = self.source.diagnostic(error, &self.algorithms);
                Some(diagnostic.message().to_owned())
            }
            _ => None,
        }
    }

    /// Checks the header before the keys are loaded, because an error in the token takes
    /// precedence.
    fn check_header(&self, token: &[u8]) -> Result<(), Error> {
        let mut scratch = vec![0; scratch_len(token.len())];
        let options = self.expectations.options();
        let header = options.peek_header_untrusted(token, &mut scratch)?;
        let is_named = |a: &&dyn Algorithm| header.algorithm() == a.name();
        if self.algorithms.iter().any(is_named) {
            Ok(())
        } else if self.algorithms.is_empty() {
            // No token can match an empty list, so the list is at fault, not the token.
            Err(Error::UnusableAlgorithmList)
        } else {
            Err(Error::AlgorithmNotAccepted)
        }
    }
}

fn key_source<'a>(members: &Members<'a>) -> Result<KeySource<'a>, String> {
    let secret = string("secret", members.secret)?;
    let base64url = string("secret_base64url", members.secret_base64url)?;
    let pem = string("pem", members.pem)?;
    let leniency = JwkLeniency {
        short_coordinates: flag("short_coordinates", members.short_coordinates)?,
        uses: list("use", members.uses, "a string or an array of strings")?.unwrap_or_default(),
    };
    if leniency.is_any_given() && members.key.or(members.keys).is_none() {
        return Err("short_coordinates and use require key or keys".to_owned());
    }
    match (members.key, members.keys, pem, secret, base64url) {
        (Some(key), None, None, None, None) => any_form(key, leniency),
        (None, Some(keys), None, None, None) if keys.get().starts_with('{') => Ok(
            KeySource::from_text(keys.get().as_bytes(), Fallback::Json, leniency),
        ),
        (None, Some(_), None, None, None) => Err("keys: expected a JSON object".to_owned()),
        (None, None, Some(pem), None, None) => Ok(KeySource::File(
            pem.into_bytes().into(),
            Form::Pem,
            leniency,
        )),
        (None, None, None, Some(secret), None) => Ok(KeySource::Secret(secret.into_bytes())),
        (None, None, None, None, Some(secret)) => Ok(KeySource::SecretBase64url(secret)),
        _ => Err("expected exactly one of key, keys, pem, secret, secret_base64url".to_owned()),
    }
}

/// Returns the keys of the member `key`: JSON, or a string with the text of a file.
fn any_form(key: &RawValue, leniency: JwkLeniency) -> Result<KeySource<'_>, String> {
    if key.get().starts_with('{') {
        let text = key.get().as_bytes();
        return Ok(KeySource::from_text(text, Fallback::Json, leniency));
    }
    let text = string("key", Some(key)).map_err(|_| "key: expected a JSON object or a string")?;
    let text = text.unwrap_or_default().into_bytes();
    Ok(KeySource::from_text(text, Fallback::Pem, leniency))
}

fn expectations(members: &Members<'_>) -> Result<Expectations, String> {
    let profiles = "id-token, access-token, logout-token, jwt or jws";
    let strings = "a string or an array of strings";
    let expectations = Expectations {
        profile: read("profile", members.profile, profiles)?.unwrap_or_default(),
        issuers: list("issuer", members.issuer, strings)?,
        issuer_template: string("issuer_template", members.issuer_template)?,
        audiences: list("audience", members.audience, strings)?,
        authorized_parties: list("azp", members.azp, strings)?,
        ignore_azp: flag("ignore_azp", members.ignore_azp)?,
        client_ids: list("client_id", members.client_id, strings)?,
        nonce: string("nonce", members.nonce)?,
        subject: string("subject", members.subject)?,
        acr: list("acr", members.acr, strings)?,
        hashed_values: HashedValues {
            access_token: string("access_token", members.access_token)?,
            code: string("code", members.code)?,
            state: string("state", members.state)?,
            if_present: flag("hashes_if_present", members.hashes_if_present)?,
        },
        typ: string("typ", members.typ)?,
        no_exp: flag("no_exp", members.no_exp)?,
        padded: flag("padded", members.padded)?,
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
    match expectations.conflict(str::to_owned) {
        Some(message) => Err(message),
        None => Ok(expectations),
    }
}

fn string(name: &str, value: Option<&RawValue>) -> Result<Option<String>, String> {
    read(name, value, "a string")
}

fn flag(name: &str, value: Option<&RawValue>) -> Result<bool, String> {
    Ok(read(name, value, "true or false")?.unwrap_or(false))
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
