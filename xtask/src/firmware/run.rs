//! `run`: builds the programs, runs them on the boards, and prints what each costs.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::boards::{BOARDS, Board};
use super::emulator::{self, Measured};
use super::images::{self, IN_ASSEMBLY, Profile, Size};
use super::table::{LAST_TABLE, REFERENCE, Row, aligned};
use super::tools::Tools;
use crate::process::{Outcome, cargo, failed, need_target, output, program, root, run};

/// Runs the programs in the emulator and prints what each costs
///
/// Builds the programs for four boards, runs them, and prints flash, RAM, stack and instructions,
/// which `firmware/README.md` explains. Each program verifies its token and must then reject it in
/// several circumstances. Fails on a wrong result, and if two runs count differently. The table is
/// also written to target/firmware/figures.txt.
///
/// Needs nm, size, and what `cargo xtask firmware setup` fetches, which it calls.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 a tool cannot be fetched on this machine.
#[derive(Args)]
pub struct Arguments {
    /// Measure only programs optimized for size, without the peers, and run each only once
    #[arg(long)]
    quick: bool,
    /// Also write the table to firmware/figures.txt, the reference of `compare`
    #[arg(long, conflicts_with_all = ["quick", "boards"])]
    update: bool,
    /// The boards; by default all, and the WebAssembly module
    #[arg(value_name = "BOARD", value_parser = PossibleValuesParser::new(BOARDS.map(|b| b.name)))]
    boards: Vec<String>,
}

const PROGRAMS: [&str; 8] = [
    "hs256",
    "es256",
    "es256-static",
    "es256-table16",
    "es256-table128",
    "rs256",
    "rs256-4096",
    "all",
];

/// Other implementations, measured in the same way.
const PEERS: [&str; 3] = ["peer-hmac", "peer-p256", "peer-crypto-bigint"];

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        // `compare` must not compare the table of an earlier run.
        let last_table = root().join(LAST_TABLE);
        if last_table.exists() {
            fs::remove_file(&last_table)?;
        }
        let tools = Tools::set_up()?;
        let measuring = Measuring {
            tools: &tools,
            quick: self.quick,
            results: root().join("target/firmware"),
        };
        fs::create_dir_all(&measuring.results)?;
        let mut figures = Figures::default();
        let wanted =
            |board: &Board| self.boards.is_empty() || self.boards.iter().any(|b| b == board.name);
        for board in BOARDS.into_iter().filter(wanted) {
            measuring.board(board, &mut figures)?;
        }
        if self.boards.is_empty() {
            figures.rows.extend(webassembly()?);
        }
        let table = figures.table(&tools)?;
        print!("{table}");
        fs::write(last_table, &table)?;
        eprintln!(
            "{} rows; every valid token verified; {} rejections, each with the expected error",
            figures.rows.len(),
            figures.rejections
        );
        if self.update {
            fs::write(root().join(REFERENCE), &table)?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Figures {
    rows: Vec<Row>,
    rejections: usize,
}

impl Figures {
    fn table(&self, tools: &Tools) -> Outcome<String> {
        let compiler = output(program("rustc").arg("--version"))?;
        Ok(format!(
            "# Made by `cargo xtask firmware run --update` with {} and {}\n\
             # flash, RAM, stack in bytes; flash and RAM above an empty program; columns and rows \
             are explained in README.md\n{}",
            compiler.trim_end(),
            tools.emulator_version()?,
            aligned(&self.rows)
        ))
    }
}

struct Measuring<'a> {
    tools: &'a Tools,
    quick: bool,
    results: PathBuf,
}

