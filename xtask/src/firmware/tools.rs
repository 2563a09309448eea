//! `setup`: fetches the emulator and a C compiler for Cortex-M, and builds the plugin that counts
//! instructions.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::boards::BOARDS;
use crate::packages::{Packages, need};
use crate::process::{Outcome, need_target, output, program, root};

/// Fetches what is missing and prints the folder of the tools.
pub fn run_setup() -> Outcome {
    let tools = Tools::set_up()?;
    println!("the tools are in {}", tools.folder.display());
    Ok(())
}

const PACKAGES: [&str; 5] = [
    "qemu-system-arm",
    "qemu-system-misc",
    "binutils-arm-none-eabi",
    "gcc-arm-none-eabi",
    "libnewlib-arm-none-eabi",
];

const PROGRAMS: [&str; 3] = [
    "qemu-system-arm",
    "qemu-system-riscv32",
    "arm-none-eabi-gcc",
];

const PLUGIN_SOURCE: &str = "firmware/insncount.c";

/// The folder with the tools.
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Returns the tools, after fetching what is missing.
    pub fn set_up() -> Outcome<Self> {
        let folder = env::var_os("FIRMWARE_TOOLS").unwrap_or("target/firmware-tools".into());
        let folder = root().join(folder);
        fs::create_dir_all(&folder)?;
        let tools = Self {
            folder: folder.canonicalize()?,
        };
        let packages = Packages {
            folder: tools.folder.clone(),
            names: &PACKAGES,
            programs: &PROGRAMS,
            version: 1,
        };
        packages.unpack()?;
        tools.build_plugin()?;
        for board in BOARDS {
            need_target(board.target)?;
        }
        Ok(tools)
    }

    /// Returns a command that runs one of the programs at the root of the repository.
    pub fn program(&self, name: &str) -> Command {
        program(self.path(name))
    }

    /// Returns the path of one of the programs.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Returns the path of the emulator's plugin that counts instructions.
    pub fn plugin(&self) -> PathBuf {
        self.folder.join("insncount.so")
    }

    /// Returns the line in which the emulator prints its version.
    pub fn emulator_version(&self) -> Outcome<String> {
        let version = output(self.program("qemu-system-arm").arg("--version"))?;
        Ok(version.lines().next().unwrap_or_default().to_owned())
    }

    fn build_plugin(&self) -> Outcome {
        let (plugin, source) = (self.plugin(), root().join(PLUGIN_SOURCE));
        if is_newer(&plugin, &source) {
            return Ok(());
        }
        // QEMU 9 introduced version 2 of the plugin interface.
        let version = if self.emulator_major()? >= 9 { 2 } else { 1 };
        let mut compile = program("gcc");
        compile
            .args(["-shared", "-fPIC", "-O2", "-Wall"])
            .arg(format!("-DQPV={version}"))
            .arg("-o")
            .args([&plugin, &source]);
        need(&mut compile, "build the plugin with gcc")
    }

    fn emulator_major(&self) -> Outcome<u32> {
        let version = self.emulator_version()?;
        let major = version
            .strip_prefix("QEMU emulator version ")
            .and_then(|number| number.split('.').next()?.parse().ok());
        Ok(major.unwrap_or_default())
    }
}

/// Returns whether a file exists and is newer than another.
fn is_newer(file: &Path, other: &Path) -> bool {
    let modified = |file: &Path| fs::metadata(file).and_then(|file| file.modified());
    match (modified(file), modified(other)) {
        (Ok(file), Ok(other)) => file > other,
        _ => false,
    }
}
