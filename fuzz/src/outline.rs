//! Splits JSON into members and elements with `serde_json`, without validating their content.
//!
//! A [`RawValue`] is checked by the grammar of RFC 8259 alone: nesting has no limit, names can be
//! repeated, and a surrogate can be unpaired. `jose-verify` does the same check when it splits a
//! JWK Set or a map, except that it accepts more in two cases:
//!
//! - It does not check UTF-8. The model replaces each byte that is not UTF-8 with `?`. This keeps
//!   all positions. Outside strings and in escapes, `?` is as malformed as the byte.
//! - Below depth 32, it only counts brackets. [`may_be_too_deep`] returns whether this can matter.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use jose_verify::limits::MAX_JSON_DEPTH;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A member: its name, if it is a well-formed string, and the bytes of its value.
pub type Member<'t> = (Option<String>, &'t [u8]);

/// Returns the members of an object, or `None` if the text is not an object.
pub fn members(text: &[u8]) -> Option<Vec<Member<'_>>> {
    let valid = mask(text);
    let RawMembers(members) = serde_json::from_str(&valid).ok()?;
    let bytes = |part: &RawValue| &text[range(&valid, part)];
    let member = |(name, value)| (string(bytes(name)), bytes(value));
    Some(members.into_iter().map(member).collect())
}

/// Returns the elements of an array, or `None` if the text is not an array.
pub fn elements(text: &[u8]) -> Option<Vec<&[u8]>> {
    let valid = mask(text);
    let elements: Vec<&RawValue> = serde_json::from_str(&valid).ok()?;
    let elements = elements.into_iter().map(|part| &text[range(&valid, part)]);
    Some(elements.collect())
}

/// Returns a string, if the text is well-formed.
pub fn string(text: &[u8]) -> Option<String> {
    serde_json::from_str(str::from_utf8(text).ok()?).ok()
}

/// Returns whether a container of the text may be nested so deeply that its grammar is not checked.
pub fn may_be_too_deep(text: &[u8]) -> bool {
    let brackets = text.iter().filter(|byte| matches!(byte, b'[' | b'{'));
    brackets.count() > MAX_JSON_DEPTH as usize
}

/// Replaces the bytes that are not UTF-8.
fn mask(text: &[u8]) -> String {
    let mut masked = String::new();
    for chunk in text.utf8_chunks() {
        masked += chunk.valid();
        masked.extend(chunk.invalid().iter().map(|_| '?'));
    }
    masked
}

/// Returns the range of a part in the text that it borrows from.
fn range(text: &str, part: &RawValue) -> Range<usize> {
    let start = part.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + part.get().len()
}

/// The members of an object in order, with names of type `N`.
pub struct RawMembers<'t, N>(pub Vec<(N, &'t RawValue)>);

impl<'de: 't, 't, N: Deserialize<'de>> Deserialize<'de> for RawMembers<'t, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<N>(PhantomData<N>);
        impl<'de, N: Deserialize<'de>> Visitor<'de> for InOrder<N> {
            type Value = Vec<(N, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData)).map(Self)
    }
}
