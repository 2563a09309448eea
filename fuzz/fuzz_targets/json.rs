//! Runs `jose_verify_fuzz::targets::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|payload: &[u8]| jose_verify_fuzz::targets::json::check(payload));
