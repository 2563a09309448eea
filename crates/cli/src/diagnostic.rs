//! Describes failures, for programs and for people.

use std::fmt;
use std::path::Path;

use jose_verify::Error;

use crate::expectations::Values;

/// A failure with its message.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    /// The library's error, or `None` if the failure has another cause.
    error: Option<Error>,
    message: String,
    /// The values that a failed check compared.
    values: Values,
    hint: Option<&'static str>,
}

impl Diagnostic {
    pub(crate) fn new(error: Error, message: String) -> Self {
        Self {
            error: Some(error),
            message,
            values: Values::default(),
            hint: None,
        }
    }

    /// Prepends the path of the file that the message is about.
    pub(crate) fn in_file(self, file: &Path) -> Self {
        Self {
            message: format!("{}: {}", file.display(), self.message),
            ..self
        }
    }

    /// Appends what the error alone does not say.
    pub(crate) fn with_reason(self, reason: Option<String>) -> Self {
        match reason {
            None => self,
            Some(reason) => Self {
                message: format!("{}: {reason}", self.message),
                ..self
            },
        }
    }

    /// Adds the values that a failed check compared.
    pub(crate) fn with_values(self, values: Option<Values>) -> Self {
        Self {
            values: values.unwrap_or_default(),
            ..self
        }
    }

    /// Adds a possible cause.
    pub(crate) fn with_hint(self, hint: Option<&'static str>) -> Self {
        Self { hint, ..self }
    }

    /// Returns the name of the library's error, or `unusable_input` for any other failure.
    pub(crate) fn name(&self) -> &'static str {
        self.error.map_or("unusable_input", Error::name)
    }

    pub(crate) fn code(&self) -> u16 {
        self.error.map_or(0, Error::code)
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) const fn values(&self) -> &Values {
        &self.values
    }

    pub(crate) const fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self::new(error, error.message().to_owned())
    }
}

impl From<String> for Diagnostic {
    fn from(message: String) -> Self {
        Self {
            error: None,
            message,
            values: Values::default(),
            hint: None,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error {
            Some(error) => write!(f, "{}: {}", error.name(), self.message),
            None => f.write_str(&self.message),
        }
    }
}
