//! Runs everything that must hold before a change lands.

use clap::Args;

use crate::process::{Outcome, failed};

/// Runs everything that must hold before a change lands
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        failed("not written yet")
    }
}
