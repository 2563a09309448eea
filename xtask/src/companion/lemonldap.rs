//! `LemonLDAP::NG` from Debian's packages.

use std::path::PathBuf;

use crate::process::{Outcome, unavailable};

/// Unpacks the packages and returns their folder.
pub fn unpack() -> Outcome<PathBuf> {
    unavailable("not built yet")
}
