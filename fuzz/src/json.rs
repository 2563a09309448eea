//! JSON as `serde_json` reads it, including what its own types drop: the order of members,
//! duplicates, and numbers as written.

use jose_verify::json::{JsonNumber, JsonStr, Object, Value};
use jose_verify::limits::{MAX_JSON_DEPTH, MAX_MEMBERS};
use jose_verify::{Error, Limit};
use serde_json::value::RawValue;

use crate::decimal;
use crate::outline::RawMembers;

/// A value. Strings, arrays and objects include their text.
#[derive(Debug)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(&'a str),
    /// A string.
    String(&'a str, String),
    /// An array.
    Array(&'a str, Vec<Json<'a>>),
    /// An object.
    Object(&'a str, Members<'a>),
    /// A container nested deeper than [`LEVELS`].
    Deep,
}

/// The members of an object, in order.
pub type Members<'a> = Vec<(String, Json<'a>)>;

/// How many levels are read: a few more than the limit of `jose-verify`, which does not count the
/// outermost object.
const LEVELS: usize = 40;
const _: () = assert!(LEVELS > MAX_JSON_DEPTH as usize + 1);

impl<'a> Json<'a> {
    /// Parses a whole text.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let text: &RawValue = serde_json::from_str(str::from_utf8(text).ok()?).ok()?;
        Self::inside(text.get(), LEVELS)
    }

    /// Parses a value. The grammar of a [`RawValue`] was already checked, so only escapes inside
    /// strings can be invalid.
    fn inside(raw: &'a str, levels: usize) -> Option<Self> {
        Some(match raw.as_bytes().first()? {
            b'n' => Self::Null,
            b't' | b'f' => Self::Bool(raw == "true"),
            b'"' => Self::String(raw, serde_json::from_str(raw).ok()?),
            b'[' | b'{' if levels == 0 => Self::Deep,
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
                let elements = elements.iter().map(|e| Self::inside(e.get(), levels - 1));
                Self::Array(raw, elements.collect::<Option<_>>()?)
            }
            b'{' => {
                let RawMembers(members) = serde_json::from_str(raw).ok()?;
                let member = |(name, value): (_, &'a RawValue)| {
                    Some((name, Self::inside(value.get(), levels - 1)?))
                };
                Self::Object(raw, members.into_iter().map(member).collect::<Option<_>>()?)
            }
            _ => Self::Number(raw),
        })
    }

    /// Returns the value of a boolean.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the members of an object.
    pub fn members(&self) -> Option<&Members<'a>> {
        match self {
            Self::Object(_, members) => Some(members),
            _ => None,
        }
    }

    /// Returns the elements of an array.
    pub fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::Array(_, elements) => Some(elements),
            _ => None,
        }
    }

    /// Returns the value of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(_, text) => Some(text),
            _ => None,
        }
    }

    /// Returns the strings of an array that contains only strings.
    pub fn texts(&self) -> Option<Vec<&str>> {
        self.elements()?.iter().map(Self::text).collect()
    }

    /// Returns the text of a number.
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Returns the greatest number of containers open at once.
    fn depth(&self) -> usize {
        match self {
            Self::Array(_, elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(_, members) => 1 + deepest(members),
            Self::Deep => LEVELS,
            _ => 0,
        }
    }

    /// Asserts that this crate reads the same value.
    pub fn assert_same(&self, ours: Value<'_>) {
        match (self, ours) {
            (Self::Null, Value::Null) => {}
            (Self::Bool(this), Value::Bool(ours)) => assert_eq!(*this, ours),
            (Self::Number(this), Value::Number(ours)) => assert_same_number(this, ours),
            (Self::String(raw, this), Value::String(ours)) => assert_same_text(raw, this, ours),
            (Self::Array(raw, elements), Value::Array(ours)) => {
                assert_eq!(*raw, ours.as_raw());
                assert_eq!(elements.len(), ours.iter().count());
                elements
                    .iter()
                    .zip(ours)
                    .for_each(|(this, ours)| this.assert_same(ours));
            }
            (Self::Object(raw, members), Value::Object(ours)) => {
                // The text of the outermost object includes the white space around it.
                assert_eq!(*raw, ours.as_raw().trim());
                assert_same_members(members, ours);
            }
            (this, ours) => panic!("serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
}

/// Returns the first member with this name.
pub fn get<'j, 'a>(members: &'j Members<'a>, name: &str) -> Option<&'j Json<'a>> {
    members
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value)
}

const TOO_MANY: Error = Error::Limit(Limit::Members);
const TOO_DEEP: Error = Error::Limit(Limit::JsonDepth);

/// The errors that this crate may return for a text that is not a well-formed object. An error in
/// the part before the malformed one may be found first.
pub const MALFORMED: [Error; 4] = [
    Error::MalformedJson,
    Error::DuplicateMember,
    TOO_MANY,
    TOO_DEEP,
];

/// Returns the errors that this crate may return for a well-formed object.
pub fn stricter(members: &Members<'_>) -> Vec<Error> {
    let mut reasons = Vec::new();
    if members.iter().any(|(name, _)| is_duplicate(members, name)) {
        reasons.push(Error::DuplicateMember);
    }
    if members.len() > MAX_MEMBERS {
        reasons.push(TOO_MANY);
    }
    if deepest(members) > MAX_JSON_DEPTH as usize {
        reasons.push(TOO_DEEP);
    }
    reasons
}

fn deepest(members: &Members<'_>) -> usize {
    members
        .iter()
        .map(|(_, value)| value.depth())
        .max()
        .unwrap_or(0)
}

fn is_duplicate(members: &Members<'_>, name: &str) -> bool {
    members.iter().filter(|(n, _)| n == name).nth(1).is_some()
}

fn assert_same_members(members: &Members<'_>, ours: Object<'_>) {
    assert_eq!(members.len(), ours.iter().count());
    for ((name, value), (our_name, our_value)) in members.iter().zip(ours) {
        assert!(our_name == name.as_str());
        value.assert_same(our_value);
        match ours.get(name) {
            Ok(found) => assert!(found.is_some() && !is_duplicate(members, name)),
            Err(error) => assert!(error == Error::DuplicateMember && is_duplicate(members, name)),
        }
    }
    let absent = ours.get("no such name").is_ok_and(|found| found.is_none());
    assert_eq!(absent, get(members, "no such name").is_none());
}

fn assert_same_number(this: &str, ours: JsonNumber<'_>) {
    assert_eq!(this, ours.as_raw());
    // serde_json reads minus zero as a float.
    let integer = if this == "-0" {
        Some(0)
    } else {
        serde_json::from_str(this).ok()
    };
    assert_eq!(integer, ours.as_i64(), "{this}");
    assert_eq!(decimal::numeric_date(this), ours.numeric_date(), "{this}");
}

/// Compares every way to read a string, with buffers just large enough and just too small.
pub fn assert_same_text(raw: &str, this: &str, ours: JsonStr<'_>) {
    let plain = (!raw.contains('\\')).then_some(this);
    assert_eq!(ours.as_plain_str(), plain);
    assert!(ours.chars().eq(this.chars()));
    assert!(ours == this && ours != *format!("{this}x"));
    assert_eq!(ours.to_string(), this);

    let mut buffer = vec![0; this.len()];
    assert_eq!(ours.unescape(&mut buffer), Ok(this));
    buffer.pop();
    let fits = plain.is_some() || this.is_empty();
    let want = if fits {
        Ok(this)
    } else {
        Err(Error::BufferTooSmall)
    };
    assert_eq!(ours.unescape(&mut buffer), want);
}
