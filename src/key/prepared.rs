//! Keys with precomputed tables that make verification faster, in memory that the caller provides.

use core::fmt::{self, Debug};
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::alg::{Algorithm, InlineKey, Precomputation, Tables, Word, is_same_algorithm};
use crate::encoding::json::JsonStr;
use crate::key::entry;
use crate::key::key_ref::{Attached, Candidate, KeyName, KeyRef, KeyRequest};
use crate::key::lookup::Sealed;
use crate::key::memory::KeyMemory;
use crate::key::set::KeySetIn;
use crate::key::store::StoredKey;
use crate::key::{Key, Keys};
use crate::limits::MAX_PRECOMPUTATIONS;

/// A key with its tables. See [`Key::prepare`] and [`Key::with_tables`].
#[derive(Clone, Copy)]
pub struct PreparedKey<'k> {
    name: KeyName<'k>,
    algorithm: &'k (dyn Algorithm + 'static),
    material: &'k [Word],
    attached: Option<Attached<'k>>,
}

// As for `Algorithms`: methods take `&self` and leave no partial changes behind.
impl UnwindSafe for PreparedKey<'_> {}
impl RefUnwindSafe for PreparedKey<'_> {}

impl<A: InlineKey, M: AsRef<[Word]> + AsMut<[Word]>> Key<'_, A, M> {
    /// Fills tables for the key and stores them in `memory`.
    ///
    /// Half of `memory` is for the key's own table, and half is for the table that all keys of the
    /// same type share. Any length is valid, and more memory makes verification faster.
    ///
    /// `by` fills the tables. If `by` is for another algorithm, even one with the same type of
    /// keys, `memory` is not changed and the key has no tables.
    ///
    /// ```
    /// use jose_verify::{Error, Key};
    /// use jose_verify::alg::{ES256, P256_TABLES};
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
        if !self.is_for(by) {
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

    /// Attaches tables that were filled earlier, if they are intact. A table is not used if it
    /// belongs to another key, was not filled completely, or has changed since. The check reads
    /// every word.
    ///
    /// If the key's own table is not intact, neither table is used. If only the shared table is not
    /// intact, the key's own table is used, and [`Tables::shared`] is empty.
    ///
    /// The check only detects accidental changes. Anyone who can write to a table can forge
    /// signatures.
    #[must_use]
    pub fn with_tables<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Tables<'k>,
    ) -> PreparedKey<'k> {
        let is_intact = self.is_for(by) && by.is_intact(self.material().as_ref(), tables.key);
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

    /// Attaches tables that are constants of the program, without checking them.
    ///
    /// Use it only for tables that a build script generated and that are stored in read-only flash.
    /// An incomplete table lets anyone forge signatures. For all other tables, use
    /// [`with_tables`](Self::with_tables).
    ///
    /// Tables have the same content on 32-bit and 64-bit machines. A 64-bit word corresponds to two
    /// 32-bit words, the lower one first.
    #[must_use]
    pub fn with_tables_unchecked<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Tables<'k>,
    ) -> PreparedKey<'k> {
        self.attach(by, self.is_for(by).then_some(tables))
    }

    fn is_for(&self, by: &dyn Precomputation) -> bool {
        is_same_algorithm(by.algorithm(), &self.algorithm())
    }

    fn attach<'k>(
        &'k self,
        by: &'k dyn Precomputation,
        tables: Option<Tables<'k>>,
    ) -> PreparedKey<'k> {
        let (name, algorithm, material) = self.parts();
        PreparedKey {
            name,
            algorithm,
            material,
            attached: tables.map(|tables| Attached { by, tables }),
        }
    }
}

impl<'k> PreparedKey<'k> {
    /// Returns the tables that verification uses, for instance to write them out. Returns `None` if
    /// the key has no tables or if they were not intact.
    #[must_use]
    pub const fn tables(&self) -> Option<Tables<'k>> {
        match self.attached {
            Some(attached) => Some(attached.tables),
            None => None,
        }
    }

    fn key_ref(&self) -> KeyRef<'k> {
        KeyRef::single(self.name, self.algorithm, self.material).with_tables(self.attached)
    }
}

impl Debug for PreparedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedKey").field(&self.key_ref()).finish()
    }
}

impl Keys for PreparedKey<'_> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| self.key_ref())
    }
}

/// A [`KeySet`](crate::KeySet) with tables for its keys. The tables are in memory that the caller
/// provides: a slice, an array, a `Vec` or a `Box`.
///
/// It is used like the set itself and can be shared between threads.
///
/// ```
/// use jose_verify::{Error, KeySet};
/// use jose_verify::alg::{ES256, P256_TABLES, RS256};
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
    /// A directory of the tables, followed by the tables.
    memory: T,
}

