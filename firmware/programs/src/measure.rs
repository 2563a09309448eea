//! How many instructions a piece of work takes, and how much stack.
//!
//! The instructions are counted by the emulator, between two calls of `bench_mark`. The stack is
//! measured by painting: the RAM below the stack pointer is filled with a pattern, and the lowest
//! word that changed tells how deep the work went.

use core::arch::asm;
use core::ptr::{read_volatile, with_exposed_provenance_mut, write_volatile};

use crate::console::{fail, print, print_number};

/// No word that a program writes by chance.
const PATTERN: u32 = 0x5AFE_C0DE;

/// Words that are painted at most; the boards with more RAM than that are not painted to the end.
const MOST_WORDS: usize = 12 * 1024;

/// Words at the lower end of what is painted. If one of them changed, the stack may have grown
/// beyond.
const GUARD_WORDS: usize = 4;

unsafe extern "C" {
    /// The end of the static variables: the start-up code's linker script puts it there.
    static __ebss: u32;
}

/// Does the work, and prints under the name what it took.
#[inline(never)]
pub fn measure<R>(name: &str, what: &str, work: impl FnOnce() -> R) -> R {
    let stack = Painted::new();
    bench_mark();
    let result = in_frame_of_its_own(work);
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

#[inline(never)]
fn in_frame_of_its_own<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// The plugin of the emulator counts between entries of this function, which it finds by its name.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn bench_mark() {
    // SAFETY: does nothing; it is there so that the calls are not taken for useless.
    unsafe { asm!("nop", options(nomem, nostack)) }
}

/// The part of the stack that is filled with the pattern: addresses, the lower one first.
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
            // SAFETY: RAM between the static variables and the stack pointer, where nothing lives.
            unsafe { write_volatile(with_exposed_provenance_mut::<u32>(address), PATTERN) }
        }
        Self { low, high }
    }

    /// Bytes from the stack pointer at the time of painting to the lowest word that was written
    /// since.
    #[inline(always)]
    fn depth(&self) -> usize {
        let changed = (self.low..self.high).step_by(4).find(|address| {
            // SAFETY: as above; reading what other functions left there is the purpose.
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
