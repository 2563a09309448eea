//! Keys with tables that make verification quicker, in memory that the caller lends.

use core::fmt::{self, Debug};
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::alg::{Algorithm, InlineKey, Precomputation, Tables, Word, is_same_key_type};
use crate::encoding::json::JsonStr;
use crate::key::entry;
use crate::key::key_ref::{Attached, Candidate, KeyRef};
use crate::key::lookup::{KeyRequest, Sealed};
use crate::key::memory::KeyMemory;
use crate::key::set::KeySetIn;
use crate::key::store::StoredKey;
use crate::key::{Key, Keys};
use crate::limits::MAX_PRECOMPUTATIONS;

/// A key with its tables: see [`Key::prepare`] and [`Key::with_tables`].
#[derive(Clone, Copy)]
pub struct PreparedKey<'k> {
    key: KeyRef<'k>,
    tables: Option<Tables<'k>>,
}

impl<A: InlineKey, M: AsRef<[Word]> + AsMut<[Word]>> Key<'_, A, M> {
    /// Fills tables for the key, in `memory`.
    ///
    /// Half of it is for the key, half for what all keys of the same type share. Any length will do; what it buys is in
    /// the README. `by` makes the tables; one for another type of key leaves the memory alone.
    ///
    /// ```
    /// use jose_verify::{ES256, Error, Key, P256_TABLES};
    ///
    /// let jwk = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    ///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// let key = Key::from_jwk(ES256, jwk)?;
    /// let mut memory = [0; 2048];
    /// let prepared = key.prepare(&P256_TABLES, &mut memory);
    /// assert!(prepared.tables().is_some());
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn prepare<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        memory: &'k mut [Word],
    ) -> PreparedKey<'k> {
        if !self.is_of_type(by) {
            return self.attach(by, None);
        }
        let half = memory.len() / 2;
        let (key, rest) = memory
            .split_at_mut_checked(by.table_len(half))
            .unwrap_or_default();
        by.fill(self.material().as_ref(), key);
        let shared_len = by.table_len(rest.len());
        let shared = rest.get_mut(..shared_len).unwrap_or_default();
        by.fill_shared(shared);
        let is_made = !key.is_empty();
        self.attach(by, is_made.then_some(Tables { key, shared }))
    }

    /// Takes tables that were filled before, if they are intact: verification goes on without one that is not the key's,
    /// was not filled to its end, or has changed since. Every word of them is read.
    ///
    /// They guard against accidents only. Whoever can write to a table can forge signatures.
    #[must_use]
    pub fn with_tables<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Tables<'k>,
    ) -> PreparedKey<'k> {
        let is_intact = self.is_of_type(by) && by.is_intact(self.material().as_ref(), tables.key);
        let shared = if by.is_shared_intact(tables.shared) {
            tables.shared
        } else {
            &[]
        };
        let tables = Tables {
            key: tables.key,
            shared,
        };
        self.attach(by, is_intact.then_some(tables))
    }

    /// Takes tables that are constants of the program, without reading them.
    ///
    /// For tables that were written out by a build script and lie in flash that nothing writes to. Tables that are not
    /// whole let anybody forge signatures: take [`with_tables`](Self::with_tables) for all others.
    ///
    /// Tables are the same on machines of either word size, apart from a word of 64 bits being two of 32, the lower one
    /// first.
    #[must_use]
    pub fn with_tables_unchecked<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Tables<'k>,
    ) -> PreparedKey<'k> {
        self.attach(by, self.is_of_type(by).then_some(tables))
    }

    fn is_of_type(&self, by: &dyn Precomputation) -> bool {
        is_same_key_type(by.key_type(), self.algorithm().key_type())
    }

    fn attach<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Option<Tables<'k>>,
    ) -> PreparedKey<'k> {
        let attached = tables.map(|tables| Attached { by, tables });
        PreparedKey {
            key: self.key_ref().with_tables(attached),
            tables,
        }
    }
}

impl<'k> PreparedKey<'k> {
    /// The tables that verification uses, to be written out; none if there are none that are intact.
    #[must_use]
    pub const fn tables(&self) -> Option<Tables<'k>> {
        self.tables
    }
}

impl Debug for PreparedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedKey").field(&self.key).finish()
    }
}

impl Keys for PreparedKey<'_> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then_some(self.key)
    }
}

