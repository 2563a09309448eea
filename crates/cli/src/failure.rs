//! The reasons why the program fails, and their exit codes.

use std::io;
use std::process::ExitCode;

use jose_verify::Error;

use crate::diagnostic::Diagnostic;
use crate::output::write_error_line;

/// A reason why the program fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The token is rejected, or `keys` finds no usable key.
    Rejected(Diagnostic),
    /// The arguments, a file, the keys or standard input cannot be used.
    Unusable(Diagnostic),
    /// The failure is already reported on standard output as JSON.
    ReportedAsJson(ExitCode),
    /// Writing to standard output failed.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn rejected(error: Error) -> Self {
        Self::Rejected(error.into())
    }

    pub(crate) fn unusable(message: String) -> Self {
        Self::Unusable(message.into())
    }

    /// Returns the diagnostic, which `verify --json` writes to standard output.
    pub(crate) const fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Rejected(diagnostic) | Self::Unusable(diagnostic) => Some(diagnostic),
            Self::ReportedAsJson(_) | Self::Output(_) => None,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Rejected(_) => ExitCode::from(1),
            Self::ReportedAsJson(code) => *code,
            // The reader closed the pipe because it needs no more answers.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Unusable(_) | Self::Output(_) => ExitCode::from(2),
        }
    }

    /// Reports the failure on standard error, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Rejected(diagnostic) | Self::Unusable(diagnostic) => {
                write_error_line(&format!("error: {diagnostic}"));
                let values = diagnostic.values();
                for (name, text) in [
                    ("expected", values.expected.as_deref()),
                    ("found", values.found.as_deref()),
                    ("hint", diagnostic.hint()),
                ] {
                    if let Some(text) = text {
                        write_error_line(&format!("{name}: {text}"));
                    }
                }
            }
            Self::Output(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                write_error_line(&format!("error: cannot write to standard output: {error}"));
            }
            Self::ReportedAsJson(_) | Self::Output(_) => {}
        }
        self.exit_code()
    }
}

impl From<io::Error> for Failure {
    /// Converts an error of writing to standard output. Errors of reading become
    /// [`Unusable`](Self::Unusable) where the name of the file is known.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
