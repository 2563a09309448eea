//! Runs `jose_verify_fuzz::targets::der`.
#![no_main]

libfuzzer_sys::fuzz_target!(|der: &[u8]| jose_verify_fuzz::targets::der::check(der));
