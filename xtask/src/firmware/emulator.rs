//! Runs a program in the emulator and parses its measurements.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::boards::Board;
use super::images;
use super::tools::Tools;
use crate::process::{Outcome, failed, run_within};

/// The time limit, which is far longer than any program takes.
const LIMIT: Duration = Duration::from_mins(5);

/// Returns a command that runs an image on an emulated board.
pub fn start(tools: &Tools, board: Board, image: &Path) -> Command {
    let mut command = tools.program(board.emulator);
    command.args(["-M", board.machine]);
    if board.machine == "virt" {
        command.args(["-bios", "none"]);
    }
    command
        .args(["-nographic", "-monitor", "none", "-serial", "null"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(image);
    command
}

/// Runs an image and returns its output, interleaved with the counts of the plugin. Both are also
/// written to `log`.
pub fn count(tools: &Tools, board: Board, image: &Path, log: &Path) -> Outcome<String> {
    let mark = images::address(image, "bench_mark")?;
    let plugin = format!("{},mark=0x{mark}", tools.plugin().display());
    let file = File::create(log)?;
    let mut command = start(tools, board, image);
    command
        .args(["-plugin", &plugin])
        .stdout(file.try_clone()?)
        .stderr(file);
    let ended = run_within(&mut command, LIMIT);
    let printed = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    if ended.is_ok() {
        return Ok(printed);
    }
    failed(format!(
        "{} on {} ({}), see {}: {}",
        image.file_name().unwrap_or_default().display(),
        board.machine,
        board.core,
        log.display(),
        last_lines(&printed)
    ))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(2)..].join("\n")
}

/// One measurement.
pub struct Measured<'a> {
    /// The program's name for the token.
    pub token: &'a str,
    /// `load`, `verify` or `verify_in_place`.
    pub work: &'a str,
    /// The peak of the stack in bytes.
    pub stack: &'a str,
    /// The number of instructions. The plugin prints it before the program prints the rest.
    pub instructions: &'a str,
}

/// Parses the measurements that a program printed.
pub fn measured(printed: &str) -> Outcome<Vec<Measured<'_>>> {
    let mut all = Vec::new();
    let mut counted = None;
    for line in printed.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["MARK", instructions] => counted = Some(instructions),
            ["measured", token, work, "stack", stack] => {
                let Some(instructions) = counted else {
                    return failed(format!("no instruction count before: {line}"));
                };
                all.push(Measured {
                    token,
                    work,
                    stack,
                    instructions,
                });
            }
            _ => {}
        }
    }
    if all.is_empty() {
        return failed("the program measured nothing");
    }
    Ok(all)
}
