//! Compares instructions and firmware with the figures in the repository.

use std::collections::HashMap;
use std::fs;

use clap::{Args, Subcommand};

use crate::callgrind::{Count, Counted, grouped, in_parallel};
use crate::firmware::compare;
use crate::process::{Failure, Outcome, failed, output, program, read, root, unavailable};

/// Compares instructions and firmware with the figures in the repository
///
/// `benches/README.md` and `firmware/README.md` describe the figures.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 a tool is not installed.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Instructions(Instructions),
    /// Same as `cargo xtask firmware compare`
    Firmware(compare::Arguments),
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.command {
            Command::Instructions(arguments) => arguments.run(),
            Command::Firmware(arguments) => arguments.run(),
        }
    }
}

/// Counts the instructions of the hot path and compares them with benches/instructions.txt
///
/// Fails if a row takes over 3 % more instructions than in the file, or is not in the file. Also
/// marks the rows without a signature that exceed their target: 2,000 instructions plus 1,000 for
/// each 100 characters of the token. The figures are for x86-64 and the compiler that the file
/// names. With another compiler, nothing is compared.
///
/// Takes a minute. Needs valgrind.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 valgrind is not installed.
#[derive(Args)]
struct Instructions {
    /// Write the file instead of comparing with it
    #[arg(long)]
    write: bool,
}

const FILE: &str = "benches/instructions.txt";

/// The start of the line that names the compiler.
const BY: &str = "# by ";

/// The starts of the names of rows that have a target.
const WITH_TARGET: [&str; 2] = ["all but the signature", "the same in place"];

impl Instructions {
    fn run(&self) -> Outcome {
        let selected = ["-p", "jose-verify-benches", "--bin", "work"];
        let program = Counted::build(&selected, "work", "counted_work")?;
        let rows = program.rows()?;
        let compiler = compiler()?;
        let reference = if self.write {
            None
        } else {
            Some(Reference::read()?)
        };
        let comparable = reference.as_ref().filter(|file| file.compiler == compiler);
        let mut lines = vec![format!(
            "# {:42} {:>10} {:>13}",
            "row", "characters", "instructions"
        )];
        let mut grown = 0;
        in_parallel(
            &rows,
            |row| program.count(&[row]),
            |row, count| {
                let growth = comparable.and_then(|file| file.growth(row, count));
                grown += usize::from(growth.is_some());
                let (line, growth) = (line(row, count), growth.unwrap_or_default());
                println!("{line}{growth}{}", missed_target(row, count));
                lines.push(line);
            },
        )?;
        match &reference {
            None => {
                let text = format!("{BY}{compiler}\n{}\n", lines.join("\n"));
                fs::write(root().join(FILE), text)?;
            }
            Some(file) if comparable.is_none() => {
                return unavailable(format!(
                    "counted, but not compared: the figures are those of {}",
                    file.compiler
                ));
            }
            Some(_) => {}
        }
        println!("{} rows, {grown} of them grew", rows.len());
        let missing: Vec<_> = comparable
            .iter()
            .flat_map(|file| file.instructions.keys())
            .filter(|row| !rows.contains(row))
            .collect();
        if rows.is_empty() || !missing.is_empty() {
            return failed(format!(
                "{FILE} has rows that were not measured: {missing:?}"
            ));
        }
        if grown > 0 {
            return failed("the hot path takes more instructions");
        }
        Ok(())
    }
}

fn compiler() -> Outcome<String> {
    let version = output(program("rustc").arg("--version"))?;
    Ok(version.trim_end().to_owned())
}

fn line(row: &str, count: Count) -> String {
    let (characters, instructions) = (grouped(count.bytes), grouped(count.instructions));
    format!("{row:44} {characters:>10} {instructions:>13}")
}

/// Returns a remark for a row that exceeds its target, or an empty string.
fn missed_target(row: &str, count: Count) -> String {
    let target = 2_000 + 10 * count.bytes;
    if WITH_TARGET.iter().any(|name| row.starts_with(name)) && count.instructions > target {
        return format!("  target: {}", grouped(target));
    }
    String::new()
}

/// The content of the file.
struct Reference {
    compiler: String,
    instructions: HashMap<String, u64>,
}

impl Reference {
    fn read() -> Outcome<Self> {
        let mut reference = Self {
            compiler: String::new(),
            instructions: HashMap::new(),
        };
        for line in read(FILE)?.lines() {
            if let Some(compiler) = line.strip_prefix(BY) {
                compiler.clone_into(&mut reference.compiler);
            } else if !line.starts_with('#') {
                let (row, instructions) = figure(line)
                    .ok_or_else(|| Failure::Failed(format!("{FILE}: not a row: {line}")))?;
                reference.instructions.insert(row, instructions);
            }
        }
        Ok(reference)
    }

    /// Returns a remark for a row that grew by more than 3 % or is new.
    fn growth(&self, row: &str, count: Count) -> Option<String> {
        let Some(before) = self.instructions.get(row) else {
            return Some("  NOT IN THE FILE".to_owned());
        };
        if count.instructions * 100 > before * 103 {
            return Some(format!("  MORE THAN {}", grouped(*before)));
        }
        None
    }
}

/// Parses a row of the file: a name, which may contain spaces, the characters and the instructions.
fn figure(line: &str) -> Option<(String, u64)> {
    let (line, instructions) = line.rsplit_once(' ')?;
    let (row, _characters) = line.trim_end().rsplit_once(' ')?;
    let instructions = instructions.replace(',', "").parse().ok()?;
    Some((row.trim_end().to_owned(), instructions))
}
