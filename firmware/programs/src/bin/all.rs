//! Uses all twelve algorithms and verifies a token of each, and one with the longest RSA key.
#![no_std]
#![no_main]

use jose_verify::alg::{MACS, SIGNATURES};
use jose_verify::{KeySet, scratch_len, words};
use jose_verify_firmware::vectors::*;
use jose_verify_firmware::{Memory, entry, exit, run_also_in_place};

/// A key set for one key of the largest size.
type Longest = KeySet<1, { words::in_set(words::RSA_4096) }>;

const LONGEST: usize = PS512_4096.token.len();
static MEMORY: Memory<Longest, LONGEST, { scratch_len(LONGEST) }> = Memory::new();

#[entry]
fn main() -> ! {
    for case in [&HS256, &HS384, &HS512] {
        run_also_in_place(case, MACS, &MEMORY);
    }
    for case in [
        &RS256,
        &RS384,
        &RS512,
        &PS256,
        &PS384,
        &PS512,
        &PS512_4096,
        &ES256,
        &ES384,
        &ES512,
    ] {
        run_also_in_place(case, SIGNATURES, &MEMORY);
    }
    exit()
}
