//! `inspect`: checks symbol tables for code that must not be linked.

use std::path::Path;

use clap::Args;

use super::images::{Profile, build, symbols};
use crate::process::{Outcome, failed, need_target};

/// Proves that the linked programs need no allocator and cannot panic
///
/// Links the programs and searches their symbol tables. No program may contain an allocator. A
/// program with one algorithm may contain no code of other algorithms and no panic, whether from
/// the core, a dependency or the standard library. As a self-test, the panic of the program
/// `with-panic` must be found.
///
/// Needs nm and rustup, but no emulator.
///
/// Exit codes: 0 passed, 1 failed, 77 a target cannot be installed on this machine.
#[derive(Args)]
pub struct Arguments {
    /// The targets to link for
    #[arg(value_name = "TARGET", default_value = "thumbv6m-none-eabi")]
    targets: Vec<String>,
}

/// Names in the code of elliptic curves.
const CURVES: &[&str] = &[
    "p256",
    "p384",
    "p521",
    "primeorder",
    "elliptic_curve",
    "ecdsa",
];
const SHA512: &[&str] = &["Sha512", "sha512"];
const BIG_INTEGERS: &[&str] = &["crypto_bigint"];

/// The programs with one algorithm, and the names that their symbols must not contain.
const PROGRAMS: [(&str, &[&[&str]]); 3] = [
    ("hs256", &[CURVES, SHA512, BIG_INTEGERS, &["rsa"]]),
    (
        "es256",
        &[&["p384", "p521"], SHA512, &["alg::rsa", "alg::hmac"]],
    ),
    ("rs256", &[CURVES, SHA512, BIG_INTEGERS, &["alg::hmac"]]),
];

const ALLOCATORS: [&str; 3] = ["__rust_alloc", "__rg_alloc", "alloc::alloc"];

/// The panic handler is linked only if something can reach it. The other names show what does.
const PANICS: [&str; 3] = ["rust_begin_unwind", "::panicking", "panic_fmt"];

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        for target in &self.targets {
            need_target(target)?;
            for profile in [Profile::Small, Profile::Release] {
                inspect(target, profile)?;
            }
            println!("{target}: no allocator, no unused algorithm, no panic");
            println!("{target}: the panic in with-panic is found");
        }
        Ok(())
    }
}

fn inspect(target: &str, profile: Profile) -> Outcome {
    let images = build(
        target,
        profile,
        &["hs256", "es256", "rs256", "all", "with-panic"],
    )?;
    has_none(&images.join("all"), &ALLOCATORS, "links an allocator")?;
    for (name, excluded) in PROGRAMS {
        let image = images.join(name);
        has_none(&image, &ALLOCATORS, "links an allocator")?;
        has_none(
            &image,
            &excluded.concat(),
            "links algorithms that it does not use",
        )?;
        has_none(&image, &PANICS, "can panic")?;
    }
    // Proves that the checks above can find symbols at all.
    has_some(&images.join("all"), &["ecdsa"], "no algorithm is found")?;
    has_some(
        &images.join("with-panic"),
        &PANICS,
        "its panic is not found",
    )
}

fn has_none(image: &Path, names: &[&str], wrong: &str) -> Outcome {
    let found = symbols(image, names)?;
    if found.is_empty() {
        return Ok(());
    }
    println!("{}", found.join("\n"));
    failed(format!("{} {wrong}", image.display()))
}

fn has_some(image: &Path, names: &[&str], wrong: &str) -> Outcome {
    if symbols(image, names)?.is_empty() {
        return failed(format!("{}: {wrong}", image.display()));
    }
    Ok(())
}
