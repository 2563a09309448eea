//! Names HS256 and nothing else.
#![no_std]
#![no_main]

use jose_verify::HS256;

#[unsafe(no_mangle)]
extern "C" fn _start() -> u16 {
    jose_verify_link::verify_unknown(&[&HS256])
}
