//! Checks the C interface.

use clap::Args;

use crate::process::{Outcome, failed};

/// Checks the C interface
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
