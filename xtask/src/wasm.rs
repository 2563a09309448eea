//! Checks the WebAssembly module.

use clap::Args;

use crate::process::{Outcome, failed};

/// Checks the WebAssembly module
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