impl Measuring<'_> {
    fn board(&self, board: Board, figures: &mut Figures) -> Outcome {
        let profiles = if self.quick {
            &[Profile::Small][..]
        } else {
            &[Profile::Release, Profile::Small]
        };
        for profile in profiles {
            self.profile(board, *profile, figures)?;
        }
        Ok(())
    }

    fn profile(&self, board: Board, profile: Profile, figures: &mut Figures) -> Outcome {
        let mut programs = PROGRAMS.to_vec();
        if !self.quick {
            programs.extend(PEERS);
        }
        if !self.quick && board.name == "m4" {
            programs.push(IN_ASSEMBLY);
        }
        let all: Vec<_> = programs.iter().copied().chain(["empty"]).collect();
        let images = images::build(board.target, profile, &all)?;
        if programs.contains(&IN_ASSEMBLY) {
            repair_assembly(&images.join(IN_ASSEMBLY))?;
        }
        let empty = Size::of(&images.join("empty"))?;
        for name in programs {
            let size = Size::of(&images.join(name))?;
            let printed = self.program(board, profile, name, &images.join(name))?;
            figures.rejections += printed.matches(": refused, ").count();
            let image = Image {
                board: board.name,
                level: profile.level(),
                program: name,
                flash: size.flash.saturating_sub(empty.flash),
                ram: size.ram.saturating_sub(empty.ram),
            };
            figures
                .rows
                .extend(image.rows(&emulator::measured(&printed)?));
        }
        Ok(())
    }

    /// Runs a program and returns its output. Without `--quick`, runs it twice, and both outputs
    /// must be equal.
    fn program(&self, board: Board, profile: Profile, name: &str, image: &Path) -> Outcome<String> {
        let log = format!("{}-{}-{name}.txt", board.name, profile.name());
        let log = self.results.join(log);
        let printed = emulator::count(self.tools, board, image, &log)?;
        if !self.quick && emulator::count(self.tools, board, image, &log)? != printed {
            return failed(format!("two runs of {name} on {} differ", board.machine));
        }
        Ok(printed)
    }
}

/// The columns that all rows of a program share.
struct Image<'a> {
    board: &'a str,
    level: &'a str,
    program: &'a str,
    flash: u64,
    ram: u64,
}

impl Image<'_> {
    /// Returns a row for each token that the program verified. It includes the measurement of
    /// loading the key, if there was one before.
    fn rows(&self, measured: &[Measured]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut load = None;
        for work in measured {
            match work.work {
                "load" => load = Some(work),
                "verify" => rows.push(self.row(work, load.take())),
                _ => {}
            }
        }
        rows
    }

    fn row(&self, verify: &Measured, load: Option<&Measured>) -> Row {
        let token = if self.program == "all" {
            verify.token
        } else {
            "-"
        };
        [
            self.board.to_owned(),
            self.level.to_owned(),
            self.program.to_owned(),
            token.to_owned(),
            self.flash.to_string(),
            self.ram.to_string(),
            verify.stack.to_owned(),
            verify.instructions.to_owned(),
            load.map_or("-", |load| load.stack).to_owned(),
            load.map_or("-", |load| load.instructions).to_owned(),
        ]
    }
}

/// Replaces an instruction that the emulator rejects with one of the same length and effect.
///
/// p256-cm4 0.4.0 loads a single register with `ldm r4, {r6}`, an instruction that loads several.
/// Its wide encoding is unpredictable for a single register.
fn repair_assembly(image: &Path) -> Outcome {
    const LOAD_MULTIPLE: [u8; 4] = [0x94, 0xE8, 0x40, 0x00];
    const LOAD: [u8; 4] = [0xD4, 0xF8, 0x00, 0x60];
    let mut bytes = fs::read(image)?;
    let mut position = 0;
    while let Some(found) = bytes.get_mut(position..position + LOAD.len()) {
        if found == LOAD_MULTIPLE {
            found.copy_from_slice(&LOAD);
        }
        position += 1;
    }
    fs::write(image, bytes)?;
    Ok(())
}

/// Returns the row of the WebAssembly module, or `None` without its target. The size of an empty
/// module is negligible and is not subtracted.
fn webassembly() -> Outcome<Option<Row>> {
    const TARGET: &str = "wasm32-unknown-unknown";
    if need_target(TARGET).is_err() {
        return Ok(None);
    }
    let mut build = cargo(["build", "--quiet", "--release", "--locked"]);
    build
        .args(["--manifest-path", "crates/wasm/Cargo.toml"])
        .args(["--target-dir", "crates/wasm/target", "--target", TARGET]);
    run(&mut build)?;
    let module = format!("crates/wasm/target/{TARGET}/release/jose_verify_wasm.wasm");
    let bytes = fs::metadata(root().join(module))?.len().to_string();
    let row = [
        "wasm",
        "s",
        "es256+rs256",
        "-",
        &bytes,
        "-",
        "-",
        "-",
        "-",
        "-",
    ];
    Ok(Some(row.map(str::to_owned)))
}
