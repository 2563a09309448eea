//! Output and exit code for the emulator, through semihosting. Does not use `core::fmt`, which
//! would link panics.

use semihosting::process;
use semihosting::sys::arm_compat::sys_writec;

/// Prints a text.
pub fn print(text: &str) {
    text.bytes().for_each(sys_writec);
}

/// Prints a number in decimal.
pub(crate) fn print_number(mut number: u32) {
    let mut digits = [0; 10];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        used += 1;
        if number == 0 {
            break;
        }
    }
    digits.into_iter().skip(10 - used).for_each(sys_writec);
}

/// Ends the program successfully.
pub fn exit() -> ! {
    process::exit(0)
}

/// Prints an error and ends the program with exit code 1.
pub fn fail(what: &str) -> ! {
    print("FAILED: ");
    print(what);
    print("\n");
    process::exit(1)
}
