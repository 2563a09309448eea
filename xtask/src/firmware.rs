//! Builds and runs the programs for microcontrollers.

use clap::Args;

use crate::process::{Outcome, failed};

/// Builds and runs the programs for microcontrollers
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
