//! The tests on a 64-bit Arm machine, emulated.

use clap::Args;

use crate::packages::Packages;
use crate::process::{Outcome, cargo, need_target, root, run};

/// Runs the library's tests for 64-bit Arm under QEMU
///
/// Needs Debian or a relative of it: a compiler and the emulator are unpacked below target. Exit
/// codes: 0 passed, 1 failed, 77 skipped because the tools or the target cannot be had.
#[derive(Args)]
pub struct Arguments {
    /// Run the whole test suite, which takes half an hour, and not the unit tests alone
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
            // Static, because the C library of that machine is not where the emulator looks for it.
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
                "-C target-feature=+crt-static",
            );
        run(&mut test)
    }
}
