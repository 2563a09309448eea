//! What the programs share: a token and its key as constants, their way through `verify`, and the measuring of it.
#![no_std]
#![warn(missing_docs, clippy::undocumented_unsafe_blocks)]

mod console;
mod measure;
mod token;
pub mod vectors;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

pub use console::{exit, fail, print};
pub use measure::measure;
pub use token::{Memory, run, run_also_in_place, run_with_tables};

use jose_verify::{Key, KeySet, RotatingKeys, oidc::ReplayGuard};

/// The sizes that README names for 32-bit machines.
const _: () = {
    assert!(size_of::<Key>() == 1_188);
    assert!(size_of::<KeySet<3>>() == 3 * 1_188 + 16);
    assert!(size_of::<RotatingKeys<4>>() == 4 * 1_204 + 24);
    assert!(size_of::<ReplayGuard<3>>() == 3 * 88 + 8);
};

/// Ends the program. Its name tells from the symbol table whether a panic can be reached at all.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    fail("a panic")
}
