//! Reads the public API of a crate from the JSON that rustdoc writes.
//!
//! `list FILE` prints it, one item per line. `check FILE` fails if the crate root contains too many
//! names, or if a declaration names an item that its reader cannot look up.

use std::process::ExitCode;
use std::{env, fs};

use rustdoc_types::{Crate, FORMAT_VERSION};

use crate::list::List;
use crate::surface::Surface;

mod check;
mod list;
mod print;
mod surface;

/// The exit code if the toolchain is not the one that `cargo xtask public-api` installs.
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [command, path] = arguments.as_slice() else {
        eprintln!("usage: jose-verify-public-api list | check FILE");
        return ExitCode::from(2);
    };
    let krate = match read(path) {
        Ok(krate) => krate,
        Err((code, message)) => {
            eprintln!("{message}");
            return ExitCode::from(code);
        }
    };
    let surface = Surface::new(&krate);
    let list = List::new(&surface);
    match command.as_str() {
        "list" => print!("{list}"),
        "check" if !check::report(&surface, &list) => return ExitCode::FAILURE,
        "check" => {}
        other => {
            eprintln!("unknown command {other}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Reads the JSON. Checks the format version first, because another version cannot be parsed.
fn read(path: &str) -> Result<Crate, (u8, String)> {
    let text = fs::read_to_string(path).map_err(|error| (1, format!("{path}: {error}")))?;
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| (1, format!("{path}: {error}")))?;
    let found = json
        .get("format_version")
        .and_then(serde_json::Value::as_u64);
    if found != Some(u64::from(FORMAT_VERSION)) {
        let message = format!(
            "SKIPPED public API: rustdoc writes format {found:?}, this tool reads {FORMAT_VERSION}"
        );
        return Err((SKIPPED, message));
    }
    serde_json::from_value(json).map_err(|error| (1, format!("{path}: {error}")))
}
