//! Writes the C header.

use clap::Args;

use crate::process::{Outcome, failed};

/// Writes the C header
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
