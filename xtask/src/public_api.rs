//! Compares the public API with its list, and checks which names it exposes.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use clap::Args;

use crate::process::{
    NIGHTLY, Outcome, cargo, failed, need_toolchain, program, root, run, target_folder, unavailable,
};

const LIST: &str = "tests/public-api/public-api.txt";
const FIXTURE: &str = "tests/public-api/fixture";
const FIXTURE_EXPECTED: &str = "tests/public-api/fixture/expected.txt";

/// Compares the public API with tests/public-api/public-api.txt
///
/// Also fails if the crate root contains too many names, or if a public declaration refers to an
/// item that is private or from another crate. As a self-test, the tool first runs on a fixture
/// that contains each of these.
///
/// Needs a 64-bit machine and the toolchain nightly-2026-10-30, which is installed if missing.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// Write the list, after a deliberate change of the public API
    #[arg(long, conflicts_with = "write_fixture")]
    write: bool,
    /// Write fixture/expected.txt, after a change of the tool; check it with git diff
    #[arg(long)]
    write_fixture: bool,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        if usize::BITS != 64 {
            return unavailable("the list of the public API is for 64-bit machines");
        }
        need_toolchain(NIGHTLY, &[])?;
        let target = target_folder("target").join("public-api");
        let found = describe_fixture(&target)?;
        if self.write_fixture {
            return write(FIXTURE_EXPECTED, &found);
        }
        if compare(FIXTURE_EXPECTED, &target.join("fixture.txt"), &found).is_err() {
            return failed("the tool does not report the expected findings for its fixture");
        }
        let json = document(".", "jose_verify", &target)?;
        let (listed, _) = tool("list", &json)?;
        if self.write {
            return write(LIST, &listed);
        }
        let same = compare(LIST, &target.join("found.txt"), &listed);
        let (report, passed) = tool("check", &json)?;
        print!("{report}");
        same.and(if passed {
            Ok(())
        } else {
            failed("the public API breaks its rules")
        })
    }
}

/// Runs the tool on its fixture and returns what it prints.
fn describe_fixture(target: &Path) -> Outcome<String> {
    let json = document(FIXTURE, "fixture", target)?;
    let (listed, _) = tool("list", &json)?;
    let (report, passed) = tool("check", &json)?;
    let status = if passed { "" } else { "status 1\n" };
    Ok(format!("{listed}\n{report}{status}"))
}

/// Writes the documentation of the package in `folder` as JSON, and returns the path of the file.
fn document(folder: &str, name: &str, target: &Path) -> Outcome<String> {
    let mut rustdoc = program("cargo");
    rustdoc
        .arg(format!("+{NIGHTLY}"))
        .args(["rustdoc", "--quiet", "--lib", "--all-features", "--locked"])
        .args(["--manifest-path", &format!("{folder}/Cargo.toml")])
        .arg("--target-dir")
        .arg(target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .args(["--cap-lints", "allow"]);
    run(&mut rustdoc)?;
    Ok(format!("{}/doc/{name}.json", target.display()))
}

/// Runs a command of the tool, and returns what it prints and whether it succeeded.
fn tool(command: &str, json: &str) -> Outcome<(String, bool)> {
    let mut tool = cargo(["run", "--quiet", "--locked"]);
    tool.args(["--manifest-path", "tests/public-api/Cargo.toml"])
        .args(["--", command, json])
        .stderr(Stdio::inherit());
    let done = tool.output()?;
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    match (command, done.status.code()) {
        (_, Some(0)) => Ok((printed, true)),
        ("check", Some(1)) => Ok((printed, false)),
        _ => failed(format!("tests/public-api {command}: {}", done.status)),
    }
}

/// Writes `found` to `file`, and prints how `expected` differs from it.
fn compare(expected: &str, file: &Path, found: &str) -> Outcome {
    fs::write(file, found)?;
    let mut diff = program("git");
    diff.args(["--no-pager", "diff", "--no-index", "--no-ext-diff"])
        .args(["--no-color", "--", expected])
        .arg(file);
    if run(&mut diff).is_ok() {
        return Ok(());
    }
    failed(format!(
        "the public API differs from {expected}; if the change is deliberate, run cargo xtask \
         public-api --write and describe it in CHANGELOG.md"
    ))
}

fn write(file: &str, text: &str) -> Outcome {
    fs::write(root().join(file), text)?;
    println!("{file}: {} lines", text.lines().count());
    Ok(())
}