/// A [`KeySet`](crate::KeySet) with tables for its keys, in memory of the caller's kind: a slice, an array, a `Vec`, a
/// `Box`.
///
/// It is used as the set itself, and can be shared among threads.
///
/// ```
/// use jose_verify::{ES256, Error, KeySet, P256_TABLES, RS256};
///
/// let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let keys = KeySet::<4>::from_jwks(jwks, &[&ES256, &RS256])?;
/// let keys = keys.prepare(&[&P256_TABLES], vec![0; 16 * 1024]);
/// for table in keys.tables() {
///     println!("{} {:?}: {} bytes", table.algorithm, table.position, table.bytes);
/// }
/// # assert_eq!((keys.set().len(), keys.tables().count()), (1, 2));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct PreparedKeySet<M, T> {
    set: KeySetIn<M>,
    by: Precomputations,
    /// A directory of the tables, and behind it the tables.
    memory: T,
}

/// What makes the tables of a set.
#[derive(Clone, Copy)]
struct Precomputations([Option<&'static dyn Precomputation>; MAX_PRECOMPUTATIONS]);

// As for a list of algorithms: `&self` leaves nothing half changed that anybody sees.
impl UnwindSafe for Precomputations {}
impl RefUnwindSafe for Precomputations {}

impl Precomputations {
    fn new(by: &[&'static dyn Precomputation]) -> Self {
        let mut places = [None; MAX_PRECOMPUTATIONS];
        for (place, by) in places.iter_mut().zip(by) {
            *place = Some(*by);
        }
        Self(places)
    }

    fn get(&self, index: usize) -> Option<&'static dyn Precomputation> {
        *self.0.get(index)?
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &'static dyn Precomputation)> {
        let by = self.0.iter().enumerate();
        by.filter_map(|(index, by)| Some((index, (*by)?)))
    }
}

/// A table of a [`PreparedKeySet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableInfo {
    /// The position of its key; none if all keys of the algorithm share it.
    pub position: Option<usize>,
    /// The algorithm that verifies quicker with it.
    pub algorithm: &'static str,
    /// How much memory it takes.
    pub bytes: usize,
}

impl<M: KeyMemory> KeySetIn<M> {
    /// Fills tables for the keys, in memory that the caller lends.
    ///
    /// `by` makes them; at most [`MAX_PRECOMPUTATIONS`] of it count. The memory is divided evenly among the keys that can
    /// use a table and what the keys of one type share. Any amount will do, also none; what it buys is in the README.
    #[must_use]
    pub fn prepare<T: AsRef<[Word]> + AsMut<[Word]>>(
        self,
        by: &[&'static dyn Precomputation],
        memory: T,
    ) -> PreparedKeySet<M, T> {
        let mut prepared = PreparedKeySet {
            set: self,
            by: Precomputations::new(by),
            memory,
        };
        prepared.fill_tables();
        prepared
    }
}

impl<M: KeyMemory, T: AsRef<[Word]> + AsMut<[Word]>> PreparedKeySet<M, T> {
    fn fill_tables(&mut self) {
        let Self { set, by, memory } = self;
        let used = |key| preparable(set.algorithms(), by, key);
        let is_shared = |by| {
            set.all()
                .any(|key| used(key).is_some_and(|(i, ..)| i == by))
        };
        let shared = by.iter().filter(|(index, _)| is_shared(*index)).count();
        let own = set.all().filter(|key| used(*key).is_some()).count();

        let entries = set.len().saturating_add(MAX_PRECOMPUTATIONS);
        let mut tables = TableAllocator::new(entries, shared.saturating_add(own), memory.as_mut());
        for (index, by) in by.iter().filter(|(index, _)| is_shared(*index)) {
            let table = tables.allocate(set.len().saturating_add(index), index, by);
            by.fill_shared(table);
        }
        for (position, key) in set.all().enumerate() {
            if let Some((index, by, material)) = used(key) {
                by.fill(material, tables.allocate(position, index, by));
            }
        }
    }

    /// The set and the memory, for instance to load other keys and prepare them again.
    #[must_use]
    pub fn into_parts(self) -> (KeySetIn<M>, T) {
        (self.set, self.memory)
    }
}

impl<M, T> PreparedKeySet<M, T> {
    /// The set.
    #[must_use]
    pub const fn set(&self) -> &KeySetIn<M> {
        &self.set
    }
}

impl<M: KeyMemory, T: AsRef<[Word]>> PreparedKeySet<M, T> {
    /// What each key got, and what the keys of an algorithm share.
    pub fn tables(&self) -> impl Iterator<Item = TableInfo> {
        let keys = self.set.len();
        (0..keys.saturating_add(MAX_PRECOMPUTATIONS)).filter_map(move |entry| {
            let range = TableRange::read(self.memory.as_ref(), entry)?;
            let by = self.by.get(range.by)?;
            Some(TableInfo {
                position: (entry < keys).then_some(entry),
                algorithm: by.algorithm(),
                bytes: range.len.saturating_mul(size_of::<Word>()),
            })
        })
    }

    fn attached(&self, position: usize) -> Option<Attached<'_>> {
        let memory = self.memory.as_ref();
        let own = TableRange::read(memory, position)?;
        let shared = self.set.len().saturating_add(own.by);
        let shared = TableRange::read(memory, shared).and_then(|range| range.of(memory));
        let tables = Tables {
            key: own.of(memory)?,
            shared: shared.unwrap_or_default(),
        };
        let by = self.by.get(own.by)?;
        Some(Attached { by, tables })
    }
}

impl<M: KeyMemory, T: AsRef<[Word]>> Keys for PreparedKeySet<M, T> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        let key = self.set.key(position)?;
        Some(key.with_tables(self.attached(position)))
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        self.set.accepts(alg)
    }

    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        sealed: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        let (position, candidate) = self.set.find(request, from, sealed)?;
        Some((position, candidate.with_tables(self.attached(position))))
    }
}

