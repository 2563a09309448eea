//! `inspect`: proves from the symbol tables what is not linked.

use std::path::Path;

use clap::Args;

use super::images::{Profile, build, symbols};
use crate::process::{Outcome, failed, need_target};

/// Proves from the linked programs that they need no allocator and cannot panic
///
/// Links the programs and looks at their symbol tables. No program has an allocator. A program of
/// one algorithm has no code of others, and no panic, whether of the core, of a dependency or of
/// the standard library. The program `with-panic` must be found to panic, and fails the check
/// otherwise.
///
/// Needs nm, and rustup for a target that is missing; no emulator.
///
/// Exit codes: 0 passed, 1 failed, 77 a target cannot be installed on this machine.
#[derive(Args)]
pub struct Arguments {
    /// The targets
    #[arg(value_name = "TARGET", default_value = "thumbv6m-none-eabi")]
    targets: Vec<String>,
}

/// A program, and names of cryptography that it has no use for.
struct Program {
    name: &'static str,
    foreign: &'static [&'static str],
}

/// Programs that name one algorithm.
const PROGRAMS: [Program; 3] = [
    Program {
        name: "hs256",
        foreign: &[
            "p256",
            "p384",
            "p521",
            "primeorder",
            "elliptic_curve",
            "ecdsa",
            "rsa",
            "Sha512",
            "sha512",
            "crypto_bigint",
        ],
    },
    Program {
        name: "es256",
        foreign: &["p384", "p521", "alg::rsa", "alg::hmac", "Sha512", "sha512"],
    },
    Program {
        name: "rs256",
        foreign: &[
            "p256",
            "p384",
            "p521",
            "primeorder",
            "elliptic_curve",
            "ecdsa",
            "alg::hmac",
            "Sha512",
            "sha512",
            "crypto_bigint",
        ],
    },
];

const ALLOCATORS: [&str; 3] = ["__rust_alloc", "__rg_alloc", "alloc::alloc"];

/// The panic handler is linked exactly if something can reach it; the other names say what.
const PANICS: [&str; 3] = ["rust_begin_unwind", "::panicking", "panic_fmt"];

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        for target in &self.targets {
            need_target(target)?;
            for profile in [Profile::Small, Profile::Release] {
                inspect(target, profile)?;
            }
            println!("{target}: no allocator, no algorithm that is not named, no panic");
            println!("{target}: the panic of with-panic is found");
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
    for Program { name, foreign } in PROGRAMS {
        let image = images.join(name);
        has_none(&image, &ALLOCATORS, "links an allocator")?;
        has_none(&image, foreign, "links algorithms that it does not name")?;
        has_none(&image, &PANICS, "can panic")?;
    }
    // Otherwise the symbols above may be missing because none are seen.
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
