//! The C interface. `README.md` explains how to link it. `include/jose_verify.h` is generated from
//! this source.
//!
//! `ffi_ptr` checks pointers from C and turns them into references. The core behind these functions
//! never sees a raw pointer.
#![no_std]

#[cfg(test)]
extern crate std;

mod accessors;
mod algorithm;
mod claims;
mod code;
mod expected;
mod ffi_ptr;
mod key_set;
mod mistake;
mod policy;
mod string;
#[cfg(test)]
mod tests;
mod verify;

/// Required without std, although nothing in the core panics. Only a watchdog would end the loop.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
