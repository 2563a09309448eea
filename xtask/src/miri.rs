//! Runs the unit tests of the core and of the C interface under Miri.

use std::process::Command;
use std::time::Instant;

use clap::Args;

use crate::process::{
    NIGHTLY, Outcome, cargo, failed, host_target, need_toolchain, succeeds, target_folder,
};
use crate::test_run::some_tests_pass;

/// Runs the unit tests of the core and of the C interface under Miri
///
/// Miri detects undefined behaviour and overflow. It interprets the tests for this machine, for one
/// with 32-bit words and for a big-endian one. In the C interface, it also follows references and
/// detects those to uninitialized memory.
///
/// Needs the toolchain nightly-2026-10-30 with miri and rust-src, which is installed if missing.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// Skip the tests of the curves' arithmetic, which take longer than all others together
    #[arg(long)]
    quick: bool,
    /// Targets; by default this machine's, i686-unknown-linux-gnu and s390x-unknown-linux-gnu
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(mut self) -> Outcome {
        let toolchain = format!("+{NIGHTLY}");
        if !succeeds(&mut cargo([&toolchain, "miri", "--version"])) {
            need_toolchain(NIGHTLY, &["miri", "rust-src"])?;
        }
        if self.targets.is_empty() {
            let others = ["i686-unknown-linux-gnu", "s390x-unknown-linux-gnu"];
            self.targets = vec![host_target()?];
            self.targets.extend(others.map(String::from));
        }
        if self.quick {
            println!("skipped: the tests in alg::ecdsa");
        }
        let mut failures = Vec::new();
        for target in &self.targets {
            let start = Instant::now();
            println!("== {target}");
            if !test(target, self.quick)? {
                failures.push(target.as_str());
            }
            println!("== {target}: {} s", start.elapsed().as_secs());
        }
        if failures.is_empty() {
            println!("passed under Miri: {}", self.targets.join(" "));
            return Ok(());
        }
        failed(format!("under Miri: {}", failures.join(" ")))
    }
}

/// Runs the tests for a target and returns whether they passed. A run without tests fails.
fn test(target: &str, quick: bool) -> Outcome<bool> {
    let mut core = tests("Cargo.toml", target);
    if quick {
        core.args(["--skip", "alg::ecdsa"]);
    }
    let mut capi = tests("crates/capi/Cargo.toml", target);
    // Also checks what a reference points to, which may be memory that C did not initialize.
    capi.env("MIRIFLAGS", "-Zmiri-recursive-validation");
    Ok(some_tests_pass(&mut core)? & some_tests_pass(&mut capi)?)
}

/// Returns a command that runs the unit tests of a package.
fn tests(manifest: &str, target: &str) -> Command {
    let mut test = cargo([&format!("+{NIGHTLY}"), "miri", "test", "--locked", "--lib"]);
    test.args(["--manifest-path", manifest, "--target", target, "--"])
        // A separate target folder, so that the builds of other commands stay valid.
        .env("CARGO_TARGET_DIR", target_folder("target").join("miri"));
    test
}
