//! The layout of keys in a set's memory: slots, `kid`s and entries. Not generic, so that all kinds
//! of memory share the code.

use crate::alg::Word;
use crate::encoding::json::JsonStr;
use crate::error::{Error, Limit};
use crate::key::entry;
use crate::key::key_ref::KeyName;
use crate::key::key_ref::RequestedKid;
use crate::key::memory::{Parts, PartsMut, Slot};
use crate::limits::MAX_KID_LEN;

/// A key in a set's memory.
#[derive(Clone, Copy)]
pub(crate) struct StoredKey<'m> {
    pub(crate) name: KeyName<'m>,
    pub(crate) words: &'m [Word],
}

impl StoredKey<'_> {
    /// Returns whether the key has this `kid`.
    pub(crate) fn is_named(&self, kid: JsonStr<'_>) -> bool {
        matches!(self.name, KeyName::Is(own) if own == kid)
    }

    /// Returns whether both keys have the same name and material, regardless of the algorithms that
    /// they are used with.
    pub(crate) fn is_same(&self, other: &StoredKey<'_>) -> bool {
        let same_name = match (self.name, other.name) {
            (KeyName::Is(one), KeyName::Is(other)) => one == other,
            (KeyName::Any, KeyName::Any) | (KeyName::Unnamed, KeyName::Unnamed) => true,
            _ => false,
        };
        let material = |key| entry::materials(key).map(|(_, material)| material);
        same_name && material(self.words).eq(material(other.words))
    }
}

/// `kid_len` of a key that was published without a `kid`.
const UNNAMED: u16 = u16::MAX;

/// `kid_len` of a key that the caller supplied without a name.
const ANY: u16 = u16::MAX - 1;

const _: () = assert!(
    MAX_KID_LEN < 1 << 15,
    "the length of a `kid` is never `UNNAMED` or `ANY`"
);

/// Returns the key at `position` of the first `len` keys.
pub(super) fn stored(parts: Parts<'_>, len: usize, position: usize) -> Option<StoredKey<'_>> {
    let slot = parts.slots.get(..len)?.get(position)?;
    let name = match slot.kid_len {
        UNNAMED => KeyName::Unnamed,
        ANY => KeyName::Any,
        len => KeyName::Is(JsonStr::from_copy(kid_part(parts.kids, slot.kid_at, len)?)),
    };
    let words = part(parts.words, slot.words_at, slot.words_len)?;
    Some(StoredKey { name, words })
}

/// Returns the position of the first key at or after `from` whose name fits `kid`, by the rule of
/// [`KeyName::fits`]. Compares lengths and last bytes first, because most names differ there.
pub(super) fn next_named(
    parts: Parts<'_>,
    len: usize,
    from: usize,
    kid: RequestedKid<'_>,
) -> Option<usize> {
    let requested = match kid {
        RequestedKid::Absent => return (from < len).then_some(from),
        RequestedKid::Is(kid) => kid.as_plain_bytes(),
        RequestedKid::TooLong => None,
    };
    let Some(requested) = requested else {
        let fits = |key: StoredKey<'_>| key.name.fits(kid);
        return (from..len).find(|position| stored(parts, len, *position).is_some_and(fits));
    };
    let slots = parts.slots.get(..len)?.get(from..)?;
    let fits = |slot: &Slot| {
        slot.kid_len == ANY
            || usize::from(slot.kid_len) == requested.len()
                && kid_part(parts.kids, slot.kid_at, slot.kid_len)
                    .is_some_and(|own| own.last() == requested.last() && own == requested)
    };
    slots.iter().position(fits).map(|i| i.saturating_add(from))
}

fn part<T>(memory: &[T], at: u32, len: u16) -> Option<&[T]> {
    let (_, rest) = memory.split_at_checked(usize::try_from(at).ok()?)?;
    rest.get(..usize::from(len))
}

/// Returns the `kid` of length `len` at position `at`.
#[inline]
fn kid_part([first, second]: [&[u8]; 2], at: u32, len: u16) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    let rest = match at.checked_sub(first.len()) {
        None => first.get(at..)?,
        Some(at) => second.get(at..)?,
    };
    rest.get(..usize::from(len))
}

/// Adds a key after the first `len` keys. On error, only unused memory has changed.
pub(super) fn push(
    PartsMut { slots, kids, words }: PartsMut<'_>,
    len: usize,
    name: KeyName<'_>,
    write: &dyn Fn(&mut [Word]) -> Result<usize, Error>,
) -> Result<(), Error> {
    let stored = slots.get(..len).unwrap_or_default();
    let last = stored.last().copied().unwrap_or(Slot::EMPTY);
    let words_at = last.words_at.saturating_add(u32::from(last.words_len));
    let [first, _] = &kids;
    let free = free_kid_memory(stored, first.len());
    // Validates the key first, so that an unusable key is reported as unusable even if there is no
    // room for its name or slot.
    let memory = usize::try_from(words_at).map_or(None, |at| words.get_mut(at..));
    let words_len = write(memory.unwrap_or_default())?;
    let (kid_at, kid_len) = match name {
        KeyName::Unnamed => (0, UNNAMED),
        KeyName::Any => (0, ANY),
        KeyName::Is(kid) => store_kid(kid, free, kids)?,
    };
    *slots.get_mut(len).ok_or(Error::KeySetFull)? = Slot {
        words_at,
        kid_at,
        words_len: u16::try_from(words_len).map_err(|_| Error::KeyTooLarge)?,
        kid_len,
    };
    Ok(())
}

/// Returns the number of bytes that the key's `kid` takes.
const fn kid_len(slot: &Slot) -> u16 {
    match slot.kid_len {
        UNNAMED | ANY => 0,
        len => len,
    }
}

/// Returns the positions after the last `kid` in each of the two pieces of memory, the first of
/// which has this length.
fn free_kid_memory(stored: &[Slot], first_len: usize) -> [usize; 2] {
    let mut free = [0, first_len];
    for slot in stored {
        let at = usize::try_from(slot.kid_at).unwrap_or(usize::MAX);
        let end = at.saturating_add(usize::from(kid_len(slot)));
        let [first, second] = &mut free;
        let piece = if at < first_len { first } else { second };
        *piece = end.max(*piece);
    }
    free
}

/// Unescapes a `kid` to the first piece of memory where it fits. Returns the position and the
/// length.
fn store_kid(
    kid: JsonStr<'_>,
    [first_free, second_free]: [usize; 2],
    [first, second]: [&mut [u8]; 2],
) -> Result<(u32, u16), Error> {
    if kid.is_longer_than(MAX_KID_LEN) {
        return Err(Error::Limit(Limit::KeyIdLen));
    }
    let first_len = first.len();
    let (at, copied) = if let Ok(len) = kid.copy_to(first.get_mut(first_free..).unwrap_or_default())
    {
        (first_free, Ok(len))
    } else {
        let rest = second.get_mut(second_free.saturating_sub(first_len)..);
        (second_free, kid.copy_to(rest.unwrap_or_default()))
    };
    let len = copied.map_err(|_| Error::KeySetFull)?;
    Ok((
        u32::try_from(at).map_err(|_| Error::KeySetFull)?,
        u16::try_from(len).map_err(|_| Error::KeyTooLarge)?,
    ))
}
