//! Why the program ends without success, and with which exit code.

use std::io;
use std::process::ExitCode;

use jose_verify::Error;

use crate::diagnostic::Diagnostic;
use crate::output::write_error_line;

#[derive(Debug)]
pub(crate) enum Failure {
    /// What was to be judged is no good.
    Refused(Diagnostic),
    /// The arguments, a file, the keys or standard input cannot be used.
    Unusable(Diagnostic),
    /// Failed, and already said so on standard output.
    Answered(ExitCode),
    /// Standard output does not take what is written to it.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn refused(error: Error) -> Self {
        Self::Refused(error.into())
    }

    pub(crate) fn unusable(message: String) -> Self {
        Self::Unusable(message.into())
    }

    /// What can be told on standard output as well.
    pub(crate) const fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Refused(diagnostic) | Self::Unusable(diagnostic) => Some(diagnostic),
            Self::Answered(_) | Self::Output(_) => None,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::from(1),
            Self::Answered(code) => *code,
            // Whoever reads the answers has read enough of them.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Unusable(_) | Self::Output(_) => ExitCode::from(2),
        }
    }

    /// Tells the user, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Refused(diagnostic) | Self::Unusable(diagnostic) => {
                write_error_line(&format!("error: {diagnostic}"));
                if let Some(hint) = diagnostic.hint() {
                    write_error_line(&format!("hint: {hint}"));
                }
            }
            Self::Output(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                write_error_line(&format!("error: cannot write to standard output: {error}"));
            }
            Self::Answered(_) | Self::Output(_) => {}
        }
        self.exit_code()
    }
}

impl From<io::Error> for Failure {
    /// Files and standard input are read where the name is at hand to be told; what is left is
    /// standard output.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
