//! Runs `tests/device.c` in an emulated Cortex-M0.

use std::time::Duration;

use super::{WARNINGS, build_library, needs, out, program_here};
use crate::firmware::Tools;
use crate::process::{Outcome, failed, output, run, run_within};

/// The target of `tests/device.c`.
const TARGET: &str = "thumbv6m-none-eabi";

/// Links the program, checks what is linked, and runs it.
pub fn check() -> Outcome {
    needs("nm")?;
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

/// Checks that an image holds `jv_verify`, and no algorithm or function that its program does not
/// name.
fn check_symbols(symbols: &str) -> Outcome {
    let unnamed: Vec<_> = symbols.lines().filter(|line| is_unnamed(line)).collect();
    if !unnamed.is_empty() {
        let unnamed = unnamed.join("\n");
        return failed(format!(
            "linked, but the program does not name it:\n{unnamed}"
        ));
    }
    if !symbols.lines().any(|line| line.ends_with(" jv_verify")) {
        return failed("the image has no symbols");
    }
    Ok(())
}

/// Returns whether a symbol belongs to an algorithm or function that tests/device.c does not name.
/// Functions of one line do not count: several algorithms may share their code, under the name of
/// any.
fn is_unnamed(symbol: &str) -> bool {
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
    use super::is_unnamed;

    #[test]
    fn only_what_the_program_does_not_name_is_found() {
        for (symbol, unnamed) in [
            (
                "0 t <jose_verify::alg::rsa::public_key::Rsa as Key>::load",
                true,
            ),
            ("0 t jose_verify::alg::hmac::Secret::verify", true),
            ("0 t jose_verify::alg::rsa::limbs::width", false),
            ("0 t jose_verify::alg::ecdsa::verification::verify", false),
            ("0 T jv_claims_time", true),
        ] {
            assert_eq!(is_unnamed(symbol), unnamed, "{symbol}");
        }
    }
}
