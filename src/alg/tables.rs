//! The contract of precomputed tables, which make verification faster.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, InvalidSignature, Word};

/// Tables for verification with one key. An empty slice means that there is no table.
///
/// They are as trusted as the key itself: anyone who can change a table can forge signatures.
#[derive(Clone, Copy, Default)]
pub struct Tables<'t> {
    /// The table for the key.
    pub key: &'t [Word],
    /// The table for all keys of the same type.
    pub shared: &'t [Word],
}

impl Debug for Tables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the words, which are made of a key.
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}

/// Makes tables for keys, and verifies faster with them.
///
/// This crate's own implementations are constants such as [`P256_TABLES`](crate::alg::P256_TABLES).
/// A program names them where it makes or attaches tables, so a program without tables links none
/// of this code.
pub trait Precomputation: Sync + Debug {
    /// The algorithm that it makes faster.
    ///
    /// It never replaces an algorithm of another type, not even one with the same name and the same
    /// type of keys.
    fn algorithm(&self) -> &'static dyn Algorithm;

    /// Returns how many of `available` words a table takes, or 0 if there is no room for one.
    fn table_len(&self, available: usize) -> usize;

    /// Fills the table of one key. Its length is one that [`table_len`](Self::table_len) returned.
    /// Until this returns, the memory contains nothing that [`is_intact`](Self::is_intact) accepts.
    fn fill(&self, material: &[Word], table: &mut [Word]);

    /// Fills the table that all keys share, under the same conditions.
    fn fill_shared(&self, table: &mut [Word]);

    /// Returns whether the whole table was filled for this key and has not changed since.
    ///
    /// It detects accidents, such as an interrupted write. It does not detect an attacker who can
    /// write to the memory.
    fn is_intact(&self, material: &[Word], table: &[Word]) -> bool;

    /// Returns whether the whole table was filled for all keys and has not changed since.
    fn is_shared_intact(&self, table: &[Word]) -> bool;

    /// Verifies `signature` over `signing_input` with the help of intact tables.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], whatever the reason.
    fn verify(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}
