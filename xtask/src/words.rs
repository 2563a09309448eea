//! Checks the width of lines and the words.

use clap::Args;

use crate::process::{Outcome, failed};

/// Checks the width of lines and the words
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
