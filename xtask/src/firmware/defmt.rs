//! `defmt`: runs the program that logs through defmt.

use std::fs::{self, File};
use std::time::Duration;

use super::boards::M4;
use super::emulator;
use super::images::symbols;
use super::tools::Tools;
use crate::process::{Outcome, cargo, failed, root, run, run_within};

const TARGET_FOLDER: &str = "firmware/defmt/target";

/// Runs the command.
pub fn run_defmt() -> Outcome {
    let tools = Tools::set_up()?;
    let mut build = cargo(["build", "--quiet", "--release", "--locked"]);
    build
        .args(["--manifest-path", "firmware/defmt/Cargo.toml"])
        .args(["--target-dir", TARGET_FOLDER, "--target", M4.target]);
    run(&mut build)?;
    let image = format!("{TARGET_FOLDER}/{}/release/jose-verify-defmt", M4.target);
    let image = root().join(image);
    if symbols(&image, &["rejected: "])?.is_empty() {
        return failed("the format string of the log is not in the image");
    }
    let log = root().join("target/firmware/defmt.log");
    fs::create_dir_all(root().join("target/firmware"))?;
    let mut emulator = emulator::start(&tools, M4, &image);
    emulator.stdout(File::create(&log)?);
    run_within(&mut emulator, Duration::from_mins(1))?;
    let bytes = fs::metadata(log)?.len();
    if bytes == 0 {
        return failed("nothing was logged");
    }
    println!("the rejection was logged in {bytes} bytes");
    Ok(())
}
