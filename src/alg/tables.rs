//! The trait for precomputed tables, which make verification faster.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, InvalidSignature, Word};

/// Tables for verification with one key. An empty slice means that there is no table.
///
/// Tables are as trusted as the key itself: anyone who can change a table can forge signatures.
#[derive(Clone, Copy, Default)]
pub struct Tables<'t> {
    /// The table of the key.
    pub key: &'t [Word],
    /// The table that all keys of the same type share.
    pub shared: &'t [Word],
}

impl Debug for Tables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the words: those of `key` are derived from key material.
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}

/// Makes tables for keys, and uses them to verify faster.
///
/// This crate's own implementations are constants such as [`P256_TABLES`](crate::alg::P256_TABLES).
/// A program names them where it makes or attaches tables, so a program without tables links none
/// of this code.
pub trait Precomputation: Sync + Debug {
    /// Returns the algorithm that this speeds up.
    ///
    /// The tables are used only for an algorithm with the same Rust type and name. The same type of
    /// keys is not enough.
    fn algorithm(&self) -> &'static dyn Algorithm;

    /// Returns how many of `available` words a table takes, or 0 if no table fits.
    fn table_len(&self, available: usize) -> usize;

    /// Fills the table of one key. The length of `table` is one that [`table_len`](Self::table_len)
    /// returned. Until this returns, [`is_intact`](Self::is_intact) must reject the memory.
    fn fill(&self, material: &[Word], table: &mut [Word]);

    /// Fills the table that all keys share. The length of `table` is one that
    /// [`table_len`](Self::table_len) returned. Until this returns,
    /// [`is_shared_intact`](Self::is_shared_intact) must reject the memory.
    fn fill_shared(&self, table: &mut [Word]);

    /// Returns whether the whole table was filled for this key and has not changed since.
    ///
    /// This detects accidents, such as an interrupted write. It does not detect an attacker who can
    /// write to the memory.
    fn is_intact(&self, material: &[Word], table: &[Word]) -> bool;

    /// Returns whether the whole table was filled as the shared table and has not changed since.
    fn is_shared_intact(&self, table: &[Word]) -> bool;

    /// Verifies `signature` over `signing_input`, using intact tables.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] for every failure. It carries no reason.
    fn verify(
        &self,
        material: &[Word],
        tables: Tables<'_>,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}
