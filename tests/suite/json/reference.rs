//! A claims set as `serde_json` reads it, and the rules by which this crate is stricter.

use jose_verify::json::{Object, Value};
use jose_verify::{Claim, Error, Limit, Problem, limits};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::numbers::exact;

/// A JSON value with numbers as text and members in order, duplicates included.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// The members of an object, each value as text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<'de>, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Parses any value. Returns `None` if any part of it is malformed.
fn value(text: &str) -> Option<Json> {
    // RFC 8259 §2: white space around a value is not part of it.
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    Some(match text.as_bytes().first()? {
        b'{' => {
            let Members(members) = serde_json::from_str(text).ok()?;
            let members = members
                .into_iter()
                .map(|(name, v)| Some((name, value(v.get())?)));
            Json::Object(members.collect::<Option<_>>()?)
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Json::Array(
                elements
                    .into_iter()
                    .map(|e| value(e.get()))
                    .collect::<Option<_>>()?,
            )
        }
        b'"' => Json::String(serde_json::from_str(text).ok()?),
        b't' | b'f' => Json::Bool(serde_json::from_str(text).ok()?),
        b'n' => serde_json::from_str::<()>(text).map(|()| Json::Null).ok()?,
        _ => Json::Number(
            serde_json::from_str::<&RawValue>(text)
                .ok()?
                .get()
                .to_owned(),
        ),
    })
}

/// Parses a claims set, if `serde_json` accepts it as an object.
pub(super) fn claims_set(text: &[u8]) -> Option<Vec<(String, Json)>> {
    match value(std::str::from_utf8(text).ok()?)? {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

impl Json {
    /// Returns the greatest number of containers open at once.
    fn depth(&self) -> usize {
        let deepest =
            |below: &mut dyn Iterator<Item = &Json>| 1 + below.map(Json::depth).max().unwrap_or(0);
        match self {
            Json::Array(elements) => deepest(&mut elements.iter()),
            Json::Object(members) => deepest(&mut members.iter().map(|(_, value)| value)),
            _ => 0,
        }
    }

    /// Compares the value with the one that this crate reads. For duplicate members of a nested
    /// object, this crate must return an error.
    pub(super) fn equals(&self, ours: Value<'_>) -> bool {
        match (self, ours) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(a), Value::Bool(b)) => *a == b,
            (Json::Number(a), Value::Number(b)) => {
                a == b.as_raw() && b.numeric_date() == exact(a) && b.as_i64() == a.parse().ok()
            }
            (Json::String(a), Value::String(b)) => {
                b == a.as_str() && b.chars().eq(a.chars()) && b.to_string().eq(a)
            }
            (Json::Array(a), Value::Array(b)) => {
                a.len() == b.iter().count() && a.iter().zip(b).all(|(a, b)| a.equals(b))
            }
            (Json::Object(members), Value::Object(object)) => members_equal(members, &object),
            _ => false,
        }
    }
}

fn members_equal(members: &[(String, Json)], object: &Object<'_>) -> bool {
    members.iter().all(|(name, value)| {
        let once = members.iter().filter(|(other, _)| other == name).count() == 1;
        match object.get(name) {
            Ok(Some(ours)) => once && value.equals(ours),
            Ok(None) => false,
            Err(error) => !once && error == Error::DuplicateMember,
        }
    })
}

/// Returns every reason why this crate rejects a claims set that `serde_json` accepts, in no
/// particular order.
pub(super) fn stricter(members: &[(String, Json)]) -> Vec<Error> {
    let mut reasons = Vec::new();
    let names = || members.iter().map(|(name, _)| name);
    if names()
        .enumerate()
        .any(|(i, name)| names().take(i).any(|other| other == name))
    {
        reasons.push(Error::DuplicateMember);
    }
    let deepest = members
        .iter()
        .map(|(_, value)| value.depth())
        .max()
        .unwrap_or(0);
    if deepest > usize::try_from(limits::MAX_JSON_DEPTH).unwrap() {
        reasons.push(Error::Limit(Limit::JsonDepth));
    }
    if members.len() > limits::MAX_MEMBERS {
        reasons.push(Error::Limit(Limit::Members));
    }
    reasons.extend(
        members
            .iter()
            .filter_map(|(name, value)| claim_error(name, value)),
    );
    reasons
}

/// Checks the types of registered claims and the range of times (RFC 7519 §4.1, OpenID Connect Core
/// §2, RFC 9068 §2.2).
fn claim_error(name: &str, value: &Json) -> Option<Error> {
    let all_strings = |elements: &[Json]| elements.iter().all(|e| matches!(e, Json::String(_)));
    let error = |problem| {
        let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
        Error::Claim(*claim.unwrap(), problem)
    };
    let fits = match (name, value) {
        // The policy checks their types.
        ("auth_time" | "acr" | "amr", _) => !matches!(value, Json::Null),
        ("iss" | "sub" | "azp" | "nonce" | "jti" | "client_id", _) => {
            matches!(value, Json::String(_))
        }
        ("exp" | "nbf" | "iat", Json::Number(number)) => {
            return exact(number).is_none().then(|| error(Problem::OutOfRange));
        }
        ("events", _) => matches!(value, Json::Object(_)),
        ("aud", Json::String(_)) => true,
        ("aud", Json::Array(elements)) => !elements.is_empty() && all_strings(elements),
        ("exp" | "nbf" | "iat" | "aud", _) => false,
        _ => true,
    };
    (!fits).then(|| error(Problem::WrongType))
}
