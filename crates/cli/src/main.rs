//! `jose-verify`: verifies and inspects JSON Web Tokens on the command line.
//!
//! The library of the same name decides whether a token is accepted. This program handles the
//! arguments, files and answers.
//!
//! Exit codes: 0: verified. 1: rejected. 2: the arguments, files or keys cannot be used.

mod algorithms;
mod answer;
mod args;
mod batch;
mod diagnostic;
mod expectations;
mod failure;
mod help;
mod input;
mod inspect;
mod json;
mod jwk_leniency;
mod key_file;
mod key_source;
mod keys;
mod loaded_keys;
mod metadata;
mod output;
mod reason;
mod unix_time;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use output::write_error_line;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let outcome = match arguments.command {
        Command::Verify(arguments) => verify::run(*arguments),
        Command::Inspect { token } => inspect::run(token),
        Command::Keys { jwks, file } => keys::run(&file, &jwks.into()),
        Command::Batch => batch::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Prints the help that was asked for, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        error
            .render()
            .to_string()
            .trim_end()
            .lines()
            .for_each(write_error_line);
        return ExitCode::from(2);
    }
    // Ignored, because a reader may close the pipe before the end of the help.
    let _ = error.print();
    ExitCode::SUCCESS
}
