//! Runs tests, and checks that there were some.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use crate::process::{Outcome, failed};

/// Runs a Cargo command that runs tests, and prints its output. Returns whether all tests passed
/// and there was at least one.
pub fn some_tests_pass(command: &mut Command) -> Outcome<bool> {
    let (succeeded, printed) = run_and_read(command)?;
    Ok(succeeded && printed.lines().any(some_passed))
}

/// Runs a program. Prints its standard output as it arrives, and returns whether the program
/// succeeded and what it printed.
fn run_and_read(command: &mut Command) -> Outcome<(bool, String)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let Some(mut from) = child.stdout.take() else {
        return failed("the program has no standard output");
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
