//! A line of `batch`: what it asks.

use std::borrow::Cow;

use jose_verify::{Error, peek_header_untrusted, scratch_len};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::algorithms::{AlgorithmList, AlgorithmLists, AlgorithmName};
use crate::demands::{Accepted, Demands, Profile};
use crate::json::from_object;
use crate::key_source::KeySource;
use crate::unix_time::UnixTime;

/// A line as it is written. A member that is unknown or there twice refuses the line: a check that is misspelled must
/// not be left out in silence.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Cow<'a, str>,
    #[serde(borrow)]
    keys: Option<&'a RawValue>,
    secret: Option<String>,
    secret_base64url: Option<String>,
    algs: Option<Vec<AlgorithmName>>,
    profile: Option<Profile>,
    issuer: Option<OneOrMany>,
    audience: Option<OneOrMany>,
    nonce: Option<String>,
    subject: Option<String>,
    typ: Option<String>,
    now: Option<UnixTime>,
    leeway: Option<u32>,
    max_age: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Vec<String> {
    fn from(strings: OneOrMany) -> Self {
        match strings {
            OneOrMany::One(string) => vec![string],
            OneOrMany::Many(strings) => strings,
        }
    }
}

/// A line that makes sense. Without `Debug`, for it holds secrets.
pub(super) struct Request<'a> {
    pub(super) id: Option<&'a RawValue>,
    pub(super) token: Cow<'a, str>,
    source: KeySource<'a>,
    algorithms: Option<Vec<AlgorithmName>>,
    demands: Demands,
}

impl<'a> Request<'a> {
    /// Reads a line, or says what is wrong with it.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, String> {
        let mut members: Members<'a> = from_object(line).map_err(|error| error.to_string())?;
        let source = key_source(&mut members)?;
        let token = std::mem::take(&mut members.token);
        let (id, algorithms) = (members.id, members.algs.take());
        let demands = demands(members)?;
        Ok(Self {
            id,
            token,
            source,
            algorithms,
            demands,
        })
    }

    /// Verifies `token`, a copy of the request's own.
    pub(super) fn verify<'t>(
        &self,
        token: &'t mut [u8],
        lists: &mut AlgorithmLists,
    ) -> Result<Accepted<'t>, Error> {
        let algorithms = match &self.algorithms {
            Some(names) => lists.of(names),
            None => self.source.default_algorithms(),
        };
        check_header(token, algorithms)?;
        let keys = self.source.load(algorithms)?;
        self.demands.verify(token, &keys)
    }
}

/// What is wrong with the token is the answer even where something is wrong with the keys, too.
fn check_header(token: &[u8], algorithms: AlgorithmList) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let header = peek_header_untrusted(token, &mut scratch)?;
    if algorithms.iter().any(|a| header.algorithm() == a.name()) {
        Ok(())
    } else {
        Err(Error::AlgorithmNotAccepted)
    }
}

fn key_source<'a>(members: &mut Members<'a>) -> Result<KeySource<'a>, String> {
    let secret = (members.secret.take(), members.secret_base64url.take());
    match (members.keys, secret) {
        (Some(keys), (None, None)) if keys.get().starts_with('{') => {
            Ok(KeySource::Jwks(keys.get().as_bytes().into()))
        }
        (Some(_), (None, None)) => Err("keys: expected a JSON object".to_owned()),
        (None, (Some(secret), None)) => Ok(KeySource::Secret(secret.into_bytes())),
        (None, (None, Some(secret))) => Ok(KeySource::SecretBase64url(secret)),
        _ => Err("expected exactly one of keys, secret, secret_base64url".to_owned()),
    }
}

fn demands(members: Members<'_>) -> Result<Demands, String> {
    let demands = Demands {
        profile: members.profile.unwrap_or_default(),
        issuers: members.issuer.map(Vec::from),
        audiences: members.audience.map(Vec::from),
        nonce: members.nonce,
        subject: members.subject,
        typ: members.typ,
        leeway: members.leeway.unwrap_or(0),
        max_age: members.max_age,
        now: members.now,
    };
    if demands.profile == Profile::Jws && demands.concern_claims() {
        return Err("profile jws checks no claims".to_owned());
    }
    Ok(demands)
}
