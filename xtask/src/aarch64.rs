//! Runs the tests on an emulated 64-bit Arm machine.

use clap::Args;

use crate::packages::Packages;
use crate::process::{Outcome, cargo, need_target, root, run};

/// Runs the library's tests for 64-bit Arm under QEMU
///
/// Needs Debian or a derivative, and rustup. Unpacks the emulator under target. rustup's target
/// includes startup files and a C library, so no C compiler for that machine is needed.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because the emulator or the target
/// cannot be installed.
#[derive(Args)]
pub struct Arguments {
    /// Run the test suite too, which takes half an hour; by default only the unit tests
    #[arg(long)]
    all: bool,
}

const TARGET: &str = "aarch64-unknown-linux-musl";
const EMULATOR: &str = "qemu-aarch64";

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let packages = Packages {
            folder: root().join("target/aarch64-tools"),
            names: &["qemu-user"],
            programs: &[EMULATOR],
            version: 2,
        };
        packages.unpack()?;
        need_target(TARGET)?;
        let mut test = cargo(["test", "--locked", "--package", "jose-verify", "--lib"]);
        if self.all {
            test.args(["--test", "suite"]);
        }
        let variable = |name| format!("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_{name}");
        test.args(["--target", TARGET])
            .env(variable("LINKER"), "rust-lld")
            .env(variable("RUNNER"), packages.path(EMULATOR));
        run(&mut test)
    }
}
