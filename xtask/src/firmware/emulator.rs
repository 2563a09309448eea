//! A program's run in the emulator, and what it measured.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::boards::Board;
use super::images;
use super::tools::Tools;
use crate::process::{Outcome, failed, run_within};

/// Far longer than any program takes.
const MOST: Duration = Duration::from_mins(5);

/// Returns the emulator of a board with an image.
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

/// Runs an image and returns its output, with the plugin's counts in between. Both are written to
/// `log` as well.
pub fn count(tools: &Tools, board: Board, image: &Path, log: &Path) -> Outcome<String> {
    let mark = images::address(image, "bench_mark")?;
    let plugin = format!("{},mark=0x{mark}", tools.plugin().display());
    let file = File::create(log)?;
    let mut command = start(tools, board, image);
    command
        .args(["-plugin", &plugin])
        .stdout(file.try_clone()?)
        .stderr(file);
    let ended = run_within(&mut command, MOST);
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

/// A measured piece of work.
pub struct Measured<'a> {
    /// The token, as the program calls it.
    pub token: &'a str,
    /// `load`, `verify` or `verify_in_place`.
    pub work: &'a str,
    /// Bytes of the stack.
    pub stack: &'a str,
    /// Instructions, which the plugin printed before the program printed the rest.
    pub instructions: &'a str,
}

/// Returns what a program measured.
pub fn measured(printed: &str) -> Outcome<Vec<Measured<'_>>> {
    let mut all = Vec::new();
    let mut counted = None;
    for line in printed.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["MARK", instructions] => counted = Some(instructions),
            ["measured", token, work, "stack", stack] => {
                let Some(instructions) = counted else {
                    return failed(format!("no instructions were counted before: {line}"));
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
    Ok(all)
}
