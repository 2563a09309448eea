//! Builds the programs, and reads their sizes and symbols with `size` and `nm`.

use std::path::{Path, PathBuf};

use crate::process::{Outcome, cargo, failed, output, program, root, run};

const TARGET_FOLDER: &str = "firmware/programs/target";

/// The program in assembly, which runs only on a Cortex-M4.
pub const IN_ASSEMBLY: &str = "peer-p256-cm4";

/// A profile of Cargo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Release,
    Small,
}

impl Profile {
    /// Returns the name in `firmware/programs/Cargo.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Small => "small",
        }
    }

    /// Returns the optimization level, as in the table.
    pub fn level(self) -> &'static str {
        match self {
            Self::Release => "3",
            Self::Small => "s",
        }
    }

    /// Returns the flags of the compiler. In a build for size, sha2 must not unroll its loops,
    /// which saves a quarter of an image with HS256.
    fn compiler_flags(self) -> &'static str {
        match self {
            Self::Release => "",
            Self::Small => "--cfg sha2_backend_soft=\"compact\"",
        }
    }
}

/// Builds the programs and returns the folder of their images.
///
/// No program has a global allocator, so linking fails as soon as one is needed.
pub fn build(target: &str, profile: Profile, programs: &[&str]) -> Outcome<PathBuf> {
    let mut build = cargo(["build", "--quiet", "--locked"]);
    build
        .args(["--manifest-path", "firmware/programs/Cargo.toml"])
        .args(["--target-dir", TARGET_FOLDER])
        .args(["--target", target, "--profile", profile.name()])
        .env("RUSTFLAGS", profile.compiler_flags());
    for name in programs {
        build.args(["--bin", name]);
    }
    if programs.contains(&IN_ASSEMBLY) {
        build.args(["--features", "assembly"]);
    }
    run(&mut build)?;
    let folder = root().join(TARGET_FOLDER).join(target);
    Ok(folder.join(profile.name()))
}

/// Bytes of an image in flash and in RAM.
#[derive(Clone, Copy)]
pub struct Size {
    pub flash: u64,
    pub ram: u64,
}

impl Size {
    const FLASH: [&str; 6] = [
        ".vector_table",
        ".text",
        ".rodata",
        ".srodata",
        ".data",
        ".sdata",
    ];
    const RAM: [&str; 5] = [".data", ".sdata", ".bss", ".sbss", ".uninit"];

    /// Sums the sections of an image.
    pub fn of(image: &Path) -> Outcome<Self> {
        let listed = output(program("size").arg("-A").arg(image))?;
        let mut size = Self { flash: 0, ram: 0 };
        for line in listed.lines() {
            let mut words = line.split_whitespace();
            let (Some(name), Some(bytes)) = (words.next(), words.next()) else {
                continue;
            };
            let bytes = bytes.parse().unwrap_or(0);
            size.flash += if Self::FLASH.contains(&name) {
                bytes
            } else {
                0
            };
            size.ram += if Self::RAM.contains(&name) { bytes } else { 0 };
        }
        Ok(size)
    }
}

/// Returns the lines of an image's symbol table, demangled, that contain one of the names.
///
/// Any `nm` that reads ELF can demangle Rust's names.
pub fn symbols(image: &Path, names: &[&str]) -> Outcome<Vec<String>> {
    let listed = output(program("nm").arg("--demangle").arg(image))?;
    let lines = listed.lines();
    let matching = lines.filter(|line| names.iter().any(|name| line.contains(name)));
    Ok(matching.map(str::to_owned).collect())
}

/// Returns the address of a function in hexadecimal.
pub fn address(image: &Path, function: &str) -> Outcome<String> {
    let listed = output(program("nm").arg(image))?;
    for line in listed.lines() {
        if let [address, _, name] = line.split_whitespace().collect::<Vec<_>>()[..]
            && name == function
        {
            return Ok(address.to_owned());
        }
    }
    failed(format!("{} has no {function}", image.display()))
}
