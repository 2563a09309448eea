//! Runs `jose_verify_fuzz::targets::metadata`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::metadata::check(text));
