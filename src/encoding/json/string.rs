//! Strings (RFC 8259 §7): scanned, compared and unescaped without allocation.

use core::{fmt, str};

use heapless::String;

use crate::encoding::json::span::{Span, ValueKind};
use crate::encoding::json::utf8::Utf8;
use crate::encoding::swar;
use crate::error::Error;

/// A JSON string, validated but not unescaped.
///
/// Comparison uses the characters that it represents, whether or not they are escaped:
/// `"https:\/\/a"` equals `https://a`.
///
/// ```
/// # fn read(claims: &jose_verify::Claims<'_>) -> Result<(), jose_verify::Error> {
/// // {"iss":"https:\/\/issuer.example.com","name":"Jos\u00e9"}
/// assert!(claims.issuer().unwrap() == "https://issuer.example.com");
///
/// let name = claims.get("name").unwrap().as_str().unwrap();
/// let mut buffer = [0; 16];
/// assert_eq!(name.unescape(&mut buffer)?, "José");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct JsonStr<'a> {
    /// The text between the quotation marks, which is well-formed.
    raw: Utf8<'a>,
    escaped: bool,
}

/// Scans the string that starts at `start`, after its opening quotation mark.
#[inline]
pub(crate) fn scan_string(text: &[u8], start: usize) -> Option<Span> {
    let end = start.wrapping_add(swar::special_in_string(text.get(start..)?));
    if text.get(end) == Some(&b'"') {
        Some(Span::new(ValueKind::PLAIN_STRING, start, end))
    } else {
        scan_carefully(text, start, end)
    }
}

/// Continues [`scan_string`] at `end`, the position of the first special byte.
#[cold]
#[inline(never)]
fn scan_carefully(text: &[u8], start: usize, mut end: usize) -> Option<Span> {
    let mut kind = ValueKind::PLAIN_STRING;
    loop {
        match text.get(end)? {
            b'"' => break,
            ..b' ' => return None,
            b'\\' => {
                kind = ValueKind::ESCAPED_STRING;
                // An escaped quotation mark does not end the string. The escape is validated below.
                end = end.wrapping_add(2);
            }
            _ => end = end.wrapping_add(1),
        }
    }
    let mut rest = str::from_utf8(text.get(start..end)?).ok()?;
    while let Some(escape) = rest.bytes().position(|byte| byte == b'\\') {
        (_, rest) = escape_sequence(rest.get(escape..)?).ok()?;
    }
    Some(Span::new(kind, start, end))
}

impl Span {
    /// Returns the string, if it is one.
    #[inline]
    pub(crate) fn as_str(self, text: &[u8]) -> Option<JsonStr<'_>> {
        let raw = self.raw(text)?;
        match self.kind() {
            ValueKind::PLAIN_STRING => Some(JsonStr::plain(raw)),
            ValueKind::ESCAPED_STRING => Some(JsonStr::escaped(raw)),
            _ => None,
        }
    }
}

/// Decodes the escape sequence at the start of `text`. Returns its character and the rest.
fn escape_sequence(text: &str) -> Result<(char, &str), Error> {
    let rest = text.strip_prefix('\\').ok_or(Error::MalformedJson)?;
    let mut chars = rest.chars();
    let c = match chars.next() {
        Some(c @ ('"' | '\\' | '/')) => c,
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unicode_escape(chars.as_str()),
        _ => return Err(Error::MalformedJson),
    };
    Ok((c, chars.as_str()))
}

/// Decodes one `\uXXXX` or a surrogate pair. The first `\u` was already consumed.
fn unicode_escape(text: &str) -> Result<(char, &str), Error> {
    let (first, rest) = four_hex_digits(text)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Ok((c, rest));
    }
    let second = rest.strip_prefix("\\u").ok_or(Error::MalformedJson)?;
    let (second, rest) = four_hex_digits(second)?;
    match char::decode_utf16([first, second]).next() {
        Some(Ok(c)) => Ok((c, rest)),
        _ => Err(Error::MalformedJson),
    }
}

