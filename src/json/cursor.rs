//! The grammar of RFC 8259, one token at a time.

use crate::error::Error;
use crate::json::number::{JsonNumber, number_len};
use crate::json::string::{JsonStr, Written, scan_plain_name, scan_string};
use crate::json::value::{Array, Object, Value};
use crate::limits::MAX_JSON_DEPTH;

/// A place in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    /// What stands before was read. It only grows, and never beyond the end, so adding to it cannot overflow.
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn at(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The whole text.
    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// Bytes of the text that were read.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Passes insignificant white space (RFC 8259 §2) and returns the byte after it.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            let next = *self.text.as_bytes().get(self.at)?;
            if !matches!(next, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(next);
            }
            self.pass();
        }
    }

    /// Passes the byte that was found to be next.
    pub(crate) const fn pass(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Passes `byte` if it is next.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.pass();
        }
        found
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(Error::MalformedJson)
        }
    }

    /// Nothing may follow but white space.
    pub(crate) fn end(mut self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Error::MalformedJson),
        }
    }

    /// A string whose opening quotation mark was passed, if it is well-formed.
    #[inline]
    pub(crate) fn rest_of_string(&mut self) -> Option<JsonStr<'a>> {
        let start = self.at;
        let written = self.pass_string()?;
        let raw = self.text.get(start..self.at.wrapping_sub(1))?;
        Some(JsonStr::scanned(raw, written))
    }

    /// The same for a name, with its hash.
    pub(crate) fn rest_of_name(&mut self) -> Option<(JsonStr<'a>, u32)> {
        let start = self.at;
        let Some((end, hash)) = scan_plain_name(self.text, start) else {
            let name = self.rest_of_string()?;
            return Some((name, name.hash()));
        };
        self.at = end.wrapping_add(1);
        let raw = self.text.get(start..end)?;
        Some((JsonStr::scanned(raw, Written::Plainly), hash))
    }

    /// Passes a string whose opening quotation mark was passed, and says how it is written.
    #[inline]
    fn pass_string(&mut self) -> Option<Written> {
        let (end, written) = scan_string(self.text, self.at)?;
        self.at = end.wrapping_add(1);
        Some(written)
    }

    /// A member's name and the colon after it, if they are next and well-formed.
    pub(crate) fn name(&mut self) -> Option<JsonStr<'a>> {
        self.expect(b'"').ok()?;
        let name = self.rest_of_string()?;
        self.eat(b':').then_some(name)
    }

    /// Any value; arrays and objects are checked whole and kept as text.
    pub(crate) fn value(&mut self) -> Result<Value<'a>, Error> {
        match self.peek() {
            Some(b'{') => Ok(Value::Object(Object::checked(self.container()?))),
            Some(b'[') => Ok(Value::Array(Array::checked(self.container()?))),
            Some(b'"') => {
                self.pass();
                let string = self.rest_of_string();
                string.map(Value::String).ok_or(Error::MalformedJson)
            }
            first => self.number_or_literal(first),
        }
    }

    /// A value that starts with that byte and is no string nor holds other values.
    fn number_or_literal(&mut self, first: Option<u8>) -> Result<Value<'a>, Error> {
        match first {
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn literal(&mut self, text: &str, value: Value<'a>) -> Result<Value<'a>, Error> {
        if !self.rest().starts_with(text) {
            return Err(Error::MalformedJson);
        }
        self.at = self.at.wrapping_add(text.len());
        Ok(value)
    }

    fn number(&mut self) -> Result<JsonNumber<'a>, Error> {
        let len = number_len(self.rest().as_bytes()).ok_or(Error::MalformedJson)?;
        let text = self.rest().get(..len).ok_or(Error::MalformedJson)?;
        self.at = self.at.wrapping_add(len);
        Ok(JsonNumber::checked(text))
    }

    /// The text that was not read yet.
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// An array or object with all that is in it, as text.
    fn container(&mut self) -> Result<&'a str, Error> {
        let start = self.at;
        self.pass_nested()?;
        self.text.get(start..self.at).ok_or(Error::MalformedJson)
    }

    /// Passes one value, keeping track of the containers open in it.
    fn pass_nested(&mut self) -> Result<(), Error> {
        let mut open = Nesting::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.pass();
                    open.push(Container::Object)?;
                    if !self.eat(b'}') {
                        self.name().ok_or(Error::MalformedJson)?;
                        continue;
                    }
                    open.pop();
                }
                Some(b'[') => {
                    self.pass();
                    open.push(Container::Array)?;
                    if !self.eat(b']') {
                        continue;
                    }
                    open.pop();
                }
                Some(b'"') => {
                    self.pass();
                    self.pass_string().ok_or(Error::MalformedJson)?;
                }
                first => _ = self.number_or_literal(first)?,
            }
            if self.pass_closed(&mut open)? {
                return Ok(());
            }
        }
    }

    /// After a value: closes what ends here; true when nothing is left open, else the next value follows.
    fn pass_closed(&mut self, open: &mut Nesting) -> Result<bool, Error> {
        while let Some(container) = open.innermost() {
            if self.eat(b',') {
                if container == Container::Object {
                    self.name().ok_or(Error::MalformedJson)?;
                }
                return Ok(false);
            }
            self.expect(match container {
                Container::Object => b'}',
                Container::Array => b']',
            })?;
            open.pop();
        }
        Ok(true)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Object,
}

/// The containers that are open, one bit each, the innermost lowest: a stack of bounded depth.
#[derive(Default)]
struct Nesting {
    objects: u32,
    depth: u32,
}

const _: () = assert!(
    MAX_JSON_DEPTH <= u32::BITS,
    "the bits of `objects` are the stack"
);

impl Nesting {
    fn push(&mut self, container: Container) -> Result<(), Error> {
        if self.depth >= MAX_JSON_DEPTH {
            return Err(Error::LimitExceeded);
        }
        self.depth = self.depth.saturating_add(1);
        self.objects = (self.objects << 1) | u32::from(container == Container::Object);
        Ok(())
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
    }

    fn innermost(&self) -> Option<Container> {
        match (self.depth, self.objects & 1) {
            (0, _) => None,
            (_, 1) => Some(Container::Object),
            _ => Some(Container::Array),
        }
    }
}
