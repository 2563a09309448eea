//! Checks the packages around the core that use a network: `crates/http`, `crates/login`, and the
//! adapter for `openidconnect`. They share the workspace of `crates/http`.

use std::process::Command;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::process::{
    Outcome, failed, need_programs, program, root, run, run_within, target_folder, unavailable,
};
use crate::test_run::some_tests_pass;

/// The folder of the workspace.
const FOLDER: &str = "crates/http";

/// TLS is left out. The tests connect only to this machine, and the C code of TLS takes longer to
/// compile than everything else.
const OPTIONS: [&str; 2] = ["--locked", "--no-default-features"];

/// Checks the packages that use a network: crates/http, crates/login, and the adapter for
/// openidconnect
///
/// Needs access to Cargo's registry.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Formatting, lints and tests of all three
    Check,
    /// Serves requests for some minutes while the issuer fails in all ways that the tests know.
    /// Fails if a good token is rejected, a forged one passes, or memory grows
    Soak {
        /// How many minutes to run
        #[arg(long, default_value_t = 10)]
        minutes: u32,
    },
    /// Compares verifications per second through the layer with those of the core
    Throughput,
    /// Runs the tests that log in at oidc-provider, which npm installs in the version of the lock
    /// file
    LogIn,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.action {
            Action::Check => check(),
            Action::Throughput => run(cargo("bench").args(OPTIONS).args([
                "--package",
                "jose-verify-http",
                "--bench",
                "throughput",
            ])),
            Action::Soak { minutes } => run(cargo("test")
                .args(OPTIONS)
                .args(["--package", "jose-verify-http", "--test", "faults"])
                .args(["--", "--ignored", "--exact", "soak::soak", "--nocapture"])
                .env("SOAK_MINUTES", minutes.to_string())),
            Action::LogIn => log_in(),
        }
    }
}

fn check() -> Outcome {
    run(cargo("fmt").args(["--all", "--check"]))?;
    let lints = ["--workspace", "--all-targets", "--", "-D", "warnings"];
    run(cargo("clippy").args(OPTIONS).args(lints))?;
    run(cargo("test").args(OPTIONS).arg("--workspace"))
}

/// Returns a command that runs Cargo in the workspace.
fn cargo(command: &str) -> Command {
    let mut cargo = program("cargo");
    cargo
        .arg(command)
        .current_dir(root().join(FOLDER))
        .env("CARGO_TARGET_DIR", target_folder("target/companion"))
        // Servers on this machine are reached without a proxy.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    cargo
}

/// Runs the tests that log in at `oidc-provider`.
fn log_in() -> Outcome {
    need_programs(&["npm", "node"])?;
    let mut install = program("npm");
    install
        .args(["ci", "--prefix", "provider", "--ignore-scripts"])
        .args(["--no-audit", "--no-fund"])
        .current_dir(root().join("crates/login"));
    if run_within(&mut install, Duration::from_mins(3)).is_err() {
        return unavailable("npm cannot install oidc-provider");
    }
    let tests = ["--package", "jose-verify-login", "--test", "login"];
    let mut build = cargo("test");
    build.args(OPTIONS).args(tests).arg("--no-run");
    run_within(&mut build, Duration::from_mins(10))?;
    let mut test = cargo("test");
    test.arg("--offline")
        .args(OPTIONS)
        .args(tests)
        .args(["--", "--ignored", "--test-threads", "2"])
        // This proxy does not respond: the client must not use a proxy for this machine.
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .env("NO_PROXY", "")
        .env_remove("no_proxy");
    if some_tests_pass(&mut test)? {
        return Ok(());
    }
    failed("logins at oidc-provider")
}
