//! Checks the WebAssembly module.

use clap::Args;

use crate::process::{Outcome, cargo, need_programs, need_target, program, run};

const TARGET: &str = "wasm32-unknown-unknown";
const FOLDER: &str = "crates/wasm";

/// Builds the WebAssembly module, calls it from Node and prints its size
///
/// Needs Node, and the target wasm32-unknown-unknown, which is added if it is missing.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let Self {} = self;
        need_target(TARGET)?;
        need_programs(&["node"])?;
        let mut build = cargo(["build", "--quiet", "--release", "--locked"]);
        build
            .args(["--manifest-path", &format!("{FOLDER}/Cargo.toml")])
            .args(["--target", TARGET])
            .args(["--target-dir", &format!("{FOLDER}/target")]);
        run(&mut build)?;
        let module = format!("{FOLDER}/target/{TARGET}/release/jose_verify_wasm.wasm");
        run(program("node").args([&format!("{FOLDER}/verify.mjs"), &module]))
    }
}
