//! What `serde_json` does not provide: parsing only objects, members in order, and formatting a
//! text without changing its values.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Error;
use serde_json::value::RawValue;

/// Parses a JSON object. serde alone would also accept an array, and take its elements as the
/// members in order.
pub(crate) fn from_object<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Error> {
    if text.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(text)
    } else {
        Err(Error::custom("expected a JSON object"))
    }
}

/// A member of a JSON object. The name is `None` if no `String` can hold it: a JSON string may
/// contain a lone surrogate.
pub(crate) type Member<'a> = (Option<String>, &'a RawValue);

/// Returns the members of a JSON object in order, duplicates included.
pub(crate) fn members(text: &[u8]) -> Result<Vec<Member<'_>>, Error> {
    struct Members<'a>(Vec<Member<'a>>);

    impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(InOrder).map(Members)
        }
    }

    struct InOrder;

    impl<'de> Visitor<'de> for InOrder {
        type Value = Vec<Member<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((name, value)) = map.next_entry::<&RawValue, _>()? {
                members.push((serde_json::from_str(name.get()).ok(), value));
            }
            Ok(members)
        }
    }

    from_object::<Members<'_>>(text).map(|members| members.0)
}

/// Formats well-formed JSON over several lines.
///
/// Strings and numbers keep their spelling, and duplicate members are kept. People inspect a token
/// to find such oddities, which a `serde_json::Value` would lose.
pub(crate) fn pretty(text: &str) -> String {
    let mut layout = Layout::default();
    for (c, is_in_string) in significant(text) {
        if is_in_string {
            layout.text.push(c);
        } else {
            layout.push(c);
        }
    }
    layout.text
}

/// Formats well-formed JSON on one line. Changes only white space.
pub(crate) fn compact(text: &str) -> String {
    significant(text).map(|(c, _)| c).collect()
}

/// Returns the characters of well-formed JSON without the white space between its tokens. The flag
/// is true for the characters of a string after its opening quotation mark.
fn significant(text: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut in_string, mut escaped) = (false, false);
    text.chars().filter_map(move |c| {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return Some((c, true));
        }
        in_string = c == '"';
        (!c.is_ascii_whitespace()).then_some((c, false))
    })
}

#[derive(Default)]
struct Layout {
    text: String,
    depth: usize,
    just_opened: bool,
}

impl Layout {
    /// Levels that are indented. Deeper nesting only occurs in attempts to fill the screen.
    const MAX_INDENT: usize = 32;

    /// Appends a character that is not inside a string.
    fn push(&mut self, c: char) {
        let closes = matches!(c, '}' | ']');
        if closes {
            self.depth = self.depth.saturating_sub(1);
        }
        // An empty container stays on its line.
        if self.just_opened != closes {
            self.break_line();
        }
        self.just_opened = matches!(c, '{' | '[');
        self.text.push(c);
        match c {
            '{' | '[' => self.depth = self.depth.saturating_add(1),
            ',' => self.break_line(),
            ':' => self.text.push(' '),
            _ => {}
        }
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        let indent = self.depth.min(Self::MAX_INDENT);
        self.text.extend(std::iter::repeat_n("  ", indent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_changes_white_space_only() {
        let text = r#" {"a" :[1.50e+2, {} ,[ ]],"a":"x\" {\\", "b":{"c":null}}"#;
        let want = r#"{
  "a": [
    1.50e+2,
    {},
    []
  ],
  "a": "x\" {\\",
  "b": {
    "c": null
  }
}"#;
        assert_eq!(pretty(text), want);
        let line = r#"{"a":[1.50e+2,{},[]],"a":"x\" {\\","b":{"c":null}}"#;
        assert_eq!(compact(text), line);
        assert_eq!(compact(want), line);
        assert_eq!(pretty("[]"), "[]");
        assert_eq!(pretty("-1"), "-1");
    }

    #[test]
    fn layout_of_deep_nesting_stays_small() {
        let text = "[".repeat(10_000) + &"]".repeat(10_000);
        assert!(pretty(&text).len() < 2_000_000);
    }

    #[test]
    fn only_objects_are_accepted() {
        #[derive(Deserialize)]
        struct One {
            a: u8,
        }
        assert_eq!(from_object::<One>(b" {\"a\":1} ").unwrap().a, 1);
        assert!(from_object::<One>(b"[1]").is_err());
        assert!(from_object::<One>(b"").is_err());
    }

    #[test]
    fn members_are_in_order_and_complete() {
        let text = br#" {"b":1,"\u0061":"\ud800","\ud800":[],"b":{"c":[[]]}} "#;
        let found = members(text).unwrap();
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_deref(), v.get())).collect();
        let want = [
            (Some("b"), "1"),
            (Some("a"), r#""\ud800""#),
            (None, "[]"),
            (Some("b"), r#"{"c":[[]]}"#),
        ];
        assert_eq!(found, want);
        for text in ["", "[]", "{", r#"{"a":}"#, "{} x"] {
            assert!(members(text.as_bytes()).is_err(), "{text}");
        }
    }
}
