//! Runs the unit tests under Miri.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Args;

use crate::process::{
    Outcome, cargo, failed, host_target, need_toolchain, succeeds, target_folder,
};

/// Runs the unit tests under Miri
///
/// Miri detects undefined behaviour and overflow. It interprets the tests for this machine, for one
/// with 32-bit words and for a big-endian one.
///
/// Needs a nightly toolchain with miri and rust-src, which is installed if it is missing.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// Skip the tests of the curves' arithmetic, which take longer than all others together
    #[arg(long)]
    quick: bool,
    /// Targets; by default this machine's, i686-unknown-linux-gnu and s390x-unknown-linux-gnu
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(mut self) -> Outcome {
        if !succeeds(&mut cargo(["+nightly", "miri", "--version"])) {
            need_toolchain("nightly", &["miri", "rust-src"])?;
        }
        if self.targets.is_empty() {
            let others = ["i686-unknown-linux-gnu", "s390x-unknown-linux-gnu"];
            self.targets = vec![host_target()?];
            self.targets.extend(others.map(String::from));
        }
        if self.quick {
            println!("skipped: the tests in alg::ecdsa");
        }
        let mut failures = Vec::new();
        for target in &self.targets {
            let start = Instant::now();
            println!("== {target}");
            if !test(target, self.quick)? {
                failures.push(target.as_str());
            }
            println!("== {target}: {} s", start.elapsed().as_secs());
        }
        if failures.is_empty() {
            println!("passed under Miri: {}", self.targets.join(" "));
            return Ok(());
        }
        failed(format!("under Miri: {}", failures.join(" ")))
    }
}

/// Runs the tests for a target and returns whether they passed. A run without tests fails.
fn test(target: &str, quick: bool) -> Outcome<bool> {
    let mut test = cargo(["+nightly", "miri", "test", "--locked", "--lib"]);
    test.args(["--target", target, "--"])
        // A separate target folder, so that the builds of other commands stay valid.
        .env("CARGO_TARGET_DIR", target_folder("target").join("miri"));
    if quick {
        test.args(["--skip", "alg::ecdsa"]);
    }
    let (succeeded, printed) = run_and_read(&mut test)?;
    Ok(succeeded && printed.lines().any(some_passed))
}

/// Runs a program. Prints its standard output as it arrives, and returns whether the program
/// succeeded and what it printed.
fn run_and_read(command: &mut Command) -> Outcome<(bool, String)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let Some(mut from) = child.stdout.take() else {
        return failed("cargo miri has no standard output");
    };
    let mut printed = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let length = from.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        let read = chunk.get(..length).unwrap_or_default();
        io::stdout().write_all(read)?;
        io::stdout().flush()?;
        printed.extend_from_slice(read);
    }
    let succeeded = child.wait()?.success();
    Ok((succeeded, String::from_utf8_lossy(&printed).into_owned()))
}

/// Returns whether a line says that at least one test passed and none failed.
fn some_passed(line: &str) -> bool {
    let rest = line.strip_prefix("test result: ok. ");
    let passed = rest.and_then(|rest| rest.split_once(" passed"));
    passed.is_some_and(|(number, _)| number.parse::<u32>().is_ok_and(|number| number > 0))
}

#[cfg(test)]
mod tests {
    use super::some_passed;

    #[test]
    fn a_run_without_tests_does_not_pass() {
        for (line, passed) in [
            ("test result: ok. 12 passed; 0 failed; 0 ignored", true),
            ("test result: ok. 0 passed; 0 failed; 0 ignored", false),
            ("test result: FAILED. 12 passed; 1 failed", false),
            ("test words::tests::halves ... ok", false),
        ] {
            assert_eq!(some_passed(line), passed, "{line}");
        }
    }
}
