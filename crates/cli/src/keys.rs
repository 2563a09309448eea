//! The subcommand `keys`: lists the keys of a file.

mod cell;
mod jwks;
mod listing;
mod roca;
mod warnings;

use std::path::Path;
use std::{io, iter};

use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::{Error, Limit};

use crate::diagnostic::Diagnostic;
use crate::failure::Failure;
use crate::input;
use crate::jwk_leniency::JwkLeniency;
use crate::key_source::seen_instead;
use crate::output::{Output, write_error_line};

use listing::{COLUMNS, Row, rows};
use warnings::warnings;

pub(crate) fn run(file: &Path, leniency: &JwkLeniency) -> Result<(), Failure> {
    let (name, text) = if file == Path::new("-") {
        let text = input::standard_input("keys", MAX_KEY_SET_LEN)?;
        (
            Path::new("standard input"),
            text.ok_or(Error::Limit(Limit::KeySetLen)),
        )
    } else {
        (
            file,
            Ok(input::file(
                file,
                MAX_KEY_SET_LEN,
                Error::Limit(Limit::KeySetLen),
            )?),
        )
    };
    let in_file = |error| Diagnostic::from(error).in_file(name);
    let text = text.map_err(|error| Failure::Unusable(in_file(error)))?;
    let rows = rows(&text, leniency);
    let rows = rows.map_err(|error| Failure::Unusable(seen_instead(error, &text).in_file(name)))?;
    print(&rows)?;
    for warning in warnings(&rows) {
        write_error_line(&format!("warning: {}: {warning}", name.display()));
    }
    if rows.iter().any(|row| row.is_usable) {
        Ok(())
    } else {
        Err(Failure::Rejected(in_file(Error::NoUsableKey)))
    }
}

/// Prints a heading and the rows, in columns as wide as their longest cell.
fn print(rows: &[Row]) -> io::Result<()> {
    let head = ["KID", "KTY", "ALG", "BITS", "USABLE"].map(str::to_owned);
    let mut lines = iter::once(&head).chain(rows.iter().map(|row| &row.cells));
    let mut widths = [0; COLUMNS];
    for line in lines.clone() {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut output = Output::new();
    // Line by line, because a file can contain very many keys.
    lines.try_for_each(|line| output.write(padded(line, &widths).as_bytes()))
}

fn padded(cells: &[String; COLUMNS], widths: &[usize; COLUMNS]) -> String {
    let pad = |(cell, width): (&String, &usize)| format!("{cell:width$}");
    let cells: Vec<String> = cells.iter().zip(widths).map(pad).collect();
    format!("{}\n", cells.join("  ").trim_end())
}
