//! Keys: read from whatever they are published as, kept, prepared, rotated, and looked up for a token.

mod import;
pub(crate) mod lookup;
mod parameters;
mod prepared;
mod refetch;
mod rotating;
mod set;
pub(crate) mod single;
mod thumbprint;

pub use self::lookup::{KeyQuery, Keys};
pub use self::prepared::{PreparedKey, PreparedKeySet, TableUse};
pub use self::refetch::Refetch;
pub use self::rotating::RotatingKeys;
pub use self::set::{KeySet, LoadReport};
pub(crate) use self::single::AlgorithmList;
pub use self::single::{Key, VerificationKey};
pub use self::thumbprint::jwk_thumbprint;
