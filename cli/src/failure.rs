//! Why the program ends without success, and with which exit code.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use jose_verify::Error;

#[derive(Debug)]
pub(crate) enum Failure {
    /// What was to be judged is no good.
    Refused(Error),
    /// The keys to judge it with cannot be used.
    UnusableKeys(Error),
    /// The arguments, a file or standard input cannot be used.
    Unusable(String),
    /// Refused, and already said so on standard output.
    Answered(ExitCode),
    /// Standard output does not take what is written to it.
    Output(io::Error),
}

impl Failure {
    /// The library's reason, if it has one.
    pub(crate) const fn reason(&self) -> Option<Error> {
        match self {
            Self::Refused(error) | Self::UnusableKeys(error) => Some(*error),
            Self::Unusable(_) | Self::Answered(_) | Self::Output(_) => None,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::from(1),
            Self::Answered(code) => *code,
            // Whoever reads the answers has read enough of them.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::UnusableKeys(_) | Self::Unusable(_) | Self::Output(_) => ExitCode::from(2),
        }
    }

    /// Tells the user, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let message = self.to_string();
        if !message.is_empty() {
            // There is nobody left to tell that standard error is closed.
            let _ = writeln!(io::stderr(), "error: {message}");
        }
        self.exit_code()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) | Self::UnusableKeys(error) => {
                write!(f, "{}: {error}", error.name())
            }
            Self::Unusable(message) => f.write_str(message),
            Self::Answered(_) => Ok(()),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Self::Output(error) => write!(f, "cannot write to standard output: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    /// Files and standard input are read where the name is at hand to be told; what is left is standard output.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
