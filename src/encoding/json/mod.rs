//! A strict reader of JSON (RFC 8259): no recursion, no allocation, no floats.
//!
//! [`read_object`] is the entry: it walks one object, checks everything that it passes, refuses
//! duplicate names, and hands out [`Value`]s that borrow from the text; [`read_places`] is its
//! quick form, which hands out where they stand. Stricter than the RFC: only objects at the top,
//! depth and number of members bounded ([`limits`](crate::limits)), no lone surrogates.

mod container;
mod cursor;
#[cfg(feature = "serde")]
mod deserialize;
mod name;
mod names;
mod number;
mod object;
mod place;
mod string;
mod utf8;
mod value;
mod words;

pub use container::{Elements, ObjectMembers};
#[cfg(feature = "serde")]
pub use deserialize::{DeserializeError, DeserializeErrorKind};
pub(crate) use name::{KnownName, Name};
pub use number::JsonNumber;
pub(crate) use object::{is_object, read_object, read_places};
pub(crate) use place::Place;
pub use string::{Chars, EscapeDebug, JsonStr};
pub use value::{Array, Object, Value};
pub(crate) use words::Words;
