//! Measures the instructions and the stack of a piece of work.
//!
//! The emulator counts the instructions between two calls of `bench_mark`. The stack is measured by
//! painting: the RAM below the stack pointer is filled with a pattern, and the lowest word that
//! changed shows the depth of the stack.

use core::arch::asm;
use core::ptr::{read_volatile, with_exposed_provenance_mut, write_volatile};

use crate::console::{fail, print, print_number};

/// A word that a program is unlikely to write by chance.
const PATTERN: u32 = 0x5AFE_C0DE;

/// Largest number of words that are painted. On boards with more RAM, the rest is not painted.
const MOST_WORDS: usize = 12 * 1024;

/// Words at the lower end of the painted area. If one of them changed, the stack may have grown
/// beyond it.
const GUARD_WORDS: usize = 4;

unsafe extern "C" {
    /// The end of the static variables, defined by the linker script of the start-up code.
    static __ebss: u32;
}

/// Does the work, and prints its measurements under this name.
#[inline(never)]
pub fn measure<R>(name: &str, what: &str, work: impl FnOnce() -> R) -> R {
    let stack = Painted::new();
    bench_mark();
    let result = not_inlined(work);
    bench_mark();
    let depth = stack.depth();
    print("measured ");
    print(name);
    print(" ");
    print(what);
    print(" stack ");
    print_number(depth as u32);
    print("\n");
    result
}

/// Not inlined, so that the stack of the work does not become part of the frame of [`measure`].
#[inline(never)]
fn not_inlined<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Marks a point in time: the plugin of the emulator counts instructions between calls of this
/// function, which is found by its name.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn bench_mark() {
    // SAFETY: does nothing. Without it, the compiler could remove the calls.
    unsafe { asm!("nop", options(nomem, nostack)) }
}

/// The part of the stack that is filled with the pattern, as a range of addresses.
struct Painted {
    low: usize,
    high: usize,
}

impl Painted {
    #[inline(always)]
    fn new() -> Self {
        let high = stack_pointer();
        let end_of_statics = (&raw const __ebss).addr();
        let low = end_of_statics.max(high.saturating_sub(MOST_WORDS * 4)) & !3;
        for address in (low..high).step_by(4) {
            // SAFETY: unused RAM between the static variables and the stack pointer.
            unsafe { write_volatile(with_exposed_provenance_mut::<u32>(address), PATTERN) }
        }
        Self { low, high }
    }

    /// Returns the bytes from the stack pointer at the time of painting down to the lowest word
    /// that was written since.
    #[inline(always)]
    fn depth(&self) -> usize {
        let changed = (self.low..self.high).step_by(4).find(|address| {
            // SAFETY: as above. Reading the remains of other functions is intended.
            unsafe { read_volatile(with_exposed_provenance_mut::<u32>(*address)) != PATTERN }
        });
        let lowest = changed.unwrap_or(self.high);
        if lowest < self.low + GUARD_WORDS * 4 {
            fail("the stack grew into the static variables");
        }
        self.high - lowest
    }
}

#[inline(always)]
fn stack_pointer() -> usize {
    let address: usize;
    // SAFETY: reads a register.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("mov {}, sp", out(reg) address, options(nomem, nostack, preserves_flags))
    }
    // SAFETY: reads a register.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("mv {}, sp", out(reg) address, options(nomem, nostack, preserves_flags))
    }
    address
}
