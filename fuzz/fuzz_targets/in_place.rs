//! `jose_verify_fuzz::targets::in_place`.
#![no_main]

libfuzzer_sys::fuzz_target!(|token: &[u8]| jose_verify_fuzz::targets::in_place::check(token));
