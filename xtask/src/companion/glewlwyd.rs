//! Glewlwyd from Debian's packages.

use std::path::PathBuf;

use crate::packages::Packages;
use crate::process::{Outcome, target_folder};

/// The tests create the database with `sqlite3` and the keys with `rnbyc`. Each package has the
/// name of its program.
const NAMES: [&str; 3] = ["glewlwyd", "sqlite3", "rnbyc"];

/// Unpacks the packages and returns their folder.
pub fn unpack() -> Outcome<PathBuf> {
    let packages = Packages {
        folder: target_folder("target").join("glewlwyd"),
        names: &NAMES,
        programs: &NAMES,
        version: 1,
    };
    packages.unpack()?;
    Ok(packages.folder)
}
