//! How the keys of a set lie in its memory: slots, `kid`s and entries. Not generic, so that all kinds of memory share it.

use crate::alg::Word;
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::key::entry;
use crate::key::key_ref::KeyName;
use crate::key::lookup::RequestedKid;
use crate::key::memory::{Parts, PartsMut, Slot};
use crate::limits::MAX_KID_LEN;

/// A key as it is stored.
#[derive(Clone, Copy)]
pub(crate) struct StoredKey<'m> {
    pub(crate) name: KeyName<'m>,
    pub(crate) words: &'m [Word],
}

impl StoredKey<'_> {
    /// Whether both are one key under one name, whatever they may be used for.
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

/// `kid_len` of a key that was published without one.
const UNNAMED: u16 = u16::MAX;

/// `kid_len` of a key that the caller gave without a name.
const ANY: u16 = u16::MAX - 1;

const _: () = assert!(MAX_KID_LEN < 1 << 15, "no length means that there is none");

// Not generic, so that all kinds of memory share it.
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

/// The first key from that position on whose name fits a token with that `kid`: what [`KeyName::fits`] says, by the names'
/// lengths and last bytes first, which tell most of them apart.
pub(super) fn next_named(
    parts: Parts<'_>,
    len: usize,
    from: usize,
    kid: RequestedKid<'_>,
) -> Option<usize> {
    let wanted = match kid {
        RequestedKid::Absent => return (from < len).then_some(from),
        RequestedKid::Is(kid) => kid.as_plain_bytes(),
        RequestedKid::TooLong => None,
    };
    let Some(wanted) = wanted else {
        let fits = |key: StoredKey<'_>| key.name.fits(kid);
        return (from..len).find(|position| stored(parts, len, *position).is_some_and(fits));
    };
    let slots = parts.slots.get(..len)?.get(from..)?;
    let fits = |slot: &Slot| {
        slot.kid_len == ANY
            || usize::from(slot.kid_len) == wanted.len()
                && kid_part(parts.kids, slot.kid_at, slot.kid_len)
                    .is_some_and(|own| own.last() == wanted.last() && own == wanted)
    };
    slots.iter().position(fits).map(|i| i.saturating_add(from))
}

fn part<T>(memory: &[T], at: u32, len: u16) -> Option<&[T]> {
    let (_, rest) = memory.split_at_checked(usize::try_from(at).ok()?)?;
    rest.get(..usize::from(len))
}

/// The `kid` of that length from there on.
#[inline]
fn kid_part([first, second]: [&[u8]; 2], at: u32, len: u16) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    let rest = match at.checked_sub(first.len()) {
        None => first.get(at..)?,
        Some(at) => second.get(at..)?,
    };
    rest.get(..usize::from(len))
}

/// Adds a key behind the first `len`. After an error the memory is as it was, but for what no key lies in.
pub(super) fn push(
    PartsMut { slots, kids, words }: PartsMut<'_>,
    len: usize,
    name: KeyName<'_>,
    write: &dyn Fn(&mut [Word]) -> Result<usize, Error>,
) -> Result<(), Error> {
    let used = slots.get(..len).unwrap_or_default();
    let words_end = |slot: &Slot| slot.words_at.saturating_add(u32::from(slot.words_len));
    let words_at = used.last().map_or(0, words_end);
    // The key is judged first: whether there is room for its name and another slot only matters for one that is usable.
    let memory = usize::try_from(words_at).map_or(None, |at| words.get_mut(at..));
    let words_len = write(memory.unwrap_or_default())?;
    let (kid_at, kid_len) = match name {
        KeyName::Unnamed => (0, UNNAMED),
        KeyName::Any => (0, ANY),
        KeyName::Is(kid) => store_kid(kid, used, kids)?,
    };
    *slots.get_mut(len).ok_or(Error::KeySetFull)? = Slot {
        words_at,
        kid_at,
        words_len: u16::try_from(words_len).map_err(|_| Error::KeyTooLarge)?,
        kid_len,
    };
    Ok(())
}

/// Copies a `kid` to where there is room for it, unescaped, and returns where, and its length.
fn store_kid(kid: JsonStr<'_>, used: &[Slot], kids: [&mut [u8]; 2]) -> Result<(u32, u16), Error> {
    if kid.is_longer_than(MAX_KID_LEN) {
        return Err(Error::KeyTooLarge);
    }
    let ends = used
        .iter()
        .filter(|slot| !matches!(slot.kid_len, UNNAMED | ANY))
        .map(|slot| slot.kid_at.saturating_add(u32::from(slot.kid_len)))
        .filter_map(|end| usize::try_from(end).ok());
    let mut start = 0_usize;
    for memory in kids {
        let end = start.saturating_add(memory.len());
        // The last that ends in this piece.
        let last = ends
            .clone()
            .filter(|last| (start..=end).contains(last))
            .max();
        let at = last.unwrap_or(start);
        let place = memory.get_mut(at.saturating_sub(start)..);
        if let Ok(len) = kid.copy_to(place.unwrap_or_default()) {
            let at = u32::try_from(at).map_err(|_| Error::KeySetFull)?;
            return Ok((at, u16::try_from(len).map_err(|_| Error::KeyTooLarge)?));
        }
        start = end;
    }
    Err(Error::KeySetFull)
}
