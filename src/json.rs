//! A strict reader of JSON (RFC 8259): no recursion, no allocation, no floats.
//!
//! [`Members`] is the entry: it walks one object, checks everything that it passes, refuses duplicate names, and
//! hands out [`Value`]s that borrow from the text. Stricter than the RFC: only objects at the top, depth and number of
//! members bounded ([`limits`](crate::limits)), no lone surrogates.

mod container;
mod cursor;
mod names;
mod number;
mod object;
mod string;
mod value;
mod words;

pub use container::{Elements, ObjectMembers};
pub use number::JsonNumber;
pub(crate) use object::Members;
pub use string::{Chars, JsonStr};
pub use value::{Array, Object, Value};
pub(crate) use words::Words;
