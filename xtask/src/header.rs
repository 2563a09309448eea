//! Writes the header of the C interface.

use clap::Args;

use crate::process::{Outcome, cargo, run};

/// Writes `crates/capi/include/jose_verify.h` from the source of the C interface
///
/// Needs only Cargo. The generator is the package in crates/capi/header.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error.
#[derive(Args)]
pub struct Arguments {
    /// Compare the header with the source instead of writing it
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let mut generator = cargo(["run", "--quiet", "--locked"]);
        generator.args(["--manifest-path", "crates/capi/header/Cargo.toml", "--"]);
        if self.check {
            generator.arg("--check");
        }
        run(&mut generator)
    }
}
