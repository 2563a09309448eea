//! `compare`: compares a table with the one in the repository.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::table::{COLUMNS, LAST_TABLE, NAMES, REFERENCE, Row, parse};
use crate::process::{Failure, Outcome, failed, root, unavailable};

/// Compares the last table with the one in the repository
///
/// Fails if a figure grew by more than 3 % or a row is new. Rows that were not measured are
/// ignored. If the two tables come from different compilers, growth is reported but is not a
/// failure.
///
/// Needs a table that `cargo xtask firmware run` wrote.
///
/// Exit codes: 0 no growth, 1 growth or a new row, 2 usage error, 77 skipped because there is no
/// table.
#[derive(Args)]
pub struct Arguments {
    /// The table to compare [default: target/firmware/figures.txt]
    figures: Option<PathBuf>,
    /// The table to compare with [default: firmware/figures.txt]
    reference: Option<PathBuf>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let figures = self.figures.unwrap_or_else(|| root().join(LAST_TABLE));
        if !figures.exists() {
            return unavailable(format!("{} does not exist", figures.display()));
        }
        let figures = read(&figures)?;
        let reference = read(&self.reference.unwrap_or_else(|| root().join(REFERENCE)))?;
        let (now, before) = (compiler(&figures), compiler(&reference));
        if now != before {
            println!("NOTE: measured with {now}, reference from {before}: growth is only reported");
        }
        let rows = parse(&figures)?;
        let mut comparison = Comparison::default();
        comparison.add(&rows, &parse(&reference)?);
        let Comparison { grown, shrunk } = comparison;
        if rows.is_empty() {
            return failed("no rows");
        }
        let rows = rows.len();
        println!(
            "{rows} rows compared, {grown} grew by more than 3 % or are new, \
             {shrunk} shrank by more than that"
        );
        if now == before && grown > 0 {
            return failed("the firmware grew");
        }
        Ok(())
    }
}

/// Reads a file, whose path is relative to the current folder.
fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|e| Failure::Failed(format!("{}: {e}", file.display())))
}

/// Returns the compiler that the first line names.
fn compiler(table: &str) -> String {
    let line = table.lines().next().unwrap_or_default();
    let mut words = line.split_whitespace().skip_while(|word| *word != "rustc");
    let version = words.nth(1).unwrap_or("of an unknown version");
    format!("rustc {version}")
}

#[derive(Default)]
struct Comparison {
    grown: usize,
    shrunk: usize,
}

impl Comparison {
    /// Compares rows, and prints what differs.
    fn add(&mut self, rows: &[Row], reference: &[Row]) {
        let reference: HashMap<_, _> = reference.iter().map(|row| (&row[..NAMES], row)).collect();
        for row in rows {
            let name = format!("{} opt {} {} {}", row[0], row[1], row[2], row[3]);
            let Some(before) = reference.get(&row[..NAMES]) else {
                println!("NEW   {name}: not in the reference");
                self.grown += 1;
                continue;
            };
            for column in NAMES..COLUMNS.len() {
                let what = format!("{name}, {}", COLUMNS[column]);
                self.add_figure(&what, &row[column], &before[column]);
            }
        }
    }

    fn add_figure(&mut self, what: &str, now: &str, before: &str) {
        if exceeds(number(now), number(before)) {
            println!("GREW  {what}: {before} to {now}");
            self.grown += 1;
        } else if exceeds(number(before), number(now)) {
            println!("SHRANK {what}: {before} to {now}");
            self.shrunk += 1;
        }
    }
}

/// Returns a figure as a number, or 0 if there is none.
fn number(figure: &str) -> u64 {
    figure.parse().unwrap_or(0)
}

/// Returns whether a figure is more than 3 % above another. Differences of up to 16 are ignored,
/// because alignment moves stack and RAM by a few bytes.
fn exceeds(figure: u64, other: u64) -> bool {
    figure * 100 > other * 103 && figure > other + 16
}

#[cfg(test)]
mod tests {
    use super::exceeds;

    #[test]
    fn growth_is_over_3_percent_and_over_16() {
        for (figure, other, want) in [
            (1_030, 1_000, false),
            (1_031, 1_000, true),
            (16, 0, false),
            (17, 0, true),
            (1_000, 1_000, false),
            (900, 1_000, false),
        ] {
            assert_eq!(exceeds(figure, other), want, "{figure} and {other}");
        }
    }
}
