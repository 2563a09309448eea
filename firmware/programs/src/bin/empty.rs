//! Measures doing nothing. Flash and RAM of the other programs are counted relative to this image.
#![no_std]
#![no_main]

use jose_verify_firmware::{entry, exit, measure};

#[entry]
fn main() -> ! {
    measure("empty", "verify", || {});
    exit()
}
