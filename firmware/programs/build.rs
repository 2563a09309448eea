//! Writes the memory layout of the board, and the tokens and keys of the vector files as constants.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::Key;
use jose_verify::alg::{ES256, P256_TABLES, Word};
use serde_json::Value;

/// Flash and RAM of the machine that the emulator provides for each target.
const MEMORY: [(&str, &str); 4] = [
    // mps2-an386
    (
        "thumbv7em-none-eabihf",
        "FLASH : ORIGIN = 0x00000000, LENGTH = 4M
         RAM : ORIGIN = 0x20000000, LENGTH = 4M",
    ),
    // lm3s6965evb
    (
        "thumbv7m-none-eabi",
        "FLASH : ORIGIN = 0x00000000, LENGTH = 256K
         RAM : ORIGIN = 0x20000000, LENGTH = 64K",
    ),
    // microbit
    (
        "thumbv6m-none-eabi",
        "FLASH : ORIGIN = 0x00000000, LENGTH = 256K
         RAM : ORIGIN = 0x20000000, LENGTH = 16K",
    ),
    // virt: all memory is RAM, and its lower part is used as flash
    (
        "riscv32imac-unknown-none-elf",
        "FLASH : ORIGIN = 0x80000000, LENGTH = 1M
         RAM : ORIGIN = 0x80100000, LENGTH = 1M",
    ),
];

