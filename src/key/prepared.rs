//! Keys with tables that make verification quicker, in memory that the caller lends.

use core::fmt;
use core::ops::Range;

use heapless::Vec;

use crate::alg::{Algorithm, InvalidSignature, Tables, Word};
use crate::key::KeySet;
use crate::key::lookup::{KeyQuery, Keys};
use crate::key::{Key, VerificationKey};
use crate::limits::MAX_ALGORITHMS;

/// A key with its tables; made by [`Key::prepare`] and [`Key::with_tables`].
#[derive(Clone, Copy)]
pub struct PreparedKey<'k> {
    key: &'k Key,
    /// What the tables were made for.
    algorithm: &'static str,
    tables: Tables<'k>,
}

impl Key {
    /// Fills tables for the key, in `memory`.
    ///
    /// Half of it is for the key, half for what all keys of the same algorithm share. Any length will do; what it
    /// buys stands in the README. Algorithms that need no tables (RSA, HMAC) leave it untouched.
    ///
    /// ```
    /// use jose_verify::{ES256, Error, Key, VerificationKey};
    ///
    /// let jwk = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    ///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// let key = Key::from_jwk(jwk, &[&ES256])?;
    /// let mut memory = [0; 2048];
    /// let prepared = key.prepare(&mut memory);
    /// assert!(prepared.accepts("ES256"));
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn prepare<'k>(&'k self, memory: &'k mut [Word]) -> PreparedKey<'k> {
        let half = memory.len() / 2;
        let mut tables = Tables::default();
        if let Some(algorithm) = self.table_algorithm(half) {
            let (key, rest) = memory
                .split_at_mut_checked(algorithm.table_len(half))
                .unwrap_or_default();
            algorithm.fill_table(self.material(), key);
            let shared_len = algorithm.table_len(rest.len());
            let shared = rest.get_mut(..shared_len).unwrap_or_default();
            algorithm.fill_shared_table(shared);
            tables = Tables { key, shared };
        }
        self.with_tables(tables)
    }

    /// Takes tables that were filled before, for instance by a build script that wrote them out as constants.
    ///
    /// Tables are the same on machines of either word size, apart from a word of 64 bits being two of 32, the lower
    /// one first. They are as trusted as the key: whoever can change them can forge signatures.
    #[must_use]
    pub fn with_tables<'k>(&'k self, tables: Tables<'k>) -> PreparedKey<'k> {
        let algorithm = self.table_algorithm(usize::MAX);
        PreparedKey {
            key: self,
            algorithm: algorithm.map_or("", Algorithm::name),
            tables,
        }
    }
}

impl<'k> PreparedKey<'k> {
    /// The tables, to be written out.
    #[must_use]
    pub const fn tables(&self) -> Tables<'k> {
        self.tables
    }
}

impl VerificationKey for PreparedKey<'_> {
    fn key_id(&self) -> Option<&str> {
        self.key.key_id()
    }

    fn accepts(&self, algorithm: &str) -> bool {
        self.key.accepts(algorithm)
    }

    fn verify(
        &self,
        algorithm: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let tables = if algorithm == self.algorithm {
            self.tables
        } else {
            Tables::default()
        };
        self.key
            .verify_with_tables(algorithm, tables, signing_input, signature)
    }
}

impl fmt::Debug for PreparedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedKey").field(self.key).finish()
    }
}

/// A [`KeySet`] with tables for its keys, in memory of the caller's kind: a slice, an array, a `Vec`, a `Box`.
///
/// It is used as the set itself, and can be shared among threads.
///
/// ```
/// use jose_verify::{ES256, Error, KeySet, RS256};
///
/// let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let keys = KeySet::<4>::from_jwks(jwks, &[&ES256, &RS256])?.prepare(vec![0; 16 * 1024]);
/// for table in keys.tables() {
///     println!("{} {:?}: {} bytes", table.algorithm, table.key, table.bytes);
/// }
/// # assert_eq!((keys.keys().len(), keys.tables().count()), (1, 2));
/// # Ok::<(), Error>(())
/// ```
pub struct PreparedKeySet<M, const N: usize> {
    keys: KeySet<N>,
    memory: M,
    /// For each key.
    own: Vec<Extent, N>,
    /// For each algorithm that needs any.
    shared: Vec<Extent, MAX_ALGORITHMS>,
}

/// Where in the memory a table lies, and what it was made for. One without an algorithm is none.
#[derive(Debug, Clone, Default)]
struct Extent {
    algorithm: &'static str,
    words: Range<usize>,
}

/// A table of a [`PreparedKeySet`].
#[derive(Debug, Clone, Copy)]
pub struct TableUse<'k> {
    /// Whose it is; none, if all keys of the algorithm share it.
    pub key: Option<&'k Key>,
    /// What it is made for.
    pub algorithm: &'static str,
    /// How much memory it takes.
    pub bytes: usize,
}