fn four_hex_digits(text: &str) -> Result<(u16, &str), Error> {
    let (digits, rest) = text.split_at_checked(4).ok_or(Error::MalformedJson)?;
    // `from_str_radix` alone would accept a sign.
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Error::MalformedJson);
    }
    let unit = u16::from_str_radix(digits, 16).map_err(|_| Error::MalformedJson)?;
    Ok((unit, rest))
}

impl<'a> JsonStr<'a> {
    /// Creates a string without escapes, which [`scan_string`] must have accepted.
    pub(super) const fn plain(raw: Utf8<'a>) -> Self {
        Self {
            raw,
            escaped: false,
        }
    }

    /// Does the same as [`From`], but also works in constants.
    pub(crate) const fn of(text: &'a str) -> Self {
        Self::plain(Utf8::assume_valid(text.as_bytes()))
    }

    /// Creates a string from bytes that are a copy of an unescaped string.
    pub(crate) const fn from_copy(bytes: &'a [u8]) -> Self {
        Self::plain(Utf8::assume_valid(bytes))
    }

    /// Creates a string with escapes, which [`scan_string`] must have accepted.
    pub(super) const fn escaped(raw: Utf8<'a>) -> Self {
        Self { raw, escaped: true }
    }

    /// Returns the string itself, if it is written without escapes. O(n): revalidates it as UTF-8.
    ///
    /// Returns `None` for `"https:\/\/…"`, as some issuers write it. To look a string up, use
    /// [`unescape`](Self::unescape) or `to_string`.
    #[must_use]
    pub const fn as_plain_str(&self) -> Option<&'a str> {
        if self.escaped {
            None
        } else {
            Some(self.raw.as_str())
        }
    }

    /// Returns whether the unescaped string has more than `bytes` bytes.
    pub(crate) fn is_longer_than(&self, bytes: usize) -> bool {
        // An escape sequence is never shorter than its character.
        let written = self.raw.as_bytes().len();
        written > bytes && (!self.escaped || self.unescaped_len() > bytes)
    }

    #[cold]
    pub(crate) fn unescaped_len(&self) -> usize {
        self.chars().map(char::len_utf8).sum()
    }

    /// Returns the bytes of the string, if it is written without escapes. Unlike
    /// [`as_plain_str`](Self::as_plain_str), it takes constant time.
    pub(crate) const fn as_plain_bytes(&self) -> Option<&'a [u8]> {
        if self.escaped {
            None
        } else {
            Some(self.raw.as_bytes())
        }
    }

    /// Returns the text between the quotation marks, and whether it contains escapes.
    #[cfg(feature = "serde")]
    pub(super) const fn as_raw_parts(self) -> (&'a str, bool) {
        (self.raw.as_str(), self.escaped)
    }

    /// Returns the string, unescaped into `buffer` if necessary.
    ///
    /// The unescaped string is never longer than the escaped one, so a buffer of the token's size
    /// always suffices.
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooSmall`]: the unescaped string does not fit `buffer`.
    #[inline]
    pub fn unescape<'s>(&self, buffer: &'s mut [u8]) -> Result<&'s str, Error>
    where
        'a: 's,
    {
        match self.as_plain_str() {
            Some(plain) => Ok(plain),
            None => self.unescape_chars(buffer),
        }
    }

    #[cold]
    fn unescape_chars<'s>(&self, buffer: &'s mut [u8]) -> Result<&'s str, Error> {
        let mut written = 0_usize;
        for c in self.chars() {
            let target = buffer.get_mut(written..).unwrap_or_default();
            let target = target.get_mut(..c.len_utf8());
            c.encode_utf8(target.ok_or(Error::BufferTooSmall)?);
            written = written.saturating_add(c.len_utf8());
        }
        let text = buffer.get(..written).ok_or(Error::BufferTooSmall)?;
        str::from_utf8(text).map_err(|_| Error::BufferTooSmall)
    }

    /// Copies the unescaped string to the front of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooSmall`]: the unescaped string does not fit `buffer`, whose content is then
    /// unspecified.
    pub(crate) fn copy_to(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        if self.escaped {
            return self.unescape_chars(buffer).map(str::len);
        }
        let text = self.raw.as_bytes();
        let target = buffer.get_mut(..text.len()).ok_or(Error::BufferTooSmall)?;
        target.copy_from_slice(text);
        Ok(text.len())
    }

    /// Returns an unescaped copy, or [`Error::BufferTooSmall`] if it exceeds `N` bytes.
    pub(crate) fn to_heapless<const N: usize>(self) -> Result<String<N>, Error> {
        let mut copy = String::new();
        let copied = match self.as_plain_str() {
            Some(plain) => copy.push_str(plain),
            None => self.chars().try_for_each(|c| copy.push(c)),
        };
        copied.map(|()| copy).map_err(|_| Error::BufferTooSmall)
    }

    /// Returns an iterator over the unescaped characters. O(n): revalidates the text as UTF-8.
    #[must_use]
    pub const fn chars(&self) -> Chars<'a> {
        Chars {
            rest: self.raw.as_str(),
            escaped: self.escaped,
        }
    }

    /// Returns the string for a log or a terminal: control characters, line breaks and quotation
    /// marks are displayed as escapes. `Debug` of a `JsonStr` omits the text.
    #[must_use]
    pub const fn escape_debug(&self) -> EscapeDebug<'a> {
        EscapeDebug(*self)
    }

    /// Returns a part of this string, which must not end within an escape sequence.
    pub(super) const fn part(self, raw: &'a str) -> Self {
        Self {
            raw: Utf8::assume_valid(raw.as_bytes()),
            escaped: self.escaped,
        }
    }

    #[cold]
    #[inline(never)]
    fn eq_unescaped(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }

    /// Returns whether the string is `front` followed by `back`, with ASCII letters compared
    /// without regard to case.
    #[inline(never)]
    pub(crate) fn is_ignoring_ascii_case(&self, front: &str, back: &str) -> bool {
        let len = front.len().saturating_add(back.len());
        if !self.escaped && self.raw.as_bytes().len() != len {
            return false;
        }
        let mut chars = self.chars();
        for part in [front, back] {
            for expected in part.chars() {
                if !chars
                    .next()
                    .is_some_and(|c| c.eq_ignore_ascii_case(&expected))
                {
                    return false;
                }
            }
        }
        chars.next().is_none()
    }
}

