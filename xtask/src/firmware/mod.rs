//! Builds and runs the programs for microcontrollers.

mod boards;
pub mod compare;
mod defmt;
mod emulator;
mod images;
mod inspect;
mod run;
mod table;
mod tools;

use clap::{Args, Subcommand};

use crate::process::Outcome;
pub use tools::Tools;

/// Builds and runs the programs for microcontrollers
///
/// `firmware/README.md` describes the programs and their figures.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because a tool is missing on this
/// machine.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetches the tools that the firmware needs
    ///
    /// Unpacks them under target/firmware-tools, or under the folder that the environment variable
    /// `FIRMWARE_TOOLS` names: QEMU, a C compiler, assembler and C library for Cortex-M, and a
    /// plugin that counts instructions. Does not install packages. Adds the targets of the boards
    /// to rustup's toolchain. Fetches only what is missing.
    ///
    /// Needs Debian or a derivative (apt-get, dpkg-deb), gcc and rustup.
    ///
    /// Exit codes: 0 ready, 1 failed, 77 a tool cannot be fetched on this machine.
    Setup,
    Run(run::Arguments),
    Inspect(inspect::Arguments),
    Compare(compare::Arguments),
    /// Runs the program that logs through defmt
    ///
    /// Builds firmware/defmt and runs it in the emulator. The program must log, and the image must
    /// contain the format strings, from which the host decodes the log.
    ///
    /// Needs nm and what `cargo xtask firmware setup` fetches, which it calls.
    ///
    /// Exit codes: 0 passed, 1 failed, 77 a tool cannot be fetched on this machine.
    Defmt,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.command {
            Command::Setup => tools::run_setup(),
            Command::Run(arguments) => arguments.run(),
            Command::Inspect(arguments) => arguments.run(),
            Command::Compare(arguments) => arguments.run(),
            Command::Defmt => defmt::run_defmt(),
        }
    }
}
