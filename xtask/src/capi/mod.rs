//! Checks the C interface.

mod cmake;
mod device;
mod refused;

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::{Args, Subcommand};

use crate::markdown::blocks;
use crate::process::{Outcome, cargo, failed, need_programs, program, read, root, run};

const FOLDER: &str = "crates/capi";
const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Iinclude"];
/// The sources of the tests on the host.
const HOST: [&str; 4] = [
    "tests/host.c",
    "tests/outputs.c",
    "tests/times.c",
    "tests/field.c",
];
const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Builds and checks the C interface
///
/// host, sanitizers and valgrind need gcc; host also needs g++, and valgrind needs valgrind. device
/// needs nm, size and the tools that cargo xtask firmware setup fetches. cmake needs those too, and
/// make; it unpacks CMake under target.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Run tests/host.c, compile the program in README.md and uses of the header, also as C++
    Host,
    /// Run tests/host.c with `AddressSanitizer` and `UndefinedBehaviorSanitizer`
    Sanitizers,
    /// Run tests/host.c under valgrind
    Valgrind,
    /// Run tests/device.c in an emulated Cortex-M0 with 16 KB of RAM
    Device,
    /// Build a firmware project with the CMake block of README.md
    Cmake,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.check {
            Check::Host => {
                run(&mut build_host(&[])?)?;
                refused::check()?;
                compile_readme()
            }
            Check::Sanitizers => run(&mut build_host(&SANITIZERS)?),
            Check::Valgrind => valgrind(),
            Check::Device => device::check(),
            Check::Cmake => cmake::check(),
        }
    }
}

/// Returns a command that runs a program in the folder of the C interface.
fn program_here(name: impl AsRef<OsStr>) -> Command {
    let mut command = program(name);
    command.current_dir(root().join(FOLDER));
    command
}

/// Returns the folder for the output of this command, and creates it.
fn out() -> Outcome<PathBuf> {
    let out = root().join(FOLDER).join("target/check");
    fs::create_dir_all(&out)?;
    Ok(out)
}

/// Builds the library and returns its path, relative to the folder of the C interface.
fn build_library(target: Option<&str>) -> Outcome<String> {
    let mut build = cargo(["build", "--quiet", "--release", "--locked"]);
    build
        .args(["--manifest-path", &format!("{FOLDER}/Cargo.toml")])
        .args(["--target-dir", &format!("{FOLDER}/target")]);
    let mut folder = String::from("target");
    if let Some(target) = target {
        build.args(["--target", target]);
        folder = format!("target/{target}");
    }
    run(&mut build)?;
    Ok(format!("{folder}/release/libjose_verify_c.a"))
}

/// Links tests/host.c with the library and returns the program.
fn build_host(options: &[&str]) -> Outcome<Command> {
    need_programs(&["gcc"])?;
    let library = build_library(None)?;
    let host = out()?.join("host");
    let mut gcc = program_here("gcc");
    gcc.arg("-std=c99").args(WARNINGS).arg("-g").args(options);
    run(gcc.args(HOST).args([&library, "-o"]).arg(&host))?;
    Ok(program_here(host))
}

/// Compiles the program in README.md.
fn compile_readme() -> Outcome {
    let program = blocks(&read(format!("{FOLDER}/README.md"))?, "c").concat();
    if !program.contains("jv_verify") {
        return failed(format!("no program in {FOLDER}/README.md"));
    }
    let declarations = "#include <stddef.h>\n#include \"jose_verify.h\"\n\
        extern const uint8_t jwks[];\nextern const size_t jwks_len;\n\
        jv_error authenticate(const uint8_t *, size_t, int64_t, char *, size_t);\n";
    let file = out()?.join("readme.c");
    fs::write(&file, format!("{declarations}{program}"))?;
    let mut gcc = program_here("gcc");
    gcc.arg("-std=c99").args(WARNINGS);
    run(gcc.arg("-fsyntax-only").arg(file))
}

fn valgrind() -> Outcome {
    need_programs(&["valgrind"])?;
    let host = build_host(&[])?;
    let mut valgrind = program_here("valgrind");
    valgrind.args(["--quiet", "--error-exitcode=1", "--leak-check=full"]);
    run(valgrind.arg(host.get_program()))
}
