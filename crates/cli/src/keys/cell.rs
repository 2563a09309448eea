//! Formats members of a JWK as table cells. No value can imitate several cells.

use serde_json::value::RawValue;

use crate::json::compact;
use crate::output::escaped;

/// Longest cell, in characters. A thumbprint has 43. Longer texts only serve to fill the screen.
const MAX_CHARS: usize = 64;

/// Returns a member as JSON. A string has quotation marks and one spelling, however it is escaped
/// in the key.
pub(super) fn quoted(member: Option<&RawValue>) -> String {
    let Some(member) = member else {
        return "-".to_owned();
    };
    // A JSON string may contain a lone surrogate, which a `String` cannot.
    let text = serde_json::from_str::<String>(member.get());
    let json = text.and_then(|text| serde_json::to_string(&text));
    let json = json.unwrap_or_else(|_| compact(member.get()));
    escaped(&json, &[]).into_owned()
}

/// Returns a member as [`quoted`] does, but without quotation marks around a single word. All
/// registered names are single words.
pub(super) fn word(member: Option<&RawValue>) -> String {
    let text = text_of(member);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-+_.".contains(c);
    if !text.is_empty() && text != "-" && text.chars().all(plain) {
        text
    } else {
        quoted(member)
    }
}

/// Returns the content of a string, or an empty text for anything else.
pub(super) fn text_of(member: Option<&RawValue>) -> String {
    member
        .and_then(|member| serde_json::from_str(member.get()).ok())
        .unwrap_or_default()
}

/// Truncates a text to the length of a cell.
pub(super) fn cut(text: String) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        for (json, in_quotes, as_word) in [
            (r#""RSA""#, r#""RSA""#, "RSA"),
            (r#""\u0052SA""#, r#""RSA""#, "RSA"),
            (r#""a  RSA""#, r#""a  RSA""#, r#""a  RSA""#),
            (r#""a\"  b""#, r#""a\"  b""#, r#""a\"  b""#),
            (r#""\\u001b""#, r#""\\u001b""#, r#""\\u001b""#),
            (
                r#""\u001b\u200b""#,
                r#""\u001b\u200b""#,
                r#""\u001b\u200b""#,
            ),
            (r#""-""#, r#""-""#, r#""-""#),
            (r#""""#, r#""""#, r#""""#),
            (r#""\ud800""#, r#""\ud800""#, r#""\ud800""#),
            ("[1,   2]", "[1,2]", "[1,2]"),
            ("5", "5", "5"),
        ] {
            let member = serde_json::from_str(json).unwrap();
            assert_eq!(quoted(Some(member)), in_quotes);
            assert_eq!(word(Some(member)), as_word);
        }
        assert_eq!(quoted(None), "-");
    }

    #[test]
    fn long_cells_are_truncated() {
        let (fits, long) = ("鍵".repeat(64), "鍵".repeat(70_000));
        assert_eq!(cut(fits.clone()), fits);
        assert_eq!(cut(long), format!("{fits}…"));
    }
}
