//! The reader of checked text.

use crate::encoding::json::cursor::after_space;
use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::unescape_buf::UnescapeBuf;
use crate::encoding::json::string::JsonStr;
use crate::encoding::json::utf8::Utf8;
use crate::encoding::swar;

/// A position in a checked text, and memory to unescape strings.
pub(super) struct Reader<'a, 'b> {
    text: &'a str,
    /// The position of the next byte. It may be beyond the end.
    at: usize,
    pub(super) buf: UnescapeBuf<'b>,
}

/// The raw text of a string between its quotation marks.
#[derive(Clone, Copy)]
pub(super) struct RawString<'a> {
    pub(super) raw: &'a str,
    pub(super) escaped: bool,
}

impl<'a> RawString<'a> {
    /// Returns the string that the raw text represents.
    pub(super) const fn unescaped(self) -> JsonStr<'a> {
        let raw = Utf8::assume_valid(self.raw.as_bytes());
        if self.escaped {
            JsonStr::escaped(raw)
        } else {
            JsonStr::plain(raw)
        }
    }
}

impl<'a> From<JsonStr<'a>> for RawString<'a> {
    fn from(string: JsonStr<'a>) -> Self {
        let (raw, escaped) = string.as_raw_parts();
        Self { raw, escaped }
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) const fn new(text: &'a str, buf: UnescapeBuf<'b>) -> Self {
        Self { text, at: 0, buf }
    }

    /// Skips white space and returns the next byte, or zero at the end.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn peek(&mut self) -> u8 {
        let next = self.next();
        if next > b' ' {
            return next;
        }
        self.at = after_space(self.text.as_bytes(), self.at);
        self.next()
    }

    /// Returns the next byte, or zero at the end.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn next(&self) -> u8 {
        let next = self.text.as_bytes().get(self.at);
        next.copied().unwrap_or_default()
    }

    /// Consumes the next byte.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) const fn pass(&mut self) {
        self.pass_bytes(1);
    }

    /// Consumes `len` bytes.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) const fn pass_bytes(&mut self, len: usize) {
        self.at = self.at.wrapping_add(len);
    }

    /// Consumes `byte`, which must be next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), DeserializeError> {
        if self.peek() == byte {
            self.pass();
            Ok(())
        } else {
            Err(DeserializeError::INVALID_VALUE)
        }
    }

    /// Consumes the comma after an element or member, or checks that `close` is next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn after_element(&mut self, close: u8) -> Result<(), DeserializeError> {
        match self.peek() {
            b',' => self.pass(),
            next if next == close => {}
            _ => return Err(DeserializeError::INVALID_VALUE),
        }
        Ok(())
    }

    /// Checks that only white space follows.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn end(&mut self) -> Result<(), DeserializeError> {
        if self.peek() == 0 {
            Ok(())
        } else {
            Err(DeserializeError::INVALID_VALUE)
        }
    }

    /// Consumes a string.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn string(&mut self) -> Result<RawString<'a>, DeserializeError> {
        if self.peek() != b'"' {
            return Err(DeserializeError::WRONG_TYPE);
        }
        self.rest_of_string().ok_or(DeserializeError::INVALID_VALUE)
    }

    /// Consumes a string whose opening quotation mark is next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn rest_of_string(&mut self) -> Option<RawString<'a>> {
        let start = self.at.wrapping_add(1);
        let (end, escaped) = end_of_string(self.text.as_bytes(), start)?;
        self.at = end.wrapping_add(1);
        let raw = self.text.get(start..end)?;
        Some(RawString { raw, escaped })
    }

    /// Consumes a member's name and the colon after it, or returns `None` where the object ends.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn name(&mut self) -> Result<Option<RawString<'a>>, DeserializeError> {
        match self.peek() {
            b'"' => {
                let name = self.rest_of_name().ok_or(DeserializeError::INVALID_VALUE)?;
                self.expect(b':')?;
                Ok(Some(name))
            }
            b'}' => Ok(None),
            _ => Err(DeserializeError::INVALID_VALUE),
        }
    }

    /// Consumes a name whose opening quotation mark is next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn rest_of_name(&mut self) -> Option<RawString<'a>> {
        let start = self.at.wrapping_add(1);
        let text = self.text.as_bytes();
        let (end, escaped) = match swar::first_word_before_quotation_mark(text.get(start..)?) {
            Some(len) => (start.wrapping_add(len), false),
            None => end_of_string(text, start)?,
        };
        self.at = end.wrapping_add(1);
        let raw = self.text.get(start..end)?;
        Some(RawString { raw, escaped })
    }

    /// Returns the text from the next byte on.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Consumes a number, which must be next.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn number(&mut self) -> &'a str {
        let start = self.at;
        self.at = after_number(self.text.as_bytes(), start);
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Skips a value.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn pass_value(&mut self) -> Result<(), DeserializeError> {
        let next = self.peek();
        let text = self.text.as_bytes();
        let end = match next {
            b'"' => {
                end_of_string(text, self.at.wrapping_add(1)).map(|(end, _)| end.wrapping_add(1))
            }
            b'-' | b'0'..=b'9' => Some(after_number(text, self.at)),
            b'{' | b'[' => after_container(text, self.at),
            b't' | b'n' => Some(self.at.wrapping_add("true".len())),
            b'f' => Some(self.at.wrapping_add("false".len())),
            _ => None,
        };
        self.at = end.ok_or(DeserializeError::INVALID_VALUE)?;
        Ok(())
    }
}

