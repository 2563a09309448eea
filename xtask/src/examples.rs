//! Checks a package under examples.

use clap::Args;

use crate::process::{Outcome, failed};

/// Checks a package under examples
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