/// The memory regions that the start-up code of RISC-V requires.
const RISCV_REGIONS: &str = "
REGION_ALIAS(\"REGION_TEXT\", FLASH);
REGION_ALIAS(\"REGION_RODATA\", FLASH);
REGION_ALIAS(\"REGION_DATA\", RAM);
REGION_ALIAS(\"REGION_BSS\", RAM);
REGION_ALIAS(\"REGION_HEAP\", RAM);
REGION_ALIAS(\"REGION_STACK\", RAM);
";

/// The name of a constant, its vector file, and the name of the case in it.
const CASES: [(&str, &str, &str); 17] = [
    ("RFC7515_A1", RFC7515, "A.1: HS256, as JWT"),
    ("RFC7515_A2", RFC7515, "A.2: RS256, as JWT"),
    ("RFC7515_A3", RFC7515, "A.3: ES256, as JWT"),
    ("HS256", PYJWT, "HS256 plain claims"),
    ("HS384", PYJWT, "HS384 plain claims"),
    ("HS512", PYJWT, "HS512 plain claims"),
    ("RS256", PYJWT, "RS256-2048 plain claims"),
    ("RS384", PYJWT, "RS384-2048 plain claims"),
    ("RS512", PYJWT, "RS512-2048 plain claims"),
    ("PS256", PYJWT, "PS256-2048 plain claims"),
    ("PS384", PYJWT, "PS384-2048 plain claims"),
    ("PS512", PYJWT, "PS512-2048 plain claims"),
    ("ES256", PYJWT, "ES256 plain claims"),
    ("ES384", PYJWT, "ES384 plain claims"),
    ("ES512", PYJWT, "ES512 plain claims"),
    ("RS256_4096", PYJWT, "RS256-4096 plain claims"),
    ("PS512_4096", PYJWT, "PS512-4096 plain claims"),
];
const RFC7515: &str = "rfc7515/appendix-a.json";
const PYJWT: &str = "pyjwt/signed.json";

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let target = env::var("TARGET").unwrap();
    if let Some((_, regions)) = MEMORY.iter().find(|(t, _)| *t == target) {
        let riscv = target.starts_with("riscv");
        let aliases = if riscv { RISCV_REGIONS } else { "" };
        let layout = format!("MEMORY\n{{\n{regions}\n}}\n{aliases}");
        fs::write(out.join("memory.x"), layout).unwrap();
        println!("cargo:rustc-link-search={}", out.display());
        // The linker script of Cortex-M includes memory.x, that of RISC-V does not.
        if riscv {
            println!("cargo:rustc-link-arg-bins=-Tmemory.x");
        }
        println!("cargo:rustc-link-arg-bins=-Tlink.x");
        // No padding between sections, so that the flash size has no gaps.
        println!("cargo:rustc-link-arg-bins=--nmagic");
    }
    fs::write(out.join("vectors.rs"), vectors() + &tables()).unwrap();
}

fn vectors() -> String {
    let folder = Path::new("../../vectors");
    let mut source = String::new();
    for (name, file, case_name) in CASES {
        let path = folder.join(file);
        println!("cargo:rerun-if-changed={}", path.display());
        let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let cases = document["cases"].as_array().unwrap();
        let case = cases.iter().find(|c| c["name"] == case_name);
        write_case(&mut source, name, case.expect(case_name));
    }
    source
}

/// Returns constants with the key of RFC 7515 A.3 as words, and with tables of several sizes. Half
/// of each table belongs to the key, and half is shared by all keys.
fn tables() -> String {
    let document = fs::read(Path::new("../../vectors").join(RFC7515)).unwrap();
    let document: Value = serde_json::from_slice(&document).unwrap();
    let cases = document["cases"].as_array().unwrap();
    let case = cases.iter().find(|c| c["name"] == "A.3: ES256, as JWT");
    let jwk = case.unwrap()["keys"].to_string();
    let key = Key::from_jwk(ES256, jwk.as_bytes()).unwrap();
    let material = words(key.material());
    let mut source = format!(
        "/// The key of [`RFC7515_A3`], for `Key::from_material_unchecked`.
         pub const ES256_MATERIAL: [Word; {}] = {material:?};",
        material.len()
    );
    for kilobytes in [16, 128] {
        let mut memory = vec![0; kilobytes * 1024 / size_of::<Word>()];
        let tables = key.prepare(&P256_TABLES, &mut memory).tables().unwrap();
        let (key, shared) = (words(tables.key), words(tables.shared));
        writeln!(
            source,
            "/// Tables of {kilobytes} KB together for the key of [`RFC7515_A3`].
             pub static ES256_TABLES_{kilobytes}K: Tables<'static> =
                Tables {{ key: &{key:?}, shared: &{shared:?} }};"
        )
        .unwrap();
    }
    source
}

/// Splits the words of the host into words of 32 bits, the lower half first.
///
/// For example, 0x0000_0002_0000_0001 becomes 1 and 2.
fn words(words: &[Word]) -> Vec<u32> {
    let halves = words
        .iter()
        .flat_map(|word| [*word as u32, (*word >> 32) as u32]);
    halves.collect()
}

fn write_case(source: &mut String, name: &str, case: &Value) {
    let token = case["token"].as_str().unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (signature, key) = (bytes(signature), key(case));
    let (algorithm, issuer) = (&case["algs"][0], &case["issuer"]);
    let audience = match case["audience"].as_str() {
        Some(audience) => format!("Some({audience:?})"),
        None => "None".into(),
    };
    let now = case["now"].as_i64().unwrap();
    writeln!(
        source,
        "/// {algorithm} from the vector files.
         pub const {name}: Case = Case {{
            name: {name:?}, token: b{token:?}, key: {key},
            issuer: {issuer}, audience: {audience}, now: {now},
         }};
         /// The same token, split into the inputs of a primitive alone.
         pub const {name}_PARTS: Parts = Parts {{
            key: {key}, message: b{message:?}, signature: &{signature:?},
         }};"
    )
    .unwrap();
}

fn key(case: &Value) -> String {
    if let Some(secret) = case["secret_base64url"].as_str() {
        return format!("KeyParameters::oct(&{:?})", bytes(secret));
    }
    let jwk = &case["keys"];
    let member = |name: &str| bytes(jwk[name].as_str().unwrap());
    if jwk["kty"] == "RSA" {
        let (n, e) = (member("n"), member("e"));
        format!("KeyParameters::rsa(&{n:?}, &{e:?})")
    } else {
        let (x, y) = (member("x"), member("y"));
        format!("KeyParameters::ec({}, &{x:?}, &{y:?})", jwk["crv"])
    }
}

fn bytes(base64url: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(base64url).unwrap()
}
