//! Writes and parses the table of figures.

use std::fmt::Write as _;

use crate::process::{Outcome, failed};

/// The path of the table of the last run.
pub const LAST_TABLE: &str = "target/firmware/figures.txt";

/// The path of the table in the repository.
pub const REFERENCE: &str = "firmware/figures.txt";

/// The columns. The first four identify the row.
pub const COLUMNS: [&str; 10] = [
    "board",
    "opt",
    "program",
    "token",
    "flash",
    "RAM",
    "stack",
    "instructions",
    "load-stack",
    "load-instructions",
];

/// The number of columns that identify the row.
pub const NAMES: usize = 4;

/// A row of the table. A missing figure is `-`.
pub type Row = [String; COLUMNS.len()];

/// Formats the table, with its heading, in aligned columns.
pub fn aligned(rows: &[Row]) -> String {
    let heading = COLUMNS.map(str::to_owned);
    let lines: Vec<_> = [&heading].into_iter().chain(rows).collect();
    let mut widths = [0; COLUMNS.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line.iter()) {
            *width = cell.len().max(*width);
        }
    }
    let mut text = String::new();
    for line in lines {
        for (width, cell) in widths.iter().zip(line).take(COLUMNS.len() - 1) {
            let _ = write!(text, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line[COLUMNS.len() - 1]);
    }
    text
}

/// Parses a table. Comments and the heading are skipped.
pub fn parse(text: &str) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        if line.starts_with('#') || cells.first().is_some_and(|cell| cell == COLUMNS[0]) {
            continue;
        }
        match Row::try_from(cells) {
            Ok(row) if row[NAMES..].iter().all(|cell| is_figure(cell)) => rows.push(row),
            _ => return failed(format!("not a row of the table: {line}")),
        }
    }
    Ok(rows)
}

fn is_figure(cell: &str) -> bool {
    cell == "-" || cell.parse::<u64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::REFERENCE;
    use super::{aligned, parse};
    use crate::process::read;

    #[test]
    fn the_table_in_the_repository_round_trips() {
        let text = read(REFERENCE).unwrap();
        let comments: String = text.split_inclusive('\n').take(2).collect();
        assert_eq!(comments + &aligned(&parse(&text).unwrap()), text);
    }

    #[test]
    fn malformed_rows_are_errors() {
        let row = "m4 s hs256 - 1 2 3 4 5 -";
        for (line, read) in [
            (row.to_owned(), true),
            (row.replace("3 4", "3 4.5"), false),
            (row.replace(" 5", ""), false),
        ] {
            assert_eq!(parse(&line).is_ok(), read, "{line}");
        }
    }
}
