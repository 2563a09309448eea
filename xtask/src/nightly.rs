//! Runs what takes longer than CI.

use clap::Args;

use crate::process::{Outcome, failed};

/// Runs what takes longer than CI
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
