//! The C interface. `README.md` tells how to link it, `include/jose_verify.h` is made from this
//! source.
//!
//! Everything that C lends is checked here, once, and becomes a reference: `ffi_ptr` is the only
//! file that does so. What is behind the functions is the core, which knows nothing of pointers.
#![no_std]

mod algorithm;
mod claims;
mod code;
mod ffi_ptr;
mod key_set;
mod policy;
mod string;
mod verify;

/// Nothing in the core panics; a library without std needs the function all the same. A watchdog
/// ends the loop.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
