//! Runs `jose_verify_fuzz::targets::compact`.
#![no_main]

libfuzzer_sys::fuzz_target!(|token: &[u8]| jose_verify_fuzz::targets::compact::check(token));
