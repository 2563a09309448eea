//! The grammar of RFC 8259, one token at a time.

// On 64-bit machines the parser is inlined. A cursor that is not passed to any function stays in
// registers, which halves the work. On 32-bit machines, flash matters more.
#![allow(clippy::inline_always, reason = "measured")]

use core::fmt;

use crate::encoding::json::name::{Name, scan_name};
use crate::encoding::json::number::scan_number;
use crate::encoding::json::span::{Span, ValueKind};
use crate::encoding::json::string::scan_string;
use crate::encoding::json::utf8::Utf8;
use crate::encoding::json::value::Value;
use crate::error::{Error, Limit};
use crate::limits::MAX_JSON_DEPTH;

/// A position in a text.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    /// Everything before this position was read. Invariant: it only grows, and never beyond the
    /// end, so adding to it cannot overflow.
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn at(text: &'a [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// Returns the whole text.
    pub(crate) const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Returns the position of the next byte.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// Moves on to a later position.
    pub(super) const fn move_to(&mut self, position: usize) {
        self.at = position;
    }

    /// Skips insignificant white space (RFC 8259 §2) and returns the byte after it, without
    /// consuming it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let next = self.next()?;
        if next > b' ' {
            return Some(next);
        }
        self.at = after_space(self.text, self.at);
        self.next()
    }

    /// Returns the byte at the current position.
    #[inline]
    fn next(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Consumes the byte that the caller has peeked.
    pub(crate) const fn pass(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Skips white space, and consumes `byte` if it is next.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.pass();
        }
        found
    }

    /// Skips white space and consumes `byte`, which must be next.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(Error::MalformedJson)
        }
    }

    /// Checks that only white space follows.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn end(mut self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Error::MalformedJson),
        }
    }

    /// Consumes the rest of a well-formed string. Its opening quotation mark was already consumed.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn rest_of_string(&mut self) -> Option<Span> {
        let string = scan_string(self.text, self.at)?;
        self.at = string.end().wrapping_add(1);
        Some(string)
    }

    /// Does the same as [`rest_of_string`](Self::rest_of_string) for a member's name.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn rest_of_name(&mut self) -> Option<Name<'a>> {
        let name = scan_name(self.text, self.at)?;
        self.at = name.end().wrapping_add(1);
        Some(name)
    }

    /// Consumes a member's name and the colon after it, if they are next and well-formed.
    #[inline]
    pub(crate) fn name(&mut self) -> Option<Span> {
        self.expect(b'"').ok()?;
        let name = self.rest_of_string()?;
        self.eat(b':').then_some(name)
    }

    /// Consumes any value. Arrays and objects are validated as a whole and kept as text.
    pub(crate) fn value(&mut self) -> Result<Value<'a>, Error> {
        let span = self.span()?;
        span.value(self.text).ok_or(Error::MalformedJson)
    }

    /// Does the same as [`value`](Self::value), but returns the span.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn span(&mut self) -> Result<Span, Error> {
        let first = self.peek();
        if first == Some(b'"') {
            self.pass();
            return self.rest_of_string().ok_or(Error::MalformedJson);
        }
        let span = match first {
            Some(b'{') => container(self.text, self.at, ValueKind::OBJECT)?,
            Some(b'[') => container(self.text, self.at, ValueKind::ARRAY)?,
            first => atom(self.text, self.at, first).ok_or(Error::MalformedJson)?,
        };
        self.at = span.end();
        Ok(span)
    }

    /// Consumes one value, keeping track of the containers that are open within it.
    pub(super) fn pass_nested<R: Reading>(&mut self) -> Result<(), Error> {
        let mut open = Nesting::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.pass();
                    if let Err(error) = open.push(Container::Object) {
                        R::pass_too_deep(self, error)?;
                    } else if self.eat(b'}') {
                        open.pop();
                    } else {
                        self.pass_name::<R>().ok_or(Error::MalformedJson)?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.pass();
                    if let Err(error) = open.push(Container::Array) {
                        R::pass_too_deep(self, error)?;
                    } else if self.eat(b']') {
                        open.pop();
                    } else {
                        continue;
                    }
                }
                Some(b'"') => {
                    self.pass();
                    R::pass_string(self).ok_or(Error::MalformedJson)?;
                }
                first => {
                    let atom = atom(self.text, self.at, first).ok_or(Error::MalformedJson)?;
                    self.at = atom.end();
                }
            }
            if self.pass_closed::<R>(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Closes the containers that end after a value. Returns true if none remains open. Otherwise,
    /// another value follows.
    fn pass_closed<R: Reading>(&mut self, open: &mut Nesting) -> Result<bool, Error> {
        while let Some(container) = open.innermost() {
            if self.eat(b',') {
                if container == Container::Object {
                    self.pass_name::<R>().ok_or(Error::MalformedJson)?;
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

    /// Consumes a member's name and the colon after it.
    pub(super) fn pass_name<R: Reading>(&mut self) -> Option<()> {
        self.expect(b'"').ok()?;
        R::pass_string(self)?;
        self.eat(b':').then_some(())
    }
}

/// How the content of a value is read.
pub(super) trait Reading {
    /// Consumes the rest of a well-formed string. Its opening quotation mark was already consumed.
    fn pass_string(cursor: &mut Cursor<'_>) -> Option<()>;

    /// Consumes the rest of a container that is nested too deeply, or returns `error`. The opening
    /// bracket was already consumed.
    fn pass_too_deep(cursor: &mut Cursor<'_>, error: Error) -> Result<(), Error>;
}

/// Validates everything.
enum Strict {}

impl Reading for Strict {
    #[inline]
    fn pass_string(cursor: &mut Cursor<'_>) -> Option<()> {
        cursor.rest_of_string().map(|_| ())
    }

    #[inline]
    fn pass_too_deep(_: &mut Cursor<'_>, error: Error) -> Result<(), Error> {
        Err(error)
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Utf8::assume_valid(self.text).fmt(f)
    }
}

// The functions below take and return positions, so that a cursor can stay in registers.

/// Returns the position after white space.
#[inline(never)]
pub(super) fn after_space(text: &[u8], at: usize) -> usize {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let rest = text.get(at..).unwrap_or_default();
    at.wrapping_add(rest.iter().take_while(|byte| is_space(byte)).count())
}

/// Validates the array or object that starts at `start`.
#[inline(never)]
fn container(text: &[u8], start: usize, kind: ValueKind) -> Result<Span, Error> {
    let mut cursor = Cursor::at(text, start);
    cursor.pass_nested::<Strict>()?;
    Ok(Span::new(kind, start, cursor.at))
}

/// Scans the value that starts with `first` at `start`: a literal or a number.
#[inline(never)]
fn atom(text: &[u8], start: usize, first: Option<u8>) -> Option<Span> {
    let literal = |word: &str, kind| {
        let found = text.get(start..)?.starts_with(word.as_bytes());
        found.then_some(Span::new(kind, start, start.wrapping_add(word.len())))
    };
    match first {
        Some(b't') => literal("true", ValueKind::TRUE),
        Some(b'f') => literal("false", ValueKind::FALSE),
        Some(b'n') => literal("null", ValueKind::NULL),
        _ => scan_number(text, start),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Object,
}

/// The open containers: a stack of bounded depth, one bit each, the innermost lowest.
///
/// Example: within `[{"a":{`, `depth` is 3 and `objects` is 0b011.
#[derive(Default)]
struct Nesting {
    objects: u32,
    depth: u32,
}

const _: () = assert!(
    MAX_JSON_DEPTH <= u32::BITS,
    "each open container has a bit in `objects`"
);

impl Nesting {
    fn push(&mut self, container: Container) -> Result<(), Error> {
        if self.depth >= MAX_JSON_DEPTH {
            return Err(Error::Limit(Limit::JsonDepth));
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