impl<'a> From<&'a str> for JsonStr<'a> {
    /// Takes the text literally, as a string without escapes.
    fn from(text: &'a str) -> Self {
        Self::of(text)
    }
}

impl PartialEq for JsonStr<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.escaped || other.escaped {
            return self.chars().eq(other.chars());
        }
        self.raw == other.raw
    }
}

impl Eq for JsonStr<'_> {}

impl PartialEq<str> for JsonStr<'_> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn eq(&self, other: &str) -> bool {
        if self.escaped {
            // An escape sequence has at most six bytes for each byte that it represents.
            let longest = other.len().saturating_mul(6);
            return self.raw.as_bytes().len() <= longest && self.eq_unescaped(other);
        }
        self.raw.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

#[cfg(feature = "alloc")]
impl PartialEq<alloc::string::String> for JsonStr<'_> {
    fn eq(&self, other: &alloc::string::String) -> bool {
        *self == **other
    }
}

/// Writes the unescaped string. For a log, use [`escape_debug`](JsonStr::escape_debug).
impl fmt::Display for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the text, which may be a claim or a key.
        f.write_str("JsonStr(..)")
    }
}

/// Displays a [`JsonStr`] on one line. `Debug` displays the same in quotation marks. It does not
/// omit the text, because the caller has asked for it by calling
/// [`escape_debug`](JsonStr::escape_debug).
#[derive(Clone, Copy)]
pub struct EscapeDebug<'a>(JsonStr<'a>);