// The functions below take and return positions, so that a reader can stay in registers.

/// Returns the position of the quotation mark that ends the string from `start` on, and whether
/// there are escapes before it.
#[cfg_attr(target_pointer_width = "64", inline)]
fn end_of_string(text: &[u8], start: usize) -> Option<(usize, bool)> {
    let end = start.wrapping_add(swar::quotation_mark_or_backslash(text.get(start..)?));
    if text.get(end) == Some(&b'"') {
        return Some((end, false));
    }
    end_of_escaped_string(text, end).map(|end| (end, true))
}

/// Returns the position of the quotation mark that ends the string, given the position of its first
/// escape.
#[cold]
#[inline(never)]
fn end_of_escaped_string(text: &[u8], mut at: usize) -> Option<usize> {
    while *text.get(at)? == b'\\' {
        // Skips the escaped byte, because an escaped quotation mark does not end the string.
        at = at.wrapping_add(2);
        let rest = text.get(at..)?;
        at = at.wrapping_add(swar::quotation_mark_or_backslash(rest));
    }
    Some(at)
}

/// Returns the position after the number that starts at `start`.
#[cfg_attr(target_pointer_width = "64", inline)]
fn after_number(text: &[u8], start: usize) -> usize {
    // The first byte is a sign or a digit.
    let start = start.wrapping_add(1);
    let rest = text.get(start..).unwrap_or_default();
    let end = start.wrapping_add(swar::non_digit(rest));
    match text.get(end) {
        Some(b'.' | b'e' | b'E') => after_float(text, end),
        _ => end,
    }
}

/// Returns the position after the number whose fraction or exponent starts at `at`.
#[cold]
#[inline(never)]
fn after_float(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let is_of_number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    at.wrapping_add(rest.iter().take_while(is_of_number).count())
}

/// Returns the position after the array or object that starts at `at`.
#[inline(never)]
fn after_container(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_u32;
    loop {
        match text.get(at)? {
            b'"' => (at, _) = end_of_string(text, at.wrapping_add(1))?,
            b'{' | b'[' => depth = depth.wrapping_add(1),
            b'}' | b']' => depth = depth.wrapping_sub(1),
            _ => {}
        }
        at = at.wrapping_add(1);
        if depth == 0 {
            return Some(at);
        }
    }
}
