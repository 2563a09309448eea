//! Checks the packages around the core that use a network: `crates/http`, `crates/login`, and the
//! adapter for `openidconnect`. They share the workspace of `crates/http`.

mod glewlwyd;
mod lemonldap;

use std::process::Command;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Checks formatting and lints, and runs the tests, of all three packages
    Check,
    /// Compares verifications per second through the layer with those of the core alone
    ///
    /// Fails if the layer reaches less than 92 % of the core's rate.
    Throughput,
    /// Serves requests for some minutes while the issuer fails in many ways and replaces its keys
    ///
    /// Fails if a valid token is rejected, if a forged token or one of a dropped key is accepted,
    /// if threads are left over, or if memory grows by more than 4 MiB after the first quarter.
    Soak {
        /// The number of minutes to run
        #[arg(long, default_value_t = 10)]
        minutes: u32,
    },
    /// Runs the tests of certificate authorities, with TLS; needs the program openssl
    Tls,
    /// Runs the tests that log in at a provider on this machine
    LogIn {
        #[arg(value_enum, default_value_t = Provider::Oidc)]
        provider: Provider,
        /// Runs only one test, which logs in with one algorithm of each family
        #[arg(long)]
        quick: bool,
    },
}

/// An OpenID provider. Those from Debian are unpacked under `target`, and that from npm is
/// installed in `crates/login/provider`. Neither is installed on the system.
#[derive(Clone, Copy, ValueEnum)]
enum Provider {
    /// The certified provider from npm, in the version of the lock file
    #[value(name = "oidc-provider")]
    Oidc,
    /// Glewlwyd from Debian's packages
    Glewlwyd,
    /// `LemonLDAP::NG` from Debian's packages
    Lemonldap,
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
            Action::Soak { minutes } => soak(minutes),
            Action::Tls => tls(),
            Action::LogIn { provider, quick } => provider.log_in(quick),
        }
    }
}

fn check() -> Outcome {
    run(cargo("fmt").args(["--all", "--check"]))?;
    let lints = ["--workspace", "--all-targets", "--", "-D", "warnings"];
    run(cargo("clippy").args(OPTIONS).args(lints))?;
    run(cargo("test").args(OPTIONS).arg("--workspace"))?;
    let mut documentation = cargo("doc");
    documentation
        .args(OPTIONS)
        .args(["--workspace", "--no-deps"]);
    documentation.args([
        "--features",
        "jose-verify-http/axum,jose-verify-http/tracing",
    ]);
    run(documentation.env("RUSTDOCFLAGS", "-D warnings"))
}

fn soak(minutes: u32) -> Outcome {
    let mut test = cargo("test");
    test.args(OPTIONS)
        .args(["--package", "jose-verify-http", "--test", "faults"])
        .args(["--", "--ignored", "--exact", "soak::soak", "--nocapture"])
        .env("SOAK_MINUTES", minutes.to_string());
    if some_tests_pass(&mut test)? {
        return Ok(());
    }
    failed("the soak")
}

fn tls() -> Outcome {
    need_programs(&["openssl"])?;
    let mut test = cargo("test");
    test.args(["--locked", "--package", "jose-verify-http"])
        .args(["--test", "tls", "--", "--ignored"]);
    if some_tests_pass(&mut test)? {
        return Ok(());
    }
    failed("keys over TLS")
}

/// Returns a command that runs Cargo in the workspace.
fn cargo(command: &str) -> Command {
    let mut cargo = program("cargo");
    cargo
        .arg(command)
        .current_dir(root().join(FOLDER))
        .env("CARGO_TARGET_DIR", target_folder("target/companion"))
        // Cargo may need a proxy, but the tests connect to servers on this machine.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    cargo
}

impl Provider {
    /// Installs the provider, and runs the tests that log in at it.
    fn log_in(self, quick: bool) -> Outcome {
        let packages = match self {
            Self::Oidc => install_oidc_provider().map(|()| None)?,
            Self::Glewlwyd => Some(glewlwyd::unpack()?),
            Self::Lemonldap => Some(lemonldap::unpack()?),
        };
        let tests = ["--package", "jose-verify-login", "--test", self.tests()];
        let mut build = cargo("test");
        build.args(OPTIONS).args(tests).arg("--no-run");
        run_within(&mut build, Duration::from_mins(10))?;
        let mut test = cargo("test");
        test.arg("--offline").args(OPTIONS).args(tests);
        test.args(["--", "--ignored", "--test-threads", "2"]);
        if quick {
            test.arg(self.quick_test());
        }
        if let Some(folder) = packages {
            test.env("PROVIDER_PACKAGES", folder);
        }
        // This proxy does not respond: the client must not use a proxy for this machine.
        test.env("ALL_PROXY", "http://127.0.0.1:9")
            .env("NO_PROXY", "")
            .env_remove("no_proxy");
        if some_tests_pass(&mut test)? {
            return Ok(());
        }
        failed(format!("logins at {}", self.name()))
    }

    /// Returns the name of the test target.
    const fn tests(self) -> &'static str {
        match self {
            Self::Oidc => "login",
            Self::Glewlwyd => "glewlwyd",
            Self::Lemonldap => "lemonldap",
        }
    }

    const fn quick_test(self) -> &'static str {
        match self {
            Self::Oidc => "both_flows_with_four_algorithms",
            Self::Glewlwyd | Self::Lemonldap => "an_algorithm_of_each_family",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Oidc => "oidc-provider",
            Self::Glewlwyd => "Glewlwyd",
            Self::Lemonldap => "LemonLDAP::NG",
        }
    }
}

/// Installs `oidc-provider` in the folder of the tests.
fn install_oidc_provider() -> Outcome {
    need_programs(&["npm", "node"])?;
    let mut install = program("npm");
    install
        .args(["ci", "--prefix", "provider", "--ignore-scripts"])
        .args(["--no-audit", "--no-fund"])
        .current_dir(root().join("crates/login"));
    if run_within(&mut install, Duration::from_mins(3)).is_err() {
        return unavailable("npm cannot install oidc-provider");
    }
    Ok(())
}
