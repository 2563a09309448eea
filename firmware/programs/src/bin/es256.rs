//! Uses only ES256.
#![no_std]
#![no_main]

use jose_verify::alg::{ES256, Es256, InlineKey};
use jose_verify::{Key, scratch_len};
use jose_verify_firmware::vectors::RFC7515_A3 as CASE;
use jose_verify_firmware::{Memory, entry, exit, run};

static MEMORY: Memory<
    Key<'static, Es256>,
    { CASE.token.len() },
    { scratch_len(CASE.token.len()) },
> = Memory::new();

#[entry]
fn main() -> ! {
    run(&CASE, ES256, Es256::EMPTY, &MEMORY);
    exit()
}
