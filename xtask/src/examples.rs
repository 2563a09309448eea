//! Checks the packages under `examples`.

use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::process::{
    Outcome, failed, need_programs, program, root, run, run_within, target_folder, unavailable,
    usage_error,
};
use crate::test_run::some_tests_pass;

/// TLS is left out. The tests connect only to this machine, and the C code of TLS takes longer to
/// compile than everything else.
const OPTIONS: [&str; 2] = ["--locked", "--no-default-features"];

/// Checks a package under examples: formatting, lints and tests
///
/// Needs access to Cargo's registry. --log-in also needs npm, which installs oidc-provider in the
/// version of its lock file.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// A folder under examples that has a Cargo.toml
    #[arg(value_parser = package)]
    name: String,
    /// Run this benchmark instead
    #[arg(long)]
    bench: Option<String>,
    /// Run the tests that log in at oidc-provider instead; only for oidc-client
    #[arg(long, conflicts_with = "bench")]
    log_in: bool,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        if self.log_in {
            if self.name != "oidc-client" {
                usage_error(&format!("{} has no logins; use oidc-client", self.name));
            }
            return log_in(&self.name);
        }
        let cargo = |command: &str| cargo_in(&self.name, command);
        if let Some(benchmark) = &self.bench {
            return run(cargo("bench").args(OPTIONS).args(["--bench", benchmark]));
        }
        run(cargo("fmt").arg("--check"))?;
        let lints = ["--all-targets", "--", "-D", "warnings"];
        run(cargo("clippy").args(OPTIONS).args(lints))?;
        run(cargo("test").args(OPTIONS))
    }
}

/// Parses the name of a package under `examples`.
fn package(name: &str) -> Result<String, String> {
    let examples = root().join("examples");
    let is_package = |name: &str| examples.join(name).join("Cargo.toml").is_file();
    if !name.contains(['/', '\\']) && is_package(name) {
        return Ok(name.to_owned());
    }
    let folders = examples.read_dir().into_iter().flatten().flatten();
    let mut packages: Vec<_> = folders
        .filter_map(|folder| folder.file_name().into_string().ok())
        .filter(|name| is_package(name))
        .collect();
    packages.sort();
    Err(format!("the packages are {}", packages.join(", ")))
}

/// Returns a command that runs Cargo in the folder of a package.
fn cargo_in(name: &str, command: &str) -> Command {
    let mut cargo = program("cargo");
    cargo
        .arg(command)
        .current_dir(root().join("examples").join(name))
        .env("CARGO_TARGET_DIR", target_folder("target/examples"))
        // Servers on this machine are reached without a proxy.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    cargo
}

/// Runs the tests that log in at `oidc-provider`.
fn log_in(name: &str) -> Outcome {
    need_programs(&["npm", "node"])?;
    let mut install = program("npm");
    install
        .args(["ci", "--prefix", "provider", "--ignore-scripts"])
        .args(["--no-audit", "--no-fund"])
        .current_dir(root().join("examples").join(name));
    if run_within(&mut install, Duration::from_mins(3)).is_err() {
        return unavailable("npm cannot install oidc-provider");
    }
    let mut build = cargo_in(name, "test");
    build.args(OPTIONS).args(["--test", "login", "--no-run"]);
    run_within(&mut build, Duration::from_mins(10))?;
    let mut test = cargo_in(name, "test");
    test.arg("--offline")
        .args(OPTIONS)
        .args(["--test", "login", "--", "--ignored"])
        .args(["--test-threads", "2"])
        // This proxy does not respond: the client must not use a proxy for this machine.
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .env("NO_PROXY", "")
        .env_remove("no_proxy");
    if some_tests_pass(&mut test)? {
        return Ok(());
    }
    failed("logins at oidc-provider")
}
