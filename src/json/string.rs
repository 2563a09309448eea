//! Strings (RFC 8259 §7): found, compared and unescaped without allocation.

use core::fmt;

use heapless::String;

use crate::error::Error;
use crate::scan;

/// A JSON string, checked but not unescaped.
///
/// It compares by the characters it stands for, however they are written: `"https:\/\/a"` equals `https://a`.
///
/// ```
/// # fn read(claims: &jose_verify::Claims<'_>) -> Result<(), jose_verify::Error> {
/// // {"iss":"https:\/\/issuer.example.com","name":"Jos\u00e9"}
/// assert!(claims.issuer().unwrap() == "https://issuer.example.com");
///
/// let name = claims.get("name").unwrap().as_str().unwrap();
/// let mut buffer = [0; 16];
/// assert_eq!(name.unescape(&mut buffer)?, "José");
/// assert_eq!(name.to_heapless::<16>()?, "José");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct JsonStr<'a> {
    /// The text between the quotation marks, well-formed.
    raw: &'a str,
    written: Written,
}

/// How a string is written. As wide as a pointer, so that values with a string in them are moved in whole words.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Written {
    Plainly,
    WithEscapes,
}

/// Finds the end of a string that starts at `start`, after its opening quotation mark: the position of the closing
/// one, and whether there are escape sequences before it.
pub(crate) fn scan_string(text: &str, start: usize) -> Option<(usize, Written)> {
    let end = special(text, start)?;
    if text.as_bytes().get(end) == Some(&b'"') {
        Some((end, Written::Plainly))
    } else {
        Some((pass_escapes(text, end)?, Written::WithEscapes))
    }
}

/// Finds the end of a string as [`scan_string`] does, and its hash. Byte by byte, for names are short. `None` also if
/// it is written with escapes.
pub(crate) fn scan_plain_name(text: &str, start: usize) -> Option<(usize, u32)> {
    let mut hash = FNV_BASIS;
    for (len, byte) in text.as_bytes().get(start..)?.iter().enumerate() {
        match byte {
            b'"' => return Some((start.wrapping_add(len), hash)),
            b'\\' | ..b' ' => return None,
            byte => hash = hashed(hash, *byte),
        }
    }
    None
}

/// What FNV-1a starts with and multiplies by.
const FNV_BASIS: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;

fn hashed(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(FNV_PRIME)
}

/// [`scan_string`] from the first escape sequence on.
#[cold]
fn pass_escapes(text: &str, mut end: usize) -> Option<usize> {
    while text.as_bytes().get(end) != Some(&b'"') {
        // A control character is not an escape sequence, so it is refused here too.
        let (_, after) = escape_sequence(text.get(end..)?).ok()?;
        end = special(text, text.len().wrapping_sub(after.len()))?;
    }
    Some(end)
}

/// The first position from `start` on where a string ends, an escape sequence starts, or an error is.
fn special(text: &str, start: usize) -> Option<usize> {
    let plain = scan::special_in_string(text.as_bytes().get(start..)?)?;
    Some(start.wrapping_add(plain))
}

/// The character that the escape sequence at the start of `text` stands for, and what follows it.
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

/// One `\uXXXX` or a surrogate pair of them, the first `\u` already passed.
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
    /// From what [`scan_string`] found.
    pub(crate) const fn scanned(raw: &'a str, written: Written) -> Self {
        Self { raw, written }
    }

    /// The string itself, if it is written without escapes.
    #[must_use]
    pub const fn as_plain_str(&self) -> Option<&'a str> {
        match self.written {
            Written::Plainly => Some(self.raw),
            Written::WithEscapes => None,
        }
    }

    /// The string, unescaped into `buffer` if that is necessary.
    ///
    /// The unescaped string is never longer than the escaped one, so a buffer of the token's size always suffices.
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooSmall`]
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
        core::str::from_utf8(text).map_err(|_| Error::BufferTooSmall)
    }

    /// An owned copy, unescaped.
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooSmall`] if it is longer than `N` bytes.
    pub fn to_heapless<const N: usize>(&self) -> Result<String<N>, Error> {
        let mut copy = String::new();
        let copied = match self.as_plain_str() {
            Some(plain) => copy.push_str(plain),
            None => self.chars().try_for_each(|c| copy.push(c)),
        };
        copied.map(|()| copy).map_err(|_| Error::BufferTooSmall)
    }

    /// The characters that the string stands for.
    #[must_use]
    pub const fn chars(&self) -> Chars<'a> {
        Chars { rest: self.raw }
    }

    /// The empty string.
    pub(crate) const EMPTY: Self = Self {
        raw: "",
        written: Written::Plainly,
    };

    pub(crate) const fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// What stands before and after the first `separator`, however it is written.
    pub(crate) fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let part = |raw| Self {
            raw,
            written: self.written,
        };
        let mut rest = self.chars();
        loop {
            let after = rest.rest.len();
            if rest.next()? == separator {
                let before = self.raw.len().saturating_sub(after);
                return Some((part(self.raw.get(..before)?), part(rest.rest)));
            }
        }
    }

    /// A hash of the characters (FNV-1a, of their UTF-8), however they are written.
    pub(crate) fn hash(&self) -> u32 {
        self.chars().fold(FNV_BASIS, |hash, c| {
            c.encode_utf8(&mut [0; 4]).bytes().fold(hash, hashed)
        })
    }

    /// Equality with upper and lower case ASCII letters alike.
    pub(crate) fn eq_ignore_ascii_case(&self, other: &str) -> bool {
        let lower = |c: char| c.to_ascii_lowercase();
        self.chars().map(lower).eq(other.chars().map(lower))
    }
}

impl PartialEq for JsonStr<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_plain_str(), other.as_plain_str()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for JsonStr<'_> {}

impl PartialEq<str> for JsonStr<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.as_plain_str() {
            Some(plain) => plain == other,
            None => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq<&str> for JsonStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.raw)
    }
}

/// The characters of a [`JsonStr`], unescaped one by one.
#[derive(Debug, Clone)]
pub struct Chars<'a> {
    rest: &'a str,
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let (c, rest) = match chars.next()? {
            // The text was checked, so this never ends early.
            '\\' => escape_sequence(self.rest).ok()?,
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
        let (end, written) = scan_string(text, 1).ok_or(Error::MalformedJson)?;
        assert_eq!(text.get(end..), Some("\""), "{text}");
        Ok(JsonStr::scanned(text.get(1..end).unwrap(), written))
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
                .eq_ignore_ascii_case("at+JWT")
        );
        assert!(
            !parse(r#""at+jwt2""#)
                .unwrap()
                .eq_ignore_ascii_case("at+jwt")
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