impl<const N: usize> KeySet<N> {
    /// Fills tables for the keys, in memory that the caller lends.
    ///
    /// It is divided evenly among the keys that can use a table and their algorithms, each of which has one for all
    /// of its keys. Any amount will do, also none; what it buys stands in the README.
    #[must_use]
    pub fn prepare<M: AsRef<[Word]> + AsMut<[Word]>>(self, memory: M) -> PreparedKeySet<M, N> {
        let mut prepared = PreparedKeySet {
            keys: self,
            memory,
            own: Vec::new(),
            shared: Vec::new(),
        };
        prepared.fill_tables();
        prepared
    }
}

impl<M: AsRef<[Word]> + AsMut<[Word]>, const N: usize> PreparedKeySet<M, N> {
    fn fill_tables(&mut self) {
        let Self {
            keys,
            memory,
            own,
            shared,
        } = self;
        let mut lender = Lender::new(keys, memory.as_mut());
        for algorithm in lender.algorithms.clone() {
            let (extent, table) = lender.lend(algorithm);
            algorithm.fill_shared_table(table);
            // There is room for every algorithm of a list, and for every key.
            shared.push(extent).unwrap_or_default();
        }
        for key in keys.keys() {
            let mut its = Extent::default();
            if let Some(algorithm) = key.table_algorithm(usize::MAX) {
                let (extent, table) = lender.lend(algorithm);
                algorithm.fill_table(key.material(), table);
                its = extent;
            }
            own.push(its).unwrap_or_default();
        }
    }

    /// The set and the memory, for instance to load other keys and prepare them again.
    #[must_use]
    pub fn into_parts(self) -> (KeySet<N>, M) {
        (self.keys, self.memory)
    }
}

impl<M, const N: usize> PreparedKeySet<M, N> {
    /// The keys, in the order of the JWK Set.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        self.keys.keys()
    }
}

impl<M: AsRef<[Word]>, const N: usize> PreparedKeySet<M, N> {
    /// What each key got, and what the keys of an algorithm share.
    pub fn tables(&self) -> impl Iterator<Item = TableUse<'_>> {
        let own = self.keys.keys().iter().map(Some).zip(&self.own);
        let shared = self.shared.iter().map(|extent| (None, extent));
        own.chain(shared)
            .filter(|(_, extent)| !extent.algorithm.is_empty())
            .map(|(key, extent)| TableUse {
                key,
                algorithm: extent.algorithm,
                bytes: extent.words.len().saturating_mul(size_of::<Word>()),
            })
    }

    fn table(&self, extent: &Extent) -> &[Word] {
        let words = self.memory.as_ref().get(extent.words.clone());
        words.unwrap_or_default()
    }
}

impl<M: AsRef<[Word]>, const N: usize> Keys for PreparedKeySet<M, N> {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        self.keys.accepts_algorithm(algorithm)
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        let keys = self.keys.keys().iter().zip(&self.own);
        keys.filter(|(key, _)| query.fits(*key))
            .map(|(key, extent)| {
                let mut shared = self.shared.iter();
                let shared = shared.find(|shared| shared.algorithm == extent.algorithm);
                PreparedKey {
                    key,
                    algorithm: extent.algorithm,
                    tables: Tables {
                        key: self.table(extent),
                        shared: shared.map_or(&[], |extent| self.table(extent)),
                    },
                }
            })
    }

    fn refuses_ambiguity(&self) -> bool {
        self.keys.refuses_ambiguity()
    }
}

impl<M, const N: usize> fmt::Debug for PreparedKeySet<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKeySet")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// Divides memory into even shares. What a table leaves of its share falls to the others.
struct Lender<'m> {
    /// Of keys that want a table, each of which shares another with its like.
    algorithms: Vec<&'static dyn Algorithm, MAX_ALGORITHMS>,
    memory: &'m mut [Word],
    /// The first word not yet lent.
    begin: usize,
    /// Tables for which nothing was lent yet.
    shares: usize,
}

impl<'m> Lender<'m> {
    fn new<const N: usize>(keys: &KeySet<N>, memory: &'m mut [Word]) -> Self {
        let mut algorithms: Vec<&dyn Algorithm, MAX_ALGORITHMS> = Vec::new();
        let mut shares = 0_usize;
        for algorithm in keys
            .keys()
            .iter()
            .filter_map(|key| key.table_algorithm(usize::MAX))
        {
            shares = shares.saturating_add(1);
            let known = algorithms.iter().any(|a| a.name() == algorithm.name());
            if !known && algorithms.push(algorithm).is_ok() {
                shares = shares.saturating_add(1);
            }
        }
        Self {
            algorithms,
            memory,
            begin: 0,
            shares,
        }
    }

    fn lend(&mut self, algorithm: &'static dyn Algorithm) -> (Extent, &mut [Word]) {
        let left = self.memory.len().saturating_sub(self.begin);
        let share = left.checked_div(self.shares).unwrap_or(0);
        let end = self.begin.saturating_add(algorithm.table_len(share));
        let words = self.begin..end;
        self.begin = end;
        self.shares = self.shares.saturating_sub(1);
        let table = self.memory.get_mut(words.clone()).unwrap_or_default();
        let algorithm = algorithm.name();
        (Extent { algorithm, words }, table)
    }
}
