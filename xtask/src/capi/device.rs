//! Runs `tests/device.c` in an emulated Cortex-M0.

use std::time::Duration;

use super::{WARNINGS, build_library, out, program_here};
use crate::firmware::Tools;
use crate::process::{Outcome, failed, need_programs, output, run, run_within};

/// The target of `tests/device.c`.
const TARGET: &str = "thumbv6m-none-eabi";

/// Links the program, checks its symbols, and runs it.
pub fn check() -> Outcome {
    need_programs(&["nm"])?;
    let tools = Tools::set_up()?;
    let library = build_library(Some(TARGET))?;
    let image = out()?.join("device.elf");
    let mut gcc = program_here(tools.path("arm-none-eabi-gcc"));
    gcc.arg("-std=c99")
        .args(WARNINGS)
        .args(["-mcpu=cortex-m0", "-mthumb", "-Os"])
        .args(["-ffreestanding", "-nostdlib", "-Wa,--noexecstack"])
        .args(["-ffunction-sections", "-fdata-sections"])
        .args(["-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"])
        .args(["-T", "tests/device.ld", "tests/device.c", &library])
        .args(["-lgcc", "-o"]);
    run(gcc.arg(&image))?;
    run(program_here("size").arg(&image))?;
    check_symbols(&output(program_here("nm").arg("--demangle").arg(&image))?)?;
    let mut emulator = program_here(tools.path("qemu-system-arm"));
    emulator
        .args(["-M", "microbit", "-nographic", "-monitor", "none"])
        .args(["-serial", "null"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(&image);
    run_within(&mut emulator, Duration::from_mins(2))
}

/// Checks that an image contains `jv_verify`, and no algorithm or function that its program does
/// not use.
fn check_symbols(symbols: &str) -> Outcome {
    let unused: Vec<_> = symbols.lines().filter(|line| is_unused(line)).collect();
    if !unused.is_empty() {
        let unused = unused.join("\n");
        return failed(format!("linked, but not used by the program:\n{unused}"));
    }
    if !symbols.lines().any(|line| line.ends_with(" jv_verify")) {
        return failed("the image has no symbols");
    }
    Ok(())
}

/// Returns whether a symbol belongs to an algorithm or function that tests/device.c does not use.
/// Ignores one-line functions: the linker may merge identical ones of several algorithms under any
/// of their names.
fn is_unused(symbol: &str) -> bool {
    let in_algorithm = ["alg::rsa", "alg::hmac"].iter().any(|module| {
        let rest = symbol.split_once(module).map_or("", |(_, rest)| rest);
        ["::load", "::verify", "::recover", "::power"]
            .iter()
            .any(|name| rest.contains(name))
    });
    let names = ["jv_claims_time", "sha512", "__rust_alloc"];
    in_algorithm || names.iter().any(|name| symbol.contains(name))
}

#[cfg(test)]
mod tests {
    use super::is_unused;

    #[test]
    fn only_unused_code_is_found() {
        for (symbol, unused) in [
            (
                "0 t <jose_verify::alg::rsa::public_key::Rsa as Key>::load",
                true,
            ),
            ("0 t jose_verify::alg::hmac::Secret::verify", true),
            ("0 t jose_verify::alg::rsa::limbs::width", false),
            ("0 t jose_verify::alg::ecdsa::verification::verify", false),
            ("0 T jv_claims_time", true),
        ] {
            assert_eq!(is_unused(symbol), unused, "{symbol}");
        }
    }
}
