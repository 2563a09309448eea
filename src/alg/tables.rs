//! The contract of tables that make verification quicker.

use core::fmt::Debug;

use crate::alg::{InvalidSignature, KeyType, Word};

/// Tables for the verification with one key. Empty ones are none.
///
/// They are as trusted as the key itself: whoever can change a table can forge signatures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tables<'t> {
    /// What was made for the key.
    pub key: &'t [Word],
    /// What was made for all keys of the same type.
    pub shared: &'t [Word],
}

/// Tables with which an algorithm verifies quicker.
///
/// This crate's own are constants such as [`P256_TABLES`](crate::P256_TABLES). They are named where tables are made or
/// attached, so a program without tables links none of this.
pub trait Precomputation: Sync + Debug {
    /// The name of the algorithm that it verifies.
    fn algorithm(&self) -> &'static str;

    /// The type of the keys that it makes tables for.
    fn key_type(&self) -> &'static dyn KeyType;

    /// How many of `available` words a table takes: 0 if there is no room for any.
    fn table_len(&self, available: usize) -> usize;

    /// Fills the table of one key, of a length that [`table_len`](Self::table_len) gave. Until this returns, the
    /// memory holds nothing that [`is_intact`](Self::is_intact) accepts.
    fn fill(&self, material: &[Word], table: &mut [Word]);

    /// Fills the table that all keys share, likewise.
    fn fill_shared(&self, table: &mut [Word]);

    /// Whether the whole table was filled for this key and has not changed since.
    ///
    /// It guards against accidents, such as a write that was interrupted, and not against whoever can write to the memory.
    fn is_intact(&self, material: &[Word], table: &[Word]) -> bool;

    /// Whether the whole table was filled for all keys and has not changed since.
    fn is_shared_intact(&self, table: &[Word]) -> bool;

    /// Verifies with the help of tables that are intact.
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
