//! Shows the progress of a batch.

use std::fmt;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressFinish, ProgressState, ProgressStyle};

/// A counter of lines on standard error, if that is a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    counter: Option<ProgressBar>,
    shares_terminal: bool,
}

impl Progress {
    /// Starts the counter. `shares_terminal` says whether the answers go to a terminal, too.
    pub(super) fn new(shares_terminal: bool) -> Self {
        let counter = io::stderr().is_terminal().then(|| {
            ProgressBar::new_spinner()
                .with_style(style())
                .with_finish(ProgressFinish::AndLeave)
        });
        Self {
            counter,
            shares_terminal,
        }
    }

    /// Counts one line.
    pub(super) fn advance(&self) {
        if let Some(counter) = &self.counter {
            counter.inc(1);
        }
    }

    /// Runs `action`. Hides the counter meanwhile if the answers go to a terminal, too.
    pub(super) fn suspend<T>(&self, action: impl FnOnce() -> T) -> T {
        match &self.counter {
            Some(counter) if self.shares_terminal => counter.suspend(action),
            _ => action(),
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {human_pos} lines, {rate}")
        // The template is a constant. If it were invalid, only the look would change.
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // If this fails, only the rate is not shown.
            let _ = write!(out, "{:.0} a second", state.per_sec());
        })
}
