//! Keys: import from published formats, storage, precomputed tables, rotation, and the lookup for a
//! token.

mod entry;
mod import;
mod jwk_options;
pub(crate) mod key_ref;
pub(crate) mod lookup;
mod memory;
mod prepared;
mod refetch;
mod report;
mod rotating;
mod set;
mod single;
mod store;
mod thumbprint;

pub(crate) use self::entry::HEADER_WORDS as ENTRY_HEADER_WORDS;
pub use self::jwk_options::JwkOptions;
pub use self::key_ref::{ForeignKey, KeyRef};
pub use self::lookup::{Keys, VerifiedBy};
#[cfg(feature = "alloc")]
pub use self::memory::Heap;
pub use self::memory::{Inline, KeyMemory, Lent, OwnedMemory, Slot, WORDS_PER_KEY};
pub use self::prepared::{PreparedKey, PreparedKeySet, TableInfo};
pub use self::refetch::Refetch;
pub use self::report::{LoadReport, Skipped};
#[cfg(feature = "alloc")]
pub use self::rotating::GrowingRotatingKeys;
pub use self::rotating::{RotatingKeys, RotatingKeysIn};
#[cfg(feature = "alloc")]
pub use self::set::GrowingKeySet;
pub use self::set::{KeySet, KeySetIn, LentKeySet};
pub use self::single::Key;
pub use self::thumbprint::jwk_thumbprint;
