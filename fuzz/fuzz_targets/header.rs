//! Runs `jose_verify_fuzz::targets::header`.
#![no_main]

libfuzzer_sys::fuzz_target!(|header: &[u8]| jose_verify_fuzz::targets::header::check(header));
