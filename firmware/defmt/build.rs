//! Writes the memory layout of the board mps2-an386, and passes the linker scripts of the start-up
//! code and of defmt.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let layout = "MEMORY {
        FLASH : ORIGIN = 0x00000000, LENGTH = 4M
        RAM : ORIGIN = 0x20000000, LENGTH = 4M
    }";
    fs::write(out.join("memory.x"), layout).unwrap();
    println!("cargo:rustc-link-search={}", out.display());
    for argument in ["-Tlink.x", "-Tdefmt.x", "--nmagic"] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
