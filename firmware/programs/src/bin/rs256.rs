//! Uses only RS256.
#![no_std]
#![no_main]

use jose_verify::alg::{RS256, Rs256, Word};
use jose_verify::{Key, scratch_len, words};
use jose_verify_firmware::vectors::RFC7515_A2 as CASE;
use jose_verify_firmware::{Memory, entry, exit, run};

static MEMORY: Memory<
    Key<'static, Rs256, [Word; words::RSA_2048]>,
    { CASE.token.len() },
    { scratch_len(CASE.token.len()) },
> = Memory::new();

#[entry]
fn main() -> ! {
    run(&CASE, RS256, [0; words::RSA_2048], &MEMORY);
    exit()
}
