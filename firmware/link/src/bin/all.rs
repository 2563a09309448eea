//! Names all twelve algorithms.
#![no_std]
#![no_main]

use jose_verify::{MACS, SIGNATURES};

#[unsafe(no_mangle)]
extern "C" fn _start() -> u16 {
    let signatures = jose_verify_link::verify_unknown(SIGNATURES);
    signatures | jose_verify_link::verify_unknown(MACS)
}
