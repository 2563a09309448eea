//! Uses only ES256, with a key that is a constant in flash and takes no RAM.
#![no_std]
#![no_main]

use jose_verify::alg::{ES256, Es256};
use jose_verify::{Key, scratch_len};
use jose_verify_firmware::vectors::{ES256_MATERIAL, RFC7515_A3 as CASE};
use jose_verify_firmware::{Memory, entry, exit, run_from_flash};

static KEY: Key<'static, Es256> = Key::from_material_unchecked(ES256, ES256_MATERIAL);

static MEMORY: Memory<(), { CASE.token.len() }, { scratch_len(CASE.token.len()) }> = Memory::new();

#[entry]
fn main() -> ! {
    run_from_flash(&CASE, &KEY, &MEMORY);
    exit()
}