impl<M, T> Debug for PreparedKeySet<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKeySet")
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}

/// The first of `by` that makes tables for that key, its index, and the material.
fn preparable<'k>(
    algorithms: &[&'static dyn Algorithm],
    by: &Precomputations,
    key: StoredKey<'k>,
) -> Option<(usize, &'static dyn Precomputation, &'k [Word])> {
    by.iter().find_map(|(index, by)| {
        let matches = |a: &&dyn Algorithm| {
            a.name() == by.algorithm() && is_same_key_type(a.key_type(), by.key_type())
        };
        let algorithm = algorithms.iter().position(matches)?;
        Some((index, by, entry::material(key.words, algorithm)?))
    })
}

/// Where a table lies: an entry of the directory.
#[derive(Debug, Clone, Copy)]
struct TableRange {
    /// What made it.
    by: usize,
    start: usize,
    len: usize,
}

impl TableRange {
    /// Words of an entry: the length, and the start with the index of what made the table in its lowest bits.
    const WORDS: usize = 2;
    const BY_BITS: u32 = 3;

    fn read(memory: &[Word], entry: usize) -> Option<Self> {
        let [len, start] = *memory.as_chunks::<{ Self::WORDS }>().0.get(entry)?;
        let number = |word| usize::try_from(word).ok();
        (len > 0).then_some(Self {
            by: number(start & !(Word::MAX << Self::BY_BITS))?,
            start: number(start >> Self::BY_BITS)?,
            len: number(len)?,
        })
    }

    fn of(self, memory: &[Word]) -> Option<&[Word]> {
        memory.get(self.start..)?.get(..self.len)
    }
}

const _: () = assert!(
    MAX_PRECOMPUTATIONS <= 1 << TableRange::BY_BITS,
    "an index has room"
);

/// Divides memory into even shares. What a table leaves of its share falls to the others.
struct TableAllocator<'m> {
    directory: &'m mut [[Word; TableRange::WORDS]],
    /// Not yet allocated.
    rest: &'m mut [Word],
    /// The first word of `rest`.
    start: usize,
    /// Tables for which nothing was allocated yet.
    shares: usize,
}

impl<'m> TableAllocator<'m> {
    /// For so many tables, with a directory of so many entries, which are empty.
    fn new(entries: usize, shares: usize, memory: &'m mut [Word]) -> Self {
        let start = entries.saturating_mul(TableRange::WORDS);
        if memory.len() < start {
            // No room for a table, then; an entry that is there might be read.
            memory.fill(0);
        }
        let (directory, rest) = memory.split_at_mut_checked(start).unwrap_or_default();
        directory.fill(0);
        Self {
            directory: directory.as_chunks_mut().0,
            rest,
            start,
            shares,
        }
    }

    /// A table's memory, noted in that entry of the directory.
    fn allocate(&mut self, entry: usize, by: usize, maker: &dyn Precomputation) -> &'m mut [Word] {
        let share = self.rest.len().checked_div(self.shares).unwrap_or(0);
        self.shares = self.shares.saturating_sub(1);
        let len = maker.table_len(share);
        let (table, rest) = core::mem::take(&mut self.rest)
            .split_at_mut_checked(len)
            .unwrap_or_default();
        let word = |number| Word::try_from(number).unwrap_or(0);
        if let Some(entry) = self.directory.get_mut(entry) {
            *entry = [
                word(table.len()),
                word(self.start) << TableRange::BY_BITS | word(by),
            ];
        }
        self.start = self.start.saturating_add(table.len());
        self.rest = rest;
        table
    }
}
