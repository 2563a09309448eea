//! Counts instructions on inputs of hostile shapes.

use clap::Args;

use crate::process::{Outcome, failed};

/// Counts instructions on inputs of hostile shapes
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
