//! Compares instructions and firmware with the figures in the repository.

use clap::Args;

use crate::process::{Outcome, failed};

/// Compares instructions and firmware with the figures in the repository
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
