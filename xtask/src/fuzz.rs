//! Runs fuzz targets.

use clap::Args;

use crate::process::{Outcome, failed};

/// Runs fuzz targets
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
