//! Names RS256 and nothing else; the key has 4096 bits.
#![no_std]
#![no_main]

use jose_verify::{InlineKey, Key, RS256, Rs256, scratch_len};
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
