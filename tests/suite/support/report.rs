//! Numbers that a reader of the test's output wants to see.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to the standard output. Not by `println!`, which the test harness keeps to itself
/// when all is well.
pub(crate) fn report(line: fmt::Arguments<'_>) {
    // One write, so that lines of tests that run side by side do not mix.
    io::stdout()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}
