//! `jose-verify`: verifies and inspects JSON Web Tokens on the command line.
//!
//! What decides whether a token is good is the library of the same name; here are arguments, files and answers.
//!
//! Exit codes: 0 verified, 1 refused, 2 arguments, files or keys that cannot be used.

mod algorithms;
mod answer;
mod args;
mod batch;
mod demands;
mod failure;
mod input;
mod inspect;
mod json;
mod key_source;
mod keys;
mod output;
mod unix_time;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Verify(arguments) => verify::run(*arguments),
        Command::Inspect { token } => inspect::run(token),
        Command::Keys { file } => keys::run(&file),
        Command::Batch => batch::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
