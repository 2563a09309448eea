//! Runs the checks that take longer than CI.

use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::ci::xtask;
use crate::process::{Outcome, cargo};
use crate::stages::{Budget, Selection, Stage, run_selected};

/// Runs the checks that take longer than CI: fuzzing, mutants, Miri, all boards, all peers
///
/// Takes several hours.
///
/// Each stage writes its log to target/nightly. target/nightly/summary.txt has a line for each.
///
/// Exit codes: 0 all stages passed or were skipped, 1 a stage failed, 2 usage error.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Seconds for each fuzz target
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    fuzz_seconds: u32,
}

/// The budget that all stages share.
const NIGHT: Budget = Budget {
    name: "one night",
    seconds: 8 * 3600,
};

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let seconds = self.fuzz_seconds.to_string();
        let stages = vec![
            stage("firmware, all programs", xtask(["firmware", "run"])?),
            stage("firmware figures", xtask(["firmware", "compare"])?),
            stage("instructions", xtask(["figures", "instructions"])?),
            stage("bounded work", xtask(["bounded-work"])?),
            stage("miri on three machines", xtask(["miri"])?),
            stage("aarch64, all tests", xtask(["aarch64", "--all"])?),
            stage("coverage", xtask(["coverage"])?),
            stage("peers", peers()),
            stage(
                "fuzzing",
                xtask(["fuzz", "--seconds", &seconds, "--jobs", "2"])?,
            ),
            stage("mutants", xtask(["mutants", "--jobs", "2"])?),
            stage("soak", xtask(["companion", "soak"])?),
            stage("keys over TLS", xtask(["companion", "tls"])?),
            stage("logins at oidc-provider", log_in("oidc-provider")?),
            stage("logins at Glewlwyd", log_in("glewlwyd")?),
            stage("logins at LemonLDAP::NG", log_in("lemonldap")?),
            stage("docs as on docs.rs", xtask(["check", "docs-rs"])?),
            stage("advisories", xtask(["check", "advisories"])?),
        ];
        run_selected(&self.selection, "nightly", stages)
    }
}

fn stage(name: &str, command: Command) -> Stage {
    Stage {
        name: name.to_owned(),
        budget: NIGHT,
        command,
        limit: Duration::from_secs(NIGHT.seconds),
        shown: &[
            "MISSED",
            "total",
            "caught",
            "passed under Miri",
            "shapes at",
        ],
    }
}

fn log_in(provider: &str) -> Outcome<Command> {
    xtask(["companion", "log-in", provider])
}

/// Measures other implementations in the same run. A missed limit is shown but does not fail.
fn peers() -> Command {
    let manifest = "benches/peers/Cargo.toml";
    cargo(["run", "--release", "--locked", "--manifest-path", manifest])
}
