//! Measures doing nothing. Flash and RAM of the other images are counted in excess of this one.
#![no_std]
#![no_main]

use jose_verify_firmware::{entry, exit, measure};

#[entry]
fn main() -> ! {
    measure("empty", "verify", || {});
    exit()
}
