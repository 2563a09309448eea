//! Runs the tests on an emulated 64-bit Arm machine.

use clap::Args;

use crate::packages::Packages;
use crate::process::{Outcome, cargo, need_target, root, run};

/// Runs the library's tests for 64-bit Arm under QEMU
///
/// Needs Debian or a derivative. Unpacks a compiler and the emulator under target.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because a tool or the target cannot be
/// installed.
#[derive(Args)]
pub struct Arguments {
    /// Run the test suite too, which takes half an hour; by default only the unit tests
    #[arg(long)]
    all: bool,
}

const TARGET: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64";

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let packages = Packages {
            folder: root().join("target/aarch64-tools"),
            names: &["gcc-aarch64-linux-gnu", "qemu-user"],
            programs: &[LINKER, EMULATOR],
            version: 1,
        };
        packages.unpack()?;
        need_target(TARGET)?;
        let mut test = cargo(["test", "--locked", "--package", "jose-verify", "--lib"]);
        if self.all {
            test.args(["--test", "suite"]);
        }
        test.args(["--target", TARGET])
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
                packages.path(LINKER),
            )
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
                packages.path(EMULATOR),
            )
            // Linked statically, because the emulator does not find the C library of that machine.
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
                "-C target-feature=+crt-static",
            );
        run(&mut test)
    }
}
