//! The boards that the emulator provides.

/// A board: its name in the table, and how to emulate it.
#[derive(Clone, Copy)]
pub struct Board {
    pub name: &'static str,
    pub core: &'static str,
    pub target: &'static str,
    pub emulator: &'static str,
    pub machine: &'static str,
}

/// The Cortex-M4, which also runs the program that logs through defmt.
pub const M4: Board = Board {
    name: "m4",
    core: "Cortex-M4",
    target: "thumbv7em-none-eabihf",
    emulator: "qemu-system-arm",
    machine: "mps2-an386",
};

pub const BOARDS: [Board; 4] = [
    M4,
    Board {
        name: "m3",
        core: "Cortex-M3",
        target: "thumbv7m-none-eabi",
        emulator: "qemu-system-arm",
        machine: "lm3s6965evb",
    },
    Board {
        name: "m0",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: "qemu-system-arm",
        machine: "microbit",
    },
    Board {
        name: "rv32",
        core: "RV32IMAC",
        target: "riscv32imac-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        machine: "virt",
    },
];
