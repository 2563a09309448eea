//! Standard output and standard error, escaped so that no token can manipulate a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Stdout, Write};

/// Standard output: raw when piped, escaped on a terminal.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: Stdout,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        Self {
            stdout,
            is_terminal,
        }
    }

    pub(crate) const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Writes `content` and flushes.
    pub(crate) fn write(&mut self, content: &[u8]) -> io::Result<()> {
        let mut stdout = self.stdout.lock();
        if self.is_terminal {
            let text = String::from_utf8_lossy(content);
            stdout.write_all(escaped(&text, &['\n', '\t']).as_bytes())?;
        } else {
            stdout.write_all(content)?;
        }
        stdout.flush()
    }
}

/// Writes a line to standard error. A failure is ignored, because it cannot be reported.
pub(crate) fn write_error_line(line: &str) {
    let _ = writeln!(io::stderr(), "{}", escaped(line, &[]));
}

/// Escapes, as JSON does, every character that could move the cursor, or color, hide or reorder the
/// text around it. Characters in `keep` are not escaped.
///
/// Inside a JSON string the escape is another spelling of the same character. Elsewhere such
/// characters only serve to deceive.
pub(crate) fn escaped<'t>(text: &'t str, keep: &[char]) -> Cow<'t, str> {
    let harmful = |c: char| is_harmful(c) && !keep.contains(&c);
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if !harmful(c) {
            escaped.push(c);
            continue;
        }
        // JSON escapes UTF-16 code units.
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a `String` cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    Cow::Owned(escaped)
}

/// Returns whether a character is a C0 or C1 control, a line or paragraph separator, one of the
/// invisible characters listed here, or has the Unicode property `Bidi_Control`.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_are_escaped() {
        for (text, want) in [
            ("plain é 鍵 🔑", "plain é 鍵 🔑"),
            ("\u{1b}[2J", "\\u001b[2J"),
            ("\u{9b}2J\u{7f}", "\\u009b2J\\u007f"),
            ("a\rb\0", "a\\u000db\\u0000"),
            ("\u{202e}x\u{2066}\u{200f}", "\\u202ex\\u2066\\u200f"),
            (
                "\u{2028}\u{2029}\u{200b}\u{200d}",
                "\\u2028\\u2029\\u200b\\u200d",
            ),
            ("\u{2060}\u{2064}\u{feff}", "\\u2060\\u2064\\ufeff"),
            ("\u{e0041}\u{e007f}", "\\udb40\\udc41\\udb40\\udc7f"),
            (
                "\u{200a}\u{2010}\u{2070}\u{e0100}",
                "\u{200a}\u{2010}\u{2070}\u{e0100}",
            ),
            ("a\nb", "a\nb"),
        ] {
            assert_eq!(escaped(text, &['\n']), want);
        }
        assert_eq!(escaped("a\nb", &[]), "a\\u000ab");
    }
}
