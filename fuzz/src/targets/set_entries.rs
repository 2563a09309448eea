//! Whatever the entries of a JWK Set are, a valid key beside them loads and verifies its token. The
//! other entries have the same outcome as when they are loaded alone.

use arbitrary::Arbitrary;
use jose_verify::alg::SIGNATURES;
use jose_verify::{Error, GrowingKeySet, Options};
use serde_json::value::RawValue;

use crate::keys::{self, Listed};
use crate::pipeline;

/// The entries around a good key.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    before: Vec<Entry<'a>>,
    after: Vec<Entry<'a>>,
    /// A member of the set before `keys`, with any value.
    member: Option<(&'a str, &'a str)>,
    /// Insignificant white space around the entries.
    space: u8,
}

#[derive(Debug, Arbitrary)]
enum Entry<'a> {
    /// Any JSON.
    Any(&'a str),
    /// A container nested this deeply, as a member of an otherwise good key.
    Deep(u16, bool),
    /// An otherwise good key with another member.
    With(&'a str, &'a str),
    /// An otherwise good key with many members.
    Many(u8),
    /// An otherwise good key with an unpaired surrogate.
    Surrogate(u16),
}

/// The members of the key in RFC 7515, Appendix A.3.
const KEY: &str = r#""kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

/// The token there.
const TOKEN: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// The outcome of an entry: its key, or its `kid` and the reason why it was skipped.
type Outcome = Result<Listed, (Option<String>, Error)>;

/// Loads the entries alone and together.
pub fn check(input: &Input<'_>) {
    let texts =
        |entries: &[Entry<'_>]| -> Vec<String> { entries.iter().filter_map(Entry::text).collect() };
    let mut entries = texts(&input.before);
    let good = entries.len();
    entries.push(format!("{{{KEY},\"kid\":\"good\"}}"));
    entries.extend(texts(&input.after));
    let member = input.member.and_then(|(name, value)| {
        let name = serde_json::to_string(name).ok()?;
        (is_json(value) && name != r#""keys""#).then(|| format!("{name}:{value},"))
    });
    let member = member.unwrap_or_default();
    let space = " \t\n\r".repeat(usize::from(input.space % 4));
    let listed = entries.join(&format!("{space},{space}"));
    let text = format!("{{{member}\"keys\":[{space}{listed}{space}]}}");

    let mut set = GrowingKeySet::default();
    let outcomes = load(&mut set, text.as_bytes(), entries.len());
    assert_eq!(outcomes.len(), entries.len());
    assert!(outcomes[good].is_ok());
    pipeline::jws(TOKEN, &set, Options::new()).expect("the good key verifies its token");
    for (entry, outcome) in entries.iter().zip(outcomes) {
        let text = format!("{{\"keys\":[{entry}]}}");
        let alone = load(&mut GrowingKeySet::default(), text.as_bytes(), 1);
        assert_eq!(alone, [outcome], "{entry}");
    }
}

/// Returns the outcome of each entry of a set.
fn load(set: &mut GrowingKeySet, text: &[u8], count: usize) -> Vec<Outcome> {
    let mut skipped = Vec::new();
    let result = set.load(text, SIGNATURES, |entry| {
        let kid = entry.key_id.map(|kid| kid.to_string());
        skipped.push((entry.position, (kid, entry.reason)));
    });
    assert_eq!(result.is_ok(), !set.is_empty(), "{result:?}");
    let mut kept = keys::listed(set).into_iter();
    let mut skipped = skipped.into_iter().peekable();
    let outcomes: Vec<Outcome> = (0..count)
        .map_while(
            |position| match skipped.next_if(|(at, _)| *at == position) {
                Some((_, reason)) => Some(Err(reason)),
                None => kept.next().map(Ok),
            },
        )
        .collect();
    assert!(kept.next().is_none() && skipped.next().is_none());
    outcomes
}

impl Entry<'_> {
    /// Returns the entry, if it is JSON.
    fn text(&self) -> Option<String> {
        let text = match *self {
            Self::Any(text) => text.to_owned(),
            Self::Deep(depth, is_array) => {
                let (open, close) = if is_array {
                    ("[", "]")
                } else {
                    ("{\"a\":", "}")
                };
                let depth = usize::from(depth % 5_000);
                let (open, close) = (open.repeat(depth), close.repeat(depth));
                format!("{{\"z\":{open}0{close},{KEY}}}")
            }
            Self::With(name, value) => {
                let name = serde_json::to_string(name).ok()?;
                format!("{{{KEY},{name}:{value}}}")
            }
            Self::Many(count) => {
                let members: Vec<_> = (0..count).map(|i| format!("\"{i}\":{i}")).collect();
                format!("{{{},\"z\":0,{KEY}}}", members.join(",")).replace("{,", "{")
            }
            Self::Surrogate(unit) => format!("{{{KEY},\"z\":\"\\u{unit:04x}\"}}"),
        };
        is_json(&text).then_some(text)
    }
}

/// Returns whether a text is JSON by the grammar alone.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}
