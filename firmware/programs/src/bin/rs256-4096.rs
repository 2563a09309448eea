//! Uses only RS256, with a key of 4096 bits.
#![no_std]
#![no_main]

use jose_verify::alg::{InlineKey, RS256, Rs256};
use jose_verify::{Key, scratch_len};
use jose_verify_firmware::vectors::RS256_4096 as CASE;
use jose_verify_firmware::{Memory, entry, exit, run};

static MEMORY: Memory<
    Key<'static, Rs256>,
    { CASE.token.len() },
    { scratch_len(CASE.token.len()) },
> = Memory::new();

#[entry]
fn main() -> ! {
    run(&CASE, RS256, Rs256::EMPTY, &MEMORY);
    exit()
}