/// The implementations that fill the tables of a set.
#[derive(Clone, Copy)]
struct Precomputations([Option<&'static dyn Precomputation>; MAX_PRECOMPUTATIONS]);

// As for `Algorithms`: methods take `&self` and leave no partial changes behind.
impl UnwindSafe for Precomputations {}
impl RefUnwindSafe for Precomputations {}

impl Precomputations {
    fn new(by: &[&'static dyn Precomputation]) -> Self {
        let mut slots = [None; MAX_PRECOMPUTATIONS];
        for (slot, by) in slots.iter_mut().zip(by) {
            *slot = Some(*by);
        }
        Self(slots)
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
    /// The position of the table's key, or `None` for a table that all keys of the algorithm share.
    pub position: Option<usize>,
    /// The name of the algorithm that verifies faster with the table.
    pub algorithm: &'static str,
    /// The size of the table in bytes.
    pub bytes: usize,
}

impl<M: KeyMemory> KeySetIn<M> {
    /// Fills tables for the keys and stores them in memory that the caller provides.
    ///
    /// The implementations in `by` fill the tables. Only the first [`MAX_PRECOMPUTATIONS`] elements
    /// are used. The memory is divided evenly among the keys that can use a table and one shared
    /// table for each element of `by` that is used. Any length is valid, including zero, and more
    /// memory makes verification faster.
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

    /// Returns the set and the memory, for instance to load other keys and prepare the set again.
    #[must_use]
    pub fn into_parts(self) -> (KeySetIn<M>, T) {
        (self.set, self.memory)
    }
}

impl<M, T> PreparedKeySet<M, T> {
    /// Returns the set.
    #[must_use]
    pub const fn set(&self) -> &KeySetIn<M> {
        &self.set
    }
}

impl<M: KeyMemory, T: AsRef<[Word]>> PreparedKeySet<M, T> {
    /// Iterates over the tables of the keys and the tables that the keys of an algorithm share.
    pub fn tables(&self) -> impl Iterator<Item = TableInfo> {
        let keys = self.set.len();
        (0..keys.saturating_add(MAX_PRECOMPUTATIONS)).filter_map(move |entry| {
            let range = TableRange::read(self.memory.as_ref(), entry)?;
            let by = self.by.get(range.by)?;
            Some(TableInfo {
                position: (entry < keys).then_some(entry),
                algorithm: by.algorithm().name(),
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

    fn count(&self, sealed: Sealed) -> usize {
        self.set.count(sealed)
    }
}

impl<M, T> Debug for PreparedKeySet<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKeySet")
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}

/// Returns the first element of `by` that can fill a table for the key, with its index and the
/// key's material.
fn preparable<'k>(
    algorithms: &[&'static dyn Algorithm],
    by: &Precomputations,
    key: StoredKey<'k>,
) -> Option<(usize, &'static dyn Precomputation, &'k [Word])> {
    by.iter().find_map(|(index, by)| {
        let matches = |a: &&'static dyn Algorithm| is_same_algorithm(*a, by.algorithm());
        let algorithm = algorithms.iter().position(matches)?;
        Some((index, by, entry::material(key.words, algorithm)?))
    })
}

/// A directory entry: the position of a table, and the precomputation that filled it.
#[derive(Debug, Clone, Copy)]
struct TableRange {
    /// The index of the precomputation that filled the table.
    by: usize,
    start: usize,
    len: usize,
}

impl TableRange {
    /// Number of words of an entry: the length, then the start with `by` in the lowest bits. For
    /// example, a table of 64 words at word 20 with `by` 1 has the entry `[64, 20 << 3 | 1]`, that
    /// is `[64, 161]`.
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
    "`by` must fit into its bits"
);

/// Divides memory into equal shares. The words that a table leaves unused go to the later tables.
struct TableAllocator<'m> {
    directory: &'m mut [[Word; TableRange::WORDS]],
    /// Memory that is not allocated yet.
    rest: &'m mut [Word],
    /// The position of the first word of `rest` in the whole memory.
    start: usize,
    /// The number of tables that have no memory yet.
    shares: usize,
}

impl<'m> TableAllocator<'m> {
    /// Creates an allocator for `shares` tables, with a directory of `entries` empty entries.
    fn new(entries: usize, shares: usize, memory: &'m mut [Word]) -> Self {
        let start = entries.saturating_mul(TableRange::WORDS);
        if memory.len() < start {
            // Without room for the directory, old words could be read as directory entries.
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

    /// Allocates memory for a table and records it in the directory.
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
