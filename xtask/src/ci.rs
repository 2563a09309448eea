//! Runs everything that must pass before a change is merged.

use std::env;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::process::{Outcome, host_target, program, read};
use crate::stages::{Budget, Selection, Stage, run_selected};

/// Runs everything that must pass before a change is merged: half an hour on two cores
///
/// Each stage writes its log to target/ci. A stage whose tool cannot be installed on this machine
/// is reported as SKIPPED.
///
/// Exit codes: 0 all stages passed or were skipped, 1 a stage failed, 2 usage error.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    selection: Selection,
}

const LINT: Budget = budget("lint, tests, documentation", 300);
const CROSS: Budget = budget("cross builds, minimum Rust, firmware", 240);
const FOREIGN: Budget = budget("C and WebAssembly", 180);
const MIRI: Budget = budget("Miri", 120);
const ARM: Budget = budget("64-bit Arm", 120);
const FUZZ: Budget = budget("fuzzing, bounded work, instructions", 210);
const EXAMPLES: Budget = budget("examples", 330);
const PROVIDERS: Budget = budget("providers", 240);

const fn budget(name: &'static str, seconds: u64) -> Budget {
    Budget { name, seconds }
}

/// Seconds for each fuzz target.
const FUZZ_SECONDS: &str = "4";

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let stages = stages()?;
        run_selected(&self.selection, "ci", stages)
    }
}

fn stages() -> Outcome<Vec<Stage>> {
    let readme = read("README.md")?;
    let host = host_target()?;
    let mut stages = vec![
        stage("words", LINT, xtask(["words"])?),
        stage("lint", LINT, xtask(["check", "lint"])?),
        Stage {
            shown: &["test result: ok", "FAILED"],
            ..stage("tests", LINT, pasted(&readme, 2))
        },
        stage("readme first command", LINT, pasted(&readme, 1)),
        stage("documentation", LINT, xtask(["check", "docs"])?),
        stage("public API", LINT, xtask(["public-api"])?),
        stage("cargo deny", LINT, xtask(["check", "deny"])?),
        stage("workflows", LINT, xtask(["workflows"])?),
        stage("lowest Rust", CROSS, xtask(["check", "lowest-rust"])?),
        stage("no_std", CROSS, xtask(["check", "no-std"])?),
    ];
    for (name, arguments) in [
        ("bare-metal images", &["inspect", "thumbv6m-none-eabi"][..]),
        ("firmware on four boards", &["run", "--quick"]),
        ("firmware figures", &["compare"]),
        ("log by defmt", &["defmt"]),
    ] {
        let command = xtask(["firmware"].iter().chain(arguments))?;
        stages.push(stage(name, CROSS, command));
    }
    stages.push(stage("C header", FOREIGN, xtask(["header", "--check"])?));
    for check in ["host", "sanitizers", "valgrind", "device"] {
        let name = format!("C interface, {check}");
        stages.push(stage(&name, FOREIGN, xtask(["capi", check])?));
    }
    stages.push(stage("WebAssembly in Node", FOREIGN, xtask(["wasm"])?));
    let miri = xtask(["miri", "--quick", &host])?;
    stages.push(stage("miri", MIRI, miri));
    stages.push(stage("aarch64", ARM, xtask(["aarch64"])?));
    let fuzz = xtask(["fuzz", "--seconds", FUZZ_SECONDS, "--jobs", "2"])?;
    stages.push(stage("fuzzing", FUZZ, fuzz));
    let bounded = xtask(["bounded-work", "--quick"])?;
    stages.push(stage("bounded work", FUZZ, bounded));
    let instructions = xtask(["figures", "instructions"])?;
    stages.push(stage("instructions", FUZZ, instructions));
    for name in ["axum-middleware", "oidc-client", "openidconnect-adapter"] {
        let title = format!("example {name}");
        stages.push(stage(&title, EXAMPLES, xtask(["example", name])?));
    }
    stages.push(Stage {
        shown: &["%"],
        ..stage(
            "example axum-middleware, throughput",
            EXAMPLES,
            xtask(["example", "axum-middleware", "--bench", "throughput"])?,
        )
    });
    stages.push(stage(
        "logins at oidc-provider",
        PROVIDERS,
        xtask(["example", "oidc-client", "--log-in"])?,
    ));
    Ok(stages)
}

fn stage(name: &str, budget: Budget, command: Command) -> Stage {
    Stage {
        name: name.to_owned(),
        budget,
        command,
        limit: Duration::from_mins(25),
        shown: &[],
    }
}

/// Returns a command that runs this program with other arguments.
pub fn xtask<A: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = A>,
) -> Outcome<Command> {
    let mut command = program(env::current_exe()?);
    command.args(arguments);
    Ok(command)
}

/// Returns a command that runs a shell block of a page, as if a reader pasted it.
fn pasted(markdown: &str, number: usize) -> Command {
    let block = shell_block(markdown, number).unwrap_or("echo no such block in README.md; exit 1");
    let mut shell = program("bash");
    shell.args(["-e", "-c", block]);
    shell
}

/// Returns the text of the shell block with this number, counted from 1.
fn shell_block(markdown: &str, number: usize) -> Option<&str> {
    let opening = "```sh\n";
    let (start, _) = markdown
        .match_indices(opening)
        .nth(number.checked_sub(1)?)?;
    let rest = markdown.get(start..)?.strip_prefix(opening)?;
    rest.find("\n```").and_then(|end| rest.get(..end))
}

#[cfg(test)]
mod tests {
    use super::shell_block;

    #[test]
    fn shell_blocks_are_counted_from_one() {
        let text = "a\n```sh\none\n  more\n```\n```rust\nno\n```\n```sh\ntwo\n```\n";
        assert_eq!(shell_block(text, 0), None);
        assert_eq!(shell_block(text, 1), Some("one\n  more"));
        assert_eq!(shell_block(text, 2), Some("two"));
        assert_eq!(shell_block(text, 3), None);
    }
}
