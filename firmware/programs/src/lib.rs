//! Shared by the programs: tokens and keys as constants, their verification, and the measurement of
//! instructions and stack.
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
pub use token::{Material, Memory, run, run_also_in_place, run_from_flash, run_with_tables};

use jose_verify::alg::{Es256, Rs256, Word};
use jose_verify::oauth::ReplayGuard;
use jose_verify::{Key, KeySet, RotatingKeys, words};

/// The sizes that `docs/memory.md` states for 32-bit machines.
const _: () = {
    assert!(size_of::<Key<'_, Es256>>() == 76);
    assert!(size_of::<Key<'_, Rs256>>() == 1_048);
    assert!(size_of::<Key<'_, Rs256, [Word; words::RSA_2048]>>() == 536);
    assert!(size_of::<KeySet<3>>() == 3 * 584 + 392);
    assert!(size_of::<RotatingKeys<4>>() == 4 * 616 + 408);
    assert!(size_of::<ReplayGuard<3>>() == 3 * 88 + 24);
    // Bytes of a key in a set.
    let bytes = [
        (words::RSA_2048, 528),
        (words::RSA_3072, 784),
        (words::RSA_4096, 1_040),
        (words::P256, 68),
        (words::P384, 100),
        (words::P521, 148),
        (words::HS256, 84),
        (words::HS384, 164),
        (words::HS512, 164),
    ];
    let mut i = 0;
    while i < bytes.len() {
        assert!(words::in_set(bytes[i].0) * size_of::<Word>() == bytes[i].1);
        i += 1;
    }
    // The upper bounds of these sizes.
    assert!(size_of::<Key<'_, Es256>>() <= 100 && size_of::<KeySet<16>>() <= 10_000);
};

/// Ends the program. If this symbol is in the symbol table, a panic is reachable.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    fail("a panic")
}
