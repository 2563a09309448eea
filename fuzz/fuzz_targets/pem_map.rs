//! Runs `jose_verify_fuzz::targets::pem_map`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::pem_map::check(text));
