//! Runs `jose_verify_fuzz::targets::realm`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::realm::check(text));
