//! A strict JSON parser (RFC 8259): no recursion, no allocation, no floats.
//!
//! [`read_object`] is the entry point. It parses one object, validates everything in it, rejects
//! duplicate names, and yields [`Value`]s that borrow from the text. [`parse_spans`] is its fast
//! variant, which yields [`Span`]s. The parser is stricter than the RFC: only objects at the top
//! level, bounded depth and number of members ([`limits`](crate::limits)), no lone surrogates.
//!
//! [`outline_members`] only splits a text into its parts, for sets whose entries are parsed one by
//! one.

mod container;
mod cursor;
#[cfg(feature = "serde")]
mod deserialize;
mod name;
mod names;
mod number;
mod object;
mod outline;
mod span;
mod split_spaces;
mod string;
mod utf8;
mod value;

pub use container::{Elements, ObjectMembers};
#[cfg(feature = "serde")]
pub use deserialize::{DeserializeError, DeserializeErrorKind};
pub(crate) use name::{Name, NameBuf};
pub use number::JsonNumber;
pub(crate) use object::{is_object, parse_spans, read_object};
pub(crate) use outline::{OutlineElements, outline_members, outline_string};
pub(crate) use span::Span;
pub(crate) use split_spaces::SplitSpaces;
pub use string::{Chars, EscapeDebug, JsonStr};
pub use value::{Array, Object, Value};
