//! Generates `include/jose_verify.h` from the source of the C interface. With `--check`, compares
//! the file instead of writing it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use cbindgen::{Config, DocumentationStyle, FunctionConfig, Language, LineEndingStyle, Style};
use jose_verify::Error;

const INTRODUCTION: &str = "\
/* jose-verify: verifies JSON Web Tokens. README.md explains how to link the library.
 *
 * Generated from crates/capi/src by crates/capi/header; do not edit.
 *
 * All memory belongs to the caller. Nothing is allocated, nothing is global, and nothing has to be
 * released. Strings and buffers are a pointer and a length. A call with wrong arguments returns an
 * error from 1000 to 1999. After an error, every output is empty: 0, false or an empty string. */";

const MACROS: &str = "\
/* Keys are stored in machine words, so sizes depend on the width of a word. */
#if UINTPTR_MAX > UINT32_MAX
#define JV_64_BITS
#endif

/* Declares memory for a key set: static JV_KEY_SET_MEMORY(memory, 4);
 * See jv_key_set_size for what it holds. */
#define JV_KEY_SET_MEMORY(name, capacity) \\
    uint64_t name[(JV_KEY_SET_BASE_SIZE + (capacity) * JV_KEY_SIZE + 7) / 8]

/* Initializes claims: jv_claims claims = JV_CLAIMS_INIT; */
#define JV_CLAIMS_INIT {sizeof(jv_claims), 0, {0}}

/* Makes a jv_string from a literal: JV_STRING(\"https://issuer.example.com\")
 * Does not compile with a wide literal, or with a pointer or an array, whose sizeof is not the
 * length. */
#define JV_LITERAL_LEN_(literal) \\
    (sizeof(\"\" literal \"\") - sizeof(char[sizeof(*\"\" literal \"\") == 1 ? 1 : -1]))
#define JV_LITERAL_(literal) {(const uint8_t *)(\"\" literal \"\"), JV_LITERAL_LEN_(literal)}
#ifdef __cplusplus
#define JV_STRING(literal) (jv_string JV_LITERAL_(literal))
#else
#define JV_STRING(literal) ((jv_string)JV_LITERAL_(literal))
#endif

/* Lets the compiler warn if a result is not used. */
#if defined(__GNUC__)
#define JV_MUST_USE __attribute__((warn_unused_result))
#elif (defined(__cplusplus) && __cplusplus >= 201703L) || \\
    (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L) || \\
    (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define JV_MUST_USE [[nodiscard]]
#else
#define JV_MUST_USE
#endif
";

fn main() -> ExitCode {
    let capi = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = capi.join("include/jose_verify.h");
    let header = header(&capi);
    if env::args().any(|argument| argument == "--check") {
        if fs::read_to_string(&path).is_ok_and(|found| found == header) {
            return ExitCode::SUCCESS;
        }
        eprintln!("include/jose_verify.h does not match crates/capi/src; run cargo xtask header");
        return ExitCode::FAILURE;
    }
    fs::write(&path, header).expect("include/ is writable");
    ExitCode::SUCCESS
}

fn header(capi: &Path) -> String {
    let config = Config {
        language: Language::C,
        style: Style::Both,
        cpp_compat: true,
        header: Some(INTRODUCTION.into()),
        include_guard: Some("JOSE_VERIFY_H".into()),
        after_includes: Some(format!("\n{MACROS}{}", errors())),
        documentation_style: DocumentationStyle::C,
        line_endings: LineEndingStyle::LF,
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"]
            .map(String::from)
            .into(),
        line_length: 120,
        tab_width: 4,
        usize_is_size_t: true,
        defines: [("target_pointer_width = 64", "JV_64_BITS")]
            .map(|(cfg, define)| (cfg.into(), define.into()))
            .into(),
        function: FunctionConfig {
            must_use: Some("JV_MUST_USE".into()),
            ..FunctionConfig::default()
        },
        ..Config::default()
    };
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_src(capi.join("src/algorithm.rs"))
        .with_src(capi.join("src/code.rs"))
        .with_src(capi.join("src/string.rs"))
        .with_src(capi.join("src/key_set.rs"))
        .with_src(capi.join("src/policy.rs"))
        .with_src(capi.join("src/claims.rs"))
        .with_src(capi.join("src/accessors.rs"))
        .with_src(capi.join("src/verify.rs"))
        .with_src(capi.join("src/mistake.rs"))
        .generate()
        .expect("the source of the C interface is readable");
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).expect("cbindgen writes UTF-8")
}

/// Returns the errors of the library as C constants. Their numbers never change.
fn errors() -> String {
    let mut text = String::from("\n/* Errors of tokens and keys. */\nenum {\n");
    for error in Error::all() {
        let (name, message) = (error.name().to_uppercase(), error.message());
        writeln!(text, "    JV_{name} = {}, /* {message} */", error.code())
            .expect("writing to a String cannot fail");
    }
    text + "};\n"
}
