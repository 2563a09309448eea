//! Runs `jose_verify_fuzz::targets::jwk_set`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::jwk_set::check(text));
