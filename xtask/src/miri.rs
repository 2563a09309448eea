//! Runs the unit tests under Miri.

use clap::Args;

use crate::process::{Outcome, failed};

/// Runs the unit tests under Miri
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
