//! How far a batch is, for somebody who watches.

use std::fmt;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressFinish, ProgressState, ProgressStyle};

/// A counter on standard error, if that is a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    counter: Option<ProgressBar>,
    shares_terminal: bool,
}

impl Progress {
    /// `shares_terminal`: the answers go to a terminal, too.
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

    /// One line more.
    pub(super) fn advance(&self) {
        if let Some(counter) = &self.counter {
            counter.inc(1);
        }
    }

    /// Does something that the counter must not stand in the way of.
    pub(super) fn aside<T>(&self, action: impl FnOnce() -> T) -> T {
        match &self.counter {
            Some(counter) if self.shares_terminal => counter.suspend(action),
            _ => action(),
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {human_pos} lines, {rate}")
        // The template is a constant; without it the counter would only look different.
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // There is nothing to be done about a terminal that fails.
            let _ = write!(out, "{:.0} a second", state.per_sec());
        })
}
