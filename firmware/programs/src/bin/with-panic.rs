//! Verifies like `hs256`, and contains a panic that `cargo xtask firmware inspect` must find.
#![no_std]
#![no_main]

use core::hint::black_box;

use jose_verify::alg::{HS256, Hs256, InlineKey};
use jose_verify::{Key, scratch_len};
use jose_verify_firmware::vectors::RFC7515_A1 as CASE;
use jose_verify_firmware::{Memory, entry, exit, print, run};

static MEMORY: Memory<
    Key<'static, Hs256>,
    { CASE.token.len() },
    { scratch_len(CASE.token.len()) },
> = Memory::new();

#[entry]
fn main() -> ! {
    run(&CASE, HS256, Hs256::EMPTY, &MEMORY);
    // Without `black_box` the compiler knows the length, and drops the bounds check and its panic.
    let length = black_box(CASE.token.len());
    print(["short\n", "long\n"][length / 1_000]);
    exit()
}
