//! Measures how many lines the tests execute.

use clap::Args;

use crate::process::{Outcome, failed};

/// Measures how many lines the tests execute
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
