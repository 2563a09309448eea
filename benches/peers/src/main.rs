//! Compares jose-verify with other implementations: a table of times and ratios from one run.
//!
//!     cargo run --release             everything
//!     cargo run --release -- ES256    rows with that in their names

mod limits;
mod material;
mod measure;
mod primitives;
mod threads;
mod tokens;

use std::env;
use std::time::SystemTime;

use aws_lc_rs::rsa::KeySize;

use material::Material;
use measure::{Contender, Result, contest};

/// Returns the rows: a name and the contenders of each.
fn rows(now: u64) -> Vec<(String, Vec<Contender>)> {
    let mut rows = Vec::new();
    let mut row = |name: &str, material: &Material| {
        rows.push((
            format!("{name} signature"),
            primitives::contenders(material),
        ));
        let whole = format!("{name} token of {} characters", material.token().len());
        rows.push((whole, tokens::contenders(material)));
    };
    for alg in ["HS256", "HS384", "HS512"] {
        row(alg, &material::secret(alg, now));
    }
    for (bits, size) in [
        ("2048", KeySize::Rsa2048),
        ("3072", KeySize::Rsa3072),
        ("4096", KeySize::Rsa4096),
    ] {
        let pair = material::rsa_key(size);
        row(
            &format!("RS256-{bits}"),
            &material::rsa("RS256", &pair, now),
        );
        row(
            &format!("PS256-{bits}"),
            &material::rsa("PS256", &pair, now),
        );
    }
    for alg in ["ES256", "ES384", "ES512"] {
        row(alg, &material::ec(alg, now));
    }
    rows
}

fn main() {
    let wanted = env::args().nth(1).unwrap_or_default();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut done = Vec::new();
    for (name, contenders) in rows(now) {
        if name.contains(&wanted) {
            let results = contest(contenders);
            print(&name, &results);
            done.push((name, results));
        }
    }
    limits::print(&done);
    if wanted.is_empty() {
        threads::print(now);
    }
}

/// Prints the times, and the ratios of ours to each of theirs.
fn print(name: &str, results: &[Result]) {
    let (ours, theirs): (Vec<_>, Vec<_>) = results
        .iter()
        .partition(|result| result.name.starts_with("jose-verify"));
    println!("\n{name}");
    print!("    {:28} {:>9}", "", "µs");
    ours.iter()
        .for_each(|ours| print!("  {:>8}", ours.name.trim_start_matches("jose-verify, ")));
    println!();
    for result in &ours {
        println!("    {:28} {:9.2}", result.name, result.micros());
    }
    for result in &theirs {
        print!("    {:28} {:9.2}", result.name, result.micros());
        ours.iter()
            .for_each(|ours| print!("  {:8.2}", ours.over(result)));
        println!();
    }
}
