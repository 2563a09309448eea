//! Runs `jose_verify_fuzz::targets::pem`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::pem::check(text));
