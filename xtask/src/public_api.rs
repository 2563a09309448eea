//! Compares the public API with its list.

use clap::Args;

use crate::process::{Outcome, failed};

/// Compares the public API with its list
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
