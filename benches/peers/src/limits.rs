//! The limits of the ratios.

use crate::measure::Result;

/// The start of a row's name, our contender, the other one, and the greatest allowed ratio of our
/// time to theirs.
const LIMITS: [(&str, &str, &str, f64); 14] = [
    (
        "ES256 sig",
        "jose-verify, 64 KB",
        "aws-lc-rs, parsed key",
        0.60,
    ),
    (
        "ES256 sig",
        "jose-verify, 300 KB",
        "aws-lc-rs, parsed key",
        0.50,
    ),
    (
        "ES384 sig",
        "jose-verify, 420 KB",
        "aws-lc-rs, parsed key",
        0.45,
    ),
    (
        "ES512 sig",
        "jose-verify, 420 KB",
        "aws-lc-rs, parsed key",
        0.45,
    ),
    ("ES256 sig", "jose-verify", "aws-lc-rs, parsed key", 1.5),
    ("ES256 sig", "jose-verify", "RustCrypto", 0.45),
    (
        "RS256-2048 sig",
        "jose-verify",
        "aws-lc-rs, parsed key",
        1.20,
    ),
    (
        "RS256-4096 sig",
        "jose-verify",
        "aws-lc-rs, parsed key",
        1.25,
    ),
    (
        "HS256 token",
        "jose-verify",
        "jsonwebtoken, aws_lc_rs",
        0.32,
    ),
    (
        "RS256-2048 token",
        "jose-verify",
        "jsonwebtoken, aws_lc_rs",
        1.0,
    ),
    (
        "ES256 token",
        "jose-verify, 64 KB",
        "jsonwebtoken, aws_lc_rs",
        0.60,
    ),
    // PS256 within 5 % of RS256, with the same key.
    ("PS256-2048 sig", "jose-verify", "RS256-2048 sig", 1.05),
    ("PS256-3072 sig", "jose-verify", "RS256-3072 sig", 1.05),
    ("PS256-4096 sig", "jose-verify", "RS256-4096 sig", 1.05),
];

fn find<'r>(rows: &'r [(String, Vec<Result>)], row: &str, name: &str) -> Option<&'r Result> {
    let (_, results) = rows.iter().find(|(this, _)| this.starts_with(row))?;
    results.iter().find(|result| result.name == name)
}

/// Prints each limit that was measured, and whether it holds.
pub fn print(rows: &[(String, Vec<Result>)]) {
    println!(
        "\n{:18} {:20} over {:26} {:>6} {:>8}",
        "limits", "", "", "ratio", "at most"
    );
    for (row, ours, theirs, at_most) in LIMITS {
        // The other contender is in the same row, or it is ours in another row.
        let other = find(rows, row, theirs).or_else(|| find(rows, theirs, ours));
        let (Some(ours), Some(other)) = (find(rows, row, ours), other) else {
            continue;
        };
        let ratio = ours.over(other);
        let verdict = if ratio <= at_most { "" } else { "  MISSED" };
        println!(
            "{row:18} {:20} over {theirs:26} {ratio:6.2} {at_most:8.2}{verdict}",
            ours.name
        );
    }
}
