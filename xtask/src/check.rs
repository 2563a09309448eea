//! Short checks with Cargo.

use std::fs;

use clap::{Args, Subcommand};

use crate::markdown::blocks;

use crate::process::{
    NIGHTLY, Outcome, cargo, failed, files, need_cargo_tool, need_target, need_toolchain, output,
    read, root, run, target_folder, unavailable,
};

/// Checks formatting and lints, documentation, licences, targets, or the minimum Rust version
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped because a toolchain, target or tool
/// cannot be installed.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Check formatting of every package, clippy, the core's dependencies, and that it has no
    /// `unsafe`
    Lint,
    /// Build the documentation without a warning
    Docs,
    /// Compile the README's example in a new crate with the README's dependency
    Readme,
    /// Build the library's documentation as docs.rs does, with the feature that each item needs
    DocsRs,
    /// Check licences, duplicate crates and sources with cargo-deny
    Deny,
    /// Check the dependencies for published vulnerabilities with cargo-deny
    Advisories,
    /// Check the core for targets that have no standard library
    NoStd,
    /// Check the core, the program and the C interface with the minimum Rust version
    LowestRust,
}

/// The combinations of features that are checked. `std` includes `alloc`.
const FEATURES: [&str; 6] = ["", "alloc", "std", "serde", "defmt", "std,serde,defmt"];
const FEATURES_WITHOUT_STD: [&str; 5] = ["", "alloc", "serde", "defmt", "alloc,serde,defmt"];
const TARGETS_WITHOUT_STD: [&str; 3] = [
    "thumbv7em-none-eabihf",
    "thumbv6m-none-eabi",
    "wasm32-unknown-unknown",
];

/// The only dependencies that the core may have. A new one must be added here deliberately.
const DEPENDENCIES: [&str; 6] = ["base64ct", "defmt", "digest", "heapless", "serde", "sha2"];

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.check {
            Check::Lint => lint(),
            Check::Docs => docs(),
            Check::Readme => readme(),
            Check::DocsRs => docs_rs(),
            Check::Deny => deny(&["bans", "licenses", "sources"]),
            Check::Advisories => advisories(),
            Check::NoStd => no_std(),
            Check::LowestRust => lowest_rust(),
        }
    }
}

fn lint() -> Outcome {
    run(cargo(["metadata", "--locked", "--format-version", "1"])
        .stdout(std::process::Stdio::null()))?;
    for manifest in files(&["Cargo.toml"])? {
        let mut format = cargo(["fmt", "--check", "--manifest-path"]);
        run(format.arg(manifest))?;
    }
    clippy(&["--workspace", "--all-targets"])?;
    for features in FEATURES {
        clippy(&library(features))?;
    }
    clippy(&["--manifest-path", "tests/public-api/Cargo.toml"])?;
    clippy(&["--all-targets", "--manifest-path", "crates/capi/Cargo.toml"])?;
    dependencies()?;
    no_unsafe()
}

fn clippy(arguments: &[&str]) -> Outcome {
    let mut clippy = cargo(["clippy", "--locked"]);
    run(clippy.args(arguments).args(["--", "-D", "warnings"]))
}

/// Returns the arguments that select the library with these features.
fn library(features: &str) -> [&str; 6] {
    [
        "--package",
        "jose-verify",
        "--lib",
        "--no-default-features",
        "--features",
        features,
    ]
}

fn dependencies() -> Outcome {
    let tree = "tree --package jose-verify --edges normal --all-features --depth 1 --prefix none";
    let tree = output(cargo(tree.split(' ')).arg("--locked"))?;
    let mut found: Vec<_> = tree
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    found.sort_unstable();
    if found != DEPENDENCIES {
        return failed(format!(
            "the core depends on {found:?}, not {DEPENDENCIES:?}"
        ));
    }
    Ok(())
}

/// Checks that the lint forbids `unsafe` and that the word occurs nowhere else.
fn no_unsafe() -> Outcome {
    for file in files(&[".rs"])? {
        if !file.starts_with("src") {
            continue;
        }
        for line in read(&file)?.lines() {
            if line.contains("unsafe") && line != "#![forbid(unsafe_code)]" {
                return failed(format!("{}: {}", file.display(), line.trim()));
            }
        }
    }
    if !read("src/lib.rs")?.contains("\n#![forbid(unsafe_code)]\n") {
        return failed("src/lib.rs does not forbid unsafe code");
    }
    Ok(())
}

fn docs() -> Outcome {
    let mut doc = cargo([
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--locked",
    ]);
    run(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

fn readme() -> Outcome {
    let text = read("README.md")?;
    let [dependency, example] = ["toml", "rust"].map(|language| blocks(&text, language).concat());
    // The path of the dependency is seen from a crate beside the clone.
    let path = root().display().to_string();
    let dependency = dependency.replace("../jose-verify", &path);
    if !dependency.contains(&path) || !example.contains("fn log_in(") {
        return failed("README.md has no dependency or no example");
    }
    let new = root().join("target/readme");
    fs::create_dir_all(new.join("src"))?;
    let package = "[package]\nname = \"readme\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(new.join("Cargo.toml"), format!("{package}{dependency}"))?;
    fs::write(
        new.join("src/lib.rs"),
        example.replace("fn log_in(", "pub fn log_in("),
    )?;
    run(cargo(["check"])
        .current_dir(new)
        .env("RUSTFLAGS", "-D warnings"))
}

fn docs_rs() -> Outcome {
    need_toolchain(NIGHTLY, &[])?;
    let toolchain = format!("+{NIGHTLY}");
    let mut doc = cargo([&toolchain, "doc", "--package", "jose-verify", "--no-deps"]);
    doc.args(["--all-features", "--locked"])
        .env("RUSTDOCFLAGS", "--cfg docsrs -D warnings")
        .env("CARGO_TARGET_DIR", target_folder("target").join("docs-rs"));
    run(&mut doc)
}

fn deny(checks: &[&str]) -> Outcome {
    need_cargo_tool("deny")?;
    run(cargo(["deny", "--locked", "check"]).args(checks))?;
    // The packages that use a network, which have a configuration of their own.
    let manifest = ["--manifest-path", "crates/http/Cargo.toml"];
    let mut companion = cargo(["deny", "--locked"]);
    companion.args(manifest).arg("check");
    run(companion.args(checks.iter().filter(|check| **check != "bans")))
}

fn advisories() -> Outcome {
    need_cargo_tool("deny")?;
    if run(&mut cargo(["deny", "--locked", "fetch", "db"])).is_err() {
        return unavailable("the database of advisories cannot be fetched");
    }
    deny(&["advisories"])
}

fn no_std() -> Outcome {
    for target in TARGETS_WITHOUT_STD {
        need_target(target)?;
        for features in FEATURES_WITHOUT_STD {
            let mut check = cargo(["check", "--locked", "--target", target]);
            run(check.args(library(features)))?;
        }
    }
    Ok(())
}

fn lowest_rust() -> Outcome {
    let manifest = read("Cargo.toml")?;
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let Some(version) = version else {
        return failed("Cargo.toml has no rust-version");
    };
    need_toolchain(version, &[])?;
    let toolchain = format!("+{version}");
    for arguments in [
        &["--package", "jose-verify", "--lib", "--all-features"][..],
        &["--package", "jose-verify-cli"],
        &["--manifest-path", "crates/capi/Cargo.toml"],
    ] {
        let mut check = cargo([&toolchain, "check", "--locked"]);
        run(check.args(arguments))?;
    }
    Ok(())
}
