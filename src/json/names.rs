//! The names of one object, of which each may appear once.

use heapless::Vec;

use crate::error::Error;
use crate::json::cursor::Cursor;
use crate::json::string::JsonStr;
use crate::limits::{MAX_MEMBERS, MAX_NAME_COLLISIONS};

/// The names that an object had so far.
///
/// A name is looked for by its hash, and compared with the earlier ones that have the same: that takes one pass over
/// it, whatever the names. Who forges hashes to have more compared is refused.
pub(super) struct Names {
    collisions: usize,
    seen: Vec<Seen, MAX_MEMBERS>,
}

/// A name in few bytes, for the table lies on the stack.
struct Seen {
    hash: u32,
    /// Where in the text it stands, after its quotation mark.
    start: u32,
}

impl Names {
    // Not constant: the compiler would fill the table with zeros.
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            collisions: 0,
            seen: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Reads the name whose opening quotation mark was passed, and refuses one that was there before.
    #[inline]
    pub(super) fn read<'a>(&mut self, cursor: &mut Cursor<'a>) -> Result<JsonStr<'a>, Error> {
        let start = u32::try_from(cursor.position()).map_err(|_| Error::LimitExceeded)?;
        let (name, hash) = cursor.rest_of_name().ok_or(Error::MalformedJson)?;
        for seen in self.seen.iter().filter(|seen| seen.hash == hash) {
            let earlier = seen.name(cursor.text());
            if earlier.is_none_or(|earlier| earlier == name) {
                return Err(Error::DuplicateMember);
            }
            self.collisions = self.collisions.saturating_add(1);
            if self.collisions > MAX_NAME_COLLISIONS {
                return Err(Error::LimitExceeded);
            }
        }
        let seen = Seen { hash, start };
        let remembered = self.seen.push(seen).map_err(|_| Error::LimitExceeded);
        remembered.map(|()| name)
    }
}

impl Seen {
    /// The name itself, read once more.
    #[cold]
    fn name<'a>(&self, text: &'a str) -> Option<JsonStr<'a>> {
        let start = usize::try_from(self.start).ok()?;
        Cursor::at(text, start).rest_of_string()
    }
}
