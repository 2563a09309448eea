//! Prints counts, so that they appear in the output of the tests.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to standard output. Does not use `println!`, whose output the test harness
/// captures and hides when a test passes.
pub(crate) fn report(line: fmt::Arguments<'_>) {
    // One write, so that lines of parallel tests do not mix.
    io::stdout()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}
