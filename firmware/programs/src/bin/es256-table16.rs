//! Uses only ES256, with tables of 16 KB in flash: half for the pinned key, half shared by all
//! keys.
#![no_std]
#![no_main]

use jose_verify::alg::{ES256, Es256, InlineKey, P256_TABLES};
use jose_verify::{Key, scratch_len};
use jose_verify_firmware::vectors::{ES256_TABLES_16K, RFC7515_A3 as CASE};
use jose_verify_firmware::{Memory, entry, exit, run_with_tables};

static MEMORY: Memory<
    Key<'static, Es256>,
    { CASE.token.len() },
    { scratch_len(CASE.token.len()) },
> = Memory::new();

#[entry]
fn main() -> ! {
    run_with_tables(
        &CASE,
        ES256,
        Es256::EMPTY,
        &MEMORY,
        &P256_TABLES,
        ES256_TABLES_16K,
    );
    exit()
}