impl fmt::Display for EscapeDebug<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        chars.try_for_each(|c| write!(f, "{}", c.escape_debug()))
    }
}

impl fmt::Debug for EscapeDebug<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// An iterator over the unescaped characters of a [`JsonStr`].
#[derive(Clone)]
pub struct Chars<'a> {
    rest: &'a str,
    escaped: bool,
}

impl fmt::Debug for Chars<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chars(..)")
    }
}

impl<'a> Chars<'a> {
    /// Returns the rest as it is written.
    pub(super) const fn as_raw(&self) -> &'a str {
        self.rest
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let (c, rest) = match chars.next()? {
            // The text is valid, so this never ends early.
            '\\' if self.escaped => escape_sequence(self.rest).ok()?,
            c => (c, chars.as_str()),
        };
        self.rest = rest;
        Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<JsonStr<'_>, Error> {
        assert!(text.starts_with('"'));
        let string = scan_string(text.as_bytes(), 1).ok_or(Error::MalformedJson)?;
        assert_eq!(text.get(string.end()..), Some("\""), "{text}");
        Ok(string.as_str(text.as_bytes()).unwrap())
    }

    #[test]
    fn well_formed() {
        for (text, want) in [
            (r#""""#, ""),
            (r#""abc""#, "abc"),
            (r#""https:\/\/a""#, "https://a"),
            (r#""\u00e9\u00E9é""#, "ééé"),
            (r#""\ud83d\uDE00""#, "😀"),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""\u0000\u2028""#, "\0\u{2028}"),
            ("\"\u{2028}\u{7f}\u{feff}\"", "\u{2028}\u{7f}\u{feff}"),
            (r#""\\u0041""#, "\\u0041"),
            (r#""\uffff""#, "\u{ffff}"),
        ] {
            let string = parse(text).unwrap();
            assert!(string == want, "{text}");
            assert!(string == parse(text).unwrap());
            assert_eq!(std::format!("{string}"), want);
            let mut buffer = [0; 64];
            assert_eq!(string.unescape(&mut buffer), Ok(want));
            assert_eq!(string.to_heapless::<64>().unwrap(), want);
            if want.len() > 1 && string.as_plain_str().is_none() {
                let mut short = std::vec![0; want.len() - 1];
                assert_eq!(string.unescape(&mut short), Err(Error::BufferTooSmall));
            }
        }
    }

    #[test]
    fn different_strings_differ() {
        for (a, b) in [
            (r#""a""#, r#""b""#),
            (r#""a""#, r#""ab""#),
            (r#""\u0061""#, r#""A""#),
            (r#""\u0061b""#, r#""a""#),
            (r#""a\u0000""#, r#""a""#),
        ] {
            assert_ne!(parse(a).unwrap(), parse(b).unwrap());
        }
        assert!(
            parse(r#""\u0041T+jwt""#)
                .unwrap()
                .is_ignoring_ascii_case("at", "+JWT")
        );
        assert!(
            !parse(r#""at+jwt2""#)
                .unwrap()
                .is_ignoring_ascii_case("", "at+jwt")
        );
    }

    #[test]
    fn malformed() {
        for text in [
            r#"""#,
            r#""abc"#,
            r#""\"#,
            r#""\""#,
            r#""\x""#,
            r#""\u""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\u12g4""#,
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800\ud800""#,
            r#""\ud800x""#,
            r#""\U0041""#,
            r#""\'""#,
            "\"a\nb\"",
            "\"\t\"",
            "\"\0\"",
            "\"\u{1f}\"",
        ] {
            assert_eq!(parse(text), Err(Error::MalformedJson), "{text}");
        }
    }
}
