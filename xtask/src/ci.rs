//! Runs everything that must pass before a change is merged.

use std::env;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::markdown::blocks;
use crate::process::{Outcome, failed, host_target, program, read};
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
const COMPANION: Budget = budget("companion packages", 330);
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
    let [verify, test] = &blocks(&read("README.md")?, "sh")[..] else {
        return failed("README.md must have two shell blocks");
    };
    let host = host_target()?;
    let mut stages = vec![
        stage("words", LINT, xtask(["words"])?),
        stage("lint", LINT, xtask(["check", "lint"])?),
        Stage {
            shown: &["test result: ok", "FAILED"],
            ..stage("tests", LINT, pasted(test))
        },
        stage("readme first command", LINT, pasted(verify)),
        stage("readme example", LINT, xtask(["check", "readme"])?),
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
    for check in ["host", "sanitizers", "valgrind", "device", "cmake"] {
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
    let companion = xtask(["companion", "check"])?;
    stages.push(stage("companion packages", COMPANION, companion));
    stages.push(Stage {
        shown: &["%"],
        ..stage(
            "throughput of the layer",
            COMPANION,
            xtask(["companion", "throughput"])?,
        )
    });
    for (name, arguments) in [
        ("logins at oidc-provider", &["oidc-provider"][..]),
        ("logins at Glewlwyd", &["glewlwyd", "--quick"]),
        ("logins at LemonLDAP::NG", &["lemonldap", "--quick"]),
    ] {
        let command = xtask(["companion", "log-in"].iter().chain(arguments))?;
        stages.push(stage(name, PROVIDERS, command));
    }
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

/// Returns a shell that runs a shell block of the README as a reader would paste it.
fn pasted(block: &str) -> Command {
    let mut shell = program("bash");
    shell.args(["-e", "-c", block]);
    shell
}
