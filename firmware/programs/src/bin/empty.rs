//! Measures doing nothing: the image above which flash and RAM of the others are counted.
#![no_std]
#![no_main]

use jose_verify_firmware::{entry, exit, measure};

#[entry]
fn main() -> ! {
    measure("empty", "verify", || {});
    exit()
}
