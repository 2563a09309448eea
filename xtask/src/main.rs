//! The commands of this repository: `cargo xtask --help` lists them.
//!
//! Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because a tool cannot be installed on
//! this machine.

mod aarch64;
mod bounded_work;
mod callgrind;
mod capi;
mod check;
mod ci;
mod companion;
mod coverage;
mod figures;
mod firmware;
mod fuzz;
mod header;
mod markdown;
mod miri;
mod mutants;
mod nightly;
mod packages;
mod process;
mod public_api;
mod stages;
mod test_run;
mod timeout;
mod wasm;
mod words;
mod workflows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use process::Failure;

/// The commands of this repository.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because a tool cannot be installed on
/// this machine.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Ci(ci::Arguments),
    Nightly(nightly::Arguments),
    Words(words::Arguments),
    Check(check::Arguments),
    Firmware(firmware::Arguments),
    Aarch64(aarch64::Arguments),
    Figures(figures::Arguments),
    BoundedWork(bounded_work::Arguments),
    Fuzz(fuzz::Arguments),
    Miri(miri::Arguments),
    Mutants(mutants::Arguments),
    Coverage(coverage::Arguments),
    PublicApi(public_api::Arguments),
    Header(header::Arguments),
    Capi(capi::Arguments),
    Wasm(wasm::Arguments),
    Companion(companion::Arguments),
    Workflows(workflows::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Ci(arguments) => arguments.run(),
        Command::Nightly(arguments) => arguments.run(),
        Command::Words(arguments) => arguments.run(),
        Command::Check(arguments) => arguments.run(),
        Command::Firmware(arguments) => arguments.run(),
        Command::Aarch64(arguments) => arguments.run(),
        Command::Figures(arguments) => arguments.run(),
        Command::BoundedWork(arguments) => arguments.run(),
        Command::Fuzz(arguments) => arguments.run(),
        Command::Miri(arguments) => arguments.run(),
        Command::Mutants(arguments) => arguments.run(),
        Command::Coverage(arguments) => arguments.run(),
        Command::PublicApi(arguments) => arguments.run(),
        Command::Header(arguments) => arguments.run(),
        Command::Capi(arguments) => arguments.run(),
        Command::Wasm(arguments) => arguments.run(),
        Command::Companion(arguments) => arguments.run(),
        Command::Workflows(arguments) => arguments.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(why)) => {
            eprintln!("FAILED: {why}");
            ExitCode::FAILURE
        }
        Err(Failure::Unavailable(why)) => {
            eprintln!("SKIPPED: {why}");
            ExitCode::from(stages::SKIPPED)
        }
    }
}
